"""Build the static site from a sweep's folder."""

from pathlib import Path

from harness.report.index import summary
from harness.report.pages.site import pages
from harness.report.study import read_study
from harness.report.tables.files import table_files
from harness.report.text.failed_parts import FailedPart, attempt
from harness.state.ownership import keep_from_writers
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
            # Half a surrogate pair is no text; named so, JSON reads it as what it was.
            path.write_bytes(content.encode(errors="backslashreplace") if isinstance(content, str) else content)
        keep_from_writers(new)
    return site / "index.html"


def report_files(sweep_dir: Path, data_root: Path) -> dict[str, str | bytes]:
    """Every file of the site by its path. What fails says so in its place where ``failed_parts.collecting``."""
    study = read_study(sweep_dir, data_root)
    files = table_files(study)
    record = attempt(
        "file",
        summary.FILE,
        lambda: summary.summarize(study.results, study.answer, study.costs, study.methods, study.findings.causes),
    )
    if not isinstance(record, FailedPart):
        files[summary.FILE] = record.model_dump_json(indent=2) + "\n"
    return files | pages(study, files)
