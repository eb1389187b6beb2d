"""Whatever became of a study, nothing false is said of it: by any outlet, in either language."""

import csv
import io
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.console import Console

from harness.commands.read_only.verbs import print_status
from harness.report.analysis.arms.gains import find_answer
from harness.report.build import build_report
from harness.report.index.pages import overview_files
from harness.report.index.summary import Summary
from harness.report.index.sweeps import Entry, find_sweeps
from harness.report.pages.run_pages import flatten
from harness.report.publish.paper import paper_files
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results
from harness.report.study import read_study
from harness.report.text.findings.headline import answer_lines, explanation
from harness.report.text.language import LANGUAGES, language
from harness.state.files.folder import SweepFolder
from kd.files import read_record
from tests.support.failing_studies import NAMES, STUDIES, Study, plant
from tests.support.pages import Texts, files_of

READABLE = (".html", ".md", ".tex", ".csv", ".json")
WRONG = {
    "a number that is none": re.compile(r"(?<![\w/.-])-?(?:nan|NaN|inf|Infinity)(?![\w.-])"),
    "a hole that Python names": re.compile(r"(?:^|[,|>&] *)None(?: *[,|<&]|$)", re.MULTILINE),
    "a traceback": re.compile(r"Traceback|Undefined"),
    "a zero with a sign": re.compile(r"[-−+]0\.0+(?![\d])"),
    "a part of nothing": re.compile(r"\b[1-9]\d* (?:of|/) 0\b|\b0 of 0\b"),
    "more than all of a teacher": re.compile(
        r"keeps (?:[2-9]\d\d|1\d[1-9]|1[1-9]\d|\d{4,})(?:\.\d+)? %|保留了其 (?:[2-9]\d\d|1\d[1-9]|1[1-9]\d|\d{4,})"
    ),
    "a lead that is none": re.compile(
        r"(?:leads?|better by|higher by|raises|gain of up to|领先|高出)[^.;。；]{0,60}[−-]\d+\.\d+ (?:points|个百分点)"
    ),
    "an empty plural": re.compile(r"\b1 (?:runs|seeds|trials|images|epochs|baselines)\b"),
}
"""What no reader may find, whatever became of the study."""
ENGLISH_IN_CHINESE = {"CSV", "JSON", "Markdown", "LaTeX", "McNemar", "Holm", "logits", "English", "planted"}
SENTENCE = re.compile(r"[A-Za-z]{2,}(?:[ ,;:'’-]+[A-Za-z]+){2,}")
REASON = "loss is not finite in epoch 1"


@pytest.mark.parametrize(
    "text",
    [
        "The student keeps 940 % of the teacher's accuracy", "学生模型保留了其 938% 的准确率", "keeps 101.2 % of",
        "the search’s best leads it on val by −7.37 points", "A true gain of up to −1.00 points", "accuracy nan",
        "| 3 | None |", "| 3 | -inf |", "a,None,b", "Traceback (most recent call last)", "-0.00 points", "−0.0 %",
        "0 of 0 runs", "3 of 0 trials", "1 runs over",
    ],
)  # fmt: skip
def test_what_was_said_once_would_be_found(text: str) -> None:
    assert any(pattern.search(text) for pattern in WRONG.values())


class Outlets(NamedTuple):
    """Everything that is said of a study, by who says it; where it stands, as each says it."""

    texts: dict[str, str]
    results: Results
    entry: Entry
    status: str


def outlets_of(folder: Path) -> Outlets:
    site = build_report(folder, folder.parent / ".data").parent
    results = read_results(folder)
    texts = {}
    for name, path in files_of(site).items():
        if name.endswith(READABLE):
            text = path.read_text("utf-8")
            texts[name] = "\n".join(Texts(text).texts) if name.endswith(".html") else text
    (entry,) = (one for one in find_sweeps(folder.parent) if one.is_sweep)
    for name, page in overview_files([entry]).items():
        texts[f"overview/{name}"] = "\n".join(Texts(page).texts)
    for code in LANGUAGES:
        texts[f"terminal {code}"] = "\n".join(answer_lines(find_answer(results), language(code)))
    console = Console(file=io.StringIO(), width=200)
    print_status(results.plan, SweepFolder(folder.parent, folder.name), console)
    status = console.file.getvalue()  # type: ignore[attr-defined]
    return Outlets(texts | {"status": status}, results, entry, status)


@pytest.fixture(scope="module", params=list(STUDIES))
def planted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Outlets]:
    """A study and all that is said of it."""
    results = tmp_path_factory.mktemp("planted") / "results"
    results.mkdir()
    return request.param, outlets_of(plant(results, STUDIES[request.param]))


@pytest.mark.thorough
@pytest.mark.xdist_group("planted")
def test_nothing_impossible_is_said(planted: tuple[str, Outlets]) -> None:
    for outlet, text in planted[1].texts.items():
        for what, pattern in WRONG.items():
            found = pattern.search(text)
            assert found is None, (what, outlet, text[max(0, found.start() - 80) : found.end() + 80])


