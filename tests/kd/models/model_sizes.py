"""Sizes of networks, counted by hand."""

import itertools

from kd.evaluation.logits import measure_size
from kd.models import BUILT_IN, build_model


def conv_size(widths, size):
    """Parameters without bias plus batch normalisation, and multiply-accumulates, of 3×3 convolutions at one size."""
    pairs = list(itertools.pairwise(widths))
    weights = sum(9 * before * after for before, after in pairs)
    return weights + sum(2 * after for _, after in pairs), weights * size * size


def check_size(name, shape, num_parameters, macs):
    """The model of 10 classes has this size, and its docstring says so."""
    size = measure_size(build_model(name, 10, shape), shape)
    assert (size.num_parameters, size.macs) == (num_parameters, macs)
    assert f"{num_parameters:,} parameters" in BUILT_IN[name].__doc__
