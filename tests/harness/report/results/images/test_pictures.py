"""The test images, where their store is there."""

import shutil
from pathlib import Path

import pytest

from tests.support.pages import build, told


@pytest.mark.thorough
def test_without_the_data_store_pictures_are_missed_and_said(sweep_dir: Path) -> None:
    shutil.rmtree(sweep_dir.parent / ".data")
    text = told(build(sweep_dir))
    assert "is no longer there" in text
    assert 'class="picture' not in text
    assert not list((sweep_dir / "report").glob("*.png"))
