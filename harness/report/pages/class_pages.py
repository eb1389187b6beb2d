"""The pages of classes: the test images that were misread."""

from typing import Any, NamedTuple

from harness.report.analysis.errors import Mistakes
from harness.report.pages.front_page import NUM_CHANGED, NUM_SAMPLES

MAX_PICTURES = 160  # on one class page


MAX_PICTURES_IN_ALL = 800  # on all class pages, so that a site of many classes stays small


class Cell(NamedTuple):
    """The images of a class that were mostly read as one other class."""

    said: int
    name: str
    counts: dict[str, int]
    images: list[int]
    num_hidden: int
    elsewhere: list[tuple[int, int]]


def featured_images(mistakes: Mistakes | None) -> frozenset[int]:
    """Images that the front page links to: their class pages must show them whatever the limit."""
    if mistakes is None:
        return frozenset()
    return frozenset((*mistakes.samples(NUM_SAMPLES), *mistakes.fixed[:NUM_CHANGED], *mistakes.broken[:NUM_CHANGED]))


def class_page(mistakes: Mistakes, index: int, featured: frozenset[int]) -> dict[str, Any]:
    """What a class page shows: the test images of the class that a model misread, by what they were taken for."""
    misread = [int(image) for image in mistakes.misread(index)]
    first = [image for image in misread if image in featured]
    limit = max(min(MAX_PICTURES, MAX_PICTURES_IN_ALL // len(mistakes.classes)), len(first))
    shown = set((first + [image for image in misread if image not in featured])[:limit])
    filed = {image: main_error(mistakes, image, index) for image in misread}
    cells = []
    for said, name in enumerate(mistakes.class_names):
        counts = {key: int(matrix[index, said]) for key, matrix in mistakes.confusions.items()}
        if said == index or not any(counts.values()):
            continue
        here = [image for image in misread if filed[image] == said]
        voted = [i for i in misread if any(o.votes_NC[i, said] for o in mistakes.opinions.values())]
        elsewhere = [(image, filed[image]) for image in voted if filed[image] != said and image in shown]
        images = [image for image in here if image in shown]
        cells.append(Cell(said, name, counts, images, len(here) - len(images), elsewhere))
    cells.sort(key=lambda cell: (-sum(cell.counts.values()), cell.said))
    return {
        "row": mistakes.classes[index],
        "pictured": [cell for cell in cells if cell.images],
        "others": [cell for cell in cells if not cell.images],
        "num_misread": len(misread),
        "num_shown": len(shown),
        "always_right": sorted(i for i in featured if mistakes.labels_N[i] == index and i not in set(misread)),
    }


def main_error(mistakes: Mistakes, image: int, truth: int) -> int:
    """The wrong class that an image was read as most often, students before the teacher."""
    weights = {"teacher": 0.5}
    votes = sum(
        weights.get(key, 1.0) * opinions.votes_NC[image] / len(opinions.run_ids)
        for key, opinions in mistakes.opinions.items()
    )
    votes[truth] = -1.0
    return int(votes.argmax())
