"""How often the models are right: by arm, against the baseline, and by class."""

from collections.abc import Sequence

from harness.report.analysis.arms.gains import Row
from harness.report.analysis.errors.errors import ClassRow, least_by_chance
from harness.report.figures.drawing.forest import ForestRow, forest
from harness.report.figures.drawing.inside import legend_above
from harness.report.figures.drawing.records import statistics
from harness.report.figures.drawing.style import INK, LINE, Drawing, Hotspot, color_of, finish, new_figure, of_arm
from harness.report.text.labels import arm_label
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, percent, shortened_inside, signed_points
from harness.sweep.sections.reference import Reference, published_figures

WIDTH = 440
MAX_CLASSES_SHOWN = 24
SEEDS_ASIDE = 0.26  # of a row: on it they would be taken for the means


def accuracies(rows: Sequence[Row], references: Sequence[Reference], say: Language) -> Drawing | None:
    """Final test accuracies in per cent: mean, interval and seeds; published figures as open diamonds."""
    shown, spoken = [], []
    for row in rows:
        if row.accuracy is None:
            continue
        name, value = arm_label(row.arm, say), percent(row.accuracy.mean)
        shown.append(
            ForestRow(
                # The figure stands beside the name: at the mark it would be taken for the diamond's.
                label=f"{name}\u2002{value}",
                kind=row.arm.kind,
                arm=row.arm.key,
                estimate=row.accuracy.times(100),
                seeds=tuple(100 * seed for seed in row.accuracies),
                published=tuple(100 * figure for figure in published_figures(references, row.arm.key)),
            )
        )
        spoken.append(say("spoken-accuracy", name=name, value=value))
    if not shown:
        return None
    axis, description = say("axis-accuracy"), say("figure-accuracies", values=spoken)
    return forest("accuracies", shown, axis, description, f"{say.metric}_percent")


def gain_intervals(rows: Sequence[Row], say: Language) -> Drawing | None:
    """Gains over the baseline in points: mean and interval against zero, and every seed's own."""
    shown, spoken = [], []
    for row in rows:
        if row.gain is None:
            continue
        name, both = arm_label(row.arm, say), row.gain.both
        seeds = tuple(100 * seed for seed in row.gain.by_seed)
        shown.append(ForestRow(name, row.arm.kind, row.arm.key, both.times(100), seeds))
        spoken.append(say("spoken-gain", name=name, gain=signed_points(both.mean), interval=interval_text(both, say)))
    if not shown:
        return None
    return forest("gains", shown, say("axis-gain"), say("figure-gains", values=spoken), "gain_points", zero=True)


def class_errors(rows: Sequence[ClassRow], say: Language) -> Drawing | None:
    """Error rate of each class for teacher, baseline and distilled, the hardest class first.

    Every seed is a small dot: a baseline's above its row's line, a distilled student's below.
    """
    rows = [row for row in rows if row.errors]
    if not rows:
        return None
    key = "baseline" if all("baseline" in row.errors for row in rows) else next(iter(rows[0].errors))
    if len(rows) > MAX_CLASSES_SHOWN:
        rows = least_by_chance(rows)[:MAX_CLASSES_SHOWN]
    rows = sorted(rows, key=lambda row: (-row.errors[key].mean, row.index))
    figure, axes = new_figure(WIDTH, 90 + (34 if len(rows) <= 12 else 23) * len(rows))
    for place, row in enumerate(rows):
        before, after = row.errors.get("baseline"), row.errors.get("distilled")
        if before and after:
            axes.plot([100 * before.mean, 100 * after.mean], [place, place], color=LINE, linewidth=5, zorder=1)
    for arm, marker, size in (("teacher", "|", 11), ("baseline", "o", 7.5), ("distilled", "D", 7)):
        found = [(100 * row.errors[arm].mean, place) for place, row in enumerate(rows) if arm in row.errors]
        if found:
            marks = axes.plot(
                [x for x, _ in found], [y for _, y in found], marker, color=color_of(arm), markersize=size,
                markeredgewidth=2.5 if marker == "|" else 0, label=say("arm", kind=arm), zorder=2,
            )  # fmt: skip
            of_arm(arm, marks)
    for arm, aside in (("baseline", -SEEDS_ASIDE), ("distilled", SEEDS_ASIDE)):
        seeds = [(100 * value, place + aside) for place, row in enumerate(rows) for value in row.by_seed.get(arm, ())]
        if seeds:
            xs, ys = zip(*seeds, strict=True)
            of_arm(
                arm,
                [axes.scatter(xs, ys, s=14, color=color_of(arm), alpha=0.5, linewidths=0, zorder=1.5, clip_on=False)],
            )
    axes.set_yticks(range(len(rows)), [shortened_inside(row.name, 18) for row in rows], color=INK)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel(say("axis-error"))
    axes.tick_params(length=0)
    legend_above(axes, labelcolor=INK, handletextpad=0.2)
    spots = [
        Hotspot(0, place - 0.5, axes.get_xlim()[1], place + 0.5, say("spoken-class", name=row.name),
                f"class-{row.index}.html")
        for place, row in enumerate(rows)
    ]  # fmt: skip
    data = [
        record
        for row in rows
        for arm, error in row.errors.items()
        for record in statistics(
            {"class_index": row.index, "class": row.name, "arm": arm},
            "error_percent",
            error.times(100),
            (100 * value for value in row.by_seed.get(arm, ())),
        )
    ]
    return finish("classes", figure, say("figure-classes"), spots, data)
