"""What is left of a sweep when it is over, without its report: the answer in lines, and whose model is published."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from harness.report.analysis.arms.gains import MoreSeeds, find_answer, find_rows
from harness.report.analysis.arms.methods import find_methods
from harness.report.analysis.arms.variants import find_variants
from harness.report.analysis.causes import explain
from harness.report.analysis.costs import find_costs
from harness.report.analysis.family import StudentPart, find_family
from harness.report.analysis.search.reading import SearchReading
from harness.report.results.reading.reader import read_students
from harness.report.results.sweep_results import Results
from harness.report.text.findings.family import family_lines, family_sentence
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language


class Outcome(NamedTuple):
    """What a sweep came to.

    ``lines``: the answer in plain text. ``results``: of the student that is published, and ``among``: of several.
    ``more_seeds``: adds seeds, by a command at the end of a line; None where none does.
    """

    lines: tuple[str, ...]
    results: Results
    among: str = ""
    more_seeds: MoreSeeds | None = None


def find_outcome(sweep_dir: Path) -> Outcome:
    """What a sweep came to.

    Raises:
        FileNotFoundError: There is no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` is damaged, or newer than this program.
    """
    found = read_students(sweep_dir)
    return outcome_of(found, [None] * len(found))


def outcome_of(found: Sequence[Results], searches: Sequence[SearchReading | None]) -> Outcome:
    """What these results came to, of each of a sweep's students.

    Args:
        found: The results.
        searches: Of the method that each answer is of; None: read where it is wanted.
    """
    say = language("en", found[0].metric)
    if not found[0].plan.student_key:
        results, rows = found[0], find_rows(found[0])
        answer, methods = find_answer(results, rows), find_methods(results, rows)
        variants, costs = find_variants(results, rows), find_costs(results, rows)
        lines = answer_lines(answer, say, methods, explain(results, answer, searches[0]), variants, costs)
        return Outcome(lines, results, more_seeds=answer.more_seeds)
    parts = []
    for results, search in zip(found, searches, strict=True):
        rows = find_rows(results)
        answer, costs = find_answer(results, rows), find_costs(results, rows)
        parts.append(StudentPart(results.plan.student_key, results, answer, costs, explain(results, answer, search)))
    family = find_family(parts)
    return Outcome(family_lines(family, say), family.chosen.part.results, family_sentence(family, say))
