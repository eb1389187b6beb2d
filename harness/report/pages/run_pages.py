"""The pages of runs: the table of all of them, and a page each."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from harness.report.figures.drawing.line_charts import Chart, thinned
from harness.report.figures.training_curves import Detail, run_charts
from harness.report.pages.frame.figure_files import FigureFile
from harness.report.pages.frame.parts import Page, PageTable, charts, html_table, page_table
from harness.report.pages.sections.run_sections import MissingSection, RunsSection, missing_section, runs_section
from harness.report.results.sweep_results import Results, RunResult
from harness.report.study import Study
from harness.report.tables.trainings import run as run_tables
from harness.report.tables.trainings.run import Difference
from harness.report.tables.trainings.runs import line_table
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.language import Language
from harness.report.text.run_lines import RunLine, count_statuses, describe_runs
from harness.state.attempts.run_state import FINISHED, RunState
from harness.state.files.folder import end_of_log, find_logs
from kd.config import TrainConfig
from kd.records import Attempt, EpochRecord, Metrics, Scores

TOPIC = "runs"
MANY_RUNS = 200
"""From here on run pages are brief, so that the site of a thousand runs stays small."""
TOLD_ELSEWHERE = frozenset({"role", "seed", "logits", "distill.loss"})
"""Keys whose differences a brief page leaves to its facts and to the sweep."""
MAX_SIBLINGS = 20
MAX_OTHERS = 20  # folders of earlier versions that are named
FULL, BRIEF = Detail(120, 60, True), Detail(24, 0, False)


class Sibling(NamedTuple):
    """A run that differs in its seed or its role alone."""

    id: str
    role: str
    seed: int


class LogEnd(NamedTuple):
    """The end of a log of the last attempt's job."""

    name: str
    lines: list[str]


@dataclass(frozen=True)
class RunFacts:
    """What a run's page shows in any language. ``num_siblings``: all of them; the page names the first ones."""

    run: RunResult
    epochs: tuple[EpochRecord, ...]
    changed: tuple[Difference, ...]
    same: tuple[Difference, ...]
    siblings: tuple[Sibling, ...]
    num_siblings: int
    scores: tuple[tuple[str, Scores], ...]
    logs: tuple[LogEnd, ...]


@dataclass(frozen=True)
class RunPage:
    """The page of a run in a language; a table is None where there is nothing to tell."""

    line: RunLine
    facts: RunFacts
    charts: tuple[Chart, ...]
    file: FigureFile | None
    failed: tuple[Markup, ...]
    epochs: Markup | None
    scores: Markup | None
    only_attempt: Attempt | None
    attempts: Markup | None
    changed: Markup | None
    same: Markup | None
    detail: Detail
    num_trials: int


@dataclass(frozen=True)
class AllRunsPage:
    """All runs: what is missing of them, summed up, and a table, with what it can be filtered by.

    ``others``: the folders that no run of this sweep is in.
    """

    missing: MissingSection | FailedPart | None
    summary: RunsSection | FailedPart
    table: PageTable
    statuses: tuple[tuple[RunState, int], ...]
    roles: tuple[tuple[str, int], ...]
    num_runs: int
    others: tuple[str, ...]
    max_others: int = MAX_OTHERS


