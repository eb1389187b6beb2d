"""The results folders of the harness tests."""

from tests.harness.conftest import digits, lab

__all__ = ["digits", "lab"]
