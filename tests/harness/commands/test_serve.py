"""The served report is as new as the results, and says plainly what it cannot serve."""

import http.client
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness.commands.serve import MOST_CONNECTIONS, LiveReport, make_server
from kd.errors import InputError


@contextmanager
def served(folder: Any) -> Iterator[str]:
    with make_server(folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.address
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
    from harness.state.files.folder import SweepFolder

    with pytest.raises(InputError, match="unknown has no results"):
        make_server(SweepFolder(lab.results, "unknown"), 0)


def test_a_taken_port_is_one_line(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, folder = lab.open()
    monkeypatch.setattr(LiveReport, "refresh", lambda self: None)
    with make_server(folder, 0) as server, pytest.raises(InputError, match=r"cannot listen on 127\.0\.0\.1:"):
        make_server(folder, server.server_port)


def status_of(address: str, path: str, host: str | None = None) -> int:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    connection.request("GET", path, headers={"Host": host} if host else {})
    status = connection.getresponse().status
    connection.close()
    return status


def test_only_the_printed_address_opens_the_report(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, folder = lab.open()
    root = folder.path / "report"
    root.mkdir()
    (root / "index.html").write_text("the answer")
    (folder.path / "secret.txt").write_text("token")
    (root / "out").symlink_to(folder.path / "secret.txt")
    (root / "empty").mkdir()
    looks: list[None] = []
    monkeypatch.setattr(LiveReport, "refresh", lambda self: looks.append(None))
    with served(folder) as address:
        front = urlsplit(address).path
        looks.clear()
        assert page(address) == "the answer"
        assert status_of(address, f"{front}index.html", f"localhost:{urlsplit(address).port}") == 200
        assert len(looks) == 2
        for path in ("/", "/index.html", "/other/", f"{front[:-2]}/"):
            assert status_of(address, path) == 403
        assert status_of(address, front, "evil.example:80") == 403  # a name that was made to point to this machine
        assert len(looks) == 2, "who does not know the address makes the server build nothing"
        for path in ("out", "../secret.txt", "%2e%2e/secret.txt", "empty/"):
            assert status_of(address, front + path) == 404


def test_idle_connections_are_bounded_and_do_not_stop_it(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, folder = lab.open()
    monkeypatch.setattr(LiveReport, "refresh", lambda self: None)
    (folder.path / "report").mkdir()
    (folder.path / "report" / "index.html").write_text("the answer")
    with served(folder) as address:
        parts = urlsplit(address)
        idle = [socket.create_connection((str(parts.hostname), parts.port)) for _ in range(MOST_CONNECTIONS)]
        with socket.create_connection((str(parts.hostname), parts.port)) as one_more:
            assert one_more.recv(1) == b""  # hung up
        for each in idle:
            each.close()


@pytest.mark.parametrize("start", ["", "no slash ", "GET foo HTTP/1.1", "GET /SECRET/%00 HTTP/1.1", "\x16\x03\x01"])
def test_whatever_is_sent_to_it_nothing_appears_on_the_terminal(
    lab: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], start: str
) -> None:
    """Neither a traceback, nor a stranger's text, nor the secret."""
    _, folder = lab.open()
    monkeypatch.setattr(LiveReport, "refresh", lambda self: None)
    (folder.path / "report").mkdir()
    (folder.path / "report" / "index.html").write_text("the answer")
    with served(folder) as address:
        parts = urlsplit(address)
        request = f"{start}\r\nHost: {parts.netloc}\r\n\r\n".replace("/SECRET/", parts.path)
        with socket.create_connection((str(parts.hostname), parts.port)) as connection:
            connection.sendall(request.encode())
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        assert b" 200 " not in answer and b"the answer" not in answer
        assert page(address) == "the answer"
    assert capfd.readouterr() == ("", "")
