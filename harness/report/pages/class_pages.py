"""The pages of classes: the test images that were misread, by what they were taken for."""

from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from harness.report.analysis.errors.errors import ClassRow, ErrorAnalysis
from harness.report.tables.form.html import to_html
from harness.report.tables.form.table import Column, Look, Record, Table
from harness.report.text.language import Language

MAX_PICTURES = 160  # on one class page
MAX_PICTURES_IN_ALL = 800  # on all class pages, so that a site of many classes stays small
TEACHER_WEIGHT = 0.5  # of a wrong answer, beside 1 of a student's: pages are about students


class WrongAnswer(NamedTuple):
    """The images of a class that were mostly read as one other class.

    ``counts``: readings by arm. ``elsewhere``: images that some model read so, shown under the answer that they got
    more often, each with that answer.
    """

    predicted: int
    name: str
    counts: dict[str, int]
    images: list[int]
    num_hidden: int
    elsewhere: list[tuple[int, int]]


@dataclass(frozen=True)
class ClassPage:
    """What the page of a class shows. ``others``: answers of which no image is shown."""

    row: ClassRow
    pictured: tuple[WrongAnswer, ...]
    others: tuple[WrongAnswer, ...]
    num_misread: int
    num_shown: int
    always_right: tuple[int, ...]


def class_page(errors: ErrorAnalysis, index: int, featured: frozenset[int]) -> ClassPage:
    """The test images of a class that a model misread, as many as a page holds, those of ``featured`` among them."""
    misread = [int(image) for image in errors.misread(index)]
    first = [image for image in misread if image in featured]
    limit = max(min(MAX_PICTURES, MAX_PICTURES_IN_ALL // len(errors.classes)), len(first))
    shown = set((first + [image for image in misread if image not in featured])[:limit])
    filed = {image: main_error(errors, image, index) for image in misread}
    answers = []
    for predicted, name in enumerate(errors.class_names):
        counts = {key: int(matrix[index, predicted]) for key, matrix in errors.confusions.items()}
        if predicted == index or not any(counts.values()):
            continue
        here = [image for image in misread if filed[image] == predicted]
        voted = [i for i in misread if any(o.votes_NC[i, predicted] for o in errors.predictions.values())]
        elsewhere = [(image, filed[image]) for image in voted if filed[image] != predicted and image in shown]
        images = [image for image in here if image in shown]
        answers.append(WrongAnswer(predicted, name, counts, images, len(here) - len(images), elsewhere))
    answers.sort(key=lambda answer: (-sum(answer.counts.values()), answer.predicted))
    return ClassPage(
        row=errors.classes[index],
        pictured=tuple(answer for answer in answers if answer.images),
        others=tuple(answer for answer in answers if not answer.images),
        num_misread=len(misread),
        num_shown=len(shown),
        always_right=tuple(sorted(i for i in featured if errors.labels_N[i] == index and i not in set(misread))),
    )


def main_error(errors: ErrorAnalysis, image: int, truth: int) -> int:
    """The wrong class that an image was read as most often, students before the teacher."""
    weights = {"teacher": TEACHER_WEIGHT}
    votes = sum(
        weights.get(key, 1.0) * predictions.votes_NC[image] / len(predictions.run_ids)
        for key, predictions in errors.predictions.items()
    )
    votes[truth] = -1.0
    return int(votes.argmax())


def others_table(page: ClassPage, say: Language) -> Markup:
    """The answers without images of their own, with links to the images that stand under another answer."""

    def links(record: Record) -> Markup:
        return Markup(say("comma")).join(
            Markup('<a href="#image-{}">{}</a>').format(image, image) for image, _ in record["elsewhere"]
        )

    records = tuple({**answer._asdict(), **answer.counts, "above": ""} for answer in page.others)
    columns = (
        Column("name", say("class-read-as"), is_text=True),
        *(Column(key, say("arm", kind=key), of_arm=key) for key in (page.others[0].counts if page.others else ())),
        Column("num_hidden", say("class-not-shown")),
        Column("above", say("class-above"), is_text=True, html=links),
    )
    look = Look("sortable", row=lambda record: {"id": f"as-{record['predicted']}"}, hole="")
    return to_html(Table("others", "", columns, records, look=look), say)
