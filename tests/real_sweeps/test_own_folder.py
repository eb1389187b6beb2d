"""A folder as people have them, through the real command line: mixed modes, mixed sizes, one file damaged."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from kd.files import read_record
from kd.records import StoreIndex

pytestmark = pytest.mark.slow

MODES = ("L", "RGB", "P", "RGBA", "LA", "CMYK")
NUM_PER_CLASS = 60


def draw(kind: str, mode: str, random: np.random.Generator) -> Image.Image:
    """A dark disc or square somewhere on a light ground."""
    width, height = (int(side) for side in random.integers(24, 60, 2))
    image = Image.new("RGB", (width, height), tuple(int(level) for level in random.integers(180, 256, 3)))
    side = int(random.integers(10, 20))
    left, top = int(random.integers(0, width - side)), int(random.integers(0, height - side))
    box = (left, top, left + side, top + side)
    pen = ImageDraw.Draw(image)
    (pen.ellipse if kind == "disc" else pen.rectangle)(
        box, fill=tuple(int(level) for level in random.integers(0, 90, 3))
    )
    return image.convert(mode)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("shapes")
    for kind in ("disc", "square"):
        (folder / kind).mkdir()
        for number in range(NUM_PER_CLASS):
            mode = MODES[number % len(MODES)]
            suffix = "jpg" if mode == "CMYK" else "png"
            draw(kind, mode, random).save(folder / kind / f"{number:02d}-{mode}.{suffix}")
    whole = (folder / "disc" / "01-RGB.png").read_bytes()
    (folder / "disc" / "01-RGB.png").write_bytes(whole[: len(whole) // 2])
    return folder


def test_a_folder_of_mixed_images_is_refused_with_the_remedy_and_then_studied(lab: Any, folder: Path) -> None:
    data: dict[str, Any] = {"source": f"folder:{folder}", "val_fraction": 0.2}

    def sweep() -> Any:
        return lab.run("sweep", "--sweep", str(lab.write(data=data, search={"num_trials": 2, "concurrency": 2})))

    def refusal() -> str:
        refused = sweep()
        assert refused.returncode == 2
        assert refused.stderr.count("\n") == 1
        assert not (lab.results / "mini").exists()
        return str(refused.stderr)

    assert "set data.image_size" in refusal()

    data["image_size"] = 20
    said = "1 unreadable image(s): disc/01-RGB.png (cut short); mend or remove them, or set data.skip_corrupt: true"
    assert said in refusal()

    data["skip_corrupt"] = True
    done = sweep()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "left out 1 unreadable image(s)" in done.stderr
    pages = {page.name: page.read_text(encoding="utf-8") for page in (lab.results / "mini" / "report").glob("*.html")}
    assert set(pages) >= {"index.html", "class-0.html", "class-1.html"}
    assert "disc" in pages["class-0.html"]
    sheets = [lab.results / "mini" / "report" / f"class-{number}.png" for number in (0, 1)]
    assert any(sheet.exists() and f'href="{sheet.name}"' in pages[f"{sheet.stem}.html"] for sheet in sheets)
    indices = [read_record(path, StoreIndex) for path in (lab.results / ".data").glob("*/index.json")]
    (index,) = [index for index in indices if index.source == data["source"]]
    assert index.skipped == ["disc/01-RGB.png"]
    assert index.splits["train"].num_images == 2 * NUM_PER_CLASS - 1
    assert index.splits["train"].shape == (3, 20, 20)
