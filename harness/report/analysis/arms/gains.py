"""The answer: did distillation help, by how much, and is it real?"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.arms.guessing import Guessing, guessing_of
from harness.report.analysis.arms.seeds import SeedReading, read_seeds
from harness.report.analysis.chance import statistics
from harness.report.analysis.chance.one_training import OneTraining, one_training
from harness.report.analysis.chance.statistics import Estimate, Gain, accuracy, paired_gain, t_estimate
from harness.report.analysis.chance.study_power import StudyPower, find_power, seeds_wanted
from harness.report.results.message import Message
from harness.report.results.provenance import find_line, has_to_be_asked
from harness.report.results.sweep_results import Arm, Results, RunResult
from harness.report.results.ties import Tie, find_tie
from harness.state.attempts.run_state import OVER, RunState
from harness.state.stages.weak_teacher import WeakTeacher, judge_teacher
from harness.sweep.plan import Plan
from harness.sweep.sections.metric import METRICS, score_in
from kd.config import DistillConfig
from kd.records import ModelSize, Scores
from kd.scores import is_at_chance, is_unequal, macro_f1

Rank = Literal["best", "tied"]


@dataclass(frozen=True)
class Row:
    """One arm in figures. ``None`` is a hole: not run, failed, or not read yet.

    ``num_seeds``: runs that were tested, or, before test is read, whose val accuracy is known.
    ``accuracy`` and ``accuracies``, ``gain`` and ``kept`` are in the study's metric, ``Results.metric``, and
    ``val_accuracy`` in ``Results.val_metric``; ``unequal`` says what other metrics do where classes differ in size.
    ``gain`` is over the baseline on the seeds that both have; ``kept`` as ``share_kept`` gives it,
    and nothing where the teacher is not better on val than the student alone. ``top5``,
    ``nll`` and ``ece`` (calibration error) are of the test images,
    over seeds. ``rank``: the student with the highest test accuracy of several, and those that the paired
    interval of the difference cannot tell from it.
    """

    arm: Arm
    num_seeds: int
    size: ModelSize | None
    val_accuracy: float | None
    accuracy: Estimate | None
    accuracies: tuple[float, ...]
    top5: Estimate | None
    nll: Estimate | None
    ece: Estimate | None
    gain: Gain | None
    kept: float | None
    parameter_ratio: float | None
    mac_ratio: float | None
    rank: Rank | None = None
    unequal: "UnequalClasses | None" = None


class UnequalClasses(NamedTuple):
    """What each metric says of an arm on test, where it matters which one is asked: classes differ much in size.

    Intervals are for another training and another test sample; without the predictions they are over seeds.
    """

    accuracy: Estimate | None
    balanced_accuracy: Estimate | None
    macro_f1: Estimate | None


class MoreSeeds(NamedTuple):
    """``line``: the command that adds seeds, as pages name it.

    ``changes``: the keys of the sweep file that it sets. ``retry_failed``: it tries failed runs again.
    """

    line: str
    changes: Mapping[str, str]
    retry_failed: bool = False


@dataclass(frozen=True)
class Answer:
    """What the whole sweep comes to; ``missing`` says why it is not the full answer.

    ``is_final``: nothing more will come.
    ``one_training``: how often one of each is better with distillation; ``power``: what the study could tell, and
    ``more_seeds`` adds seeds where they would tell more.
    ``tie``: the trials that the search could not tell from the one it chose.
    ``weak_teacher``: the teacher is not better on val than the student alone. ``guessing``: that student learned
    nothing, so that no more seeds would tell more. ``teacher_lead``: of this teacher, or
    this ensemble, over the baselines on test. ``seeds``: how their number came about, where results decide it.
    """

    gain: Gain | None
    chosen: DistillConfig | None
    baseline: Row
    distilled: Row
    teacher: Row
    num_teachers: int
    missing: tuple[Message, ...]
    is_final: bool = False
    weak_teacher: WeakTeacher | None = None
    teacher_lead: Gain | None = None
    seeds: SeedReading | None = None
    one_training: OneTraining | None = None
    power: StudyPower | None = None
    more_seeds: MoreSeeds | None = None
    guessing: Guessing | None = None
    tie: Tie | None = None

    @property
    def is_partly_paired(self) -> bool:
        """Whether one of the two students has a tested seed that the other lacks, which the gain leaves out."""
        numbers = {self.baseline.num_seeds, self.distilled.num_seeds}
        return self.gain is not None and numbers != {self.gain.num_seeds}


class ReadRight(dict[str, NDArray[np.bool_]]):
    """Which images [N] each run reads right, by its id; ``classes_N``: theirs, where every class counts alike."""

    classes_N: NDArray[np.int64] | None = None


def right_by_run(results: Results) -> ReadRight:
    """Which test images each tested run reads right; empty without the test run's predictions."""
    test, found = results.test, ReadRight()
    if test is not None and test.labels_N is not None:
        found.update({run_id: logits.argmax(axis=1) == test.labels_N for run_id, logits in test.logits.items()})
        found.classes_N = results.classes_N
    return found


