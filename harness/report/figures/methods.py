"""Methods side by side: each one's lead over the yardstick, and its gain over the baseline."""

from harness.report.analysis.arms.methods import MethodComparison, MethodRow
from harness.report.analysis.chance.statistics import Gain
from harness.report.figures.drawing.forest import ForestRow, forest
from harness.report.figures.drawing.style import Drawing
from harness.report.text.findings.methods import yardstick_text
from harness.report.text.labels import MAX_NAME
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, shortened_inside, signed_points


def leads(methods: MethodComparison, say: Language) -> Drawing | None:
    """Leads over the yardstick, the largest first; what is clear after looking at all of them is filled."""
    yardstick = yardstick_text(methods, say)
    known = [(row, row.lead) for row in methods.others if row.lead is not None]
    if not known:
        return None
    known.sort(key=lambda pair: -pair[1].both.mean)
    rows = [_row(row, lead, row.verdict in ("gain", "loss")) for row, lead in known]
    spoken = say("methods-leads-spoken", yardstick=yardstick, values=[_spoken(row, lead, say) for row, lead in known])
    return forest("leads", rows, say("methods-leads-axis"), spoken, "lead_points", zero=True)


def gains(methods: MethodComparison, say: Language) -> Drawing | None:
    """Gains over the baseline, the largest first."""
    known = [(row, row.row.gain) for row in methods.rows if row.row.gain is not None]
    if not known:
        return None
    known.sort(key=lambda pair: -pair[1].both.mean)
    rows = [_row(row, gain) for row, gain in known]
    spoken = say("figure-gains", values=[_spoken(row, gain, say) for row, gain in known])
    return forest("method-gains", rows, say("axis-gain"), spoken, "gain_points", zero=True)


def _row(row: MethodRow, gain: Gain, is_clear: bool = True) -> ForestRow:
    seeds = tuple(100 * seed for seed in gain.by_seed)
    name = shortened_inside(row.name, MAX_NAME)
    return ForestRow(name, row.row.arm.kind, row.row.arm.key, gain.both.times(100), seeds, is_filled=is_clear)


def _spoken(row: MethodRow, gain: Gain, say: Language) -> str:
    return say("spoken-gain", name=row.name, gain=signed_points(gain.both.mean), interval=interval_text(gain.both, say))
