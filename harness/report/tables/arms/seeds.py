"""The tables of chance: the gain seed by seed, its interval if only one source of luck counted, or of another size."""

from typing import Any

from harness.report.analysis.chance.statistics import Estimate, Gain
from harness.report.analysis.chance.study_power import StudyPower
from harness.report.study import Study, seed_pairs
from harness.report.tables.form.table import Column, Look, Table
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, p_value, percent, points, signed_points


def seed_table(study: Study, say: Language) -> Table:
    """Baseline and distilled student, seed by seed."""
    baseline, distilled = (f"{arm}_{say.metric}" for arm in ("baseline", "distilled"))
    records = [
        {
            "seed": pair.seed,
            baseline: pair.baseline,
            distilled: pair.distilled,
            "gain": pair.distilled - pair.baseline,
            "num_fixed": pair.fixed,
            "num_broken": pair.broken,
            "mcnemar_p": pair.p,
        }
        for pair in seed_pairs(study.results)
    ]
    columns = (
        Column("seed", say("head-seed")),
        Column(baseline, say("real-baseline"), percent),
        Column(distilled, say("real-distilled"), percent),
        Column("gain", say("head-gain-points"), signed_points),
        Column("num_fixed", say("real-fixed"), "{:,}".format),
        Column("num_broken", say("real-broken"), "{:,}".format),
        Column("mcnemar_p", say("real-mcnemar"), p_value),
    )
    caption = say("file-seeds-caption", images=study.num_test_images)
    return Table("seeds", caption, columns, tuple(records), look=Look("sortable"))


def chance_table(gain: Gain, say: Language) -> Table:
    """The headline's interval, and that for another training alone and for another test sample alone."""

    def record(what: str, note: str, estimate: Estimate | None) -> dict[str, Any]:
        interval = interval_text(estimate, say) if estimate else say("real-one-seed")
        return {"chance": say(what), "note": note, "interval": interval, "p": estimate.p if estimate else None}

    images = say("real-paired-images", number=gain.num_images)
    if gain.seeds is None:  # the headline is of the images alone then
        headline = say("comma").join([images, say("real-headline")])
        records = [record("real-training", "", None), record("real-images", headline, gain.images)]
    else:
        records = [
            record("real-both", say("real-headline"), gain.both),
            record("real-training", say("real-paired-seeds", number=gain.num_seeds), gain.seeds),
            record("real-images", images, gain.images),
        ]
    columns = (
        Column("chance", say("real-chance"), is_text=True, below=lambda record: filter(None, [record["note"]])),
        Column("interval", say("real-interval")),
        Column("p", "p", p_value),
    )
    return Table("chance", "", columns, tuple(records), look=Look("tight"))


def size_table(power: StudyPower, say: Language) -> Table:
    """What this study tells, and studies of more seeds or test images."""
    records = [
        {
            "seeds": say("power-any-number") if size.num_seeds is None else f"{size.num_seeds:,}",
            "images": size.num_images,
            "half_width": size.half_width,
            "smallest_gain": size.smallest_gain,
        }
        for size in power.sizes
    ]
    columns = (
        Column("seeds", say("power-size-seeds"), is_text=True),
        Column("images", say("power-size-images"), "{:,}".format),
        Column("half_width", say("power-size-width"), points),
        Column("smallest_gain", say("power-size-gain"), points),
    )
    return Table("sizes", "", columns, tuple(records), look=Look("tight"))
