"""Everything that pages, tables and figures are made of, found once."""

from pathlib import Path
from typing import NamedTuple

from harness.report.agreement import Agreement, find_agreements
from harness.report.answer import Answer, Row, find_answer, find_rows, paired, right_by_run
from harness.report.costs import Cost, find_costs
from harness.report.language import Message
from harness.report.mistakes import Mistakes, find_mistakes
from harness.report.pictures import Pictures, open_pictures
from harness.report.results import Results, read_results
from harness.report.sections import Findings
from harness.report.sections import find as find_findings
from harness.report.statistics import mcnemar


class Study(NamedTuple):
    """A sweep's results with all that follows from them."""

    results: Results
    rows: tuple[Row, ...]
    answer: Answer
    agreements: list[Agreement]
    costs: tuple[Cost, ...]
    mistakes: Mistakes | None
    pictures: Pictures | None
    picture_problem: Message | None
    findings: Findings


class SeedPair(NamedTuple):
    """One seed's baseline and distilled student on the same test images."""

    seed: int
    baseline: float
    distilled: float
    fixed: int
    broken: int
    p: float


def read_study(sweep_dir: Path, data_root: Path) -> Study:
    """Read a sweep's folder and find everything that is shown of it.

    Args:
        sweep_dir: Holds ``sweep.yaml`` and ``runs/``.
        data_root: Holds the decoded data sets, for the class names and the pictures.

    Raises:
        FileNotFoundError: There is no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` is damaged, or newer than this program.
    """
    results = read_results(sweep_dir)
    pictures, picture_problem = open_pictures(results.plan.data, data_root)
    rows = find_rows(results)
    mistakes = find_mistakes(results, pictures.store.class_names if pictures else None)
    if mistakes is not None and pictures is not None and len(pictures) != len(mistakes.labels_N):
        pictures, picture_problem = None, Message("pictures-other-number")
    costs = find_costs(results, rows)
    return Study(
        results=results,
        rows=rows,
        answer=find_answer(results, rows),
        agreements=find_agreements(results),
        costs=costs,
        mistakes=mistakes,
        pictures=pictures,
        picture_problem=picture_problem,
        findings=find_findings(results, mistakes, rows, costs, data_root),
    )


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
        pairs.append(SeedPair(seeds[mine], float(right[theirs].mean()), float(right[mine].mean()), *test))
    return pairs
