"""The published student as one ONNX file, made in a process of its own: torch stays out of here."""

import subprocess
import sys

from harness.state.folder import SweepFolder
from harness.sweep.plan import Plan

MODEL, FILE = "model", "model.onnx"


def export_student(plan: Plan, folder: SweepFolder) -> int:
    """Write ``<sweep>/model.onnx`` from ``<sweep>/model``; what happened is said by the process that does it.

    The student's factory may be imported, since the user's own sweep file names it.

    Returns:
        The exit code: 0, or 2 where there is no student or the extra is missing.
    """
    words = [sys.executable, "-m", "kd.models.onnx", str(folder.path / MODEL), str(folder.path / FILE)]
    return subprocess.run([*words, "--model", plan.sweep.student.model], check=False).returncode
