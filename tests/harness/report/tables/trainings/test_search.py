"""The tables of the search: every trial, the chosen one marked, and what its parameters explain."""

from harness.report.study import Study
from harness.report.tables.trainings.search import importance_table, trial_table
from harness.report.text.language import language

EN = language("en")


def test_the_trials_with_the_chosen_setting_are_marked_and_no_others(study: Study) -> None:
    table = trial_table(study, EN)
    chosen = study.results.chosen
    assert chosen is not None
    assert len(table.records) == len(study.results.trials) == 7
    marked = [record for record in table.records if record["is_chosen"]]
    assert marked
    assert {(record["alpha"], record["temperature"]) for record in marked} == {(chosen.alpha, chosen.temperature)}


def test_some_trials_can_be_shown_alone(study: Study) -> None:
    some = [(study.results.headline, study.results.trials[2:4])]
    assert [record["trial"] for record in trial_table(study, EN, some).records] == [2, 3]


def test_the_files_hold_every_search_with_a_column_a_dimension(several: Study) -> None:
    table = trial_table(several, EN)
    assert {record["method"] for record in table.records} == {"kd", "dkd", "dist", "baseline"}
    assert [column.key for column in table.columns] == [
        "method", "trial", "alpha", "temperature", "student.optimizer.lr", "student.optimizer.name", "val_accuracy",
        "num_epochs", "state",
    ]  # fmt: skip
    chosen = [record for record in table.records if record["is_chosen"]]
    assert [record["method"] for record in chosen] == ["kd", "dkd", "dist", "baseline"]
    alone = next(record for record in table.records if record["method"] == "baseline")
    assert alone["alpha"] is None and alone["student.optimizer.lr"] is not None


def test_one_search_shows_its_own_dimensions(several: Study) -> None:
    alone = several.results.alone
    assert alone is not None
    table = trial_table(several, EN, [(alone, alone.trials.trials)])
    assert [column.head for column in table.columns][:3] == ["Trial", "optimizer.lr", "optimizer.name"]


def test_shares_are_whole_per_cent() -> None:
    table = importance_table({"alpha": 0.256, "temperature": 0.744}, EN)
    assert [table.cell(record, table.columns[1]) for record in table.records] == ["26 %", "74 %"]
