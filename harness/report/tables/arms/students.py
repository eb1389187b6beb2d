"""The tables of models: the main one, what lies beyond accuracy, agreement, cost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from harness.report.analysis.arms.gains import Row
from harness.report.analysis.costs import Cost
from harness.report.analysis.errors.agreement import Agreement, Shares
from harness.report.results.sweep_results import Arm, Results
from harness.report.study import Study
from harness.report.tables.form.html import coloured, with_dot
from harness.report.tables.form.table import UNKNOWN, Column, Look, Record, Table
from harness.report.text.findings.methods import options_text
from harness.report.text.labels import arm_note, arm_title, cost_name, cost_note, hardware_text, verdict_label
from harness.report.text.language import Language
from harness.report.text.numbers import megabytes, percent, quantity, ratio, signed_points, significant
from harness.sweep.schema import Sweep
from harness.sweep.sections.metric import Metric
from harness.sweep.sections.reference import Reference, published_figures
from kd.config import setting_number

MAIN = "main"


def main_table(study: Study, say: Language, is_on_page: bool = False) -> Table:
    """Every arm: accuracy, gain, size; for programs, everything that is known of it.

    Args:
        study: The sweep.
        say: The language.
        is_on_page: Leave out what other pages of the site have: variants, what was searched beside alpha and T, and,
            once test was read, val accuracy.
    """
    agreements = {agreement.arm.key: agreement for agreement in study.agreements}
    costs = {cost.key: cost for cost in study.costs}
    sweep = study.results.plan.sweep
    records = [
        _arm(row.arm, sweep, say, is_brief=is_on_page)
        | _figures(row, say.metric, study.results.val_metric)
        | {f"published_{say.metric}": next(iter(published_figures(sweep.reference, row.arm.key)), None)}
        | _decisions(agreements.get(row.arm.key))
        | latencies(costs[row.arm.key if row.arm.kind == "teacher" else "student"])
        for row in study.rows
        if not (is_on_page and row.arm.kind == "variant")
    ]
    columns = _main_columns(study.rows, study.results.plan.seeds.number, study.results.val_metric, say)
    if is_on_page and any(row.accuracy for row in study.rows):
        columns = tuple(column for column in columns if not column.key.startswith("val_"))
    if sweep.reference:
        place = [column.key for column in columns].index("gain")
        below = partial(_by_method, references=sweep.reference)
        published = Column(f"published_{say.metric}", say("table-published"), percent, below=below)
        columns = (*columns[:place], published, *columns[place:])
    note = _rank_note(study.rows, say)
    caption = say("gap").join([*_main_caption(study, say), *([note] if note else [])])
    return Table(MAIN, caption, columns, tuple(records), note=note, look=ARMS)


def _by_method(record: Record, references: Sequence[Reference]) -> Iterator[str]:
    """Under an arm's first published accuracy its method, and those of other methods, where papers differ."""
    figures = list(published_figures(references, record["arm"]).items())
    if len(figures) > 1:
        yield figures[0][1]
        yield from (f"{percent(figure)} {method}" for figure, method in figures[1:])


def main_markdown(rows: Sequence[Row], results: Results, say: Language) -> str:
    """The main table alone, for a model card."""
    plan, val_metric = results.plan, results.val_metric
    records = tuple(_arm(row.arm, plan.sweep, say) | _figures(row, say.metric, val_metric) for row in rows)
    columns = _main_columns(rows, plan.seeds.number, val_metric, say)
    return Table(MAIN, "", columns, records, note=_rank_note(rows, say)).to_markdown()


def _main_columns(rows: Iterable[Row], num_seeds: int, val_metric: Metric, say: Language) -> tuple[Column, ...]:
    kept = say("file-kept", num_teachers=sum(row.arm.kind == "teacher" for row in rows))

    def verdict(record: Record) -> Iterator[str]:
        yield coloured(record["verdict"], verdict_label(record["verdict"], say))

    def over_teacher(record: Record, key: str) -> Iterator[str]:
        if record[key] is not None:
            yield ratio(record[key], say)

    def planned(record: Record) -> Iterator[str]:
        if not record["arm"].startswith("teacher") and record["num_seeds"] < num_seeds:
            yield say("table-of", number=num_seeds)

    return (
        *_arm_columns(say),
        Column(f"test_{say.metric}", say("table-accuracy"), percent, rank="rank"),
        Column("gain", say("head-gain-points"), signed_points, percent, below=verdict),
        Column(f"share_of_teacher_{say.metric}", kept, partial(percent, digits=1)),
        Column(
            "num_parameters",
            say("head-parameters"),
            "{:,}".format,
            below=partial(over_teacher, key="parameters_over_teacher"),
        ),
        Column("macs", say("head-macs"), quantity, below=partial(over_teacher, key="macs_over_teacher")),
        Column(f"val_{val_metric}", say(f"head-val-{val_metric.replace('_', '-')}"), percent),
        Column("num_seeds", say("table-seeds"), below=planned),
    )


