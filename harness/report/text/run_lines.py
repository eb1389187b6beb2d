"""Every run in a line: where it stands, what it used, and why it is not complete."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from harness.report.results.sweep_results import Results, RunResult
from harness.report.results.whose import Whose, whose_runs
from harness.report.text.labels import arm_name, setting_text
from harness.report.text.language import Language
from harness.report.text.missing import why
from harness.state.attempts.machine_time import MachineTime
from harness.state.attempts.run_state import FINISHED, RunState

RUN_STATES = (
    RunState.FAILED, RunState.UNREADABLE, RunState.INTERRUPTED, RunState.RUNNING, RunState.QUEUED,
    RunState.NOT_STARTED, RunState.PRUNED, RunState.COMPLETE,
)  # fmt: skip
"""What is wrong first."""
NUM_SLOWEST = 5


class RunLine(NamedTuple):
    """One run. ``seconds``: of training, by its history; None where it has none.

    ``arm``, ``method`` and ``variant``: as ``Whose`` has them.
    """

    id: str
    role: str
    arm: str | None
    method: str | None
    variant: str | None
    status: RunState
    trial: int | None
    seed: int | None
    setting: str
    num_epochs: int | None
    planned_epochs: int | None
    val_accuracy: float | None
    num_attempts: int
    num_preemptions: int
    hosts: tuple[str, ...]
    devices: tuple[str, ...]
    seconds: float | None
    machine_time: MachineTime
    why: str


class RoleLine(NamedTuple):
    """All runs of a role."""

    role: str
    num_runs: int
    statuses: Counter[RunState]
    num_attempts: int
    num_preemptions: int
    seconds: float
    machine_time: MachineTime


def describe_runs(results: Results, say: Language) -> list[RunLine]:
    """Every run, in the order of the stages."""
    whose, changed = whose_runs(results), {arm.key: arm_name(arm, say) for arm in results.arms if arm.variant}
    numbers = {
        run_id: trial.number for one in results.searched for trial in one.trials.trials for run_id in trial.run_ids
    }
    lines = []
    for run in results.all_runs():
        of = whose.get(run.id, Whose())
        name = changed.get(of.arm or "") or (of.method if len(results.methods) > 1 else None)
        lines.append(_line(run, results, numbers.get(run.id), of, name, say))
    return lines


def sum_up(lines: Sequence[RunLine]) -> list[RoleLine]:
    """The runs by role, in the order of the stages."""
    return [_role(role, [line for line in lines if line.role == role]) for role in dict.fromkeys(r.role for r in lines)]


def count_statuses(lines: Iterable[RunLine]) -> tuple[tuple[RunState, int], ...]:
    """How many runs stand where, what is wrong first; nothing of what none is."""
    totals = Counter(line.status for line in lines)
    return tuple((status, totals[status]) for status in RUN_STATES if totals[status])


def slowest(lines: Iterable[RunLine]) -> list[RunLine]:
    """The runs that trained longest."""
    timed = [line for line in lines if line.seconds]
    return sorted(timed, key=lambda line: -(line.seconds or 0.0))[:NUM_SLOWEST]


def run_records(lines: Iterable[RunLine]) -> list[dict[str, Any]]:
    """Every run as flat values; None where there is a hole."""
    return [
        {name: value for name, value in line._asdict().items() if name not in ("machine_time", "why")}
        | {"hosts": " ".join(line.hosts), "devices": ", ".join(line.devices)}
        | {"gpu_hours": line.machine_time.gpu_hours, "core_hours": line.machine_time.core_hours, "why": line.why}
        for line in lines
    ]


def _line(run: RunResult, results: Results, trial: int | None, of: Whose, name: str | None, say: Language) -> RunLine:
    train = run.training
    is_named = name is not None and of.variant is None
    told = [name, setting_text(train.distill, say, is_named)] if train and train.distill else []
    return RunLine(
        id=run.id,
        role=run.run.config.role,
        **of._asdict(),
        status=run.state,
        trial=trial,
        seed=train.seed if train else None,
        setting=say.join(filter(None, told)),
        num_epochs=run.num_epochs,
        planned_epochs=train.training.epochs if train else None,
        val_accuracy=run.val_accuracy,
        num_attempts=len(run.attempts),
        num_preemptions=run.num_preemptions,
        hosts=run.hosts,
        devices=run.devices,
        seconds=run.training_seconds,
        machine_time=results.machine_times[run.id],
        why=why(run, results, say) if run.state not in FINISHED else "",
    )


def _role(role: str, lines: Sequence[RunLine]) -> RoleLine:
    return RoleLine(
        role=role,
        num_runs=len(lines),
        statuses=Counter(line.status for line in lines),
        num_attempts=sum(line.num_attempts for line in lines),
        num_preemptions=sum(line.num_preemptions for line in lines),
        seconds=sum(line.seconds or 0.0 for line in lines),
        machine_time=sum((line.machine_time for line in lines), MachineTime()),
    )
