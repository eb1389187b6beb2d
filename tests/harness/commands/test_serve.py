"""The served report is as new as the results, and says plainly what it cannot serve."""

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from harness.commands.serve import LiveReport, make_server
from kd.errors import InputError


@contextmanager
def served(folder: Any) -> Iterator[str]:
    with make_server(folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def page(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        return str(answer.read().decode())


@pytest.mark.thorough
def test_a_sweep_that_goes_on_is_seen_on_reloading(lab: Any) -> None:
    controller = lab.controller(search=None, seeds=1)
    with served(controller.folder) as address:
        assert "No answer yet" in page(address)
        controller.run()
        assert "No answer yet" not in page(address)


def test_it_is_built_again_only_where_results_changed(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, folder = lab.open()
    builds = []
    monkeypatch.setattr("harness.report.build.build_report", lambda *places: builds.append(places))
    report = LiveReport(folder)
    for _ in range(3):
        report.refresh()
    assert len(builds) == 1
    (folder.path / "trials.json").write_text("{}")
    report.refresh()
    assert len(builds) == 2


def test_what_was_never_started_is_one_line(lab: Any) -> None:
    from harness.state.folder import SweepFolder

    with pytest.raises(InputError, match="unknown has no results"):
        make_server(SweepFolder(lab.results, "unknown"), 0)


def test_a_taken_port_is_one_line(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, folder = lab.open()
    monkeypatch.setattr(LiveReport, "refresh", lambda self: None)
    with make_server(folder, 0) as server, pytest.raises(InputError, match=r"cannot listen on 127\.0\.0\.1:"):
        make_server(folder, server.server_port)