def _rank_note(rows: Iterable[Row], say: Language) -> str:
    """What the marks mean; empty where there are none."""
    return say("table-standing") if any(row.rank for row in rows) else ""


def _main_caption(study: Study, say: Language) -> list[str]:
    sweep, gain = study.results.plan.sweep, study.answer.gain
    parts = [say("file-main-caption", study=sweep.description or sweep.name)]
    if gain is not None:
        parts.append(say("file-main-basis", images=gain.num_images, seeds=gain.num_seeds))
    if study.answer.num_teachers > 1:
        parts.append(say("file-main-ensemble"))
    return parts


def beyond_accuracy(study: Study, say: Language) -> Table:
    """Top-5 accuracy, likelihood and calibration error of every tested arm; of unequal classes other metrics too."""
    rows = [row for row in study.rows if row.nll is not None]
    sweep = study.results.plan.sweep
    records = tuple(_arm(row.arm, sweep, say) | {"num_seeds": row.num_seeds, **_beyond(row)} for row in rows)
    has_top5 = any(row.top5 for row in rows)
    columns = (
        *_arm_columns(say),
        *_other_metrics(rows, say),
        *([Column("test_top5", say("table-top5"), percent, best="highest")] if has_top5 else []),
        Column("test_nll", say("table-nll"), "{:.4f}".format, best="lowest"),
        Column("test_ece", say("table-ece"), percent, best="lowest"),
    )
    caption = say("file-beyond-caption", images=study.num_test_images, unequal=_is_unequal(rows))
    return Table("beyond_accuracy", caption, columns, records, _students(rows), look=ARMS)


def _other_metrics(rows: Iterable[Row], say: Language) -> Iterator[Column]:
    """The accuracy that is not the headline, and macro F1, where classes differ so much in size that they matter."""
    if _is_unequal(rows) == "yes":
        other = "accuracy" if say.metric == "balanced_accuracy" else "balanced_accuracy"
        yield Column(f"test_{other}", say(f"table-{other.replace('_', '-')}-beside"), percent, best="highest")
        yield Column("test_macro_f1", say("table-macro-f1"), percent, best="highest")


def _is_unequal(rows: Iterable[Row]) -> str:
    return "yes" if any(row.unequal for row in rows) else "no"


def agreement_table(study: Study, say: Language) -> Table:
    """Every student's decisions beside the teacher's."""
    sweep = study.results.plan.sweep
    records = [_arm(one.arm, sweep, say) | _decisions(one) for one in study.agreements]
    num_teachers = study.answer.num_teachers
    columns = (
        *_arm_columns(say),
        Column("agreement_with_teacher", say("agreement-share", num_teachers=num_teachers), percent),
        Column("agreement_over_baseline", say("agreement-more"), signed_points, percent),
        Column("share_both_right", say("agreement-both-right"), percent),
        Column("share_student_alone", say("agreement-student-alone"), percent),
        Column("share_teacher_alone", say("agreement-teacher-alone", num_teachers=num_teachers), percent),
        Column("share_wrong_alike", say("agreement-wrong-alike"), percent),
        Column("share_wrong_apart", say("agreement-wrong-apart"), percent),
    )
    caption = say("file-agreement-caption", images=study.num_test_images, num_teachers=num_teachers)
    return Table("agreement", caption, columns, tuple(records), look=ARMS)


def cost_table(study: Study, say: Language) -> Table:
    """What each architecture costs to keep and to run."""
    records = [
        {
            "key": cost.key,
            "model": cost_name(cost, say),
            "name": cost_note(cost, say),
            "num_parameters": cost.size.num_parameters if cost.size else None,
            "macs": cost.size.macs if cost.size else None,
            **latencies(cost),
        }
        for cost in study.costs
    ]

    def quartiles(record: Record, name: str) -> Iterator[str]:
        low, high = (record[f"latency_{name}_ms_quartile{which}"] for which in (1, 3))
        yield say("interval", low=significant(low), high=significant(high))
        yield say("cost-passes", number=record[f"latency_{name}_num_passes"])

    columns = (
        Column("model", say("head-model"), is_text=True, html=_dotted_cost),
        Column("name", say("file-architecture"), is_text=True),
        Column("num_parameters", say("head-parameters"), "{:,}".format),
        Column("macs", say("head-macs"), quantity),
        Column("num_bytes", say("cost-bytes"), megabytes),
        Column("latency_single_ms", say("cost-single"), significant, below=partial(quartiles, name="single")),
        Column("latency_batch_ms", say("cost-batch"), significant, below=partial(quartiles, name="batch")),
        Column("images_per_s", say("cost-throughput"), significant),
        Column("batch_size", say("file-batch")),
    )
    speed = study.results.speed
    measured = say("file-cost-measured", hardware=hardware_text(speed, say)) if speed else say("cost-unmeasured")
    caption = f"{say('file-cost-caption')}{say('gap')}{measured}"
    return Table("cost", caption, columns, tuple(records), look=Look("sortable pinned"))


