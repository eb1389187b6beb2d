"""The words by which findings are named in files, tables and messages, apart from what reckons: they load at once."""

from typing import Literal

Verdict = Literal["gain", "loss", "equivalent", "no clear difference", "undecided", "too few seeds"]
"""What may be said of a difference, by every outlet; "equivalent" and "undecided" where there is a margin alone."""

Within = Literal["yes", "maybe", "no"]
"""Whether a student is within the margin: where the interval of its difference from the teacher lies wholly above it,
on both sides of it, or wholly below it."""

CauseKind = Literal[
    "nothing-learned",
    "weak-teacher",
    "other-input",
    "other-views",
    "wrong-labels",
    "sure-teacher",
    "underfit",
    "uneven-tuning",
    "edge",
    "small-gain",
]
"""Why distillation did not help, the most basic first."""
