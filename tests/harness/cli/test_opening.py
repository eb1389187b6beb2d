"""Which sweep is meant, and what is wrong with it, in one line."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.state.files.folder import last_started
from tests.support.command_line import complain
from tests.support.root import ROOT


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ("student.epocs=3", "error: SET: student.epocs: unknown key (did you mean epochs?)"),
        ("student.epochs=many", "error: SET: student.epochs: a whole number is wanted"),
        ("distill.alpha=1.5", "distill.alpha: Input should be less than or equal to 1, got 1.5"),
        ("distill.temperature=0", "distill.temperature: Input should be greater than 0, got 0"),
        ("data.source=/no/such/folder", "data.source: no folder /no/such/folder"),
        ("data.source=folder:/no/such/folder", "data.source: no folder /no/such/folder"),
        ("data.source=embedded:nothing", "no embedded data set 'nothing'"),
        ("name=../outside", "name: String should match pattern"),
        ("student.model=mnist_mpl", "did you mean mnist_mlp?"),
        ("epochs", "'epochs' is not key=value"),
        ("data.max_train=15", "have no image in val (2 images)"),
    ],
)
def test_bad_settings_are_one_line_and_write_nothing(lab: Any, overrides: str, message: str) -> None:
    line = complain("sweep", "--sweep", str(lab.write()), "--results", str(lab.results), "--set", overrides)
    assert message in line
    assert [entry.name for entry in lab.results.iterdir()] == [".data"]


@pytest.mark.parametrize("name", ["../quickstart", "nothing", "results/../x"])
def test_a_sweep_that_is_not_there(lab: Any, name: str) -> None:
    assert "SWEEP: " in complain("sweep", "--sweep", name, "--results", str(lab.results))


VERBS: list[tuple[str, ...]] = [
    ("sweep",), ("plan",), ("check",), ("profile",), ("status",), ("why", "--run", "x"), ("cancel",), ("report",),
    ("publish", "--dir", "DIR"), ("paper", "--dir", "DIR"), ("serve",), ("export",),
]  # fmt: skip


@pytest.mark.parametrize("verb", VERBS, ids=lambda words: words[0])
def test_no_verb_takes_a_name_that_leads_elsewhere(tmp_path: Path, verb: tuple[str, ...]) -> None:
    """A whole sweep lies where each name would lead: nothing of it is read, and nothing is written."""
    write_sweep_of(tmp_path / "elsewhere")
    (tmp_path / "results").mkdir()
    before = sorted(tmp_path.rglob("*"))
    words = [word.replace("DIR", str(tmp_path / "out")) for word in verb]
    for name in ("../elsewhere", str(tmp_path / "elsewhere"), ".", "..", "a/b", "-x", "a\nb", "a" * 300, "☃"):
        line = complain(*words, "--sweep", name, "--results", str(tmp_path / "results"))
        assert line.startswith("error: SWEEP: ") and " is no name: letters, digits" in line
    if verb[0] not in ("sweep", "plan", "check", "profile"):  # those read the name in the sweep file with it
        line = complain(*words, "--set", "name=../elsewhere", "--results", str(tmp_path / "results"))
        assert line.startswith("error: SET: '../elsewhere' is no name: ")
    assert sorted(tmp_path.rglob("*")) == before


def write_sweep_of(folder: Path) -> None:
    folder.mkdir()
    (folder / "sweep.yaml").write_text("{}")
    (folder / "report").mkdir()
    (folder / "report/index.html").write_text("theirs")


def test_a_copy_that_no_sweep_can_be_called_after_was_not_started_last(tmp_path: Path) -> None:
    write_sweep_of(tmp_path / "old copy")
    assert last_started(tmp_path) is None
    write_sweep_of(tmp_path / "mini")
    assert last_started(tmp_path) == "mini"


def test_a_sweep_is_a_word_or_an_option_or_the_last_that_was_started(lab: Any) -> None:
    for name in ("older", "newer"):
        path = lab.results / name / "sweep.yaml"
        path.parent.mkdir()
        path.write_text("{")
        os.utime(path, (1.0, 1.0) if name == "older" else (2.0, 2.0))
    where = ("--results", str(lab.results))
    for words, meant in (((), "newer"), (("older",), "older"), (("--sweep", "older"), "older")):
        assert f"results/{meant}/sweep.yaml" in complain("status", *words, *where)
    assert "two were given, 'older' and 'newer'" in complain("status", "older", "--sweep", "newer", *where)


def test_a_sweep_file_that_is_not_yaml(lab: Any) -> None:
    path = lab.write()
    path.write_text("name: [mini")
    assert f"{path} line 1: not YAML" in complain("plan", "--sweep", str(path), "--results", str(lab.results))


def test_a_results_folder_that_cannot_be_written(lab: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    line = complain("sweep", "--sweep", str(lab.write()), "--results", str(tmp_path / "file"))
    assert "results: cannot write" in line


@pytest.mark.parametrize("verb", ["status", "why", "cancel", "report", "paper"])
def test_a_name_in_set_says_which_sweep_is_meant(lab: Any, verb: str) -> None:
    """Pasted behind another verb, SET means the sweep that it meant there, and not the one of the file's own name."""
    lab.open()
    words = (verb, "mini", "--set", "student.epochs=3 name=photos", "--results", str(lab.results))
    assert "SWEEP: photos has no results" in complain(*words)


def test_a_file_of_sweeps_is_named_with_or_without_its_ending(lab: Any) -> None:
    both = [complain("plan", name, "--set", "seeds=x") for name in ("quickstart", "quickstart.yaml")]
    assert both[0] == both[1]


def test_verbs_on_a_sweep_that_was_never_started(lab: Any) -> None:
    for verb in ("status", "cancel", "report"):
        assert "start it with " in complain(verb, "--sweep", "quickstart", "--results", str(lab.results))
        assert "start one with " in complain(verb, "--sweep", "mini", "--results", str(lab.results))


@pytest.mark.parametrize("verb", ["status", "why", "cancel", "report", "paper", "serve", "export", "publish"])
def test_a_sweep_that_is_given_by_its_file_is_started_with_that_file(lab: Any, tmp_path: Path, verb: str) -> None:
    """Also where others were started, and where SET gives it another name."""
    write_sweep_of(lab.results / "other")
    words = (
        verb,
        path := str(lab.write()),
        "--results",
        str(lab.results),
        *(("--dir", "x") if verb == "publish" else ()),
    )
    start = f"start it with {sys.executable} -m harness sweep {path}"
    assert f"SWEEP: mini has no results in {lab.results}; {start} --results {lab.results}\n" in complain(*words)
    line = complain(*words, "--set", "name=photos")
    assert f"SWEEP: photos has no results in {lab.results}; {start} --set name=photos " in line


def test_a_site_of_a_sweep_that_was_never_started_is_not_to_be_built(lab: Any) -> None:
    assert "SWEEP: mini has no results" in complain("publish", "mini", "--dir", "x", "--results", str(lab.results))


def test_a_started_sweep_is_named_where_its_name_has_a_typo(lab: Any) -> None:
    lab.open()
    line = complain("status", "minni", "--results", str(lab.results))
    assert line.endswith("(did you mean mini?); there are mini\n")


def test_without_network_one_line_says_what_was_tried(lab: Any) -> None:
    """The Hub's address is a closed port of this machine."""
    done = subprocess.run(
        lab.command("sweep", "--sweep", "mnist_cnn_mlp"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(lab.results.parent / "hub")},
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "'ylecun/mnist' as a Hub id at http://127.0.0.1:9" in done.stderr
    assert "SET=data.source=PATH" in done.stderr
