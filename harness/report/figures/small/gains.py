"""Small figures about the gain."""

from collections.abc import Sequence

from markupsafe import Markup

from harness.report.analysis.arms.extra_tests import ExtraSet
from harness.report.analysis.arms.gains import Row
from harness.report.analysis.arms.methods import MethodComparison
from harness.report.figures.small.marks import IntervalRow, intervals


def gains_figure(rows: Sequence[Row]) -> Markup | None:
    """Gains over the baseline, with every seed's; None before there is one."""
    return intervals([
        IntervalRow(row.arm.key, row.arm.kind, row.gain.both, row.gain.by_seed) for row in rows if row.gain is not None
    ])  # fmt: skip


def leads_figure(methods: MethodComparison) -> Markup | None:
    """Every method's lead over the yardstick, the largest first."""
    known = [(row.row.arm, row.lead) for row in methods.others if row.lead is not None]
    known.sort(key=lambda pair: -pair[1].both.mean)
    return intervals([IntervalRow(arm.key, arm.kind, lead.both) for arm, lead in known])


def other_tests_figure(sets: Sequence[ExtraSet]) -> Markup | None:
    """The gain on each set; of the corrupted test images, on all of them together."""
    gains = [one.gain.both for one in sets if one.corruption is None and one.gain is not None]
    return intervals([IntervalRow("distilled", "distilled", gain) for gain in gains])
