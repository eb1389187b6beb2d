"""What an exported format changes, in words: for the terminal, the page and the student's card."""

from harness.report.analysis.arms.exports import ExportedFormat, FormatStudent
from harness.report.analysis.speed_ratio import SpeedRatio
from harness.report.text.findings.speed import short_text
from harness.report.text.labels import verdict_key
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, megabytes, percent, signed_points, significant
from kd.exports import Export, SideBySide


def export_lines(found: ExportedFormat, say: Language) -> tuple[str, ...]:
    """The file's own accuracy, that of all students, what remains of the gain, latency and size."""
    accuracies = (_own_text(found, say), _accuracy_text(found, say), gain_text(found, say))
    return tuple(part for part in (*accuracies, _speed_text(found, say), _size_text(found, say)) if part)


def measured_text(record: Export, say: Language) -> str:
    """What latency was measured on."""
    return say(
        "export-hardware", device=record.device, num_threads=record.num_threads,
        runtime=record.request.runtime, date=record.measured_at[:10],
    )  # fmt: skip


def export_marks(record: Export, say: Language) -> str:
    """How the file was judged: on val, before test was read; empty of float32, which loses nothing."""
    val = record.val
    if record.request.format == "fp32":
        return ""
    return say(
        "export-judged",
        format=record.request.format,
        run=record.request.run_id,
        change=signed_points(-val.drop),
        images=val.num_images,
        limit=percent(record.max_drop),
        calibration=record.request.calibration_images or 0,
        readings=record.num_test_readings,
    )


def _own_text(found: ExportedFormat, say: Language) -> str:
    own = found.own
    return say(
        "export-own",
        format=found.record.request.format,
        accuracy=percent(own.accuracy.mean),
        low=percent(own.accuracy.low),
        high=percent(own.accuracy.high),
        images=own.change.num_images,
        change=signed_points(own.change.both.mean),
        interval=interval_text(own.change.both, say),
    )


def _accuracy_text(found: ExportedFormat, say: Language) -> str:
    form = found.record.request.format
    texts = [_student_text(arm, student, found, say) for arm, student in found.students.items() if arm == "distilled"]
    texts += [_student_text(arm, student, found, say) for arm, student in found.students.items() if arm != "distilled"]
    return say("export-accuracy", format=form, students=say("export-between").join(texts))


def _student_text(arm: str, student: FormatStudent, found: ExportedFormat, say: Language) -> str:
    name = say("export-student", arm=arm, accuracy=percent(student.accuracy.mean), number=student.num_seeds)
    if found.is_fp32:
        return name
    return say(
        "export-student-changed",
        student=name,
        change=signed_points(student.change.both.mean),
        interval=interval_text(student.change.both, say),
        verdict=verdict_key(student.change.verdict),
    )


def gain_text(found: ExportedFormat, say: Language) -> str:
    """Whether distillation helps as much in this format; empty of float32, or where no seed of both was exported."""
    change, verdict = found.gain_change, found.gain_change_verdict
    if found.gain is None or found.gain_fp32 is None or change is None or verdict is None:
        return ""
    return say(
        "export-gain",
        format=found.record.request.format,
        gain=signed_points(found.gain.both.mean),
        interval=interval_text(found.gain.both, say),
        gain_fp32=signed_points(found.gain_fp32.both.mean),
        change=signed_points(change.mean),
        change_interval=interval_text(change, say),
        verdict=verdict_key(verdict),
    )


def _speed_text(found: ExportedFormat, say: Language) -> str:
    texts = [_latency_text(each, found, say) for each in found.record.latencies]
    form = found.record.request.format
    return say(
        "export-speed",
        format=form,
        latencies=say("export-between").join(texts),
        hardware=measured_text(found.record, say),
    )


def speed_beside_fp32(each: SideBySide) -> SpeedRatio:
    """How many times as fast as float32; the record holds how many times as long."""
    low, median, high = each.ratios
    return SpeedRatio(1 / high, 1 / median, 1 / low, each.timing.num_repeats)


def _latency_text(each: SideBySide, found: ExportedFormat, say: Language) -> str:
    return say(
        "export-latency",
        images=each.timing.batch_size,
        median=significant(each.timing.median_ms),
        is_fp32="yes" if found.is_fp32 else "no",
        fp32=significant(each.fp32.median_ms),
        speed=short_text(speed_beside_fp32(each), say),
    )


def _size_text(found: ExportedFormat, say: Language) -> str:
    record = found.record
    return say(
        "export-size",
        format=record.request.format,
        size=megabytes(record.num_bytes),
        fp32=megabytes(record.fp32_num_bytes),
        share=f"{100 * record.num_bytes / record.fp32_num_bytes:.0f}",
    )
