"""Sizes and curves, as a notebook shows them."""

import math

from torch import nn

from kd import compare_models, plot_training_curves


def test_sizes_side_by_side(capsys):
    comparison = compare_models(nn.Linear(1023, 1000), nn.Linear(63, 1000).half())
    assert comparison == (1_024_000, 64_000, 4_096_000, 128_000)
    assert comparison.compression == 16
    assert "student         64,000     0.12           16.0" in capsys.readouterr().out


def test_curves_that_are_missing_are_left_out():
    figure = plot_training_curves({"train_loss": [3.0, 2.0], "val_accuracy": [0.1, 0.4], "soft_loss": []})
    drawn = [{line.get_label(): list(line.get_ydata()) for line in axes.lines} for axes in figure.axes]
    assert drawn == [{"training, total": [3.0, 2.0]}, {"validation": [0.1, 0.4]}]
    assert not math.isnan(figure.axes[0].dataLim.x1)
