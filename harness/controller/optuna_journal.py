"""The study as an Optuna journal, for optuna-dashboard. A mirror: the run folders are the truth."""

from collections.abc import Sequence
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial


class Journal:
    """The journal file at ``path``, written by the one controller of a sweep.

    Args:
        path: ``optuna.journal``.
        study_name: The sweep's name.
        direction: Of the search's metric.
    """

    def __init__(self, path: Path, study_name: str, direction: StudyDirection) -> None:
        self._path = path
        self._study_name = study_name
        self._direction = direction
        self._study: optuna.Study | None = None
        self._num_written = 0

    def update(self, trials: Sequence[FrozenTrial], at_most: int | None = None) -> None:
        """Bring the file up to these trials; a missing, damaged or other journal is written anew.

        Args:
            trials: All that are told, in order.
            at_most: How many to add now; each is an fsync, and hundreds may become known at once.
        """
        if self._study is None:
            self._study = self._reopen(trials)
        for trial in trials[self._num_written :][:at_most]:
            self._study.add_trial(trial)
            self._num_written += 1

    def _reopen(self, trials: Sequence[FrozenTrial]) -> optuna.Study:
        # A controller that was killed while it wrote leaves its lock; no other one can be at work.
        self._path.with_name(f"{self._path.name}.lock").unlink(missing_ok=True)
        try:
            # optuna reads past a torn last line, but would append the next record to it
            if self._path.exists() and not self._path.read_bytes().endswith(b"\n"):
                raise ValueError("torn")
            study = self._open()
            kept = study.get_trials(deepcopy=False)
            if len(kept) <= len(trials) and all(map(_same, trials, kept)):
                self._num_written = len(kept)
                return study
        except Exception:  # a damaged file makes optuna raise whatever its parser or replay raises
            pass
        self._path.unlink(missing_ok=True)
        return self._open()

    def _open(self) -> optuna.Study:
        self._path.touch(mode=0o600)
        return optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(self._path))),
            study_name=self._study_name,
            direction=self._direction,
            load_if_exists=True,
        )


def _same(ours: FrozenTrial, theirs: FrozenTrial) -> bool:
    fields = ("state", "params", "values", "intermediate_values")
    return all(getattr(ours, field) == getattr(theirs, field) for field in fields)
