"""The command line in this process."""

from typing import Any

from typer.testing import CliRunner

from harness.cli import app


def invoke(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


def complain(*words: str) -> str:
    """Run a command that must fail as bad input; returns its one line."""
    result = invoke(*words)
    assert result.exit_code == 2, result.output
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("error: ")
    return str(result.stderr)
