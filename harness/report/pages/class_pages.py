"""The pages of classes: the test images that were misread."""

from typing import Any, NamedTuple

from harness.report.analysis.errors import ErrorAnalysis
from harness.report.pages.front_page import NUM_CHANGED, NUM_SAMPLES

MAX_PICTURES = 160  # on one class page


MAX_PICTURES_IN_ALL = 800  # on all class pages, so that a site of many classes stays small


class Cell(NamedTuple):
    """The images of a class that were mostly read as one other class."""

    predicted: int
    name: str
    counts: dict[str, int]
    images: list[int]
    num_hidden: int
    elsewhere: list[tuple[int, int]]


def featured_images(errors: ErrorAnalysis | None) -> frozenset[int]:
    """Images that the front page links to: their class pages must show them whatever the limit."""
    if errors is None:
        return frozenset()
    return frozenset((*errors.samples(NUM_SAMPLES), *errors.fixed[:NUM_CHANGED], *errors.broken[:NUM_CHANGED]))


def class_page(errors: ErrorAnalysis, index: int, featured: frozenset[int]) -> dict[str, Any]:
    """What a class page shows: the test images of the class that a model misread, by what they were taken for."""
    misread = [int(image) for image in errors.misread(index)]
    first = [image for image in misread if image in featured]
    limit = max(min(MAX_PICTURES, MAX_PICTURES_IN_ALL // len(errors.classes)), len(first))
    shown = set((first + [image for image in misread if image not in featured])[:limit])
    filed = {image: main_error(errors, image, index) for image in misread}
    cells = []
    for predicted, name in enumerate(errors.class_names):
        counts = {key: int(matrix[index, predicted]) for key, matrix in errors.confusions.items()}
        if predicted == index or not any(counts.values()):
            continue
        here = [image for image in misread if filed[image] == predicted]
        voted = [i for i in misread if any(o.votes_NC[i, predicted] for o in errors.predictions.values())]
        elsewhere = [(image, filed[image]) for image in voted if filed[image] != predicted and image in shown]
        images = [image for image in here if image in shown]
        cells.append(Cell(predicted, name, counts, images, len(here) - len(images), elsewhere))
    cells.sort(key=lambda cell: (-sum(cell.counts.values()), cell.predicted))
    return {
        "row": errors.classes[index],
        "pictured": [cell for cell in cells if cell.images],
        "others": [cell for cell in cells if not cell.images],
        "num_misread": len(misread),
        "num_shown": len(shown),
        "always_right": sorted(i for i in featured if errors.labels_N[i] == index and i not in set(misread)),
    }


def main_error(errors: ErrorAnalysis, image: int, truth: int) -> int:
    """The wrong class that an image was read as most often, students before the teacher."""
    weights = {"teacher": 0.5}
    votes = sum(
        weights.get(key, 1.0) * predictions.votes_NC[image] / len(predictions.run_ids)
        for key, predictions in errors.predictions.items()
    )
    votes[truth] = -1.0
    return int(votes.argmax())