@pytest.mark.thorough
@pytest.mark.xdist_group("planted")
def test_every_outlet_has_the_same_state(planted: tuple[str, Outlets]) -> None:
    name, said = planted
    standing, report = said.results.standing, said.results.folder / "report"
    summary = read_record(report / "summary.json", Summary)
    counts = {(one.num_done, one.num_failed, one.num_planned) for one in (summary, said.entry)}
    assert counts == {(standing.succeeded, len(standing.failed), standing.total)}
    assert {standing.state, summary.state, said.entry.state} == {standing.state}
    assert f": {standing.succeeded} of {standing.total} runs finished" in said.status
    for page in ("index.html", "runs.html", "zh/index.html", "zh/runs.html"):
        heads = re.findall(r'<p class="sweep-state (\w+)">([^<]*)', (report / page).read_text("utf-8"))
        assert [state for state, _ in heads] == [standing.state], (name, page)
        numbers = set(re.findall(r"\d+", heads[0][1]))
        assert {str(standing.total)} <= numbers and (standing.state == "complete" or str(standing.succeeded) in numbers)
    if standing.state in ("stopped", "failed") and not (standing.is_finished and not standing.failed):
        (command,) = re.findall(
            r'<p class="sweep-state .*<code>(.*)</code>', (report / "index.html").read_text("utf-8")
        )
        assert command.startswith("make sweep SWEEP=quickstart")


@pytest.mark.thorough
@pytest.mark.xdist_group("planted")
def test_a_weak_teacher_is_said_by_every_outlet_and_first(planted: tuple[str, Outlets]) -> None:
    _, said = planted
    answer = find_answer(said.results)
    is_weak = answer.weak_teacher is not None
    words = {
        **dict.fromkeys(
            ("index.html", "report.md", "terminal en", "status"), "not better than the student alone: val accuracy"
        ),
        **dict.fromkeys(("zh/index.html", "zh/report.md", "terminal zh"), "并不优于单独训练的学生模型：验证准确率"),
        "overview/index.html": "The teacher is not better on val than the student alone.",
        "overview/index.zh.html": "教师模型在验证集上并不优于单独训练的学生模型。",
    }
    for outlet, sentence in words.items():
        assert (sentence in said.texts[outlet]) == is_weak, outlet
    if is_weak:
        for code in LANGUAGES:
            in_words = words["index.html" if code == "en" else "zh/index.html"]
            assert in_words in said.texts[f"terminal {code}"].splitlines()[0]
            page = said.texts["index.html" if code == "en" else "zh/index.html"]
            opening = language(code)("answer-open", final="yes" if answer.is_final else "no")
            verdict = page.rfind(opening) if answer.gain is None else page.find(language(code)("answer-points"))
            assert 0 < page.find(in_words) < verdict
        assert not re.search(r"keeps|保留了其", "".join(said.texts[f"terminal {code}"] for code in LANGUAGES))
        rows = list(csv.DictReader(io.StringIO(said.texts["table.csv"])))
        assert rows and {row["share_of_teacher_accuracy"] for row in rows} == {""}


@pytest.mark.thorough
@pytest.mark.xdist_group("planted")
def test_chinese_pages_have_no_english_but_names_and_values(planted: tuple[str, Outlets]) -> None:
    _, said = planted
    known = sorted(_data_of(said.results), key=len, reverse=True)
    data = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known))
    for page in (name for name in said.texts if name.endswith(".html") and name.startswith("zh/")):
        english = set(said.texts[page.removeprefix("zh/")].splitlines())
        for line in set(said.texts[page].splitlines()):
            rest = data.sub("", line)
            assert not SENTENCE.search(rest), (page, line)
            left = set(re.findall(r"[A-Za-z]{3,}", rest)) - ENGLISH_IN_CHINESE
            assert line not in english or not left, (page, line)


def _data_of(results: Results) -> set[str]:
    """Names and values of the results, which no language changes."""
    runs = [run for run in results.all_runs()]
    configs = [flatten(run.run.config.model_dump(mode="json")) for run in runs]
    words = {text for config in configs for pair in config.items() for text in pair}
    hosts = {name for run in runs for name in (*run.hosts, *run.devices)}
    sweep = results.plan.sweep
    titles = {sweep.name, sweep.description, results.record.origin, "local", REASON, "trials.json"}
    return {text for text in words | hosts | titles | {run.id for run in runs} | set(NAMES) if len(text) > 1}


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["useless teacher", "one seed"])
def test_a_paper_says_what_the_terminal_says(name: str, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    folder = plant(tmp_path / "results", STUDIES[name])
    study = read_study(folder, folder.parent / ".data")
    for code in LANGUAGES:
        files = paper_files(study, language(code))
        text = "\n".join(content.decode() for path, content in files.items() if path.endswith(".tex"))
        for what, pattern in WRONG.items():
            assert not pattern.search(text.replace("$-$", "-")), what
        first = answer_lines(study.answer, language(code))[0]
        assert first.split("%")[0].strip() in text


@pytest.mark.parametrize("code", LANGUAGES)
def test_beside_a_student_that_learned_nothing_no_seeds_are_advised_and_nothing_is_kept(
    code: str, tmp_path: Path
) -> None:
    one_class = ((0, 0, 400), (0, 0, 300), (0, 0, 300))
    accuracies = {"teacher": 0.38, "baseline": (0.31,), "distilled": (0.32,), "compare": (0.3,)}
    planted = Study(**accuracies, seeds=1, confusion=one_class)
    study = read_study(plant(tmp_path, planted), tmp_path / ".data")
    answer, say = study.answer, language(code)
    assert answer.guessing is not None and answer.weak_teacher is None
    assert answer.distilled.kept is None and answer.more_seeds is None
    lines = "\n".join(answer_lines(answer, say, causes=study.findings.causes))
    assert "31" in lines and "seeds=" not in lines
    assert "seeds" not in (explanation(answer, say) or "") and "种子尚缺" not in (explanation(answer, say) or "")
