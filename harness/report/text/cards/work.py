"""The lines of the topics that are about the work: size, training, search, runs, provenance."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from harness.report.analysis.arms.gains import Answer, Row
from harness.report.analysis.attempts import AttemptSummary
from harness.report.analysis.convergence import Measure
from harness.report.analysis.search.reading import SearchReading
from harness.report.results.provenance import Command
from harness.report.results.sweep_results import Results
from harness.report.text.cards.names import final_key, some
from harness.report.text.findings.advice import Advice
from harness.report.text.labels import params_text, setting_text, state_text
from harness.report.text.language import Language
from harness.report.text.numbers import percent, ratio_of, significant
from harness.report.text.run_lines import RUN_STATES
from harness.state.attempts.machine_time import MachineTime
from harness.state.attempts.run_state import RunState
from harness.sweep.sections.metric import Metric

MAX_COMMIT = 7  # letters


def size_line(answer: Answer, say: Language) -> str:
    """The student's parameters and multiply-adds beside the teacher's."""
    row = next((one for one in (answer.distilled, answer.baseline) if one.parameter_ratio is not None), None)
    if row is None or row.parameter_ratio is None:
        return say("card-size-open", num_teachers=answer.num_teachers, final=final_key(answer.is_final))
    return say(
        "card-size",
        num_teachers=answer.num_teachers,
        parameters=ratio_of(row.parameter_ratio, say),
        macs="unknown" if row.mac_ratio is None else ratio_of(row.mac_ratio, say),
    )


class ValLevel(NamedTuple):
    """What an arm's val accuracy is so far, in a metric, after as many epochs."""

    kind: str
    metric: Metric
    value: float
    num_epochs: int


def training_line(answer: Answer, measures: Sequence[Measure], metric: Metric, say: Language) -> str:
    """What val accuracy ends at, and in which measures of a training distillation clearly changes something.

    While trainings go on it is the one of their newest epochs, in plain accuracy.

    Args:
        answer: Of the sweep.
        measures: Of the trainings.
        metric: Of val.
        say: The language.
    """
    known = [_level(row, metric) for row in (answer.distilled, answer.baseline, answer.teacher)]
    if known[0] is None or known[1] is None or known[0].metric != known[1].metric:
        one = next(filter(None, known), None)
        if one is None:
            return say("card-training-open")
        told = {"kind": one.kind, "epochs": one.num_epochs, "value": percent(one.value), "metric": one.metric}
        return say("card-training-one", **told)
    after, before = known[0], known[1]
    both = {"after": percent(after.value), "before": percent(before.value), "metric": after.metric}
    clear = [_measured(measures, verdict, say) for verdict in ("gain", "loss")]
    return say("gap").join(filter(None, [say("card-training", epochs=after.num_epochs, **both), *clear]))


def _level(row: Row, metric: Metric) -> ValLevel | None:
    """None before the first epoch."""
    runs = [run for run in row.arm.runs if run.num_epochs]
    if not runs:
        return None
    epochs = max(run.num_epochs or 0 for run in runs)
    if row.val_accuracy is not None:
        return ValLevel(row.arm.kind, metric, row.val_accuracy, epochs)
    return ValLevel(row.arm.kind, "accuracy", fmean(run.val_accuracy or 0.0 for run in runs), epochs)


def _measured(measures: Sequence[Measure], verdict: str, say: Language) -> str:
    names = [say("measure", key=measure.key) for measure in measures if measure.verdict == verdict]
    return say("card-training-measures", verdict=verdict, names=some(names, say)) if names else ""


def search_line(results: Results, reading: SearchReading | None, advice: Sequence[Advice], say: Language) -> str:
    """How many trials there were, what the best was asked for, and what hardly matters."""
    found = results.headline
    if not found.method.space:
        setting = setting_text(found.distill, say) if found.distill else ""
        return say("card-search-none", setting=setting)
    if reading is None:
        return say("card-search-open", final=final_key(results.standing.is_finished))
    states = Counter(trial.state for trial in reading.trials)
    trials = say(
        "card-search-trials",
        number=len(reading.trials),
        pruned=states[RunState.PRUNED],
        failed=states[RunState.FAILED],
        open=reading.num_open,
    )
    sentences = [trials, _best(reading, say)]
    sentences += [say("card-search-flat", **one.values) for one in advice if one.rule in ("flat", "flat-some")]
    return say("gap").join(sentences)


def _best(reading: SearchReading, say: Language) -> str:
    if reading.best is None:
        return say("card-search-no-best")
    params = params_text(reading.best.params, say)
    return say("card-search-best", params=params, over=final_key(reading.is_over))


def runs_line(results: Results, say: Language) -> str:
    """How many runs are finished, how many stand where, and how often one was preempted."""
    standing, runs = results.standing, list(results.all_runs())
    states = Counter(run.state for run in runs)
    states[RunState.NOT_STARTED] += max(0, standing.total - len(runs))  # those that no search has asked for yet
    told = [
        say("card-runs-state", number=states[state], state=state_text(state, say))
        for state in RUN_STATES
        if states[state] and state not in (RunState.COMPLETE, RunState.FAILED)
    ]
    preempted = sum(run.num_preemptions > 0 for run in runs)
    return say(
        "card-runs",
        done=standing.succeeded,
        total=standing.total,
        others=say.join(told) if told else "none",
        failed=states[RunState.FAILED],
        preempted=preempted,
    )


def provenance_line(attempts: AttemptSummary, command: Command, say: Language) -> str:
    """Which program ran, on how many machines, for how long, and whether one command repeats it."""
    if not attempts.num_attempts:
        return say("card-provenance-open")
    commits = [commit for commit, _ in attempts.commits if commit != "–"] or list(filter(None, [command.commit]))
    return say(
        "card-provenance",
        commits=len(commits),
        commit=commits[0][:MAX_COMMIT] if commits else "",
        hosts=len(attempts.hosts),
        hours=_hours(attempts.machine_time, say),
        repeats="several" if len(commits) > 1 else _repeats(command),
    )


def _hours(time: MachineTime, say: Language) -> str:
    """On GPUs, on processors, or on both."""
    gpus, cores = time.gpu_hours, time.core_hours
    said = [say("seeds-gpu-hours", hours=significant(gpus))] if gpus else []
    return say.join([*said, *([say("seeds-core-hours", hours=significant(cores))] if cores or not said else [])])


def _repeats(command: Command) -> str:
    """Whether one command brings everything back, as the message knows it; ``no`` where nobody knows the program."""
    if command.changed:
        return "changed"
    if not (command.commit or command.version):
        return "no"
    return "own-file" if command.is_own_file else "yes"
