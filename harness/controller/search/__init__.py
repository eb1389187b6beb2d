"""The search: which settings are tried, which trials end early, and which setting is chosen."""

from harness.controller.search.study import Search, Trial, TrialResult

__all__ = ["Search", "Trial", "TrialResult"]
