"""A sweep's report on this machine's loopback address, as new as its results.

On a login node everybody reaches the loopback address. So every page lies behind a secret in the address, which only
the person who started the server has seen; whoever asks without it is told so, and makes the server do nothing.
"""

import secrets
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rich.console import Console

from harness.state.files.folder import SweepFolder
from kd.errors import InputError, UnreadableFileError

LOOPBACK = "127.0.0.1"
MOST_CONNECTIONS = 32  # at a time; a page asks for some ten files
PATIENCE_S = 30.0  # with a reader who has connected and asks for nothing

FRONT = ("/", "/index.html", "/runs.html")
"""Ends of the addresses for which the report is built again where results are newer."""

RESULTS = ("sweep.yaml", "trials*.json", "runs/*/*.json", "runs/*/attempts/*.json")


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
        from harness.report.text.failed_parts import collecting

        with self._lock, collecting():
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


class ReportServer(ThreadingHTTPServer):
    """Serves one site to those who know its address.

    Args:
        report: What is served.
        port: 0: any free one.
    """

    daemon_threads = True  # a reader who keeps a connection open must not keep the program

    def __init__(self, report: LiveReport, port: int) -> None:
        self.report = report
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self.secret = secrets.token_urlsafe(16)
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def address(self) -> str:
        """Of the front page."""
        return f"http://{LOOPBACK}:{self.server_port}/{self.secret}/"

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own, or not at all where too many are at work."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what failed; that a reader went away is no failure."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(SimpleHTTPRequestHandler):
    timeout = PATIENCE_S
    server: ReportServer

    def __init__(self, request: Any, client_address: Any, server: ReportServer) -> None:
        super().__init__(request, client_address, server, directory=str(server.report.root))

    def send_head(self) -> Any:
        """Of GET and HEAD alike: refuse what was not asked for by the printed address."""
        host = self.headers.get("Host", "")
        if host not in (f"{LOOPBACK}:{self.server.server_port}", f"localhost:{self.server.server_port}"):
            # a name that an attacker's page made point here would make the browser ask in the page's name
            self.send_error(HTTPStatus.FORBIDDEN, "open the address that make serve printed")
            return None
        before, secret, rest, *_ = [*self.path.split("/", 2), "", ""]
        is_known = secrets.compare_digest(secret.encode(), self.server.secret.encode())
        if before or not is_known or self.path.count("/") < 2 or "%00" in rest:
            self.send_error(HTTPStatus.FORBIDDEN, "open the address that make serve printed")
            return None
        self.path = f"/{rest}"
        if self.path.partition("?")[0].endswith(FRONT):
            self.server.report.refresh()
        root = self.server.report.root.resolve()
        if not Path(self.translate_path(self.path)).resolve().is_relative_to(root):
            self.send_error(HTTPStatus.NOT_FOUND)  # a link that leads out of the site
            return None
        return super().send_head()

    def log_message(self, format: str, *words: Any) -> None:
        """Nothing: an address holds the secret, and whoever can connect could fill the terminal."""

    def list_directory(self, path: Any) -> Any:
        """No folder is listed."""
        self.send_error(HTTPStatus.NOT_FOUND)


def make_server(folder: SweepFolder, port: int) -> ReportServer:
    """A server of the sweep's report on the loopback address.

    Raises:
        InputError: The sweep was never started, or the port is taken.
    """
    if not 0 <= port <= 65535:
        raise InputError(f"PORT: {port} is no port; give 1 to 65535, or 0 for any free one")
    folder.read_sweep()
    report = LiveReport(folder)
    report.refresh()
    try:
        return ReportServer(report, port)
    except OSError as error:
        raise InputError(f"PORT: cannot listen on {LOOPBACK}:{port}: {error.strerror}; try PORT=0") from error


def serve_report(folder: SweepFolder, port: int, console: Console) -> None:
    """Serve the report until Ctrl-C.

    Raises:
        InputError: The sweep was never started, or the port is taken.
    """
    with make_server(folder, port) as server:
        console.print(f"{server.address} (Ctrl-C ends it; reload to see new results)", markup=False, soft_wrap=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print()
