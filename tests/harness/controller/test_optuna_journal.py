"""Optuna's journal is a copy that may be lost."""

from typing import Any

import pytest


@pytest.mark.thorough
def test_the_journal_is_rebuilt_when_it_is_torn(lab: Any) -> None:
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    def load() -> list[Any]:
        storage = JournalStorage(JournalFileBackend(str(journal)))
        return optuna.load_study(study_name="mini", storage=storage).trials

    controller = lab.controller()
    controller.run()
    journal = controller.folder.path / "optuna.journal"
    before = load()
    assert [trial.params["alpha"] for trial in before] == [trial.alpha for trial in controller.searches[""].trials]
    journal.write_bytes(journal.read_bytes()[:-40])
    lab.controller().run()
    assert [(trial.params, trial.values) for trial in load()] == [(trial.params, trial.values) for trial in before]
    journal.unlink()
    lab.controller().run()
    assert [(trial.params, trial.values) for trial in load()] == [(trial.params, trial.values) for trial in before]
