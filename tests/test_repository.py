"""What the repository says of itself, beside its code, is true."""

import pkgutil
import re
from pathlib import Path

import pytest
import yaml

from harness import __version__
from harness.shipped import CHECKOUT

assert CHECKOUT is not None
ROOT = CHECKOUT
PAGES = [
    *ROOT.glob("README*.md"),
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
TOP = ("kd", "harness", "tests", "docs", "sweeps", "report_templates", "bench", "results/example", ".ci", ".github")
PATH = re.compile(rf"`((?:{'|'.join(map(re.escape, TOP))})/[\w./-]*)`")
TARGET = re.compile(r"`make ([a-z-]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    made_up = {"kd/a/b.py", "tests/kd/a/test_b.py", "sweeps/clusters/NAME.yaml", ".github/workflows/report.yml"}
    links = {str((page.parent / link).resolve().relative_to(ROOT)) for link in re.findall(r"\]\(([\w./-]+)\)", text)}
    named = (set(PATH.findall(text)) | links) - made_up
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_part_of_a_path_is_the_end_of_one_that_there_is(page: Path) -> None:
    """Such as ``arms/gains.py``, where the text before says in which room."""
    there = [path.as_posix() for top in (*TOP, "locks") for path in (ROOT / top).rglob("*.py")]
    named = set(re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8"))) - {"kd/a/b.py", "tests/kd/a/test_b.py"}
    assert [name for name in sorted(named) if not any(path.endswith(f"/{name}") for path in there)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_of_the_program_is_there(page: Path) -> None:
    """Modules, and what stands in them, by their dotted names."""
    named = set(re.findall(r"`((?:kd|harness|bench)(?:\.[A-Za-z_]\w*)+)`", page.read_text(encoding="utf-8")))
    for name in sorted(named):
        pkgutil.resolve_name(name)


OF_OTHERS = {
    *("no_weight_decay", "to_latex", "QUOTE_ALL", "ImageFolder"),  # timm's, pandas', csv's, torchvision's
    *("ARRAY_TASK", "MaxJobCount", "preempt_send_user_signal"),  # SLURM's
    "images_test",  # a folder
}
"""Names in pages that are not the program's."""


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Every name in the code and in the files beside it."""
    files = [path for top in TOP for path in (ROOT / top).rglob("*") if path.suffix in (".py", ".ftl", ".yaml")]
    return {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_names_that_a_page_uses_are_in_the_code(page: Path, words: set[str]) -> None:
    """Functions, classes, constants and columns: what has an underline or a capital inside."""
    name = r"`(?:\w+\.)*([A-Z]+(?:_[A-Z]+)+|[a-z]+(?:_[a-z]+)+|(?:[A-Z][a-z]+){2,})(?:\(\))?`"
    assert sorted(set(re.findall(name, page.read_text(encoding="utf-8"))) - OF_OTHERS - words) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_a_test_by_its_whole_path(page: Path) -> None:
    assert re.findall(r"`test_\w+\.py`", page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_make_targets_that_a_page_names_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(TARGET.findall(page.read_text(encoding="utf-8"))) <= targets


def outline(page: str) -> dict[str, list[str]]:
    """What two languages share: levels of headings, code but for its comments, rows of tables, links."""
    text = (ROOT / page).read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    return {
        "headings": re.findall(r"^#+", text, re.MULTILINE),
        "code": [line.partition("#")[0].rstrip() for line in code.splitlines()],
        "rows": re.findall(r"^\| (`[^|]*?`)", text, re.MULTILINE),
        "links": sorted(set(re.findall(r"\]\(([^)]+)\)", text)) - {"README.md", "README.zh-CN.md"}),
    }


def test_the_readme_is_the_same_in_both_languages() -> None:
    english, chinese = outline("README.md"), outline("README.zh-CN.md")
    assert len(english["headings"]) >= 7 and len(english["code"]) >= 10
    english["rows"] = [row.replace("`, `", "`、`") for row in english["rows"]]
    assert english == chinese


def test_the_readme_is_short() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120 and len(text.split()) <= 900


def test_every_decision_has_a_number_of_its_own() -> None:
    pages = sorted((ROOT / "docs" / "design").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    titles = [page.read_text(encoding="utf-8").partition("\n")[0] for page in pages]
    numbered = [(page.name, title) for page, title in zip(pages, titles, strict=True) if re.match(r"# \d", title)]
    assert [name for name, title in numbered if not title.startswith(f"# {name[:4]}")] == []


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__
    assert citation["license"] == "MIT"


def test_workflows_run_what_a_person_runs() -> None:
    steps = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["test"]["steps"]
    assert [step["run"] for step in steps if "run" in step][-1] == "bash .ci/run"
    steps = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text())["jobs"]["publish"]["steps"]
    folders = [step["with"]["path"] for step in steps if "path" in step.get("with", {})]
    assert folders == ["site"]
    (build,) = [step["run"] for step in steps if "run" in step]
    assert "cp -r results/example site/" in build and (ROOT / "results" / "example" / "index.html").is_file()


def test_hooks_run_what_lint_runs() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    recipe = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    programs = [re.search(r"\.venv/bin/([\w-]+)", hook["entry"]) for hook in hooks]
    assert all(program and f"$(BIN)/{program[1]}" in recipe for program in programs)
