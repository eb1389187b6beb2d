"""What chooses among columns or configurations, for sources that have none."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kd.config import DataConfig
from kd.data.sources import list_source
from kd.errors import InputError


@pytest.mark.parametrize(
    ("key", "listed"),
    [("config", False), ("image_column", False), ("label_column", False), ("config", True)],
    ids=["config", "image_column", "label_column", "config of a list"],
)
def test_a_folder_of_images_has_neither(key: str, listed: bool, tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        Image.fromarray(np.zeros((4, 4), np.uint8)).save(tmp_path / "pets" / name / "a.png")
    (tmp_path / "split.csv").write_text("split,file,label\ntrain,cat/a.png,cat\ntrain,dog/a.png,dog\n")
    splits = str(tmp_path / "split.csv") if listed else None
    given = {"source": f"folder:{tmp_path / 'pets'}", "splits": splits}
    assert list_source(DataConfig.model_validate(given)).class_names == ["cat", "dog"]
    line = rf"^data\.{key}: {re.escape(str(tmp_path / 'pets'))}, a folder of images, has no \w+; leave the key out$"
    with pytest.raises(InputError, match=line):
        list_source(DataConfig.model_validate(given | {key: "x"}))
