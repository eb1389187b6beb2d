"""Build the static site from a sweep's folder."""

from pathlib import Path

from harness.report import sections
from harness.report.agreement import find_agreements
from harness.report.answer import find_answer, find_rows
from harness.report.costs import find_costs
from harness.report.language import LANGUAGES, Message, language
from harness.report.latex import agreements_to_latex, costs_to_latex, table_caption, to_latex
from harness.report.mistakes import find_mistakes
from harness.report.pictures import open_pictures
from harness.report.results import read_results
from harness.report.runs import describe_runs, run_records
from harness.report.site import Study, pages
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
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return site / "index.html"


def report_files(sweep_dir: Path, data_root: Path) -> dict[str, str | bytes]:
    """Every file of the site by its path."""
    results = read_results(sweep_dir)
    pictures, picture_problem = open_pictures(results.plan.data, data_root)
    rows = find_rows(results)
    answer = find_answer(results, rows)
    mistakes = find_mistakes(results, pictures.store.class_names if pictures else None)
    if mistakes is not None and pictures is not None and len(pictures) != len(mistakes.labels_N):
        pictures, picture_problem = None, Message("pictures-other-number")
    costs = find_costs(results, rows)
    agreements = find_agreements(results)
    records = table_records(rows, agreements, costs)
    classes = class_records(mistakes.classes) if mistakes else []
    files = {
        "table.csv": to_csv(records),
        "table.json": to_json(answer, records, classes, results.speed),
        "table.tex": to_latex(rows, table_caption(results, rows, answer), f"tab:{results.plan.sweep.name}"),
        "table.md": to_markdown(rows),
    }
    files["runs.csv"] = to_csv(run_records(describe_runs(results, language(next(iter(LANGUAGES))))))
    if classes:
        files["classes.csv"] = to_csv(classes)
    if agreements:
        files["agreement.tex"] = agreements_to_latex(agreements, f"tab:{results.plan.sweep.name}-agreement")
    files["cost.tex"] = costs_to_latex(costs, results.speed, f"tab:{results.plan.sweep.name}-cost")
    findings = sections.find(results, mistakes, rows, costs, data_root)
    study = Study(results, rows, answer, agreements, costs, mistakes, pictures, picture_problem, findings)
    return files | pages(study, files)
