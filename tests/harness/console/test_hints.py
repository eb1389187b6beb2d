"""Commands that messages tell a person to type can be pasted: the shell reads them as they were meant."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from harness.commands.run import declare
from harness.console.hints import Hints, once_mended
from harness.state.files.folder import SweepFolder
from harness.state.files.records import read_sweep_record
from kd.records import Failure


def words_of(command: str) -> list[str]:
    return shlex.split(command)


@pytest.mark.parametrize("overrides", ["seeds=2", "data.source='my folder' seeds=2", "description='$HOME `id`'"])
def test_the_sweep_goes_on_as_it_was_started(lab: Any, overrides: str) -> None:
    _, folder = lab.open()
    record = read_sweep_record(folder.path).model_copy(update={"overrides": overrides, "origin": "/my files/mini.yaml"})
    declare(record, folder, "slurm")
    words = words_of(Hints(folder).again())
    for value in (overrides, "/my files/mini.yaml", str(lab.results)):
        assert any(word.partition("=")[2] == value or word == value for word in words), (value, words)
    assert any("slurm" in word for word in words)


def test_where_everything_is_usual_nothing_needs_to_be_said(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, folder = lab.open()
    declare(read_sweep_record(folder.path), folder, "local")
    monkeypatch.chdir(lab.results.parent)
    hints = Hints(folder)
    run_id = plan.baselines()[0].id
    for command in (hints.again(), hints.status(), hints.cancel(), hints.why(run_id)):
        assert "results" not in command.lower() and "cluster" not in command.lower(), command
    assert run_id in hints.why(run_id)
    monkeypatch.chdir(Path("/"))
    assert str(lab.results) in hints.status()


def test_a_key_is_changed_and_the_others_are_kept(lab: Any) -> None:
    _, folder = lab.open()
    overrides = "seeds=2 on_weak_teacher=stop description='my pets'"
    declare(read_sweep_record(folder.path).model_copy(update={"overrides": overrides}), folder, "local")
    words = words_of(Hints(folder).again(changes={"on_weak_teacher": "warn"}))
    assert words[words.index("--set") + 1] == "seeds=2 description='my pets' on_weak_teacher=warn"


@pytest.mark.parametrize(
    ("text", "overrides", "said"),
    [
        ("name: other\n", "seeds=2", "seeds=2 name=mini"),
        ("name: other\n", "name=mini", "name=mini"),
        ("name: mini\n", "seeds=2", "seeds=2"),
        ("no: name: here\n", "seeds=2", "seeds=2"),
        (None, "seeds=2", "seeds=2"),
    ],
)
def test_where_its_file_names_another_sweep_by_now_it_still_goes_on_itself(
    lab: Any, tmp_path: Path, text: str | None, overrides: str, said: str
) -> None:
    _, folder = lab.open()
    file = tmp_path / "moved.yaml"
    if text is not None:
        file.write_text(text)
    changes = {"overrides": overrides, "origin": str(file)}
    declare(read_sweep_record(folder.path).model_copy(update=changes), folder, "local")
    for command in (Hints(folder).again(), Hints(folder).plan()):
        words = words_of(command)
        assert words[words.index("--set") + 1] == said


def test_a_sweep_in_a_folder_of_another_name_goes_on_there_under_that_name(lab: Any) -> None:
    _, folder = lab.open()
    declare(read_sweep_record(folder.path).model_copy(update={"overrides": "seeds=2"}), folder, "local")
    folder.path.rename(folder.path.with_name("copy"))
    copy = SweepFolder(lab.results, "copy")
    for command in (Hints(copy).again(), Hints(copy).plan()):
        words = words_of(command)
        assert words[words.index("--set") + 1] == "seeds=2 name=copy"
    words = words_of(Hints(copy).again(changes={"seeds": "3"}))
    assert words[words.index("--set") + 1] == "name=copy seeds=3"


def test_what_diverged_is_not_only_tried_again() -> None:
    failures = [Failure(kind="code error", reason="x"), Failure(kind="non-finite loss", reason="nan")]
    assert once_mended(failures, "COMMAND") == "once the cause is fixed: COMMAND"  # beside it stands the first
    said = once_mended(failures[::-1], "COMMAND")
    assert said.startswith("the same settings diverge again: change them") and said.endswith(", and repeat: COMMAND")
