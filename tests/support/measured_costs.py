"""A sweep's results with what its models cost."""

from pathlib import Path

from harness.report.analysis.arms.gains import Row, find_rows
from harness.report.analysis.costs import Cost, find_costs
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results

Measured = tuple[Results, tuple[Row, ...], tuple[Cost, ...]]


def measure(folder: Path) -> Measured:
    """Results, rows and costs of a sweep."""
    results = read_results(folder)
    rows = find_rows(results)
    return results, rows, find_costs(results, rows)
