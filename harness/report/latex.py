"""The results as LaTeX tables, in English."""

from collections.abc import Iterable, Sequence
from typing import Any

from harness.report.agreement import Agreement
from harness.report.answer import Answer, Row, Standing, basis_text
from harness.report.costs import Cost, cost_name, cost_note, hardware_text
from harness.report.language import language
from harness.report.names import arm_name
from harness.report.results import Arm, Results
from harness.report.statistics import Estimate
from harness.report.tables import plus_minus
from harness.report.text import megabytes, percent, quantity, signed_points, significant
from kd.records import Speed

LATEX_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "α": r"$\alpha$",
}  # fmt: skip


def to_latex(rows: Sequence[Row], caption: str, label: str) -> str:
    """A booktabs table; ± is the longer arm of the 95 % interval."""
    head = ["Model", r"$\alpha$", "$T$", "Parameters", r"Accuracy (\%)", "Gain (points)", r"Teacher kept (\%)"]
    return _booktabs(head, [_latex_cells(row) for row in rows], caption, label)


def agreements_to_latex(agreements: Sequence[Agreement], label: str) -> str:
    """Agreement with the teacher, and who is right where."""
    head = [
        "Student", r"$\alpha$", "$T$", r"Agrees (\%)", "Both right", "Student alone", "Teacher alone",
        "Both wrong, alike", "Both wrong, apart",
    ]  # fmt: skip
    lines = [
        [*_latex_name(agreement.arm), _latex_number(agreement.share, percent), *map(percent, agreement.shares)]
        for agreement in agreements
    ]
    caption = r"Agreement with the teacher on the test images and who reads them right, in \%, means over seeds."
    return _booktabs(head, lines, caption, label)


def costs_to_latex(costs: Sequence[Cost], speed: Speed | None, label: str) -> str:
    """Size and speed of teacher and student."""
    say = language("en")
    head = ["Model", "Parameters", "Multiply-adds", "MB", "Latency (ms)", "Images/s", "at batch"]
    lines = [
        [
            rf"{escape_latex(cost_name(cost, say))} (\texttt{{{escape_latex(cost_note(cost, say))}}})",
            f"{cost.size.num_parameters:,}".replace(",", "{,}") if cost.size else "--",
            quantity(cost.size.macs) if cost.size else "--",
            megabytes(cost.size.num_bytes) if cost.size and cost.size.num_bytes else "--",
            significant(cost.single.median_ms) if cost.single else "--",
            quantity(round(cost.batch.images_per_s)) if cost.batch else "--",
            str(cost.batch.batch_size) if cost.batch else "--",
        ]
        for cost in costs
    ]
    where = f" Measured on {escape_latex(hardware_text(speed, say))}." if speed else ""
    return _booktabs(head, lines, f"Size and speed; latency is the median for one image.{where}", label)


def table_caption(results: Results, rows: Sequence[Row], answer: Answer) -> str:
    """The table's caption: what ± means and what it rests on."""
    sweep = results.plan.sweep
    parts = [
        f"{sweep.description or sweep.name}. ± is the 95 % interval for another training and another test sample; "
        "rows with one seed: for another test sample alone."
    ]
    if answer.gain:
        basis = basis_text(answer.gain, language("en"))
        parts.append(f"Gain over the baseline on the same seeds and images ({basis}).")
    if answer.num_teachers > 1:
        parts.append("Ensemble: the mean of the teachers' logits, which taught the students.")
    if any(row.standing for row in rows):
        parts.append(language("en")("table-standing"))
    return escape_latex(" ".join(parts)).replace("±", r"$\pm$").replace("†", r"$\dagger$")


def escape_latex(text: str) -> str:
    r"""Text as LaTeX prints it.

    >>> escape_latex("50 % of A_b")
    '50 \\% of A\\_b'
    """
    return "".join(LATEX_SPECIAL.get(character, character) for character in text)


def _booktabs(head: Sequence[str], lines: Iterable[Sequence[str]], caption: str, label: str) -> str:
    text = [
        "% needs \\usepackage{booktabs}",
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{caption}}}",
        rf"  \label{{{label}}}",
        rf"  \begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
        r"    \toprule",
        f"    {' & '.join(head)} \\\\",
        r"    \midrule",
    ]
    text += [f"    {' & '.join(cells)} \\\\" for cells in lines]
    text += [r"    \bottomrule", r"  \end{tabular}", r"\end{table}", ""]
    return "\n".join(text)


def _latex_cells(row: Row) -> list[str]:
    return [
        *_latex_name(row.arm),
        f"{row.size.num_parameters:,}".replace(",", "{,}") if row.size else "--",
        _marked(row.standing, _latex_number(row.accuracy, percent)),
        _latex_number(row.gain.both if row.gain else None, signed_points),
        percent(row.kept, 1) if row.kept is not None else "--",
    ]


def _marked(standing: Standing | None, number: str) -> str:
    if standing == "best":
        mean, _, rest = number.strip("$").partition(" ")
        return rf"$\mathbf{{{mean}}} {rest}$" if rest else rf"$\mathbf{{{mean}}}$"
    return rf"{number}\rlap{{$^{{\dagger}}$}}" if standing == "tied" else number


def _latex_name(arm: Arm) -> list[str]:
    """Name, alpha and T."""
    distill = arm.distill
    return [
        escape_latex(arm_name(arm, language("en"))),
        f"{distill.alpha:.3g}" if distill else "--",
        f"{distill.temperature:.3g}" if distill else "--",
    ]


def _latex_number(estimate: Estimate | None, form: Any) -> str:
    text = plus_minus(estimate, form, r"\pm")
    return f"${text.replace('−', '-')}$" if text else "--"
