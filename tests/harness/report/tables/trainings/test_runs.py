"""The tables of the search and of the runs."""

from harness.report.study import Study
from harness.report.tables.files import find_tables
from harness.report.text.language import language


def test_the_search_and_the_runs_are_told_in_full(study: Study) -> None:
    tables = {table.name: table for table in find_tables(study, language("en"))}
    assert len(tables["trials"].records) == len(study.results.trials)
    assert [record["id"] for record in tables["runs"].records] == [run.id for run in study.results.all_runs()]
