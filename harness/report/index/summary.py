"""A sweep in one small file, ``report/summary.json``: what the list of sweeps needs without reading results again."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, Field

from harness.report.analysis.words import CauseKind, Verdict, Within
from harness.state.attempts.run_state import SweepState
from harness.state.files.records import Enough
from harness.sweep.search.config import Value
from harness.sweep.sections.metric import Metric
from kd.config import ModelTraining
from kd.records import Record

if TYPE_CHECKING:  # who reads summaries, as every start does, reckons nothing
    from harness.report.analysis.arms.gains import Answer
    from harness.report.analysis.arms.methods import MethodComparison, MethodRow
    from harness.report.analysis.arms.seeds import SeedReading
    from harness.report.analysis.causes import Cause
    from harness.report.analysis.chance.one_training import OneTraining
    from harness.report.analysis.chance.statistics import Gain
    from harness.report.analysis.chance.study_power import StudyPower
    from harness.report.analysis.costs import Cost
    from harness.report.analysis.family import Family, StudentRow
    from harness.report.results.sweep_results import Results
    from harness.report.study import Study

FILE = "summary.json"
CPU = "cpu"


class GainSummary(BaseModel):
    """The headline: a difference on test with its 95 % interval, as shares of the summary's ``metric``."""

    mean: float
    low: float
    high: float
    num_seeds: int
    num_images: int
    verdict: Verdict
    margin: float | None = Field(None, description="within which gains are called equivalent, as a share")

    @property
    def judged(self) -> Verdict:
        """What may be said of it: by the rule of today, whichever version wrote the summary."""
        from harness.report.analysis.chance.statistics import Estimate, verdict

        return verdict(Estimate(self.mean, self.low, self.high), self.num_seeds, self.margin)


class OneTrainingSummary(BaseModel):
    """How likely one distilled training beats one baseline training, as a share with its 95 % interval."""

    share: float
    low: float
    high: float
    num_pairs: int
    num_wins: int
    num_ties: int = Field(description="each counts half")


class PowerSummary(BaseModel):
    """What the study could tell, four times out of five, and what a gain as large as the one measured would take."""

    smallest_gain: float
    half_width_of_images: float = Field(description="of the 95 % interval that the test images leave, with any seeds")
    way: str = Field(description="told, seeds, images, both or none: what would tell the gain")
    num_seeds: int | None
    num_images: int | None
    command: str | None = Field(None, description="that adds seeds")


class CostSummary(BaseModel):
    """What a model costs; ``latency_ms`` is the median for one image."""

    name: str
    num_parameters: int | None
    macs: int | None
    latency_ms: float | None


class WeakTeacherSummary(BaseModel):
    """A teacher that is not better than the student alone: on val, as shares of the metric that judges there."""

    teacher: float
    baseline: float


class MethodSummary(BaseModel):
    """One method of several: its gain over the baseline, and its lead over the yardstick, as shares."""

    name: str
    is_yardstick: bool
    alpha: float | None
    temperature: float | None
    params: dict[str, Value] = Field({}, description="that its search chose")
    accuracy: float | None = Field(description="on test, by ``metric``, mean over seeds; null where none was tested")
    gain: GainSummary | None
    lead: GainSummary | None = Field(description="null of the yardstick")
    lead_p_holm: float | None = Field(description="adjusted for all leads")
    lead_verdict: Verdict | None = Field(description="by the adjusted p-value")


class SeedSummary(BaseModel):
    """How many seeds there are, where results decide it, and what they cost."""

    number: int
    most: int
    is_decided: bool
    enough: Enough | None = Field(description="why no more are added; null before that is decided")
    num_runs: int = Field(description="trainings of all arms with these seeds that are over")
    gpu_hours: float
    core_hours: float


class StudentSummary(BaseModel):
    """One student of several: its gain over its own baseline, and its difference from the teacher, as shares."""

    name: str
    cost: CostSummary
    num_bytes: int | None = Field(description="of the weights' files")
    accuracy: float | None = Field(description="on test, by ``metric``, mean over seeds; null where it was not tested")
    gain: GainSummary | None
    behind: GainSummary | None = Field(description="against the teacher")
    within: Within | None = Field(description="one point of the teacher; null where nobody can tell")
    dominated_by: str | None = Field(description="who is at least as accurate and costs no more")


