"""Optuna's journal is a copy that may be lost."""

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize("change", [{"values": [0.9]}, {"params": {"alpha": 0.75}}, {"intermediate_values": {0: 0.1}}])
def test_a_journal_of_other_trials_is_written_anew_and_one_of_the_first_ones_is_continued(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    import optuna

    from harness.controller.optuna_journal import Journal

    def journal() -> Journal:
        return Journal(tmp_path / "optuna.journal", "mini", optuna.study.StudyDirection.MAXIMIZE)

    def told(**changes: Any) -> optuna.trial.FrozenTrial:
        told = {"values": [0.5], "params": {"alpha": 0.5}, "intermediate_values": {0: 0.4}} | changes
        return optuna.create_trial(distributions={"alpha": optuna.distributions.FloatDistribution(0, 1)}, **told)

    def kept() -> list[Any]:
        return [(trial.values, trial.params, trial.intermediate_values) for trial in journal()._open().get_trials()]

    first, other = told(), told(**change)
    journal().update([first, other])
    written = (tmp_path / "optuna.journal").read_bytes()
    journal().update([first, other, first])
    assert (tmp_path / "optuna.journal").read_bytes().startswith(written)
    assert kept()[0] == kept()[2] != kept()[1]
    journal().update([first, first, first])
    assert kept() == [([0.5], {"alpha": 0.5}, {0: 0.4})] * 3


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
