"""The results as tables for papers and programs: CSV, JSON, LaTeX, Markdown."""

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from harness.report.answer import Answer, Row
from harness.report.mistakes import ClassRow
from harness.report.statistics import Estimate
from harness.report.text import percent, signed_points

LATEX_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "α": r"$\alpha$",
}  # fmt: skip


def table_records(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Every arm as flat numbers: shares between 0 and 1, unrounded; None where there is a hole."""
    return [_record(row) for row in rows]


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


def to_json(answer: Answer, records: Sequence[dict[str, Any]], classes: Sequence[dict[str, Any]]) -> str:
    """The answer, the table and the classes as one JSON document."""
    content = {"schema_version": 1, "answer": list(answer.lines()), "table": records, "classes": classes}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_latex(rows: Sequence[Row], caption: str, label: str) -> str:
    """A booktabs table; ± is the longer arm of the 95 % interval."""
    lines = [
        "% needs \\usepackage{booktabs}",
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{caption}}}",
        rf"  \label{{{label}}}",
        r"  \begin{tabular}{lrrrrrr}",
        r"    \toprule",
        r"    Model & $\alpha$ & $T$ & Parameters & Accuracy (\%) & Gain (points) & Teacher kept (\%) \\",
        r"    \midrule",
    ]
    lines += [f"    {' & '.join(_latex_cells(row))} \\\\" for row in rows]
    lines += [r"    \bottomrule", r"  \end{tabular}", r"\end{table}", ""]
    return "\n".join(lines)


def to_markdown(rows: Sequence[Row]) -> str:
    """The same table for a README."""
    head = ["Model", "α", "T", "Seeds", "Parameters", "Accuracy, %", "Gain, points", "Teacher kept, %"]
    lines = [_markdown_line(head), _markdown_line(["---"] + ["---:"] * (len(head) - 1))]
    for row in rows:
        distill, size = row.arm.distill, row.size
        cells = [
            row.arm.label.replace("|", "\\|"),
            f"{distill.alpha:.3g}" if distill else "",
            f"{distill.temperature:.3g}" if distill else "",
            str(row.num_seeds),
            f"{size.num_parameters:,}" if size else "",
            _plus_minus(row.accuracy, percent, "±"),
            _plus_minus(row.gain.both if row.gain else None, signed_points, "±"),
            percent(row.kept, 1) if row.kept is not None else "",
        ]
        lines.append(_markdown_line(cells))
    return "\n".join(lines) + "\n"


def escape_latex(text: str) -> str:
    r"""Text as LaTeX prints it.

    >>> escape_latex("50 % of A_b")
    '50 \\% of A\\_b'
    """
    return "".join(LATEX_SPECIAL.get(character, character) for character in text)


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
        "share_of_teacher_accuracy": row.kept,
        "parameters_over_teacher": row.parameter_ratio,
        "macs_over_teacher": row.mac_ratio,
    }


def _estimate(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    known = estimate is not None and math.isfinite(estimate.low)
    return {
        name: estimate.mean if estimate else None,
        f"{name}_low": estimate.low if estimate and known else None,
        f"{name}_high": estimate.high if estimate and known else None,
    }


def _plus_minus(estimate: Estimate | None, form: Any, sign: str) -> str:
    if estimate is None:
        return ""
    if not math.isfinite(estimate.low):
        return str(form(estimate.mean))
    return f"{form(estimate.mean)} {sign} {percent(estimate.half_width)}"


def _latex_cells(row: Row) -> list[str]:
    distill, size = row.arm.distill, row.size
    label = "Setting" if row.arm.kind == "compare" else escape_latex(row.arm.label)

    def number(estimate: Estimate | None, form: Any) -> str:
        text = _plus_minus(estimate, form, r"\pm")
        return f"${text.replace('−', '-')}$" if text else "--"

    return [
        label,
        f"{distill.alpha:.3g}" if distill else "--",
        f"{distill.temperature:.3g}" if distill else "--",
        f"{size.num_parameters:,}".replace(",", "{,}") if size else "--",
        number(row.accuracy, percent),
        number(row.gain.both if row.gain else None, signed_points),
        percent(row.kept, 1) if row.kept is not None else "--",
    ]


def _markdown_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
