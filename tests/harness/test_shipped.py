"""Templates and sweeps are found where they are, and another's repository is not taken for the program's."""

from pathlib import Path
from types import SimpleNamespace

from harness.shipped import CHECKOUT, shipped
from harness.state import provenance


def test_a_checkout_has_them_at_its_top():
    assert CHECKOUT is not None and (CHECKOUT / "pyproject.toml").is_file()
    assert (shipped("report_templates") / "messages" / "en").is_dir()
    assert (shipped("sweeps") / "quickstart.yaml").is_file()


def test_installed_the_program_is_its_version_and_no_commit_of_a_repository_around_it(monkeypatch):
    monkeypatch.setattr(provenance, "CHECKOUT", None)
    monkeypatch.setattr(provenance, "distribution", lambda name: SimpleNamespace(version="1.2", locate_file=Path))
    code = provenance.current_code.__wrapped__()
    assert code.commit is None and code.diff_sha256 is None
    assert code.versions["kd-sweep"] == "1.2"
