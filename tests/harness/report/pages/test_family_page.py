"""The front page of several students, and the reports that it leads to."""

import json
import re
from pathlib import Path

import pytest

from harness.report.build import build_report
from harness.report.study import family_of, read_studies, read_study
from tests.support.invented_family import Invented, invent_family
from tests.support.pages import Links, Texts, broken_links, files_of

STUDENTS = {
    "good": Invented(0.95, 3000, ms=2.0),
    "slow": Invented(0.93, 4000, ms=3.0),
    "broken": Invented(0.9, fails=True),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invent_family(tmp_path_factory.mktemp("family"), STUDENTS)


@pytest.fixture(scope="module")
def family_site(folder: Path) -> Path:
    return build_report(folder, folder.parent / ".data").parent


def test_no_link_of_any_page_leads_nowhere(family_site: Path) -> None:
    files = files_of(family_site)
    pages = {name: Links(path.read_text("utf-8")) for name, path in files.items() if name.endswith(".html")}
    assert {f"students/{key}/{lang}index.html" for key in STUDENTS for lang in ("", "zh/")} < pages.keys()
    assert broken_links(pages, files) == []


def test_the_sentence_comes_first_and_every_student_is_named(family_site: Path) -> None:
    texts = " ".join(Texts((family_site / "index.html").read_text("utf-8")).texts)
    sentence = texts.index("The smallest student within 1 point of the teacher is good")
    assert sentence < texts.index("Test accuracy, %")
    assert "Without a result: broken (6 of 6 trainings failed)." in texts
    assert "Failed: 6 runs ended in an error; 15 of 21 runs finished." in texts


def test_the_head_leads_to_the_first_run_that_failed(family_site: Path) -> None:
    for page in ("index.html", "zh/index.html"):
        head = (family_site / page).read_text("utf-8").split('<p class="sweep-state')[1].split("</p>")[0]
        (link,) = re.findall(r'<a href="([^"]*)">(?:final|compare|search)-', head)
        assert "/runs/" in link and (family_site / page).parent.joinpath(link).is_file()


def test_the_chinese_page_says_the_same(family_site: Path) -> None:
    chinese = " ".join(Texts((family_site / "zh" / "index.html").read_text("utf-8")).texts)
    assert "最小学生模型是 good" in chinese


def test_a_students_report_is_a_whole_one_and_leads_back(family_site: Path) -> None:
    page = (family_site / "students" / "good" / "index.html").read_text("utf-8")
    assert "family · good" in page and 'href="../../index.html"' in page
    chinese = (family_site / "students" / "good" / "zh" / "index.html").read_text("utf-8")
    assert 'href="../../../zh/index.html"' in chinese
    assert (family_site / "students" / "good" / "table.csv").exists()


def test_the_summary_is_of_the_chosen_student_and_counts_all(family_site: Path) -> None:
    summary = json.loads((family_site / "summary.json").read_text("utf-8"))
    assert (summary["name"], summary["chosen_student"], summary["num_planned"]) == ("family", "good", 21)
    assert [one["name"] for one in summary["students"]] == list(STUDENTS)
    assert [one["within"] for one in summary["students"]] == ["yes", "no", None]
    assert summary["students_sentence"].startswith("The smallest student within 1 point of the teacher is good")
    assert summary["accuracies"]["distilled"] == pytest.approx(summary["students"][0]["accuracy"])
    assert "students" in summary["sweep"] and "student" not in summary["sweep"]
    own = json.loads((family_site / "students" / "slow" / "summary.json").read_text("utf-8"))
    assert own["students"] == [] and own["chosen_student"] is None


@pytest.mark.thorough
def test_the_same_files_give_the_same_bytes(folder: Path, family_site: Path) -> None:
    before = {name: path.read_bytes() for name, path in files_of(family_site).items()}
    build_report(folder, folder.parent / ".data")
    assert {name: path.read_bytes() for name, path in files_of(family_site).items()} == before


def test_a_sweep_of_one_student_has_no_such_page(invented: Path) -> None:
    study = read_study(invented, invented.parent / ".data")
    assert family_of(read_studies(invented, invented.parent / ".data")) is None
    assert not study.results.plan.student_key
    site = build_report(invented, invented.parent / ".data").parent
    assert not (site / "students").exists()
