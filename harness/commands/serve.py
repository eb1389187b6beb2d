"""A sweep's report on this machine's loopback address, as new as its results."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rich.console import Console

from harness.state.folder import SweepFolder
from kd.errors import InputError, UnreadableFileError

FRONT = ("/", "/index.html", "/runs.html")
"""Ends of the addresses for which the report is built again where results are newer."""


RESULTS = ("sweep.yaml", "trials.json", "runs/*/*.json", "runs/*/attempts/*.json")


class LiveReport:
    """The report of a sweep that may be going on.

    Args:
        folder: The sweep's results.
    """

    def __init__(self, folder: SweepFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._built_of: frozenset[tuple[str, int]] | None = None

    @property
    def root(self) -> Path:
        """Where the site is."""
        return self._folder.path / "report"

    def refresh(self) -> None:
        """Build it again if any result changed since; what cannot be read leaves the old one."""
        from harness.report.build import build_report

        with self._lock:
            found = frozenset(self._results())
            if found == self._built_of:
                return
            try:
                build_report(self._folder.path, self._folder.data)
            except UnreadableFileError:
                if not self.root.exists():
                    raise
            self._built_of = found

    def _results(self) -> Iterator[tuple[str, int]]:
        for pattern in RESULTS:
            for path in self._folder.path.glob(pattern):
                yield str(path), path.stat().st_mtime_ns


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, report: LiveReport, **options: Any) -> None:
        self._report = report
        super().__init__(*args, directory=str(report.root), **options)

    def do_GET(self) -> None:
        if self.path.partition("?")[0].endswith(FRONT):
            self._report.refresh()
        super().do_GET()


def make_server(folder: SweepFolder, port: int) -> ThreadingHTTPServer:
    """A server of the sweep's report on 127.0.0.1.

    Raises:
        InputError: The sweep was never started, or the port is taken.
    """
    folder.read_sweep()
    report = LiveReport(folder)
    report.refresh()
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, report=report))
    except OSError as error:
        raise InputError(f"PORT: cannot listen on 127.0.0.1:{port}: {error.strerror}; try PORT=0") from error


def serve_report(folder: SweepFolder, port: int, console: Console) -> None:
    """Serve the report until Ctrl-C.

    Raises:
        InputError: The sweep was never started, or the port is taken.
    """
    with make_server(folder, port) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        console.print(f"{address} (Ctrl-C ends it; reload to see new results)", markup=False, soft_wrap=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print()