class RunPages:
    """``runs.html`` and ``runs/ID.html`` of every run; what does not depend on the language is found once.

    Run pages are too many to carry the style sheet and the script each: they load both from the site's root.
    """

    def __init__(self, study: Study, files: Mapping[str, str]) -> None:
        self._study = study
        self._files = files
        self._results = study.results
        self._runs = list(self._results.all_runs())
        self._detail = BRIEF if len(self._runs) > MANY_RUNS else FULL
        self._logs = find_logs(self._results.folder)
        self._read_log = cache(end_of_log)
        self._baseline = flatten(self._results.plan.student.config.model_dump(mode="json"))
        searches = [one.trials.trials for one in self._results.searched]
        self._num_trials = {run_id: len(trials) for trials in searches for trial in trials for run_id in trial.run_ids}
        self._siblings: dict[str, list[Sibling]] = defaultdict(list)
        for run in self._runs:
            if (setting := _setting_of(run)) is not None:
                self._siblings[setting].append(Sibling(run.id, run.run.config.role, _seed(run)))

    def pages(self) -> Iterator[Page]:
        """All of them; the path of each in its language's folder is its name."""
        lines = cache(partial(describe_runs, self._results))
        yield Page("runs.html", "runs.html", lambda say: {"page": self._all_runs(lines(say), say)}, TOPIC)
        for number, run in enumerate(self._runs):
            yield self._page_of_run(run, number, lines)

    def _page_of_run(self, run: RunResult, number: int, lines: Callable[[Language], Sequence[RunLine]]) -> Page:
        facts = cache(lambda: self._facts_of(run))

        def context(say: Language) -> Mapping[str, Any]:
            return {"page": self._page(facts(), lines(say)[number], say)}

        return Page(f"runs/{run.id}.html", "run.html", context, TOPIC)

    def _all_runs(self, lines: Sequence[RunLine], say: Language) -> AllRunsPage:
        table = page_table("runs", lambda: line_table(lines, say), self._files, say)
        assert table is not None, "a sweep has runs"
        return AllRunsPage(
            missing=attempt("section", "missing", lambda: missing_section(self._study, say)),
            summary=attempt("section", "runs", lambda: runs_section(lines, say)),
            table=table,
            statuses=count_statuses(lines),
            roles=tuple(Counter(line.role for line in lines).items()),
            num_runs=len(lines),
            others=self._results.other_runs,
        )

    def _page(self, facts: RunFacts, line: RunLine, say: Language) -> RunPage:
        attempts, is_train = facts.run.attempts, line.planned_epochs is not None
        is_plain = len(attempts) == 1 and attempts[0].end in ("complete", "pruned")
        same = facts.same if is_train else facts.changed + facts.same
        changed = facts.changed if is_train else ()
        scores = facts.scores if self._detail.everything else ()
        make = partial(run_charts, facts.run, say, self._detail)
        drawn = charts(f"run-{line.id}", make, say, up="../", has_file=self._detail.everything)
        return RunPage(
            line=line,
            facts=facts,
            charts=drawn.charts,
            file=drawn.file,
            failed=drawn.failed,
            epochs=html_table("epochs", lambda: run_tables.epoch_table(facts.epochs, say), say),
            scores=html_table("scores", lambda: run_tables.score_table(scores, say), say),
            only_attempt=attempts[0] if is_plain else None,
            attempts=None if is_plain else html_table("attempts", lambda: run_tables.attempt_table(attempts, say), say),
            changed=html_table("differences", lambda: run_tables.difference_table(changed, say), say),
            same=html_table("settings", lambda: run_tables.setting_table(same, say), say),
            detail=self._detail,
            num_trials=self._num_trials.get(line.id, 0),
        )

    def _facts_of(self, run: RunResult) -> RunFacts:
        siblings = [each for each in self._siblings.get(_setting_of(run) or "", ()) if each.id != run.id]
        differences = self._differences(run)
        return RunFacts(
            run=run,
            epochs=self._epochs(run),
            changed=tuple(each for each in differences if each.differs),
            same=tuple(each for each in differences if not each.differs),
            siblings=tuple(siblings[:MAX_SIBLINGS]),
            num_siblings=len(siblings),
            scores=_scores(run, self._results),
            logs=tuple(self._ends(run)),
        )

    def _epochs(self, run: RunResult) -> tuple[EpochRecord, ...]:
        epochs = run.history.epochs if run.history else ()
        if not self._detail.num_epochs:
            return ()
        return tuple(epochs[index] for index in thinned(len(epochs), self._detail.num_epochs))

    def _differences(self, run: RunResult) -> list[Difference]:
        config = flatten(run.run.config.model_dump(mode="json"))
        if not isinstance(run.run.config, TrainConfig):
            return [Difference(key, value, value) for key, value in config.items()]
        both = dict.fromkeys((*self._baseline, *config))
        parents = {key[:place] for key in both for place, sign in enumerate(key) if sign == "."}
        keys = [key for key in both if key not in parents]
        found = [Difference(key, config.get(key, "null"), self._baseline.get(key, "null")) for key in keys]
        if self._detail.everything:
            return found
        return [each for each in found if each.differs and each.key not in TOLD_ELSEWHERE]

    def _ends(self, run: RunResult) -> Iterator[LogEnd]:
        """Of a run that went well nobody asks for the log, where there are many."""
        if not run.attempts or (run.state in FINISHED and not self._detail.everything):
            return
        paths: list[Path] = self._logs.get(run.attempts[-1].job_id, [])
        for path in paths:
            if lines := self._read_log(path, run.id):
                yield LogEnd(path.name, lines)


def flatten(content: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested configuration by dotted keys, values as JSON but for text.

    >>> flatten({"a": {"b": None, "c": "x"}, "d": [1, 2]})
    {'a.b': 'null', 'a.c': 'x', 'd': '[1, 2]'}
    """
    flat: dict[str, str] = {}
    for key, value in content.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return flat


def _setting_of(run: RunResult) -> str | None:
    """The same for runs that differ in seed and role alone; None for what has no seed."""
    config = run.run.config
    return config.model_dump_json(exclude={"role", "seed"}) if isinstance(config, TrainConfig) else None


def _seed(run: RunResult) -> int:
    assert isinstance(run.run.config, TrainConfig)
    return run.run.config.seed


def _scores(run: RunResult, results: Results) -> tuple[tuple[str, Scores], ...]:
    """How the run does on val and on test, as far as it was measured."""
    metrics: Metrics | None = run.metrics
    found = {
        "val": metrics.val if metrics else None,
        "test": results.test.scores.get(run.id) if results.test and isinstance(run.run.config, TrainConfig) else None,
    }
    return tuple((name, scores) for name, scores in found.items() if scores is not None)
