"""Whatever names, errors and logs hold: a terminal is told the console's own colours and moves, and nothing else."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from rich.live import Live
from rich.table import Table
from rich.text import Text

from harness.console.plain_console import PlainConsole
from harness.state.files.records import read_sweep_record, write_sweep_record
from kd.files import write_record
from kd.plain_text import one_line, printable
from kd.records import Attempt, Failure
from tests.support.command_line import complain, invoke
from tests.support.nasty_names import NASTY_NAMES, texts

OWN = re.compile(r"\x1b\[[0-9;]*[mKAJ]|\x1b\[\?25[hl]|\r")  # colours, and moves of a live table


def console(is_terminal: bool = False) -> PlainConsole:
    return PlainConsole(file=io.StringIO(), width=200, force_terminal=is_terminal, legacy_windows=False)


def said(on: PlainConsole) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


@pytest.mark.parametrize("is_terminal", [False, True])
@pytest.mark.parametrize("name", NASTY_NAMES.values(), ids=NASTY_NAMES)
def test_a_name_in_a_line_a_text_and_a_table_is_shown_and_not_obeyed(name: str, is_terminal: bool) -> None:
    on = console(is_terminal)
    table = Table(box=None)
    table.add_column("name", no_wrap=True, overflow="ellipsis")
    table.add_row(name)
    on.print(name, soft_wrap=True)
    on.print(Text(name), soft_wrap=True)
    on.print(table)
    with Live(table, console=on, auto_refresh=False) as live:
        live.update(table, refresh=True)
    text = OWN.sub("", said(on)) if is_terminal else said(on)
    assert printable(text) == text
    if name not in (NASTY_NAMES["overwritten"], NASTY_NAMES["controls"]):  # rich leaves five controls out
        letters = re.sub(r"\s", "", printable(re.sub("[\a\r\b\v\f]", "", name)))
        assert re.sub(r"\s", "", text).startswith(letters * 2)


@given(texts)
def test_any_text_is_shown_and_not_obeyed(text: str) -> None:
    on = console()
    on.print(text, soft_wrap=True)
    assert printable(said(on)) == said(on)


def test_colours_of_the_console_itself_pass() -> None:
    on = console(is_terminal=True)
    on.print(Text("green", style="green"))
    assert "\x1b[32mgreen" in said(on)


@pytest.mark.parametrize("key", ["colour", "clipboard", "hyperlink", "overwritten", "reversed", "rich", "long"])
def test_status_and_why_quote_failures_hosts_and_logs(key: str, tmp_path: Path, invent: Callable[..., Path]) -> None:
    name = NASTY_NAMES[key]
    folder = invent(tmp_path / "results", 3, 30, ["a", "b", "c"])
    record = read_sweep_record(folder)
    write_sweep_record(folder, record.model_copy(update={"overrides": name, "origin": name}))
    run = next(path for path in sorted((folder / "runs").iterdir()) if path.name.startswith("baseline"))
    (run / "metrics.json").unlink()
    write_record(run / "failure.json", Failure(reason=name, kind="code error"))
    (run / "attempts").mkdir()
    attempt = Attempt(
        number=1, job_id="7", host=name, pid=1, process_created=0, started_at="2026-01-01T00:00:00Z", end="died",
        reason=name, device=name,
    )  # fmt: skip
    write_record(run / "attempts" / "0001.json", attempt)
    (folder / "logs").mkdir(exist_ok=True)
    (folder / "logs" / "7_0_log.out").write_text(f"{name}\n", encoding="utf-8")
    at = ("--sweep", "invented", "--results", str(tmp_path / "results"))
    for words in (("status", *at), ("why", *at, "--run", run.name)):
        output = invoke(*words).output
        assert printable(output) == output
        assert "code error" in output
    assert "the end of" in output


@pytest.mark.parametrize("name", ["a\x1b[31m", "a\nerror: b", "\u202ea"])
def test_an_error_is_one_line_that_a_terminal_does_not_obey(name: str, tmp_path: Path) -> None:
    line = complain("status", "--sweep", name, "--results", str(tmp_path))
    assert one_line(line.removesuffix("\n")) == line.removesuffix("\n")
    assert one_line(name) in line
