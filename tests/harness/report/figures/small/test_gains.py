"""Small figures about the gain."""

from collections.abc import Callable
from pathlib import Path

from harness.report.figures.small.gains import gains_figure, leads_figure, other_tests_figure
from harness.report.study import Study, read_study
from tests.support.invented_sets import invent_sets


def test_every_arm_with_a_gain_has_a_mark(study: Study) -> None:
    svg = gains_figure(study.rows) or ""
    keys = [row.arm.key for row in study.rows if row.gain is not None]
    assert keys and all(f'data-arm="{key}"' in svg for key in keys) and 'data-arm="teacher"' not in svg
    assert gains_figure([row for row in study.rows if row.gain is None]) is None


def test_methods_stand_by_their_leads_the_largest_first(several: Study) -> None:
    assert several.methods is not None
    svg = leads_figure(several.methods) or ""
    rows = {row.name: row.row.arm.key for row in several.methods.others}
    assert 0 < svg.index(f'data-arm="{rows["dkd"]}"') < svg.index(f'data-arm="{rows["dist"]}"')


def test_every_other_set_has_a_mark(tmp_path: Path, invent: Callable[..., Path]) -> None:
    folder = invent_sets(invent(tmp_path, 3, 60, ["a", "b", "c"], seeds=3), {"mine": 400, "yours": 400})
    sets = read_study(folder, tmp_path / ".data").findings.extra_tests
    assert (other_tests_figure(sets) or "").count("<circle") == 2 and other_tests_figure([]) is None
