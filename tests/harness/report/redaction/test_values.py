"""What is known of a machine and a sweep, and which names are told apart from words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.redaction.values import Known, known_of, texts_in
from tests.support.secret_sweep import DATA, HOME, HOSTS, PASSWORDS, USER


def test_records_settings_setup_and_environment_are_looked_through(secret_sweep: Callable[[], Path]) -> None:
    folder = secret_sweep()
    known = known_of(folder, ["cat", "sea lion"])
    assert {DATA, HOME, f"{HOME}/sweeps/mine.yaml", f"{HOME}/nets/old", str(folder), str(Path.cwd())} <= set(
        known.paths
    )
    assert USER in known.users
    assert set(HOSTS) <= set(known.hosts)
    assert set(PASSWORDS[:1]) | set(PASSWORDS[2:]) <= set(known.secrets)
    assert known.domains == ("cluster.uni-x.edu", "uni-x.edu")
    assert {"cat", "lion", "sea lion", "accuracy", "mnist_cnn", "temperature"} <= known.words


@pytest.mark.parametrize("damage", ["", "{", "a: " + 5000 * "[", "\\0"])
def test_damaged_records_do_not_stop_it(tmp_path: Path, damage: str) -> None:
    for name in ("sweep.yaml", "provenance.json", "controller.json"):
        (tmp_path / name).write_text(damage)
    assert str(tmp_path) in known_of(tmp_path).paths


def test_without_a_home_or_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    for name in ("HOME", "USER", "LOGNAME", "SUDO_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("getpass.getuser", nobody)
    assert "" not in known_of(None).users


@pytest.mark.parametrize(
    ("name", "is_telling"),
    [("ana", False), ("anna", True), ("2024", False), ("Student", False), ("王伟", True), ("训练", False)],
)
def test_short_names_numbers_and_words_are_not_looked_for(name: str, is_telling: bool) -> None:
    assert Known(words=frozenset({"student", "训练集"})).is_telling(name) == is_telling


@pytest.mark.parametrize(
    ("value", "is_secret"), [("production-7", True), ("12345678", False), ("distillation", False), ("short", False)]
)
def test_values_of_the_environment_are_secret_by_their_names(
    monkeypatch: pytest.MonkeyPatch, value: str, is_secret: bool
) -> None:
    monkeypatch.setenv("LAB_TOKEN", value)
    monkeypatch.setenv("LAB_NAME", "not-secret-at-all")
    secrets = known_of(None).secrets
    assert (value in secrets) == is_secret
    assert "not-secret-at-all" not in secrets


def test_texts_of_any_depth() -> None:
    assert list(texts_in({"a": ["x", {"b": "y"}, 3], "c": None})) == ["x", "y"]
