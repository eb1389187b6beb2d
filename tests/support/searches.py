"""Searches whose trials are trained by a formula: no data, no model, no file."""

import math

from harness.controller.search import Search, TrialResult
from harness.state.attempts.run_state import RunState
from harness.sweep.search.config import SearchConfig
from kd.config import DistillConfig
from kd.files import short_hash

FIRST = {"alpha": 0.5, "temperature": 2.0}
NUM_EPOCHS = 10
NUM_TRIALS = 14


def run_of(params, repeat=0):
    """The name of a setting's run, or of its n-th repeat."""
    return f"search-{short_hash(dict(params))}-s{repeat}"


def make(first=FIRST, **changes):
    """A search of the usual size, but for ``changes``."""
    config = SearchConfig(**({"num_trials": NUM_TRIALS} | changes))
    return Search(config, config.space_of(DistillConfig()), first, NUM_EPOCHS, run_of)


def quality(params):
    """Best at alpha 0.7 and temperature 6."""
    return 0.9 - (params["alpha"] - 0.7) ** 2 - 0.05 * math.log(params["temperature"] / 6) ** 2


def trained(trial):
    """How a run ends: another seed moves it by up to half a hundredth."""
    seed = int(trial.run_id.rpartition("-s")[2])
    final = quality(trial.params) + 0.005 * math.sin(97 * seed * trial.params["alpha"])
    values = [final - 0.2 / epoch for epoch in range(1, NUM_EPOCHS)] + [final]
    for epoch in sorted(trial.pruning.thresholds if trial.pruning else ()):
        if max(values[:epoch]) < trial.pruning.thresholds[epoch]:
            return TrialResult(RunState.PRUNED, values[:epoch], 1 - values[epoch - 1])
    return TrialResult(RunState.COMPLETE, values, 1 - final)


class ProcessGroup:
    """Trains trials: knows how each run ends, and which have."""

    def __init__(self, search, outcome=None):
        self.search = search
        self.outcome = outcome or trained
        self.done = {}

    def after_a_kill(self, search):
        """Another process with another study: all that is left of the first are the run folders."""
        group = ProcessGroup(search, self.outcome)
        group.done = self.done
        return group

    def running(self):
        """Trials without a result; and, as trials of the same number without thresholds, the repeats of the best."""
        repeats = [
            trial._replace(run_id=repeat.run_id, pruning=None)
            for trial, record in zip(self.search.trials, self.search.record().trials, strict=True)
            for repeat in record.repeats
        ]
        return [trial for trial in [*self.search.trials, *repeats] if trial.run_id not in self.done]

    def finish(self, trial):
        self.done[trial.run_id] = self.outcome(trial)

    def advance(self):
        self.search.advance(self.done.get)


def complete(search, outcome=None, choose=lambda running: running[0]):
    """Run a search to its end, finishing one run at a time."""
    process_group = ProcessGroup(search, outcome)
    process_group.advance()
    while not search.finished:
        process_group.finish(choose(process_group.running()))
        process_group.advance()
    return process_group


def asked(search):
    """What a search wants to be trained, so far."""
    return [(trial.number, trial.params, trial.run_id, trial.pruning) for trial in search.trials]