def find_rows(results: Results) -> tuple[Row, ...]:
    """Teachers, baseline, distilled and every named setting in figures."""
    right = right_by_run(results)
    arms = {arm.key: arm for arm in results.arms}
    baseline, teacher = arms["baseline"], arms["teacher"]
    teacher_accuracy, alone = (_mean_accuracy(results, arm) for arm in (teacher, baseline))
    # of what a guess comes to there is no share that says anything of what is kept
    is_weak = weak_teacher_of(results) is not None or all(map(is_at_chance, _tested(results, teacher)))
    teacher_size = _size(teacher)
    rows = []
    for arm in results.arms:
        tested = _tested(results, arm)
        accuracies = tuple(score_in(results.metric, scores) for scores in tested)
        stack = [right[run.id] for run in arm.runs if run.id in right]
        is_whole = bool(stack) and len(stack) == len(accuracies)
        estimate = accuracy(np.stack(stack), classes_N=right.classes_N) if is_whole else None
        if estimate is None and accuracies:
            estimate = Estimate(float(np.mean(accuracies)), float("nan"), float("nan"))
        size = _size(arm)
        vals, mean = val_accuracies(results, arm.runs), estimate.mean if estimate else None
        rows.append(
            Row(
                arm=arm,
                num_seeds=len(accuracies) if results.test else len(vals),
                size=size,
                val_accuracy=float(np.mean(vals)) if vals else None,
                accuracy=estimate,
                accuracies=accuracies,
                top5=_over_seeds((scores.top5 for scores in tested), step=1 / tested[0].num_images if tested else None),
                nll=_over_seeds((scores.nll for scores in tested), most=math.inf),
                ece=_over_seeds(scores.ece for scores in tested),
                gain=gain_of(results, arm, right) if arm.kind not in ("teacher", "baseline") else None,
                kept=None if is_weak else share_kept(mean, teacher_accuracy, alone),
                parameter_ratio=size.num_parameters / teacher_size.num_parameters if size and teacher_size else None,
                mac_ratio=size.macs / teacher_size.macs if size and teacher_size and teacher_size.macs else None,
                unequal=_of_unequal_classes(results, tested, _said(results, arm) if is_whole else None),
            )
        )
    return tuple(replace(row, rank=_rank(row, rows, right, results.plan)) for row in rows)


def find_answer(results: Results, rows: tuple[Row, ...] | None = None) -> Answer:
    """The answer of a sweep, finished or not."""
    by_key = {row.arm.key: row for row in rows or find_rows(results)}
    gain = by_key["distilled"].gain
    power = find_power(gain) if gain else None
    seeds = seeds_wanted(gain, power) if gain and results.standing.is_finished else None
    sweep = results.plan.sweep
    guessing = guessing_of(results, "alone")
    is_more = seeds is not None and seeds > sweep.seed_rule.most  # else those that it has to have are missing
    before, after = (np.array(by_key[key].accuracies) for key in ("baseline", "distilled"))
    return Answer(
        gain=gain,
        chosen=results.chosen,
        baseline=by_key["baseline"],
        distilled=by_key["distilled"],
        teacher=by_key["teacher"],
        num_teachers=len(results.teachers),
        missing=tuple(_missing(results, by_key)),
        is_final=results.standing.is_finished,
        weak_teacher=weak_teacher_of(results),
        guessing=guessing,
        teacher_lead=_teacher_lead(results),
        seeds=read_seeds(results),
        one_training=one_training(before, after, gain) if gain else None,
        power=power,
        more_seeds=_more_seeds(results, {sweep.seeds_key: str(seeds)}) if is_more and guessing is None else None,
        tie=find_tie(results.headline.trials, sweep.search, results.trial_scores),
    )


