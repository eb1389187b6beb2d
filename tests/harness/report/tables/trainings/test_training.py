"""The tables of the trainings: measures with their verdicts, and the values of a chart's curves."""

import numpy as np

from harness.report.analysis.convergence import find_measures
from harness.report.figures.drawing.line_charts import Chart, Curve
from harness.report.study import Study
from harness.report.tables.trainings.training import curve_table, measure_table
from harness.report.text.language import language

EN = language("en")


def test_measures_are_those_that_were_found(study: Study) -> None:
    measures = find_measures(study.results)
    table = measure_table(study, EN)
    assert [record["key"] for record in table.records] == [measure.key for measure in measures]
    for record, measure in zip(table.records, measures, strict=True):
        assert (record["baseline"], record["distilled"]) == (
            measure.means.get("baseline"),
            measure.means.get("distilled"),
        )
        assert (record["verdict"] is None) == (measure.difference is None)


def test_of_a_long_curve_some_values_are_shown_the_last_among_them() -> None:
    epochs = np.arange(1, 101)
    accuracy = np.linspace(10, 90, 100)
    chart = Chart("accuracy", (Curve("val", "baseline", epochs, accuracy),), digits=2)
    table = curve_table(chart, EN)
    assert len(table.records) < 100
    assert table.records[0]["epoch"] == 1
    assert table.records[-1]["epoch"] in (100, "100")
    assert [column.head for column in table.columns[1:]] == ["val"]
