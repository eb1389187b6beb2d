"""The tables of students in the formats that are deployed."""

from collections.abc import Iterator
from typing import Any

from harness.report.analysis.arms.exports import ExportedFormat
from harness.report.study import Study
from harness.report.tables.form.html import coloured
from harness.report.tables.form.table import UNKNOWN, Column, Form, Look, Record, Table
from harness.report.text.findings.exports import speed_beside_fp32
from harness.report.text.findings.speed import short_text
from harness.report.text.labels import verdict_label
from harness.report.text.language import Language
from harness.report.text.numbers import megabytes, percent, ratio, signed_points, significant
from harness.sweep.sections.metric import Metric
from kd.exports import STUDENTS, file_name


def export_table(study: Study, say: Language) -> Table:
    """Accuracy of the students in each exported format, and what distillation gains in it, beside float32's."""

    def with_verdict(key: str, head: str, verdict_key: str) -> Column:
        def verdict(record: Record) -> Iterator[str]:
            if record[verdict_key] is not None:
                yield coloured(record[verdict_key], verdict_label(record[verdict_key], say))

        return Column(key, head, signed_points, percent, below=verdict)

    columns = (
        Column("format", say("export-head-format"), is_text=True),
        Column(f"distilled_{say.metric}", say("export-head-distilled"), percent),
        with_verdict("distilled_change", say("export-head-distilled-change"), "distilled_verdict"),
        Column(f"baseline_{say.metric}", say("export-head-baseline"), percent),
        with_verdict("baseline_change", say("export-head-baseline-change"), "baseline_verdict"),
        Column("gain", say("export-head-gain"), signed_points, percent),
        with_verdict("gain_change", say("export-head-gain-change"), "gain_change_verdict"),
    )
    records = tuple(_head(found) | _students(found, say.metric) | _gains(found) for found in study.findings.exports)
    return Table("exports", say("export-caption"), columns, records, look=Look("sortable pinned"))


def export_cost_table(study: Study, say: Language) -> Table:
    """Bytes and latency of each exported format, beside float32's."""

    def of_fp32(record: Record) -> Iterator[str]:
        yield ratio(record["bytes_over_fp32"], say)

    def with_quartiles(key: str, head: str, form: Form) -> Column:
        def quartiles(record: Record) -> Iterator[str]:
            if record[key] is not None:
                low, high = (form(record[f"{key}_quartile{which}"]) for which in (1, 3))
                yield say("interval", low=low, high=high)

        return Column(key, head, form, below=quartiles)

    columns = (
        Column("format", say("export-head-format"), is_text=True),
        Column("file", say("export-head-file"), is_text=True),
        Column("num_bytes", say("export-head-bytes"), megabytes, below=of_fp32),
        with_quartiles("latency_single_ms", say("cost-single"), significant),
        Column("single_speed", say("export-head-ratio"), is_text=True),
        with_quartiles("latency_batch_ms", say("cost-batch"), significant),
        Column("batch_speed", say("export-head-ratio"), is_text=True),
        Column("batch_size", say("file-batch")),
    )
    records = tuple(_head(found) | _cost(found, say) for found in study.findings.exports)
    return Table("exports_cost", say("export-cost-caption"), columns, records, look=Look("sortable pinned"))


def _head(found: ExportedFormat) -> dict[str, Any]:
    record = found.record
    return {
        "format": record.request.format,
        "run": record.request.run_id,
        "val_change": -record.val.drop,
        "max_drop": record.max_drop,
        "calibration_images": record.request.calibration_images,
        "num_test_readings": record.num_test_readings,
    }


def _students(found: ExportedFormat, metric: Metric) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for key in reversed(STUDENTS):
        student = found.students.get(key)
        has_change = student is not None and not found.is_fp32
        record |= {
            f"{key}_num_seeds": student.num_seeds if student else 0,
            f"{key}_{metric}": student.accuracy if student else UNKNOWN,
            f"{key}_change": student.change.both if student and has_change else UNKNOWN,
            f"{key}_verdict": student.change.verdict if student and has_change else None,
        }
    return record


def _gains(found: ExportedFormat) -> dict[str, Any]:
    change = None if found.is_fp32 else found.gain_change
    return {
        "gain": found.gain.both if found.gain else UNKNOWN,
        "gain_fp32": found.gain_fp32.both if found.gain_fp32 else UNKNOWN,
        "gain_change": change or UNKNOWN,
        "gain_change_verdict": found.gain_change_verdict,
    }


def _cost(found: ExportedFormat, say: Language) -> dict[str, Any]:
    record: dict[str, Any] = {
        "file": file_name(found.record.request.format),
        "num_bytes": found.record.num_bytes,
        "bytes_over_fp32": found.record.num_bytes / found.record.fp32_num_bytes,
    }
    first, last = found.record.latencies[0], found.record.latencies[-1]
    for name, each in (("single", first), ("batch", last)):
        low, high = each.timing.quartiles_ms
        ratios = (None, None, None) if found.is_fp32 else each.ratios
        record |= {
            f"latency_{name}_ms": each.timing.median_ms,
            f"latency_{name}_ms_quartile1": low,
            f"latency_{name}_ms_quartile3": high,
            f"{name}_speed": "" if found.is_fp32 else short_text(speed_beside_fp32(each), say),
            f"{name}_over_fp32": ratios[1],
            f"{name}_over_fp32_quartile1": ratios[0],
            f"{name}_over_fp32_quartile3": ratios[2],
        }
    return record | {"batch_size": last.timing.batch_size}
