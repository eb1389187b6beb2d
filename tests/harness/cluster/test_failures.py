"""Exceptions become kinds of failure."""

import pytest
import torch

from harness.cluster.failures import classify
from kd.errors import InputError, NonFiniteLossError


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NonFiniteLossError("nan"), "non-finite loss"),
        (InputError("no such model"), "bad input"),
        (MemoryError(), "out of memory"),
        (torch.OutOfMemoryError("CUDA out of memory"), "out of memory"),
        (KeyError("x"), "code error"),
    ],
)
def test_failures_are_told_apart(error: Exception, kind: str) -> None:
    failure = classify(error)
    assert failure.kind == kind
    assert "\n" not in failure.reason
    assert failure.reason
