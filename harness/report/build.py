"""Build the static site from a sweep's folder."""

from collections.abc import Callable
from pathlib import Path

from harness.garbage import collected_later
from harness.report.index import summary
from harness.report.markdown.family import family_markdown_files
from harness.report.markdown.report import FILE, markdown_files
from harness.report.pages.family_page import family_pages
from harness.report.pages.site import pages
from harness.report.study import Study, family_of, read_studies
from harness.report.tables.family import family_files, student_folder
from harness.report.tables.files import table_files
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.language import LANGUAGES, folder_of, language
from harness.state.files.ownership import keep_from_writers
from kd.cores import num_cores
from kd.files import replaced_folder

MOST_PROCESSES = 2  # a third has been measured nowhere


def build_report(sweep_dir: Path, data_root: Path) -> Path:
    """Write ``<sweep_dir>/report`` and return its ``index.html``.

    Args:
        sweep_dir: Holds ``sweep.yaml`` and ``runs/``.
        data_root: Holds the decoded data sets, for the pictures.

    Raises:
        FileNotFoundError: There is no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` is damaged, or newer than this program.
    """
    with collected_later():
        return write_site(sweep_dir, read_studies(sweep_dir, data_root))


def write_site(sweep_dir: Path, studies: tuple[Study, ...]) -> Path:
    """The same of what has been read.

    The same result files give the same bytes. The new site is built aside and swapped in, so a
    reader sees the old site or the new one, and a failure leaves the old one in place.
    """
    site = sweep_dir / "report"
    with replaced_folder(site) as new:
        for name, content in site_files(studies, min(MOST_PROCESSES, num_cores())).items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            # Half a surrogate pair is no text; named so, JSON reads it as what it was.
            path.write_bytes(content.encode(errors="backslashreplace") if isinstance(content, str) else content)
        keep_from_writers(new)
    return site / "index.html"


def report_files(sweep_dir: Path, data_root: Path) -> dict[str, str | bytes]:
    """Every file of the site by its path. What fails says so in its place where ``failed_parts.collecting``."""
    return site_files(read_studies(sweep_dir, data_root))


def site_files(studies: tuple[Study, ...], num_processes: int = 1) -> dict[str, str | bytes]:
    """The same of what has been read, and however many processes make it."""
    family = family_of(studies)
    if family is None:
        return files_of_student(studies[0], num_processes)
    files: dict[str, str | bytes] = {}
    for row, study in zip(family.rows, studies, strict=True):
        own = files_of_student(study, num_processes)
        files |= {student_folder(row.key) + name: content for name, content in own.items()}
    texts = family_files(family, f"tab:{studies[0].results.plan.sweep.name}")
    files |= _with_summary(texts, lambda: summary.summarize_family(family, studies))
    return files | _written(lambda: family_markdown_files(family)) | family_pages(family, studies, texts)


def files_of_student(study: Study, num_processes: int = 1) -> dict[str, str | bytes]:
    """A whole report of one student."""
    files = table_files(study)
    summarized = _with_summary(
        files, lambda: summary.summarize(study.results, study.answer, study.costs, study.methods, study.findings.causes)
    )
    return summarized | _written(lambda: markdown_files(study)) | pages(study, files, num_processes)


def _written(make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """The report as Markdown; where it fails, files that say so, since pages link to them."""
    made = attempt("file", FILE, make)
    if isinstance(made, FailedPart):
        return {folder_of(code) + FILE: f"{made.text(language(code))}\n" for code in LANGUAGES}
    return made


def _with_summary(files: dict[str, str], summarize: Callable[[], summary.Summary]) -> dict[str, str | bytes]:
    record = attempt("file", summary.FILE, summarize)
    if isinstance(record, FailedPart):
        return {**files}
    return {**files, summary.FILE: record.model_dump_json(indent=2) + "\n"}
