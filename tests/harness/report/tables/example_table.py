"""A table with every kind of cell."""

import math

from harness.report.analysis.chance.statistics import Estimate
from harness.report.tables.form.table import UNKNOWN, Column, Table
from harness.report.text.numbers import percent, signed_points

COLUMNS = (
    Column("model", "Model", is_text=True),
    Column("temperature", "T", "{:.3g}".format),
    Column("accuracy", "Accuracy, %", percent, best="highest"),
    Column("gain", "Gain, points", signed_points, percent),
    Column("loss", "Loss", "{:.2f}".format, best="lowest"),
)
RECORDS = (
    {"model": "Teacher", "temperature": None, "accuracy": Estimate(0.99, 0.98, 0.995), "gain": UNKNOWN, "loss": 0.1},
    {"model": "A_1 & B", "temperature": 4.0, "accuracy": Estimate(0.9, 0.89, 0.92), "gain": UNKNOWN, "loss": 0.5},
    {
        "model": "C|D",
        "temperature": 2.5,
        "accuracy": Estimate(0.91, math.nan, math.nan),
        "gain": Estimate(-0.01, -0.03, 0.01),
        "loss": 0.4,
    },
)
TABLE = Table("example", "95 % of a_b; ± as above", COLUMNS, RECORDS, frozenset({1, 2}))