class Summary(Record):
    """``summary.json``."""

    name: str
    description: str
    is_complete: bool = Field(description="nothing is missing from the answer")
    state: SweepState | None = Field(None, description="of the sweep, when the report was made")
    num_done: int = Field(description="runs that are over and did not fail, as every sentence counts them")
    num_failed: int = Field(0, description="runs that failed for good; older summaries counted them as done")
    num_planned: int
    gain: GainSummary | None
    one_training: OneTrainingSummary | None = Field(None, description="null with fewer than three seeds")
    power: PowerSummary | None = Field(None, description="null with fewer than three seeds")
    alpha: float | None
    temperature: float | None
    method: str | None = Field(None, description="that taught the distilled student; null of a single method")
    methods: tuple[MethodSummary, ...] = Field((), description="of several, in the order of the sweep file")
    methods_sentence: str | None = Field(None, description="which of several methods leads, in English")
    accuracies: dict[str, float | None] = Field(description="on test: teacher (or ensemble), baseline, distilled")
    metric: Metric = Field(
        "accuracy", exclude_if=lambda metric: metric == "accuracy", description="that gains and accuracies are in"
    )
    students: tuple[StudentSummary, ...] = Field((), description="of several, in the order of the sweep file")
    chosen_student: str | None = Field(
        None, description="of several: whose the figures above and the published model are"
    )
    students_sentence: str | None = Field(None, description="the smallest of several that is good enough, in English")
    share_kept: float | None = Field(description="of the teacher's accuracy; null where either student is above it")
    seeds: SeedSummary | None = Field(None, description="null where their number is given")
    weak_teacher: WeakTeacherSummary | None = Field(None, description="null of a teacher that is better")
    causes: tuple[str, ...] = Field((), description="why there is no clear gain, the first cause first; by name")
    teacher: CostSummary = Field(description="of several: all together, without a latency")
    student: CostSummary
    newest: str | None = Field(description="when the newest attempt ended, or began where none did")
    hardware: tuple[str, ...]
    training_seconds: float
    sweep: dict[str, Any] = Field(description="the sweep as resolved")

    @property
    def first_cause(self) -> str | None:
        """The first that is known here: an older version named none but a weak teacher, a newer one may know others."""
        named = ("weak-teacher" if self.weak_teacher else "", *self.causes)
        return next((cause for cause in named if cause in get_args(CauseKind)), None)


def summarize(
    results: "Results",
    answer: "Answer",
    costs: "Sequence[Cost]",
    methods: "MethodComparison | None" = None,
    causes: "Sequence[Cause]" = (),
) -> Summary:
    """What the result files come to."""
    from harness.report.analysis.attempts import summarize_attempts
    from harness.report.text.findings.methods import methods_sentence
    from harness.report.text.language import language

    sweep = results.plan.sweep
    attempts, standing = summarize_attempts(results), results.standing
    moments = [each.ended_at or each.started_at for run in results.all_runs() for each in run.attempts]
    weak = answer.weak_teacher
    rows = {"teacher": answer.teacher, "baseline": answer.baseline, "distilled": answer.distilled}
    return Summary(
        name=sweep.name,
        description=sweep.description,
        is_complete=answer.gain is not None and not answer.missing,
        state=standing.state,
        num_done=standing.succeeded,
        num_failed=len(standing.failed),
        num_planned=standing.total,
        gain=_gain(answer.gain),
        one_training=_one_training(answer.one_training),
        power=_power(answer.power, answer.more_seeds.line if answer.more_seeds else None),
        alpha=answer.chosen.alpha if answer.chosen else None,
        temperature=answer.chosen.temperature if answer.chosen else None,
        method=answer.distilled.arm.method or None,
        methods=tuple(map(_method, methods.rows)) if methods else (),
        methods_sentence=methods_sentence(methods, language("en", results.metric)) if methods else None,
        accuracies={key: row.accuracy.mean if row.accuracy else None for key, row in rows.items()},
        metric=results.metric,
        share_kept=answer.distilled.kept,
        seeds=_seeds(answer.seeds) if answer.seeds else None,
        weak_teacher=WeakTeacherSummary(teacher=weak.teacher, baseline=weak.baseline) if weak else None,
        causes=tuple(cause.kind for cause in causes),
        teacher=_cost(costs[0], sweep.all_teachers),
        student=_cost(costs[-1], [sweep.student]),
        newest=max(moments, default=None),
        hardware=_hardware(results, [device for device, _ in attempts.devices]),
        training_seconds=attempts.seconds,
        sweep=sweep.model_dump(mode="json"),
    )


