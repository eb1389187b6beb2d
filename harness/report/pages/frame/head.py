"""What stands at the top and the side of every page of a report: where the sweep stands, and the topics."""

from collections.abc import Iterable
from typing import NamedTuple

from harness import __version__
from harness.report.pages.frame.topics import Topic, find_topics
from harness.report.results.sweep_results import Results
from harness.report.study import Study
from harness.report.text.interim import interim_text
from harness.report.text.language import Language, file_name, folder_of
from harness.report.text.standing import StandingText, standing_text


class Head(NamedTuple):
    """``interim``: what there is before an answer; ``made``: of which day the results are, and who wrote the page.

    ``above``: the way from the site's root to the page of all sweeps, or of all students.
    """

    standing: StandingText
    interim: str | None
    made: str
    topics: tuple[Topic, ...]
    above: str


def head_of(study: Study, say: Language) -> Head:
    """The same on every page of a language."""
    has_answer = study.answer.gain is not None
    return Head(
        standing=standing_text(study.results.standing, study.findings.way_on, say),
        interim=None if has_answer else interim_text(study.results, say),
        made=made_text([study.results], say),
        topics=find_topics(study),
        above=way_up(say, is_student=bool(study.results.plan.student_key)),
    )


def way_up(say: Language, is_student: bool = False) -> str:
    """A report lies in its sweep's folder, that of one of several students in a folder of the sweep's report."""
    above = f"{folder_of(say.code)}index.html" if is_student else file_name("index", say.code)
    return f"../../{above}"


def made_text(several: Iterable[Results], say: Language) -> str:
    """The day of the last attempt's end, and the version: the same files then give the same page on any day."""
    several = list(several)
    attempts = (attempt for results in several for run in results.all_runs() for attempt in run.attempts)
    ends = [attempt.ended_at for attempt in attempts if attempt.ended_at]
    is_undated = any(results.standing.done for results in several)  # runs are over, but keep no record of attempts
    ended = "yes" if ends else "undated" if is_undated else "no"
    return say("page-made", ended=ended, date=max(ends, default="")[:10], version=__version__)
