"""What stands at the top and the side of every page of a report: where the sweep stands, and the topics."""

from collections.abc import Iterable
from typing import NamedTuple

from harness import __version__
from harness.report.pages.frame.topics import Topic, find_topics
from harness.report.results.sweep_results import Results, RunResult
from harness.report.study import Study
from harness.report.text.interim import interim_text
from harness.report.text.language import Language, file_name, folder_of
from harness.report.text.standing import StandingText, standing_text
from kd.records import Failure


class Head(NamedTuple):
    """``interim``: what there is before an answer; ``made``: of which day the results are, and who wrote the page.

    ``failed_page``: of the first run that failed, from the language's folder. ``above``: the way from the site's root
    to the page of all sweeps, or of all students.
    """

    standing: StandingText
    interim: str | None
    made: str
    failed_page: str
    topics: tuple[Topic, ...]
    above: str


def head_of(study: Study, say: Language) -> Head:
    """The same on every page of a language."""
    has_answer = study.answer.gain is not None
    results = study.results
    standing = standing_text(results.standing, study.findings.way_on, say, failures_of(results.all_runs()))
    return Head(
        standing=standing,
        interim=None if has_answer else interim_text(results, say),
        made=made_text([results], say),
        failed_page=run_page(standing.failed),
        topics=find_topics(study),
        above=way_up(say, is_student=bool(results.plan.student_key)),
    )


def failures_of(runs: Iterable[RunResult]) -> dict[str, Failure]:
    """Why runs failed, by their names."""
    return {run.id: run.failure for run in runs if run.failure is not None}


def run_page(run_id: str) -> str:
    """The page of a run, from the folder of a report's language."""
    return f"runs/{run_id}.html"


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
