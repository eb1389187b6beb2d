"""What is read of a folder, or said of it, is the same by every way of naming it; one table of layouts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kd.data.sources.tables.hub
from kd.config import DataConfig
from kd.data.decoded.store import prepare
from kd.data.division.summary import summarize
from kd.errors import InputError
from tests.kd.data.layouts import LAYOUTS, Layout


def said_of(folder: Path, source: str, root: Path, options: Any) -> tuple[str, str]:
    """The data line or the refusal, without the place; and the digest of what was stored."""
    data = DataConfig(source=source, val_fraction=0.15, test_fraction=0.3, **options)
    try:
        index = prepare(data, root)
        line, digest = summarize(data, index.digest, root), index.digest
    except InputError as error:
        line, digest = str(error), ""
    line = line.replace(source, "D").replace(str(folder), "D").replace(str(folder.parent), "ABOVE")
    return line, digest


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    return tmp_path / "layout" / "d"


@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout.name for layout in LAYOUTS])
def test_every_way_of_reading_says_the_same(
    layout: Layout, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout.build(folder)
    found = set()
    if not layout.is_table:
        found.add(said_of(folder, f"folder:{folder}", tmp_path / "by folder", layout.options))
    found.add(said_of(folder, str(folder), tmp_path / "by path", layout.options))
    monkeypatch.setattr(kd.data.sources.tables.hub, "_has_datasets", lambda: False)
    found.add(said_of(folder, str(folder), tmp_path / "without datasets", layout.options))
    assert {line for line, _ in found} == {layout.said}
    assert len(found) == 1, "one digest"


def test_there_are_many_layouts() -> None:
    assert len({layout.name for layout in LAYOUTS}) == len(LAYOUTS) >= 25


@pytest.mark.parametrize("name", ["hidden", "loop of links", "pipe and device", "linked classes"])
def test_what_is_no_data_changes_nothing(name: str, folder: Path, tmp_path: Path) -> None:
    plain, other = (next(layout for layout in LAYOUTS if layout.name == each) for each in ("classes", name))
    plain.build(folder)
    other.build(folder.with_name("other"))
    sources = (f"folder:{folder}", f"folder:{folder.with_name('other')}")
    assert len({prepare(DataConfig(source=source), tmp_path).digest for source in sources}) == 1


def test_dropped_duplicates_leave_test_as_it_is(folder: Path, tmp_path: Path) -> None:
    next(layout for layout in LAYOUTS if layout.name == "duplicates").build(folder)
    data = DataConfig(source=f"folder:{folder}", duplicates="drop")
    digest = prepare(data, tmp_path).digest
    assert "train 11, val 2, test 13 images" in summarize(data, digest, tmp_path)
    for path in (tmp_path / digest).glob("*_hashes.npy"):
        assert len(np.unique(np.load(path))) == len(np.load(path))
        path.unlink()  # as of a store that an earlier version made
    assert "duplicates left out: 3 of train, 0 of val" in summarize(data, digest, tmp_path)
