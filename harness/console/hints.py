"""The commands that a sweep's messages tell a person to type: whole, so that they can be pasted as they stand."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from harness.command_line import changed, command_line, kept_name, named_results
from harness.state.files.folder import SweepFolder
from harness.state.files.records import Provenance, SweepRecord
from harness.sweep.reading.overrides import parse_overrides
from harness.sweep.reading.plain_yaml import read_yaml
from kd.errors import InputError
from kd.files import read_record
from kd.records import Failure


class Hints:
    """Commands about one sweep, made of what its folder holds: file, overrides, cluster and place of the results.

    Args:
        folder: The sweep's results; the sweep was started there at least once.
    """

    def __init__(self, folder: SweepFolder) -> None:
        self._folder = folder

    def again(self, retry_failed: bool = False, detach: bool = False, changes: Mapping[str, str] | None = None) -> str:
        """Go on with the sweep as it was started last, but for some keys of the sweep file."""
        record = self._folder.read_sweep()
        provenance = self._folder.path / "provenance.json"
        cluster = read_record(provenance, Provenance).cluster if provenance.exists() else "local"
        given = {
            "cluster": "" if cluster == "local" else cluster,
            "set": changed(record.overrides, self._kept_name(record) | dict(changes or {})),
            "results": self._results,
        }
        name = _name_of(record.origin)
        return command_line("sweep", name, **given, retry_failed=retry_failed, detach=detach)

    def retry(self, failures: Iterable[Failure]) -> str:
        """Try the runs that failed so once more: what was bad input is tried by every start, the rest on request."""
        return self.again(retry_failed=any(failure.has_to_be_asked_for for failure in failures))

    def plan(self) -> str:
        """What the sweep would run, as it was started last; its data are decoded."""
        record = self._folder.read_sweep()
        overrides = changed(record.overrides, self._kept_name(record))
        return command_line("plan", _name_of(record.origin), set=overrides, results=self._results)

    def status(self) -> str:
        """How far the sweep is."""
        return self._about("status")

    def cancel(self) -> str:
        """Stop the sweep's controller and jobs."""
        return self._about("cancel")

    def why(self, run_id: str = "") -> str:
        """What became of a run; of none: those to ask about."""
        return self._about("why", run=run_id)

    def _about(self, verb: str, **options: str) -> str:
        return command_line(verb, self._folder.path.name, **options, results=self._results)

    def _kept_name(self, record: SweepRecord) -> dict[str, str]:
        return kept_name(_name_by_now(record), self._folder.path.name)

    @property
    def _results(self) -> str:
        return named_results(self._folder.path.parent)


def once_mended(failures: Sequence[Failure], command: str) -> str:
    """What is to be done before runs that failed are tried again by a command: of the first, which is named beside it.

    >>> once_mended([Failure(kind="code error", reason="x")], "make sweep")
    'once the cause is fixed: make sweep'
    """
    if failures and failures[0].kind == "non-finite loss":
        return (
            "the same settings diverge again: change them in the sweep file or by SET (a lower optimizer.lr, "
            f"clip_grad_norm, a warm-up), or mend a model of your own, and repeat: {command}"
        )
    return f"once the cause is fixed: {command}"


def _name_by_now(record: SweepRecord) -> str:
    """What the sweep would be called if it were started now: its file may name another one since."""
    with suppress(InputError):  # no file, or none that can be read: the start will say so
        if not any(key == ["name"] for key, _ in parse_overrides(record.overrides)):
            return str(read_yaml(Path(record.origin)).get("name", record.sweep.name))
    return record.sweep.name


def _name_of(origin: str) -> str:
    """A sweep file as one names it: ``quickstart`` for the file of that name in ``sweeps/``, else its path.

    >>> _name_of("sweeps/quickstart.yaml"), _name_of("../mine.yaml")
    ('quickstart', '../mine.yaml')
    """
    path = Path(origin)
    return path.stem if path.parent == Path("sweeps") and path.suffix == ".yaml" else origin
