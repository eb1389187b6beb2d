"""What the table of students marks and explains."""

from pathlib import Path

import yaml

from harness.report.tables.form.latex import tabular
from harness.report.tables.form.table import Column, Table
from harness.report.text.numbers import percent
from tests.harness.report.tables.example_table import COLUMNS, RECORDS
from tests.support.pages import files_with


def test_standings_that_are_known_are_marked_and_explained() -> None:
    columns = (COLUMNS[0], Column("accuracy", "Accuracy, %", percent, rank="rank"))
    ranks = (None, "tied", "best")
    records = tuple(record | {"rank": rank} for record, rank in zip(RECORDS, ranks, strict=True))
    table = Table("x", "", columns, records, note="†: not clearly below it")
    assert table.to_markdown().splitlines()[2:] == [
        "| Teacher | 99.00 (98.00, 99.50) |", "| A_1 & B | 90.00 (89.00, 92.00) † |", "| C\\|D | **91.00** |", "",
        "†: not clearly below it",
    ]  # fmt: skip
    assert [line.partition(" & $")[2] for line in tabular(table).splitlines() if "&" in line] == [
        "", r"99.00^{+0.50}_{-1.00}$ \\", r"90.00^{+2.00}_{-1.00}$\rlap{$^{\dagger}$} \\", r"\mathbf{91.00}$ \\"
    ]  # fmt: skip


KD = {"source": "A et al.", "method": "KD", "teacher": 0.9, "baseline": 0.8, "distilled": 0.83}
DKD = {"source": "B et al.", "protocol": "best test epoch", "method": "DKD", "baseline": 0.8, "distilled": 0.86}


def test_every_paper_s_figure_stands_by_its_method_and_the_best_epoch_is_said(sweep_dir: Path) -> None:
    path = sweep_dir / "sweep.yaml"
    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    record["sweep"]["reference"] = [KD, DKD]
    path.write_text(yaml.safe_dump(record, allow_unicode=True), encoding="utf-8")
    pages = files_with(sweep_dir, "index.html")
    for name, said in (("index.html", "is above its last one by"), ("zh/index.html", "比最后一轮高")):
        section = str(pages[name]).partition('<section id="table">')[2].partition("</section>")[0]
        rows = {arm: section.partition(f'<i class="dot {arm}">')[2].partition("</tr>")[0] for arm in KD}
        assert "83.00" in rows["distilled"] and "86.00 DKD" in rows["distilled"]
        assert rows["baseline"].count("80.00") == 1 and "DKD" not in rows["baseline"]
        assert "KD: A et al.; DKD: B et al. (best test epoch)" in section
        assert said in section
