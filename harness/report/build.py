"""Build the static site from a sweep's folder."""

from pathlib import Path

from harness.report import summary
from harness.report.agreement import find_agreements
from harness.report.answer import find_answer, find_rows
from harness.report.costs import find_costs
from harness.report.latex import agreements_to_latex, costs_to_latex, to_latex
from harness.report.mistakes import find_mistakes
from harness.report.pictures import open_pictures
from harness.report.results import read_results
from harness.report.site import Study, pages, table_caption
from harness.report.tables import class_records, table_records, to_csv, to_json, to_markdown
from kd.files import replaced_folder


def build_report(sweep_dir: Path, data_root: Path) -> Path:
    """Write ``<sweep_dir>/report`` and return its ``index.html``.

    The same result files give the same bytes. The new site is built aside and swapped in, so a
    reader sees the old site or the new one, and a failure leaves the old one in place.

    Args:
        sweep_dir: Holds ``sweep.yaml`` and ``runs/``.
        data_root: Holds the decoded data sets, for the pictures.

    Raises:
        FileNotFoundError: There is no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` is damaged, or newer than this program.
    """
    site = sweep_dir / "report"
    with replaced_folder(site) as new:
        for name, content in report_files(sweep_dir, data_root).items():
            (new / name).write_text(content, encoding="utf-8", newline="\n")
    return site / "index.html"


def report_files(sweep_dir: Path, data_root: Path) -> dict[str, str]:
    """Every file of the site by name."""
    results = read_results(sweep_dir)
    pictures, picture_problem = open_pictures(results.plan.data, data_root)
    rows = find_rows(results)
    answer = find_answer(results, rows)
    mistakes = find_mistakes(results, pictures.store.class_names if pictures else None)
    if mistakes is not None and pictures is not None and len(pictures) != len(mistakes.labels_N):
        pictures, picture_problem = None, "The test run read another number of images than the data set holds."
    costs = find_costs(results, rows)
    agreements = find_agreements(results)
    records = table_records(rows, agreements, costs)
    classes = class_records(mistakes.classes) if mistakes else []
    files = {
        "table.csv": to_csv(records),
        "table.json": to_json(answer, records, classes, results.speed),
        "table.tex": to_latex(rows, table_caption(results, answer), f"tab:{results.plan.sweep.name}"),
        "table.md": to_markdown(rows),
    }
    if classes:
        files["classes.csv"] = to_csv(classes)
    if agreements:
        files["agreement.tex"] = agreements_to_latex(agreements, f"tab:{results.plan.sweep.name}-agreement")
    files[summary.FILE] = summary.summarize(results, answer, costs).model_dump_json(indent=2) + "\n"
    files["cost.tex"] = costs_to_latex(costs, results.speed, f"tab:{results.plan.sweep.name}-cost")
    study = Study(results, rows, answer, agreements, costs, mistakes, pictures, picture_problem)
    return files | pages(study, files)
