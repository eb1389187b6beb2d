"""A sweep by its name or its path, and no other file."""

from pathlib import Path

import pytest

from harness.sweep.loading import load_sweep
from harness.sweep.reading.finding import find_sweep
from kd.errors import InputError
from tests.support.sweep_files import MINIMAL


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with sweeps/one.yaml and sweeps/other.yaml, as the working directory."""
    (tmp_path / "sweeps").mkdir()
    for name in ("one", "other"):
        (tmp_path / "sweeps" / f"{name}.yaml").write_text(MINIMAL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sweep_is_found_by_name_and_by_path(project):
    assert find_sweep("one") == Path("sweeps/one.yaml")
    assert find_sweep("sweeps/one.yaml") == Path("sweeps/one.yaml")
    assert find_sweep(str(project / "sweeps" / "one.yaml")) == project / "sweeps" / "one.yaml"


def test_a_missing_sweep_gets_the_nearest_and_the_list(project):
    with pytest.raises(InputError) as caught:
        find_sweep("onne")
    assert str(caught.value) == "SWEEP: no file sweeps/onne.yaml (did you mean one?); there are one, other"
    with pytest.raises(InputError, match=r"SWEEP: no file none\.yaml in .*; by name there are one, other$"):
        find_sweep("none.yaml")


@pytest.mark.parametrize("name", ["../one", "sweeps/one", "/etc/passwd", "", ".", "-x", "a\nb", "o" * 256])
def test_a_name_never_leads_elsewhere(project, name):
    with pytest.raises(InputError, match=r"SWEEP: .* is no name: [^\n]*ends in \.yaml$"):
        find_sweep(name)


@pytest.mark.parametrize("name", ["o" * 300 + ".yaml", "a\nb.yaml", "a\0b.yaml", "/dev/null/x.yaml"])
def test_a_path_that_no_file_can_have_is_one_line(project, name):
    with pytest.raises(InputError, match=r"^SWEEP: no file [^\n]*; by name there are one, other$"):
        find_sweep(name)


def test_a_file_that_no_person_wrote_is_one_line(project, monkeypatch):
    monkeypatch.setattr("harness.sweep.reading.plain_yaml.MAX_BYTES", 5)
    with pytest.raises(InputError, match=r"^sweeps/one\.yaml: has \d+ bytes; at most 5 are read: shorten it$"):
        load_sweep(find_sweep("one"))


def test_without_any_sweep(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"no folder sweeps here; to write one: \S*python -m harness init$"):
        find_sweep("one")
