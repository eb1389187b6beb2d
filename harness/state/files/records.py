"""What the controller writes, beside the runs' own records (``kd.records``)."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from harness.state.attempts.run_state import RunState
from harness.sweep.schema import Setting, Sweep
from harness.sweep.search.config import Value
from harness.sweep.sections.seeds import SeedsConfig
from kd.errors import UnreadableFileError
from kd.files import write_bytes
from kd.records import Code, Record, RunName

TAKEN_OVER = "taken_over.json"
SEEDS = "seeds.json"
_ONLY_THE_CODE = re.compile(r"srun: error: .* Exited with exit code \d+")


class SweepRecord(Record):
    """``sweep.yaml``: the sweep as resolved by its newest start, and the data it runs on."""

    sweep: Sweep
    origin: str = Field(description="the sweep file")
    overrides: str = ""
    digest: str = Field(description="of the decoded data")


def write_sweep_record(folder: Path, record: SweepRecord) -> None:
    """Write ``sweep.yaml`` into a sweep's folder."""
    text = yaml.safe_dump(record.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    write_bytes(folder / "sweep.yaml", text.encode())


def read_sweep_record(folder: Path) -> SweepRecord:
    """Read ``sweep.yaml`` of a sweep's folder.

    Raises:
        FileNotFoundError: The sweep was never started.
        UnreadableFileError: The file is damaged or of a newer version.
    """
    path = folder / "sweep.yaml"
    try:
        return SweepRecord.model_validate(load_yaml(path.read_bytes()))
    except (yaml.YAMLError, ValidationError) as error:
        raise UnreadableFileError(path, _first_problem(error)) from error


def load_yaml(text: str | bytes) -> Any:
    """A file of ours as plain values: by libyaml where PyYAML has it, ten times as fast and with the same result.

    Raises:
        yaml.YAMLError: It is damaged.
    """
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _first_problem(error: yaml.YAMLError | ValidationError) -> str:
    if isinstance(error, ValidationError):
        detail = error.errors()[0]
        return ": ".join(filter(None, (".".join(map(str, detail["loc"])), detail["msg"])))
    return str(error).partition("\n")[0]


class Provenance(Record):
    """``provenance.json``: which program and machines made the results."""

    code: Code
    cluster: str


class RepeatRecord(BaseModel):
    """One more training of a trial's setting, with another seed."""

    run_id: RunName
    state: RunState = Field(RunState.RUNNING, description="as the search was told")
    value: float | None = Field(None, description="the search's metric after the last epoch")


class TrialRecord(BaseModel):
    """One trial of the search."""

    number: int
    run_id: RunName
    params: dict[str, Value] = Field(description="what was asked, by the names of the space")
    alpha: float | None = Field(None, description="of the run that came of it; null where nothing was distilled")
    temperature: float | None = None
    state: RunState = Field(
        RunState.RUNNING,
        description="as the search was told; where the run itself stands, its folder says",
    )
    value: float | None = Field(None, description="the search's metric after the last epoch")
    repeats: tuple[RepeatRecord, ...] = Field(
        (),
        exclude_if=lambda repeats: not repeats,
        description="of one of the best: its trainings with further seeds, whose mean with the first one's chooses",
    )

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The trial's run, and those of its repeats."""
        return (self.run_id, *(repeat.run_id for repeat in self.repeats))

    @property
    def mean(self) -> float | None:
        """The value over all seeds of the setting that are complete; None without one."""
        runs: list[TrialRecord | RepeatRecord] = [self, *self.repeats]
        known = [run.value for run in runs if run.state == RunState.COMPLETE and run.value is not None]
        return sum(known) / len(known) if known else None

    @property
    def setting(self) -> Setting:
        """Alpha and temperature of a distilled trial.

        Raises:
            ValueError: Nothing was distilled.
        """
        if self.alpha is None or self.temperature is None:
            raise ValueError(f"trial {self.number} is of a student alone")
        return Setting(alpha=self.alpha, temperature=self.temperature)

    @model_validator(mode="before")
    @classmethod
    def _alpha_and_temperature_were_all(cls, content: Any) -> Any:
        """A file from before there were other dimensions names both alone."""
        if isinstance(content, Mapping) and "params" not in content and {"alpha", "temperature"} <= content.keys():
            asked = {name: float(content[name]) for name in ("alpha", "temperature")}
            return {**content, "params": asked}
        return content


class Trials(Record):
    """``trials.json``: the search so far, for readers; recomputed by every start of the controller."""

    trials: tuple[TrialRecord, ...] = ()
    best: int | None = Field(None, description="number of the chosen trial, once the search is over")


def trials_name(search: str) -> str:
    """The file of a search, by its name.

    >>> trials_name(""), trials_name("dkd"), trials_name("@tiny")
    ('trials.json', 'trials-dkd.json', 'trials-@tiny.json')
    """
    return f"trials{search and '-'}{search}.json"


def journal_name(search: str) -> str:
    """The file of Optuna's own record of the same."""
    return f"optuna{search and '-'}{search}.journal"


Enough = Literal["half_width", "zero", "margin", "images", "max", "failed"]
"""Why no more seeds are added: the interval on test should be narrow enough, clear of zero, or within the margin; more
seeds would hardly narrow it; there may be no more; there are no two pairs to compare."""


class SeedLook(BaseModel):
    """One look at whether the seeds are enough: on val alone, at the headline's gain, in its metric. As shares."""

    num_seeds: int = Field(description="that there were")
    num_pairs: int = Field(description="of these, those of which baseline and distilled student are both complete")
    gain: float | None = Field(None, description="on val; null with fewer than two pairs")
    low: float | None = Field(None, description="above which the gain's interval on test should lie, in 4 of 5 cases")
    high: float | None = Field(None, description="below which it should, likewise")
    half_width: float | None = Field(None, description="that it should have")
    enough: Enough | None = Field(None, description="null: seeds were added")


class SeedLooks(Record):
    """``seeds.json``: the looks so far, for readers; recomputed by every start of the controller."""

    rule: SeedsConfig
    of: tuple[RunName, ...] = Field(description="what is compared: baseline and distilled student of the first seed")
    looks: tuple[SeedLook, ...] = ()


JobId = Annotated[str, Field(pattern=r"^\w[\w.-]*$")]
"""A scheduler's name for a job: the name of a file, and a word of a command that must not read as an option."""


class JobRecord(Record):
    """``jobs/<id>.json``: a job that was submitted, so that the next controller knows of it."""

    job_id: JobId
    run_ids: tuple[RunName, ...]
    submitted_at: str
    pid: int | None = Field(None, gt=0, description="local jobs: the process that was started for it")
    process_created: float | None = None
    host: str | None = Field(None, description="local jobs: where that process runs")
    gpus: tuple[int | str, ...] = Field((), description="local jobs: their GPUs, by number or UUID")
    num_slots: int = Field(1, description="that it takes of the place's")
    asks: str | None = Field(None, description="SLURM jobs: a hash of what its profile asked for")


class FalseStart(Record):
    """``jobs/never-began/<id>.json``: a job that ended before it began any of its runs."""

    job_id: JobId
    run_ids: tuple[RunName, ...]
    ended_at: str
    state: str | None = Field(None, description="how it ended, in the scheduler's word where there is one")
    node: str | None = None
    log: str | None = Field(None, description="path of its output")
    log_end: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The job in one line: which, where, how it ended, and what it said last."""
        where = f" on {self.node}" if self.node else ""
        lines = [line.strip() for line in self.log_end if line.strip()]
        telling = [line for line in lines if not _ONLY_THE_CODE.fullmatch(line)]
        last = next(reversed(telling or lines), None)
        empty = f"its log is {self.log}" if self.log else "it wrote no log"
        said = f"its log ends: {last} ({self.log})" if last else empty
        return f"job {self.job_id}{where}: {self.state or 'no word of how it ended'}; {said}"


class TakenOver(Record):
    """``taken_over.json`` in a run's folder: it was carried out by another sweep, and has the same name there."""

    sweep: str = Field(description="its name, in the same results folder; it may have been deleted since")


class ControllerRecord(Record):
    """``controller.json``: the controller at work."""

    host: str
    pid: int = Field(gt=0)
    process_created: float
    started_at: str
    num_slots: int
    notes: tuple[str, ...] = Field((), description="what keeps it from submitting jobs now, which only it knows")