def _more_seeds(results: Results, changes: Mapping[str, str]) -> MoreSeeds:
    return MoreSeeds(find_line(results, changes), changes, has_to_be_asked(results))


def share_kept(accuracy: float | None, teacher: float | None, alone: float | None) -> float | None:
    """A student's share of its teacher's accuracy, where that says how much it keeps of what the teacher knows.

    Args:
        accuracy: The student's, on test.
        teacher: Of the teacher, or of the ensemble.
        alone: Of the same student without a teacher.

    Returns:
        None where one is better than the teacher, the student or already the student alone: there is nothing to keep.

    >>> share_kept(0.9, 1.0, 0.8), share_kept(0.9, 0.88, 0.8), share_kept(0.5, 0.6, 0.6), share_kept(0.5, 0.6, None)
    (0.9, None, None, 0.8333333333333334)
    """
    if accuracy is None or not teacher or accuracy > teacher or (alone is not None and alone >= teacher):
        return None
    return accuracy / teacher


def _mean_accuracy(results: Results, arm: Arm) -> float | None:
    accuracies = [score_in(results.metric, scores) for scores in _tested(results, arm)]
    return float(np.mean(accuracies)) if accuracies else None


def _said(results: Results, arm: Arm) -> NDArray[np.int64] | None:
    """What every tested run of an arm reads each test image as [S, N]."""
    logits = results.test.logits if results.test else {}
    said = [logits[run.id].argmax(axis=1) for run in arm.runs if run.id in logits]
    return np.stack(said) if said else None


def _of_unequal_classes(
    results: Results, tested: tuple[Scores, ...], said_SN: NDArray[np.int64] | None
) -> UnequalClasses | None:
    if not tested or (results.metric == "accuracy" and not is_unequal(tested[0])):
        return None
    labels_N = results.test.labels_N if results.test else None
    if said_SN is not None and labels_N is not None:
        right_SN = said_SN == labels_N
        f1 = statistics.macro_f1(said_SN, labels_N, len(tested[0].confusion))
        return UnequalClasses(accuracy(right_SN), accuracy(right_SN, classes_N=labels_N), f1)
    plain, balanced = (_over_seeds(score_in(metric, scores) for scores in tested) for metric in METRICS)
    return UnequalClasses(plain, balanced, _over_seeds(macro_f1(scores.confusion) for scores in tested))


def val_accuracies(results: Results, runs: Iterable[RunResult]) -> list[float]:
    """Of the runs that have been evaluated on val, in the metric that models are judged by there."""
    read = (run.metrics.val for run in runs if run.metrics)
    return [score_in(results.val_metric, scores) for scores in read if scores]


def weak_teacher_of(results: Results) -> WeakTeacher | None:
    """The teacher, or the ensemble, where it is not better on val than the student alone."""
    teachers, baselines = (
        val_accuracies(results, arm.runs if (arm := results.arm(key)) else ()) for key in ("teacher", "baseline")
    )
    teacher = next(iter(teachers), None)
    return judge_teacher(teacher, baselines, len(results.teachers), results.val_metric)


def _teacher_lead(results: Results) -> Gain | None:
    """None before both were tested."""
    right = right_by_run(results)
    teacher, baseline = (
        [right[run.id] for run in (arm.runs if arm else ()) if run.id in right]
        for arm in (results.arm("teacher"), results.arm("baseline"))
    )
    if not teacher or not baseline:
        return None
    return paired_gain(np.stack(teacher[:1] * len(baseline)), np.stack(baseline), classes_N=right.classes_N)


def _rank(row: Row, rows: list[Row], right: ReadRight, plan: Plan) -> Rank | None:
    students = [
        one
        for one in rows
        if one.arm.kind not in ("teacher", "variant") and any(run.id in right for run in one.arm.runs)
    ]
    if row not in students or len(students) < 2:
        return None
    means = [float(np.mean(one.accuracies)) for one in students]
    highest = max(means)
    if math.isclose(means[students.index(row)], highest, rel_tol=1e-12):  # of equal ones none is better
        return "best"
    lead = gain_over(row.arm, students[means.index(highest)].arm, right, plan)
    return "tied" if lead is not None and lead.verdict not in ("gain", "loss") else None


def _tested(results: Results, arm: Arm) -> tuple[Scores, ...]:
    scores = results.test.scores if results.test else {}
    return tuple(scores[run.id] for run in arm.runs if run.id in scores)


