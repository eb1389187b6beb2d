"""The labels worth a second look: the page of the images."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.errors.suspect_labels import SHARE, SuspectLabel, SuspectLabels
from harness.report.results.class_names import told_apart
from harness.report.results.images.pictures import shown_pixels
from harness.report.results.images.source_places import SourcePlaces
from harness.report.study import Study
from harness.report.tables.labels import LABELS
from harness.report.text.numbers import percent

PAGE = "labels.html"
NUM_SHOWN = 60  # images of a part
CORRECTING = "make split DATA=folder:… LABELS=labels.csv"
"""Where the folder lies is nobody's business who reads the page."""
MAX_FILE = 200  # letters of a file's name


class Tile(NamedTuple):
    """An image of the page. ``number``: on the sheet of pictures. ``file``: of the source, where that is known."""

    number: int
    suspect: SuspectLabel
    label: str
    suggested: str
    confidence: str
    file: str | None
    source: tuple[str, int] | None


class PartOfPage(NamedTuple):
    """One part's images."""

    found: SuspectLabels
    tiles: tuple[Tile, ...]

    @property
    def num_hidden(self) -> int:
        """Listed images that the page has no room for."""
        return len(self.found.suspects) - len(self.tiles)


class LabelPage(NamedTuple):
    """What the page shows.

    ``csv``: the list, None where nothing is listed. ``origin``: whether a list of files can mend the labels, or the
    source itself has to.
    """

    parts: tuple[PartOfPage, ...]
    share: str
    csv: str | None
    origin: Literal["folder", "other"]
    has_pictures: bool
    command: str = CORRECTING


class SuspectPictures:
    """The page's images, by their numbers on it."""

    def __init__(self, places: SourcePlaces, parts: tuple[SuspectLabels, ...]) -> None:
        self._places = places
        self._images = [(part.part, one.image) for part in parts for one in part.suspects[:NUM_SHOWN]]

    def of(self, image: int) -> NDArray[np.uint8]:
        """As ``Pictures.of``."""
        return shown_pixels(self._places.pixels(*self._images[image]))


def label_pictures(study: Study) -> SuspectPictures | None:
    """None where the data set is gone."""
    places = study.findings.places
    return SuspectPictures(places, study.findings.suspects) if places else None


def has_label_page(study: Study) -> bool:
    """Whether any label is doubted, or nobody is left to doubt one."""
    return any(_is_told(part) for part in study.findings.suspects)


def _is_told(found: SuspectLabels) -> bool:
    return bool(found.suspects) or not found.num_models


def label_page(study: Study) -> LabelPage:
    """The clearest images of each part."""
    places, numbers = study.findings.places, iter(range(NUM_SHOWN * len(study.findings.suspects)))
    parts = tuple(_part(found, study, numbers) for found in study.findings.suspects if _is_told(found))
    is_folder = places is not None and any(files is not None for files in places.files.values())
    return LabelPage(
        parts=parts,
        share=percent(SHARE, 0),
        csv=f"{LABELS}.csv" if any(part.tiles for part in parts) else None,
        origin="folder" if is_folder else "other",
        has_pictures=places is not None,
    )


def _part(found: SuspectLabels, study: Study, numbers: Iterator[int]) -> PartOfPage:
    shown = found.suspects[:NUM_SHOWN]
    return PartOfPage(found, tuple(_tile(next(numbers), one, found, study) for one in shown))


def _tile(number: int, one: SuspectLabel, found: SuspectLabels, study: Study) -> Tile:
    places, names = study.findings.places, _names(study)
    source = None
    if places is not None and places.are_rows:
        source = places.split[found.part], places.position(found.part, one.image)
    file = places.file(found.part, one.image) if places else None
    return Tile(
        number=number,
        suspect=one,
        label=names[one.label] if names else str(one.label),
        suggested=names[one.suggested] if names else str(one.suggested),
        confidence=percent(one.confidence, 0),
        file=file and (file if len(file) <= MAX_FILE else f"…{file[-MAX_FILE:]}"),
        source=source,
    )


def _names(study: Study) -> tuple[str, ...]:
    return study.errors.class_names if study.errors else told_apart(study.results.class_names)
