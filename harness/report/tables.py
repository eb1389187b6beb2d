"""The results as tables for papers and programs: CSV, JSON, Markdown. In English, whatever the page's language."""

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from harness.report.agreement import Agreement, Shares
from harness.report.answer import Answer, Row, Standing
from harness.report.costs import Cost
from harness.report.language import language
from harness.report.mistakes import ClassRow
from harness.report.names import arm_label
from harness.report.statistics import Estimate
from harness.report.text import percent, signed_points
from kd.records import Speed


def table_records(rows: Iterable[Row], agreements: Iterable[Agreement], costs: Iterable[Cost]) -> list[dict[str, Any]]:
    """Every arm as flat numbers: shares between 0 and 1, unrounded; None where there is a hole."""
    by_arm = {agreement.arm.key: agreement for agreement in agreements}
    by_key = {cost.key: cost for cost in costs}
    return [
        _record(row)
        | _agreement_record(by_arm.get(row.arm.key))
        | _cost_record(by_key[row.arm.key if row.arm.kind == "teacher" else "student"])
        for row in rows
    ]


def class_records(rows: Iterable[ClassRow]) -> list[dict[str, Any]]:
    """Every class as flat numbers."""
    records = []
    for row in rows:
        record: dict[str, Any] = {"index": row.index, "class": row.name, "num_images": row.num_images}
        for key in ("teacher", "baseline", "distilled"):
            record |= _estimate(f"{key}_error", row.errors.get(key))
        record |= _estimate("gain", row.gain)
        record |= {"gain_p": row.gain.p if row.gain else None, "gain_p_holm": row.adjusted_p if row.gain else None}
        records.append(record | {"verdict": row.verdict if row.gain else None})
    return records


def to_csv(records: Sequence[dict[str, Any]]) -> str:
    r"""Records as CSV; holes are empty cells.

    >>> to_csv([{"a": 0.1, "b": None}])
    'a,b\n0.1,\n'
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(records[0]) if records else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return stream.getvalue()


def to_json(
    answer: Answer, records: Sequence[dict[str, Any]], classes: Sequence[dict[str, Any]], speed: Speed | None
) -> str:
    """The answer, the table, the classes and how speed was measured as one JSON document."""
    measured = speed.model_dump(mode="json", exclude={"schema_version", "timings"}) if speed else None
    lines = list(answer.lines(language("en")))
    content = {"schema_version": 1, "answer": lines, "table": records, "classes": classes, "speed": measured}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_markdown(rows: Sequence[Row]) -> str:
    """The same table for a README."""
    head = ["Model", "α", "T", "Seeds", "Parameters", "Accuracy, %", "Gain, points", "Teacher kept, %"]
    lines = [_markdown_line(head), _markdown_line(["---"] + ["---:"] * (len(head) - 1))]
    for row in rows:
        distill, size = row.arm.distill, row.size
        cells = [
            arm_label(row.arm, language("en")).replace("|", "\\|"),
            f"{distill.alpha:.3g}" if distill else "",
            f"{distill.temperature:.3g}" if distill else "",
            str(row.num_seeds),
            f"{size.num_parameters:,}" if size else "",
            _marked(row.standing, plus_minus(row.accuracy, percent, "±")),
            plus_minus(row.gain.both if row.gain else None, signed_points, "±"),
            percent(row.kept, 1) if row.kept is not None else "",
        ]
        lines.append(_markdown_line(cells))
    if any(row.standing for row in rows):
        lines += ["", language("en")("table-standing")]
    return "\n".join(lines) + "\n"


def _marked(standing: Standing | None, text: str) -> str:
    return f"**{text}**" if standing == "best" else f"{text} †" if standing == "tied" else text


def plus_minus(estimate: Estimate | None, form: Any, sign: str) -> str:
    """An estimate with the longer arm of its interval; empty where there is none."""
    if estimate is None:
        return ""
    if not math.isfinite(estimate.low):
        return str(form(estimate.mean))
    return f"{form(estimate.mean)} {sign} {percent(estimate.half_width)}"


def _record(row: Row) -> dict[str, Any]:
    distill, gain = row.arm.distill, row.gain
    return {
        "arm": row.arm.key,
        "alpha": distill.alpha if distill else None,
        "temperature": distill.temperature if distill else None,
        "num_seeds": row.num_seeds,
        "num_parameters": row.size.num_parameters if row.size else None,
        "macs": row.size.macs if row.size else None,
        "val_accuracy": row.val_accuracy,
        **_estimate("test_accuracy", row.accuracy),
        **_estimate("gain", gain.both if gain else None),
        "gain_p": gain.both.p if gain else None,
        "verdict": gain.verdict if gain else None,
        "standing": row.standing,
        **_estimate("test_top5", row.top5),
        **_estimate("test_nll", row.nll),
        **_estimate("test_ece", row.ece),
        "share_of_teacher_accuracy": row.kept,
        "parameters_over_teacher": row.parameter_ratio,
        "macs_over_teacher": row.mac_ratio,
    }


def _agreement_record(agreement: Agreement | None) -> dict[str, Any]:
    shares = agreement.shares._asdict() if agreement else dict.fromkeys(Shares._fields)
    more = agreement.more.both if agreement and agreement.more else None
    return {
        **_estimate("agreement_with_teacher", agreement.share if agreement else None),
        **_estimate("agreement_over_baseline", more),
        **{f"share_{name}": share for name, share in shares.items()},
    }


def _cost_record(cost: Cost) -> dict[str, Any]:
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


def _estimate(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    known = estimate is not None and math.isfinite(estimate.low)
    return {
        name: estimate.mean if estimate else None,
        f"{name}_low": estimate.low if estimate and known else None,
        f"{name}_high": estimate.high if estimate and known else None,
    }


def _markdown_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