def is_distilled(record: Record) -> bool:
    """Whether a row is that of the model that the sweep came to."""
    return bool(record["arm"] == "distilled")


def _stands_out(record: Record) -> Mapping[str, str]:
    return {"class": "chosen" if is_distilled(record) else ""}


ARMS = Look("sortable pinned", row=_stands_out)
"""A row an arm, the distilled student's in its colour."""


def _arm(arm: Arm, sweep: Sweep, say: Language, is_brief: bool = False) -> dict[str, Any]:
    distill = arm.distill
    return {
        "arm": arm.key,
        "model": arm_title(arm, say),
        "note": _origin(arm, sweep, say, is_brief),
        "variant": arm.variant or None,
        "alpha": distill.alpha if distill else None,
        "temperature": distill.temperature if distill else None,
    }


def _arm_columns(say: Language) -> tuple[Column, ...]:
    return (
        Column("model", say("head-model"), is_text=True, html=_dotted_arm, below=_note),
        Column("alpha", "α", setting_number),
        Column("temperature", "T", setting_number),
    )


def _dotted_arm(record: Record) -> str:
    return with_dot(record["arm"].rstrip("0123456789"), record["model"])


def _dotted_cost(record: Record) -> str:
    return with_dot("distilled" if record["key"] == "student" else "teacher", record["model"])


def _note(record: Record) -> Iterable[str]:
    return filter(None, [record["note"]])


def _origin(arm: Arm, sweep: Sweep, say: Language, is_brief: bool = False) -> str:
    """What sets an arm apart beside its setting, which has columns of its own; in brief, without what was searched."""
    options = "" if is_brief else options_text(arm.params, say)
    if arm.distill is None:
        return say.join(filter(None, [arm_note(arm, say), options]))
    if not sweep.search or arm.kind not in ("distilled", "method"):
        return ""
    found = say("methods-is-headline" if arm.method and arm.kind == "distilled" else "found-by-search")
    return say.join(filter(None, [found, options]))


def _students(rows: Iterable[Row]) -> frozenset[int]:
    """The best is looked for among them: that the teacher is better is no news."""
    return frozenset(number for number, row in enumerate(rows) if row.arm.kind != "teacher")


def _figures(row: Row, metric: Metric, val_metric: Metric) -> dict[str, Any]:
    gain = row.gain
    return {
        "num_seeds": row.num_seeds,
        "num_parameters": row.size.num_parameters if row.size else None,
        "macs": row.size.macs if row.size else None,
        f"val_{val_metric}": row.val_accuracy,
        f"test_{metric}": row.accuracy or UNKNOWN,
        "gain": gain.both if gain else UNKNOWN,
        "gain_p": gain.both.p if gain else None,
        "verdict": gain.verdict if gain else None,
        "rank": row.rank,
        **_beyond(row),
        f"share_of_teacher_{metric}": row.kept,
        "parameters_over_teacher": row.parameter_ratio,
        "macs_over_teacher": row.mac_ratio,
    }


def _beyond(row: Row) -> Mapping[str, Any]:
    known = {"test_top5": row.top5 or UNKNOWN, "test_nll": row.nll or UNKNOWN, "test_ece": row.ece or UNKNOWN}
    if row.unequal is None:
        return known
    return known | {f"test_{name}": estimate or UNKNOWN for name, estimate in row.unequal._asdict().items()}


def _decisions(agreement: Agreement | None) -> dict[str, Any]:
    shares = agreement.shares._asdict() if agreement else dict.fromkeys(Shares._fields)
    return {
        "agreement_with_teacher": agreement.share if agreement else UNKNOWN,
        "agreement_over_baseline": agreement.more.both if agreement and agreement.more else UNKNOWN,
        **{f"share_{name}": share for name, share in shares.items()},
    }


def latencies(cost: Cost) -> dict[str, Any]:
    """Bytes, timings, and the ratio of the teacher's latency to this model's over pairs of passes, for programs."""
    record: dict[str, Any] = {"num_bytes": cost.size.num_bytes if cost.size else None}
    timed = (("single", cost.single, cost.single_ratio), ("batch", cost.batch, cost.batch_ratio))
    for name, timing, ratio_to_teacher in timed:
        low, high = timing.quartiles_ms if timing else (None, None)
        record |= {
            f"latency_{name}_ms": timing.median_ms if timing else None,
            f"latency_{name}_ms_quartile1": low,
            f"latency_{name}_ms_quartile3": high,
            f"latency_{name}_num_passes": timing.num_repeats if timing else None,
            f"teacher_over_{name}": ratio_to_teacher.median if ratio_to_teacher else None,
            f"teacher_over_{name}_quartile1": ratio_to_teacher.low if ratio_to_teacher else None,
            f"teacher_over_{name}_quartile3": ratio_to_teacher.high if ratio_to_teacher else None,
        }
    timing = cost.batch
    return record | {
        "batch_size": timing.batch_size if timing else None,
        "images_per_s": timing.images_per_s if timing else None,
    }