def summarize_family(family: "Family", studies: "Sequence[Study]") -> Summary:
    """What several students come to: of the one that stands for the sweep its figures, and a line for each."""
    from harness.report.results.family import standing_of_family
    from harness.report.text.findings.family import family_sentence
    from harness.report.text.language import language

    chosen = next(one for one in studies if one.results.plan.student_key == family.chosen.key)
    own, standing = (
        summarize(chosen.results, chosen.answer, chosen.costs, chosen.methods),
        standing_of_family([one.results for one in studies]),
    )
    each = [summarize(one.results, one.answer, one.costs) for one in studies]
    runs = {run.id: run for one in studies for run in one.results.all_runs()}.values()
    moments = [attempt.ended_at or attempt.started_at for run in runs for attempt in run.attempts]
    return own.model_copy(
        update={
            "is_complete": all(one.is_complete for one in each),
            "state": standing.state,
            "num_done": standing.succeeded,
            "num_failed": len(standing.failed),
            "num_planned": standing.total,
            "students": tuple(map(_student, family.rows)),
            "chosen_student": family.chosen.key,
            "students_sentence": family_sentence(family, language("en", own.metric)),
            "newest": max(moments, default=None),
            "hardware": tuple(dict.fromkeys(device for one in each for device in one.hardware)),
            "training_seconds": sum(run.training_seconds or 0.0 for run in runs),
            "sweep": chosen.results.record.sweep.model_dump(mode="json"),
        }
    )


def _student(row: "StudentRow") -> StudentSummary:
    size = row.cost.size
    return StudentSummary(
        name=row.key,
        cost=CostSummary(
            name=row.cost.model or row.key,
            num_parameters=size.num_parameters if size else None,
            macs=size.macs if size else None,
            latency_ms=row.price("latency"),
        ),
        num_bytes=size.num_bytes if size else None,
        accuracy=row.accuracy.mean if row.accuracy else None,
        gain=_gain(row.part.answer.gain),
        behind=_gain(row.behind),
        within=row.within,
        dominated_by=row.dominated_by or None,
    )


def _method(row: "MethodRow") -> MethodSummary:
    distill = row.found.distill
    return MethodSummary(
        name=row.name,
        is_yardstick=row.is_yardstick,
        alpha=distill.alpha if distill else None,
        temperature=distill.temperature if distill else None,
        params=dict(row.found.params or {}),
        accuracy=row.row.accuracy.mean if row.row.accuracy else None,
        gain=_gain(row.row.gain),
        lead=_gain(row.lead),
        lead_p_holm=row.adjusted_p,
        lead_verdict=row.verdict,
    )


def _gain(gain: "Gain | None") -> GainSummary | None:
    if gain is None:
        return None
    both = gain.both
    return GainSummary(
        mean=both.mean,
        low=both.low,
        high=both.high,
        num_seeds=gain.num_seeds,
        num_images=gain.num_images,
        verdict=gain.verdict,
        margin=gain.margin,
    )


def _seeds(reading: "SeedReading") -> SeedSummary:
    return SeedSummary(
        number=reading.count.number,
        most=reading.rule.most,
        is_decided=reading.count.is_decided,
        enough=reading.last.enough if reading.last else None,
        num_runs=reading.num_runs,
        gpu_hours=reading.machine_time.gpu_hours,
        core_hours=reading.machine_time.core_hours,
    )


def _one_training(found: "OneTraining | None") -> OneTrainingSummary | None:
    if found is None:
        return None
    ends = {"share": found.share.mean, "low": found.share.low, "high": found.share.high}
    counts = {"num_pairs": found.num_pairs, "num_wins": found.num_wins, "num_ties": found.num_ties}
    return OneTrainingSummary(**ends, **counts)


def _power(found: "StudyPower | None", command: str | None) -> PowerSummary | None:
    if found is None:
        return None
    return PowerSummary(
        smallest_gain=found.smallest_gain,
        half_width_of_images=found.of_images,
        way=found.way,
        num_seeds=found.num_seeds,
        num_images=found.num_images,
        command=command,
    )


def _cost(cost: "Cost", models: Iterable[ModelTraining]) -> CostSummary:
    from kd.model_card import public_title

    return CostSummary(
        name=" + ".join(public_title(each) for each in models),
        num_parameters=cost.size.num_parameters if cost.size else None,
        macs=cost.size.macs if cost.size else None,
        latency_ms=cost.single.median_ms if cost.single else None,
    )


def _hardware(results: "Results", devices: Iterable[str]) -> tuple[str, ...]:
    """GPUs by their names; a processor by its name where the test run has told it."""
    measured = results.speed.device if results.speed else CPU
    return tuple(dict.fromkeys(measured if device == CPU else device for device in devices))
