"""What is handed on of a site: everything, but nothing of this machine and no way out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.build import build_report
from harness.report.publish.handed_on import handed_on
from kd.errors import InputError
from tests.support.secret_sweep import SECRETS


def test_no_secret_and_no_way_out(secret_sweep: Callable[[], Path]) -> None:
    folder = secret_sweep()
    build_report(folder, folder.parent / ".data")
    files = handed_on(folder)
    site = folder / "report"
    assert set(files) == {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert b"<!--out-->" in (site / "index.html").read_bytes()
    for name, content in files.items():
        assert b"out-->" not in content, name
        assert not [secret for secret in SECRETS if secret.encode() in content], name


def test_without_a_report_the_way_to_one_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"; to build it: \S*python -m harness report study --results "):
        handed_on(tmp_path / "study")


def test_what_is_no_part_of_the_report_is_refused(tmp_path: Path) -> None:
    site = tmp_path / "study" / "report"
    site.mkdir(parents=True)
    (site / "index.html").write_text("<body>mine")
    (tmp_path / "theirs").write_text("theirs")
    (site / "table.csv").symlink_to(tmp_path / "theirs")
    with pytest.raises(InputError, match="is a link"):
        handed_on(tmp_path / "study")


@pytest.mark.parametrize("table", [b"", b"[]", b'{"classes": 3}', b'{"classes": [1]}', b"\xff"])
def test_a_damaged_table_of_classes_keeps_nothing_back(tmp_path: Path, table: bytes) -> None:
    site = tmp_path / "study" / "report"
    site.mkdir(parents=True)
    (site / "index.html").write_text("<body>mine")
    (site / "table.json").write_bytes(table)
    assert handed_on(tmp_path / "study") == {"index.html": b"<body>mine", "table.json": table}