def _over_seeds(values: Iterable[float | None], most: float = 1.0, step: float | None = None) -> Estimate | None:
    """Mean and Student's t interval; the mean alone of one seed, nothing where a value is not known.

    Args:
        values: One a seed, at least 0.
        most: What none can be above.
        step: As of ``t_estimate``.
    """
    known = list(values)
    if not known or None in known:
        return None
    array = np.array(known, np.float64)
    found = t_estimate(array, within=(0.0, most), step=step)
    return found or Estimate(float(array.mean()), float("nan"), float("nan"))


def _size(arm: Arm) -> ModelSize | None:
    return next((run.metrics.size for run in arm.runs if run.metrics and run.metrics.size), None)


def paired(arm: Arm, other: Arm, right: dict[str, NDArray[np.bool_]]) -> tuple[list[str], list[str]]:
    """Ids of both arms' runs, seed by seed, for the seeds that both were tested on."""
    pairs = [
        (mine.id, theirs.id)
        for mine, theirs in zip(arm.runs, other.runs, strict=False)
        if mine.id in right and theirs.id in right
    ]
    return [mine for mine, _ in pairs], [theirs for _, theirs in pairs]


def gain_of(results: Results, arm: Arm, right: dict[str, NDArray[np.bool_]]) -> Gain | None:
    """An arm's gain over the baseline, judged by the sweep's margin; None where no seed of both was tested."""
    baseline, margin = results.arm("baseline"), results.plan.sweep.seed_rule.margin
    if baseline is None:
        return None
    return gain_over(baseline, arm, right, results.plan, None if margin is None else margin / 100)


def gain_over(
    baseline: Arm, arm: Arm, right: dict[str, NDArray[np.bool_]], plan: Plan, margin: float | None = None
) -> Gain | None:
    """How much more often ``arm`` is right; None where no seed of both was tested.

    Args:
        baseline: What it is compared with.
        arm: Trained on the same seeds.
        right: Which test images each run reads right.
        plan: Knows how often the number of seeds was looked at, which the interval allows for.
        margin: Gains within ± this are called equivalent.
    """
    mine, theirs = paired(arm, baseline, right)
    if not mine:
        return None
    right_SN, baseline_SN = (np.stack([right[run_id] for run_id in ids]) for ids in (mine, theirs))
    widening = plan.sweep.seed_rule.widening(look_read(plan, arm, right), len(mine))
    classes_N = right.classes_N if isinstance(right, ReadRight) else None
    return paired_gain(right_SN, baseline_SN, widening=widening, margin=margin, classes_N=classes_N)


def look_read(plan: Plan, arm: Arm, right: dict[str, NDArray[np.bool_]]) -> int:
    """The number of seeds that the reading of test was made for: while more are added, an earlier one."""
    read = [place for place, run in enumerate(arm.runs, start=1) if run.id in right]
    return plan.sweep.seed_rule.look_of(max(read, default=plan.seeds.number))


def _missing(results: Results, by_key: dict[str, Row]) -> list[Message]:
    """Why there is no full answer, most basic reason first."""
    reasons = [*_missing_runs("teacher", results.teachers)]
    if results.chosen is None:
        done = sum(trial.state in OVER for trial in results.trials)
        name = "missing-choice" if results.standing.is_finished else "missing-setting"
        reasons.append(Message(name, {"number": done}))
    for key in ("baseline", "distilled"):
        reasons += _missing_runs(key, by_key[key].arm.runs)
    if not reasons and results.test is None:
        has_failed = results.test_run is not None and results.test_run.state == RunState.FAILED
        reasons.append(Message("missing-test-failed" if has_failed else "missing-test"))
    elif not reasons and by_key["distilled"].gain is None:
        reasons.append(Message("missing-predictions"))
    return reasons


def _missing_runs(key: str, runs: Sequence[RunResult]) -> Iterator[Message]:
    """That some of an arm's runs are not complete, and how they stand."""
    open_runs = [run for run in runs if run.state != RunState.COMPLETE]
    if open_runs:
        states = [Message("state", {"state": one.replace(" ", "-")}) for one in sorted({r.state for r in open_runs})]
        counts = {"number": len(open_runs), "total": len(runs)}
        yield Message("missing-runs", {"kind": key, "states": states, **counts})
