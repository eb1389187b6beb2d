"""Several students in words: the smallest that is as good as the teacher to a point, and what became of the others."""

from collections.abc import Iterator

from harness.report.analysis.family import Family, StudentRow
from harness.report.results.message import Message
from harness.report.text.findings.causes import reasons
from harness.report.text.findings.headline import verdict_text
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, percent, ratio_of, signed_points
from harness.state.attempts.run_state import RunState
from harness.sweep.sections.students import TEACHER

MAX_NAMED = 4  # of one sentence; the table has all


def family_sentence(family: Family, say: Language) -> str:
    """The smallest student within a point of the teacher, or that none is; smaller ones that may be; and the holes."""
    return say("gap").join([*_smallest(family, say), *_holes(family, say)])


def family_lines(family: Family, say: Language) -> tuple[str, ...]:
    """The lines at the end of a sweep, in plain text: the sentence, and what distillation brought each student."""
    return (family_sentence(family, say), *student_reasons(family, say), *(_line(row, say) for row in family.rows))


def student_reasons(family: Family, say: Language) -> tuple[str, ...]:
    """What is to be known first of each student of which there is something; its own report has the rest.

    That a gain is too small for the study is left to that: beside each student stands its gain.
    """
    telling = ((row, [cause for cause in row.part.causes if cause.kind != "small-gain"]) for row in family.rows)
    found = ((row.key, reasons(row.part.answer, causes, say)) for row, causes in telling)
    return tuple(say("family-reason", name=key, reason=first[0].finding) for key, first in found if first)


def hole_message(row: StudentRow, is_final: bool) -> Message:
    """Why nothing is known of a student."""
    failed, number = row.failed
    finals = [run for arm in row.part.results.arms if arm.key == "distilled" for run in arm.runs]
    trained = bool(finals) and all(run.state == RunState.COMPLETE for run in finals)
    hole = "failed" if failed else "unread" if trained else "never" if is_final else "training"
    return Message("family-hole", {"hole": hole, "failed": failed, "number": number})


def notes_of(row: StudentRow, family: Family, say: Language) -> list[str]:
    """What is to be known of a student beside its figures."""
    notes = []
    if row is family.smallest("yes"):
        notes.append(say("family-is-smallest"))
    if row.dominated_by:
        is_teacher, number = row.dominated_by == TEACHER, family.teacher.answer.num_teachers
        who = say("arm", kind="teacher" if number == 1 else "ensemble") if is_teacher else row.dominated_by
        notes.append(say("family-dominated", name=who))
    if row.behind is None:
        notes.append(say(hole_message(row, family.is_final)))
    return notes


def _smallest(family: Family, say: Language) -> Iterator[str]:
    number = family.teacher.answer.num_teachers
    surely, perhaps, nearest = family.smallest("yes"), family.smallest("maybe"), family.nearest
    if nearest is None:
        yield say("family-untold", num_teachers=number, final="yes" if family.is_final else "no")
        return
    if surely is not None:
        yield say("family-smallest", num_teachers=number, **_figures(surely, number, say))
        if perhaps is not None and family.known.index(perhaps) < family.known.index(surely):
            yield say("family-smaller-maybe", **_figures(perhaps, number, say))
    elif perhaps is not None:
        yield say("family-none-clearly", num_teachers=number, **_figures(perhaps, number, say))
    elif any(row.within == "no" for row in family.known):
        yield say("family-none", num_teachers=number, **_figures(nearest, number, say))
    else:
        assert nearest.behind is not None
        seeds = say("seeds", number=nearest.behind.num_seeds)
        yield say("family-few-seeds", num_teachers=number, seeds=seeds, **_figures(nearest, number, say))


def _figures(row: StudentRow, num_teachers: int, say: Language) -> dict[str, str]:
    behind, share = row.behind, row.part.answer.distilled.parameter_ratio
    assert behind is not None
    figures = say(
        "family-figures",
        num_teachers=num_teachers,
        student=percent(behind.after),
        teacher=percent(behind.before),
        behind=signed_points(behind.both.mean),
        interval=interval_text(behind.both, say),
        sized="no" if share is None else "yes",
        parameters="" if share is None else ratio_of(share, say),
    )
    return {"name": row.key, "figures": figures}


def _holes(family: Family, say: Language) -> Iterator[str]:
    holes = family.holes
    if not holes:
        return
    named = [say("family-named-hole", name=row.key, why=say(hole_message(row, family.is_final))) for row in holes]
    more = [say("methods-more", number=len(holes) - MAX_NAMED)] if len(holes) > MAX_NAMED else []
    students = say("semicolon").join([*named[:MAX_NAMED], *more])
    yield say("family-unknown", students=students, final="yes" if family.is_final else "no")


def _line(row: StudentRow, say: Language) -> str:
    gain = row.part.answer.gain
    if gain is None:
        missing = say("semicolon").join(say(reason) for reason in row.part.answer.missing)
        return say("family-line-no-gain", name=row.key, missing=missing)
    return say(
        "family-line",
        name=row.key,
        verdict=verdict_text(gain, say),
        gain=signed_points(gain.both.mean),
        interval=interval_text(gain.both, say),
        before=percent(gain.before),
        after=percent(gain.after),
    )
