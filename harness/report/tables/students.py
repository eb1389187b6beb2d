"""The tables of models: the main one, accuracy over seeds, agreement, cost."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from harness.report.analysis.agreement import Agreement, Shares
from harness.report.analysis.costs import Cost
from harness.report.analysis.gains import Row
from harness.report.results.sweep_results import Arm
from harness.report.study import Study, seed_pairs
from harness.report.tables.table import UNKNOWN, Column, Form, Table
from harness.report.text.labels import arm_name, cost_name, cost_note, hardware_text
from harness.report.text.language import Language
from harness.report.text.numbers import megabytes, p_value, percent, signed_points, significant

MAIN = "main"


def main_table(study: Study, say: Language) -> Table:
    """Every arm: accuracy, gain, size; for programs, everything that is known of it."""
    agreements = {agreement.arm.key: agreement for agreement in study.agreements}
    costs = {cost.key: cost for cost in study.costs}
    records = [
        _arm(row.arm, say)
        | _figures(row)
        | _decisions(agreements.get(row.arm.key))
        | _latencies(costs[row.arm.key if row.arm.kind == "teacher" else "student"])
        for row in study.rows
    ]
    note = _rank_note(study.rows, say)
    caption = say("gap").join([*_main_caption(study, say), *([note] if note else [])])
    return Table(MAIN, caption, _main_columns(study.rows, say), tuple(records), note=note)


def main_markdown(rows: Sequence[Row], say: Language) -> str:
    """The main table alone, for a model card."""
    records = tuple(_arm(row.arm, say) | _figures(row) for row in rows)
    return Table(MAIN, "", _main_columns(rows, say), records, note=_rank_note(rows, say)).to_markdown()


def _main_columns(rows: Iterable[Row], say: Language) -> tuple[Column, ...]:
    kept = say("file-kept", num_teachers=sum(row.arm.kind == "teacher" for row in rows))
    return (
        *_arm_columns(say),
        Column("num_seeds", say("table-seeds")),
        Column("num_parameters", say("head-parameters"), "{:,}".format),
        Column("test_accuracy", say("table-accuracy"), percent, rank="rank"),
        Column("gain", say("head-gain-points"), signed_points, percent),
        Column("share_of_teacher_accuracy", kept, partial(percent, digits=1)),
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


def _beyond_accuracy(study: Study, say: Language) -> Table:
    rows = [row for row in study.rows if row.nll is not None]
    records = tuple(_arm(row.arm, say) | {"num_seeds": row.num_seeds, **_beyond(row)} for row in rows)
    has_top5 = any(row.top5 for row in rows)
    columns = (
        *_arm_columns(say),
        *([Column("test_top5", say("table-top5"), percent, best="highest")] if has_top5 else []),
        Column("test_nll", say("table-nll"), "{:.4f}".format, best="lowest"),
        Column("test_ece", say("table-ece"), percent, best="lowest"),
    )
    caption = say("file-beyond-caption", images=_num_images(study))
    return Table("beyond_accuracy", caption, columns, records, _students(rows))


def _seeds(study: Study, say: Language) -> Table:
    pairs = seed_pairs(study.results)
    records = [
        {
            "seed": pair.seed,
            "baseline_accuracy": pair.baseline,
            "distilled_accuracy": pair.distilled,
            "gain": pair.distilled - pair.baseline,
            "num_fixed": pair.fixed,
            "num_broken": pair.broken,
            "mcnemar_p": pair.p,
        }
        for pair in pairs
    ]
    columns = (
        Column("seed", say("head-seed")),
        Column("baseline_accuracy", say("real-baseline"), percent),
        Column("distilled_accuracy", say("real-distilled"), percent),
        Column("gain", say("head-gain-points"), signed_points),
        Column("num_fixed", say("real-fixed"), "{:,}".format),
        Column("num_broken", say("real-broken"), "{:,}".format),
        Column("mcnemar_p", say("real-mcnemar"), p_value),
    )
    return Table("seeds", say("file-seeds-caption", images=_num_images(study)), columns, tuple(records))


def _agreement(study: Study, say: Language) -> Table:
    records = [_arm(one.arm, say) | _decisions(one) for one in study.agreements]
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
    caption = say("file-agreement-caption", images=_num_images(study), num_teachers=num_teachers)
    return Table("agreement", caption, columns, tuple(records))


def _cost(study: Study, say: Language) -> Table:
    records = [
        {
            "key": cost.key,
            "model": cost_name(cost, say),
            "name": cost_note(cost, say),
            "num_parameters": cost.size.num_parameters if cost.size else None,
            "macs": cost.size.macs if cost.size else None,
            **_latencies(cost),
        }
        for cost in study.costs
    ]
    columns = (
        Column("model", say("head-model"), is_text=True),
        Column("name", say("file-architecture"), is_text=True),
        Column("num_parameters", say("head-parameters"), "{:,}".format),
        Column("macs", say("head-macs"), "{:,}".format),
        Column("num_bytes", say("cost-bytes"), megabytes),
        Column("latency_single_ms", say("cost-single"), significant),
        Column("images_per_s", say("cost-throughput"), significant),
        Column("batch_size", say("file-batch")),
    )
    speed = study.results.speed
    measured = say("file-cost-measured", hardware=hardware_text(speed, say)) if speed else say("cost-unmeasured")
    return Table("cost", f"{say('file-cost-caption')}{say('gap')}{measured}", columns, tuple(records))


def _arm(arm: Arm, say: Language) -> dict[str, Any]:
    distill = arm.distill
    return {
        "arm": arm.key,
        "model": arm_name(arm, say),
        "alpha": distill.alpha if distill else None,
        "temperature": distill.temperature if distill else None,
    }


def _arm_columns(say: Language) -> tuple[Column, ...]:
    three: Form = "{:.3g}".format
    return (
        Column("model", say("head-model"), is_text=True),
        Column("alpha", "α", three),
        Column("temperature", "T", three),
    )


def _students(rows: Iterable[Row]) -> frozenset[int]:
    """The best is looked for among them: that the teacher is better is no news."""
    return frozenset(number for number, row in enumerate(rows) if row.arm.kind != "teacher")


def _figures(row: Row) -> dict[str, Any]:
    gain = row.gain
    return {
        "num_seeds": row.num_seeds,
        "num_parameters": row.size.num_parameters if row.size else None,
        "macs": row.size.macs if row.size else None,
        "val_accuracy": row.val_accuracy,
        "test_accuracy": row.accuracy or UNKNOWN,
        "gain": gain.both if gain else UNKNOWN,
        "gain_p": gain.both.p if gain else None,
        "verdict": gain.verdict if gain else None,
        "rank": row.rank,
        **_beyond(row),
        "share_of_teacher_accuracy": row.kept,
        "parameters_over_teacher": row.parameter_ratio,
        "macs_over_teacher": row.mac_ratio,
    }


def _beyond(row: Row) -> Mapping[str, Any]:
    return {"test_top5": row.top5 or UNKNOWN, "test_nll": row.nll or UNKNOWN, "test_ece": row.ece or UNKNOWN}


def _decisions(agreement: Agreement | None) -> dict[str, Any]:
    shares = agreement.shares._asdict() if agreement else dict.fromkeys(Shares._fields)
    return {
        "agreement_with_teacher": agreement.share if agreement else UNKNOWN,
        "agreement_over_baseline": agreement.more.both if agreement and agreement.more else UNKNOWN,
        **{f"share_{name}": share for name, share in shares.items()},
    }


def _latencies(cost: Cost) -> dict[str, Any]:
    record: dict[str, Any] = {"num_bytes": cost.size.num_bytes if cost.size else None}
    for name, timing in (("single", cost.single), ("batch", cost.batch)):
        low, high = timing.quartiles_ms if timing else (None, None)
        record |= {
            f"latency_{name}_ms": timing.median_ms if timing else None,
            f"latency_{name}_ms_quartile1": low,
            f"latency_{name}_ms_quartile3": high,
        }
    timing = cost.batch
    return record | {
        "batch_size": timing.batch_size if timing else None,
        "images_per_s": timing.images_per_s if timing else None,
    }


def _num_images(study: Study) -> int:
    """Test images that were read; 0 before they are."""
    test = study.results.test
    return next((scores.num_images for scores in test.scores.values()), 0) if test else 0
