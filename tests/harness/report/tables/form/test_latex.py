"""Golden LaTeX, and nothing that a name could break."""

import re

import pytest

from harness.report.analysis.chance.statistics import Estimate
from harness.report.tables.form.latex import MAX_ROWS, escape_latex, floating, tabular
from harness.report.tables.form.table import Column, Table
from tests.harness.report.tables.example_table import COLUMNS, RECORDS, TABLE


def test_golden_latex() -> None:
    assert (
        floating(TABLE, "tab:x")
        == r"""% needs \usepackage{booktabs}
\begin{table}
  \centering\setlength{\abovetopsep}{1.5ex}
  \caption{95 \% of a\_b; $\pm$ as above}
  \label{tab:x}
  \begin{tabular}{lrrrr}
    \toprule
    Model & $T$ & Accuracy, \% & \begin{tabular}[b]{@{}r@{}}Gain,\\points\end{tabular} & Loss \\
    \midrule
    Teacher & -- & $99.00^{+0.50}_{-1.00}$ & -- & $0.10$ \\
    A\_1 \& B & $4$ & $90.00^{+2.00}_{-1.00}$ & -- & $0.50$ \\
    C\textbar{}D & $2.5$ & $\mathbf{91.00}$ & $-1.00 \pm 2.00$ & $\mathbf{0.40}$ \\
    \bottomrule
  \end{tabular}
\end{table}
"""
    )


@pytest.mark.parametrize(
    ("low", "high", "cell"),
    [(0.9, 1.0, "$1.00^{0.00}_{-0.10}$"), (0.97, 1.04, "$1.00^{+0.04}_{-0.03}$"), (0.5, 1.5, r"$1.00 \pm 0.50$")],
)
def test_arms_that_differ_stand_apart(low: float, high: float, cell: str) -> None:
    column = Column("x", "X", "{:.2f}".format)
    assert cell in tabular(Table("t", "", (column,), ({"x": Estimate(1.0, low, high)},)))


def test_a_table_that_fits_no_page_may_break() -> None:
    table = Table("long", "Many", COLUMNS, RECORDS * MAX_ROWS)
    latex = floating(table, "tab:long")
    assert r"\begin{table}" not in latex
    assert latex.count(r"\begin{longtable}") == latex.count(r"\end{longtable}") == latex.count(r"\endhead") == 1
    assert r"\caption{Many}\label{tab:long}\\" in latex


@pytest.mark.parametrize("text", ["50% & $5 #1_a{b}~^\\", '<b>"|', "α ± − × ²", "two\nlines\tand more"])
def test_escaped_text_has_no_bare_special_character(text: str) -> None:
    escaped = escape_latex(text)
    stripped = re.sub(r"\\[a-z]+(\{\d*\})?|\\[&%$#_{},]|\$[^$]*\$", "", escaped)
    assert not set(stripped) & set('&%$#_{}~^\\<>|"αβ±−×²\n\t')
