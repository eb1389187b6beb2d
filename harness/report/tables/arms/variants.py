"""The table of variants: each beside the baseline and beside the distilled student that it is a variant of."""

from collections.abc import Iterator
from functools import partial

from harness.report.analysis.arms.variants import VariantRow
from harness.report.study import Study
from harness.report.tables.form.html import coloured, with_dot
from harness.report.tables.form.table import UNKNOWN, Column, Look, Record, Table
from harness.report.text.labels import arm_name, verdict_key, verdict_label
from harness.report.text.language import Language
from harness.report.text.numbers import p_value, percent, signed_points
from harness.sweep.sections.metric import Metric


def variant_table(study: Study, say: Language) -> Table:
    """A row a variant; none of a sweep without."""
    variants = study.variants
    if variants is None:
        return Table("variants", "", (), ())

    def verdict(record: Record, key: str) -> Iterator[str]:
        if record[key] is not None:
            words = (
                verdict_label(record[key], say)
                if key == "gain_verdict"
                else say("variant-verdict", verdict=verdict_key(record[key]))
            )
            yield coloured(record[key], words)

    val_metric = study.results.val_metric
    columns = (
        Column("name", say("variant"), is_text=True, html=_dotted),
        Column(f"test_{say.metric}", say("table-accuracy"), percent),
        Column("gain", say("head-gain-points"), signed_points, percent, below=partial(verdict, key="gain_verdict")),
        Column("change", say("variant-beside"), signed_points, percent, below=partial(verdict, key="change_verdict")),
        Column("change_p_holm", say("file-p-holm"), p_value),
        Column(f"val_{val_metric}", say(f"head-val-{val_metric.replace('_', '-')}"), percent),
        Column("num_seeds", say("table-seeds")),
    )
    caption = say("variants-file-caption", images=study.num_test_images)
    records = tuple(_record(row, val_metric, say) for row in variants.rows)
    return Table("variants", caption, columns, records, look=Look("sortable pinned"))


def _record(row: VariantRow, val_metric: Metric, say: Language) -> Record:
    gain = row.row.gain
    return {
        "variant": row.key,
        "arm": row.row.arm.key,
        "name": arm_name(row.row.arm, say),
        "num_seeds": row.row.num_seeds,
        f"val_{val_metric}": row.row.val_accuracy,
        f"test_{say.metric}": row.row.accuracy or UNKNOWN,
        "gain": gain.both if gain else UNKNOWN,
        "gain_p": gain.both.p if gain else None,
        "gain_verdict": gain.verdict if gain else None,
        "compared_with": "distilled",
        "change": row.change.both if row.change else UNKNOWN,
        "change_p": row.change.both.p if row.change else None,
        "change_p_holm": row.adjusted_p,
        "change_verdict": row.verdict,
    }


def _dotted(record: Record) -> str:
    return with_dot("variant", record["name"])
