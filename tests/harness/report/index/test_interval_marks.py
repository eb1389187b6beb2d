"""Equal values look equal."""

from harness.report.index.comparison import compare_settings


def test_equal_values_have_equal_tints() -> None:
    (setting,) = compare_settings([{"seeds": seeds} for seeds in (3, 5, 5, 7, 3, 5)])
    assert setting.tints == (1, 0, 0, 2, 1, 0)
