"""``make profile``: where the time of a teacher, its pass and a student goes."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_phases_add_up_and_the_sweep_is_left_alone(lab: Any) -> None:
    done = lab.run("profile", "--sweep", str(lab.write()))
    assert done.returncode == 0, done.stderr
    assert "start-up" in done.stdout
    folder = lab.results / "mini"
    assert [path.name for path in folder.iterdir()] == ["profile.json"]
    profiles = json.loads((folder / "profile.json").read_text())
    assert list(profiles) == ["teacher", "logits", "student"]
    for name, seconds in profiles.items():
        assert all(value >= 0 for value in seconds.values()), name
        assert seconds["start-up"] > 0
        assert seconds["forward"] > 0
        assert (seconds["backward"] > 0) == (seconds["optimizer"] > 0) == (name != "logits")
    assert profiles["teacher"]["teacher's logits"] == 0 < profiles["student"]["teacher's logits"]


def test_a_run_that_fails_is_one_line(lab: Any) -> None:
    done = lab.run("profile", "--sweep", str(lab.write(teacher={"model": "tests.nowhere:model"})))
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
