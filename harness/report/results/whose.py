"""Whose a run is, for files that programs read: an arm's key says its number, and not what is behind it."""

from typing import NamedTuple

from harness.report.results.sweep_results import Results


class Whose(NamedTuple):
    """None where there is nothing to say.

    ``arm``: runs alike but for the seed. ``method``: as the search's trials name it. ``variant``: what is changed about
    the distilled student: a control, another training of the teacher, unlabelled images.
    """

    arm: str | None = None
    method: str | None = None
    variant: str | None = None


def whose_runs(results: Results) -> dict[str, Whose]:
    """Of each trial and of each run of an arm, by id."""
    found = {
        run_id: Whose(method=one.method.name)
        for one in results.searched
        for trial in one.trials.trials
        for run_id in trial.run_ids
    }
    methods = {one.arm: one.method.name for one in results.searched}
    for arm in results.arms:
        for run in arm.runs:
            found[run.id] = Whose(arm.key, methods.get(arm.key), arm.variant or None)
    return found
