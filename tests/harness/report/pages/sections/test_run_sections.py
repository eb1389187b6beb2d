"""Sections about the work: training, what is missing, runs."""

from harness.report.figures.drawing.style import drawing_style
from harness.report.pages.sections.run_sections import missing_section, runs_section, training_section
from harness.report.study import Study
from harness.report.text.language import language
from harness.report.text.run_lines import describe_runs

EN = language("en")


def test_of_several_methods_the_front_page_draws_the_headline_alone(several: Study) -> None:
    with drawing_style():
        section = training_section(several, {}, EN)
    labels = {curve.label for shown in section.charts for curve in shown.chart.curves}
    assert labels == {"Teacher", "Baseline", f"Distilled ({several.results.headline.method.name})"}


def test_runs_are_counted_by_role(study: Study) -> None:
    section = runs_section(describe_runs(study.results, EN), EN)
    assert section.roles is not None and "baseline" in section.roles


def test_where_nothing_is_missing_there_is_no_section(study: Study) -> None:
    assert missing_section(study, EN) is None
