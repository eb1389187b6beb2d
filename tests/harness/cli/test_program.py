"""The command line as a shell sees it."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness import __version__
from tests.support.command_line import invoke
from tests.support.root import ROOT


def test_the_version_and_nothing_else() -> None:
    done = invoke("--version")
    assert (done.exit_code, done.output) == (0, f"kd-sweep {__version__}\n")


def test_verbs_are_listed_in_the_order_of_a_study() -> None:
    from harness.cli import app

    verbs = [command.callback.__name__ for command in app.registered_commands if command.callback]
    assert verbs == [
        "init", "sweep", "plan", "check", "profile", "status", "why", "cancel",
        "report", "index", "publish", "paper", "serve", "export", "layers", "split", "schema",
    ]  # fmt: skip


def test_the_docs_name_the_verbs_that_end_with_1() -> None:
    """Beside every verb's trouble with files, and what nobody foresaw."""
    page = (ROOT / "docs" / "scripting.md").read_text(encoding="utf-8")
    (meaning,) = re.findall(r"^\| 1 \| (.*) \|$", page, re.MULTILINE)
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "harness" / "cli").glob("*.py"))
    functions = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]
    verbs = {node.name: ast.unparse(node) for node in functions if "@app.command()" in ast.unparse(node)}
    ends = {name for name, text in verbs.items() if "raise typer.Exit(" in text}
    assert set(re.findall(r"`(\w+)`", meaning)) == ends


@pytest.mark.parametrize("verb", ["--help", "status"])
def test_light_verbs_do_not_load_torch(verb: str, lab: Any) -> None:
    lab.open()
    words = [verb] if verb == "--help" else [verb, "--sweep", "mini", "--results", str(lab.results)]
    code = (
        "import sys; sys.argv[1:] = sys.argv[1:]\n"
        "from harness.cli import app\n"
        "app(standalone_mode=False)\n"
        "heavy = {'torch', 'transformers', 'datasets', 'optuna', 'matplotlib', 'scipy', 'pandas'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_reader_that_leaves_is_no_error(lab: Any) -> None:
    """As in ``kd-sweep plan --json | head -1``."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as output:
        words = lab.command("plan", "--sweep", str(lab.write()))
        done = subprocess.run(words, cwd=ROOT, stdout=output, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")


def test_modules_beside_the_sweep_are_found_as_python_m_finds_them(tmp_path: Path) -> None:
    (tmp_path / "acme_beside.py").write_text("def data(): raise ValueError('found')\n")
    code = (
        f"import sys; sys.path[0:1] = [{str(ROOT)!r}]; sys.argv[0] = 'kd-sweep'; from harness.cli import main; main()"
    )
    (tmp_path / "own.yaml").write_text(
        "name: own\ndata: {source: 'acme_beside:data'}\nteacher: {model: mnist_cnn, epochs: 1}\n"
        "student: {model: mnist_mlp, epochs: 1}\n"
    )
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [sys.executable, "-c", code, "plan", "own.yaml"]
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.stderr == "error: data.source: acme_beside:data() failed: ValueError: found\n"
