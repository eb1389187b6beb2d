"""Everything that pages, tables and figures are made of, found once."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from harness.report.analysis.arms.exports import ExportedFormat, find_exports
from harness.report.analysis.arms.extra_tests import ExtraSet, find_extra_tests
from harness.report.analysis.arms.gains import (
    Answer,
    Row,
    find_answer,
    find_rows,
    paired,
    right_by_run,
    weak_teacher_of,
)
from harness.report.analysis.arms.methods import MethodComparison, find_methods
from harness.report.analysis.arms.variants import Variants, find_variants
from harness.report.analysis.causes import Cause, explain
from harness.report.analysis.chance.statistics import mcnemar, seed_means
from harness.report.analysis.costs import Cost, Point, find_costs, latency_points, size_points
from harness.report.analysis.errors.agreement import Agreement, Gallery, find_agreements, find_galleries
from harness.report.analysis.errors.calibration import Calibration, find_calibration
from harness.report.analysis.errors.confusions import ConfusedPair, Matrix, confused_pairs, find_matrix
from harness.report.analysis.errors.errors import ErrorAnalysis, find_errors
from harness.report.analysis.errors.suspect_labels import SuspectLabels, find_suspect_labels
from harness.report.analysis.errors.true_class import TrueClass, find_true_class
from harness.report.analysis.family import Family, StudentPart, find_family
from harness.report.analysis.search.reading import SearchReading, read_search
from harness.report.forks import make_beside
from harness.report.results.images.pictures import Pictures, open_pictures
from harness.report.results.images.source_places import SourcePlaces, find_places
from harness.report.results.message import Message
from harness.report.results.provenance import Command, DataSplit, find_command, find_data_splits, find_way_on
from harness.report.results.reading.reader import read_results, read_students
from harness.report.results.sweep_results import MethodResult, Results
from harness.report.text.findings import advice
from harness.report.text.pretrained_teachers import find_pretrained


@dataclass(frozen=True)
class Findings:
    """What is reckoned beyond the answer, whatever the language."""

    search: SearchReading | None
    advice: tuple[advice.Advice, ...]
    causes: tuple[Cause, ...]
    galleries: tuple[Gallery, ...]
    calibration: Calibration | None
    true_class: tuple[TrueClass, ...]
    matrix: Matrix | None
    confused_pairs: tuple[ConfusedPair, ...]
    size_points: list[Point]
    latency_points: list[Point]
    data_splits: tuple[DataSplit, ...]
    command: Command
    way_on: str | None
    given: tuple[Message, ...]
    exports: tuple[ExportedFormat, ...]
    places: SourcePlaces | None
    suspects: tuple[SuspectLabels, ...]
    extra_tests: tuple[ExtraSet, ...]


class Study(NamedTuple):
    """A sweep's results with all that follows from them.

    ``searches``: of the methods and of the student alone, by the method's key, as far as they could be read; None where
    nothing was searched yet.
    """

    results: Results
    searches: Mapping[str, SearchReading | None]
    rows: tuple[Row, ...]
    answer: Answer
    methods: MethodComparison | None
    variants: Variants | None
    agreements: list[Agreement]
    costs: tuple[Cost, ...]
    errors: ErrorAnalysis | None
    pictures: Pictures | None
    picture_problem: Message | None
    findings: Findings

    @property
    def num_test_images(self) -> int:
        """Test images that were read; 0 before they are."""
        test = self.results.test
        return next((scores.num_images for scores in test.scores.values()), 0) if test else 0


class SeedPair(NamedTuple):
    """One seed's baseline and distilled student on the same test images, in the study's metric.

    ``fixed``, ``broken`` and ``p`` count images, each once.
    """

    seed: int
    baseline: float
    distilled: float
    fixed: int
    broken: int
    p: float


def read_study(sweep_dir: Path, data_root: Path) -> Study:
    """Read a sweep's folder and find everything that is shown of it; of several students, of the first.

    Args:
        sweep_dir: Holds ``sweep.yaml`` and ``runs/``.
        data_root: Holds the decoded data sets, for the class names and the pictures.

    Raises:
        FileNotFoundError: There is no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` is damaged, or newer than this program.
    """
    results = read_results(sweep_dir)
    return find_study(results, _searches_of(results), data_root)


def read_studies(sweep_dir: Path, data_root: Path, meanwhile: Callable[[], object] | None = None) -> tuple[Study, ...]:
    """The same, a student each.

    Args:
        sweep_dir: Holds ``sweep.yaml`` and ``runs/``.
        data_root: Holds the decoded data sets.
        meanwhile: What else has to be done, while a fork reads the searches: they need libraries that nothing else
            does, and those take longest to load.

    Raises:
        FileNotFoundError: There is no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` is damaged, or newer than this program.
    """
    students = read_students(sweep_dir)

    def read() -> list[dict[str, SearchReading | None]]:
        return [_searches_of(results) for results in students]

    searches = read() if meanwhile is None else make_beside(read, meanwhile)
    return tuple(find_study(*student, data_root) for student in zip(students, searches, strict=True))


def _searches_of(results: Results) -> dict[str, SearchReading | None]:
    """Without those that cannot be read and have a page of their own, which tries again and says why."""
    headline = results.headline
    searches = {headline.method.key: read_search(results, headline)}
    for found in results.searched:
        if found.arm != headline.arm:
            with suppress(Exception):
                searches[found.method.key] = read_search(results, found)
    return searches


def search_of(study: Study, results: Results, found: MethodResult) -> SearchReading | None:
    """The search of a method, or of the student alone, in results of which it may be the headline."""
    key = found.method.key
    search = study.searches[key] if key in study.searches else read_search(results, found)
    return replace(search, found=found) if search else None


def find_study(results: Results, searches: Mapping[str, SearchReading | None], data_root: Path) -> Study:
    """Everything that is shown of these results."""
    pictures, picture_problem = open_pictures(results.plan.data, data_root)
    rows = find_rows(results)
    errors = find_errors(results, pictures.store.class_names if pictures else None)
    if errors is not None and pictures is not None and len(pictures) != len(errors.labels_N):
        pictures, picture_problem = None, Message("pictures-other-number")
    costs, answer = find_costs(results, rows), find_answer(results, rows)
    return Study(
        results=results,
        searches=searches,
        rows=rows,
        answer=answer,
        methods=find_methods(results, rows),
        variants=find_variants(results, rows),
        agreements=find_agreements(results),
        costs=costs,
        errors=errors,
        pictures=pictures,
        picture_problem=picture_problem,
        findings=find_findings(results, searches[results.headline.method.key], errors, rows, costs, data_root, answer),
    )


def family_of(studies: Sequence[Study]) -> Family | None:
    """The students of a sweep side by side; None of a sweep that does not list any."""
    if not studies[0].results.plan.student_key:
        return None
    return find_family([
        StudentPart(one.results.plan.student_key, one.results, one.answer, one.costs, one.findings.causes)
        for one in studies
    ])  # fmt: skip


def seed_pairs(results: Results) -> list[SeedPair]:
    """Baseline and distilled student, seed by seed, for the seeds that both were tested on."""
    right = right_by_run(results)
    distilled, baseline = results.arm("distilled"), results.arm("baseline")
    if distilled is None or baseline is None:
        return []
    seeds = {run.id: run.run.config.seed for run in distilled.runs if run.run.config.kind == "train"}
    pairs = []
    for mine, theirs in zip(*paired(distilled, baseline, right), strict=True):
        test = mcnemar(right[mine], right[theirs])
        before, after = seed_means(np.stack([right[theirs], right[mine]]), right.classes_N).tolist()
        pairs.append(SeedPair(seeds[mine], before, after, *test))
    return pairs


def study_of_method(study: Study, key: str) -> Study:
    """The same sweep with another method's students as the distilled ones, for a page of that method.

    What a method's page does not show (pictures, confusions, costs) stays the whole sweep's.
    """
    results = study.results.with_headline(key)
    rows = find_rows(results)
    search = search_of(study, results, results.headline)
    answer = find_answer(results, rows)
    shown = [one for one in find_agreements(results) if one.arm.key in ("baseline", "distilled")]
    return study._replace(
        results=results,
        rows=rows,
        answer=answer,
        agreements=shown,
        errors=find_errors(results, list(study.errors.class_names) if study.errors else None),
        findings=replace(
            study.findings, search=search, advice=advice_for(results, search), causes=explain(results, answer, search)
        ),
    )


def advice_for(results: Results, search: SearchReading | None) -> tuple[advice.Advice, ...]:
    """What to try next by what a search tells; nothing before it has begun."""
    return tuple(advice.find_advice(results, search)) if search else ()


def find_findings(
    results: Results,
    search: SearchReading | None,
    errors: ErrorAnalysis | None,
    rows: Sequence[Row],
    costs: Sequence[Cost],
    data_root: Path,
    answer: Answer | None = None,
) -> Findings:
    """Everything that these results allow."""
    sweep = results.plan.sweep
    is_held = sweep.on_weak_teacher == "stop" and weak_teacher_of(results) is not None
    reference = sweep.reference
    shown = [row for row in rows if row.arm.is_shown_first]
    places = find_places(results.plan.data, data_root)
    return Findings(
        search=search,
        advice=advice_for(results, search),
        causes=explain(results, answer or find_answer(results), search),
        galleries=find_galleries(errors),
        calibration=find_calibration(results),
        true_class=find_true_class(results),
        matrix=find_matrix(errors) if errors else None,
        confused_pairs=tuple(confused_pairs(errors)) if errors else (),
        size_points=size_points(shown, costs, reference),
        latency_points=latency_points(shown, costs, reference),
        data_splits=find_data_splits(results.plan.data, data_root),
        command=find_command(results),
        way_on=find_way_on(results, {"on_weak_teacher": "warn"} if is_held else None),
        given=find_pretrained(results, data_root),
        exports=find_exports(results),
        places=places,
        suspects=find_suspect_labels(results, places),
        extra_tests=find_extra_tests(results),
    )
