"""The pages of runs: the table of all of them, a page each, and what the front page says of them."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from harness.report.analysis.search import listed_trials
from harness.report.figures.line_charts import thinned
from harness.report.figures.training_curves import MAX_EPOCHS, Detail, arm_charts, run_charts
from harness.report.pages.templates import environment
from harness.report.results.sweep_results import Results, RunResult
from harness.report.text.language import Language
from harness.report.text.numbers import clock, device_text, hours_text, without_folders
from harness.report.text.run_lines import RUN_STATES, RunLine, describe_runs, slowest, sum_up
from harness.state.attempts import duration
from harness.state.folder import end_of_log, find_logs
from harness.state.run_state import FINISHED
from kd.config import TrainConfig
from kd.records import EpochRecord, Metrics, Scores

MANY_RUNS = 200
"""From here on run pages are brief, so that the site of a thousand runs stays small."""


TOLD_ELSEWHERE = frozenset({"role", "seed", "logits", "distill.loss"})
"""Keys whose differences a brief page leaves to its facts and to the sweep."""


MAX_SIBLINGS = 20


FULL, BRIEF = Detail(120, 60, True), Detail(24, 0, False)


class Difference(NamedTuple):
    """A key of a run's configuration, with its value there and in the baseline's; null where there is none."""

    key: str
    value: str
    baseline: str

    @property
    def differs(self) -> bool:
        """Whether they are not the same."""
        return self.value != self.baseline


class Sibling(NamedTuple):
    """A run that differs in its seed or its role alone."""

    id: str
    role: str
    seed: int


def front_of_runs(results: Results, say: Language) -> dict[str, Any]:
    """What the front page says: curves of all arms, runs by role and state, the slowest."""
    lines = describe_runs(results, say)
    charts = arm_charts(results.arms, say)
    return {
        "training_charts": charts,
        "last_epoch": max((round(curve.x[-1]) for chart in charts for curve in chart.curves), default=0),
        "max_epochs_drawn": MAX_EPOCHS,
        "roles": sum_up(lines),
        "run_ids": frozenset(line.id for line in lines),
        "slowest_runs": slowest(lines),
        "listed_trials": listed_trials(results),
        **_sums(lines),
    }


class RunPages:
    """``runs.html`` and ``runs/ID.html`` of every run; what does not depend on the language is found once.

    Run pages are too many to carry the style sheet and the script each: they load both from the site's root.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        runs = list(results.all_runs())
        self._detail = BRIEF if len(runs) > MANY_RUNS else FULL
        self._logs = find_logs(results.folder)
        self._read_log = cache(end_of_log)
        self._baseline = flatten(results.plan.baselines[0].config.model_dump(mode="json"))
        self._siblings: dict[str, list[Sibling]] = defaultdict(list)
        for run in runs:
            if (setting := _setting_of(run)) is not None:
                self._siblings[setting].append(Sibling(run.id, run.run.config.role, _seed(run)))
        self._facts = {run.id: self._facts_of(run) for run in runs}

    def render(
        self, say: Language, shared: Mapping[str, Any], place: Callable[[str], Mapping[str, Any]]
    ) -> dict[str, str]:
        """All pages in a language, by their path in its folder.

        Args:
            say: The language.
            shared: What every page of the site is given.
            place: Says where a page of a path stands.
        """
        lines = describe_runs(self._results, say)
        by_role = Counter(line.role for line in lines)
        shared = {**shared, **_sums(lines), "detail": self._detail, "num_trials": len(self._results.trials)}
        table, page = (environment(say).get_template(name) for name in ("runs.html", "run.html"))
        others = self._results.other_runs
        pages = {
            "runs.html": table.render(shared, **place("runs.html"), lines=lines, by_role=by_role, other_runs=others)
        }
        for run, line in zip(self._results.all_runs(), lines, strict=True):
            name = f"runs/{run.id}.html"
            charts = run_charts(run, say, self._detail)
            pages[name] = page.render(shared, **place(name), line=line, run=run, charts=charts, **self._facts[run.id])
        return pages

    def _facts_of(self, run: RunResult) -> dict[str, Any]:
        """What a run's page shows in any language."""
        siblings = [each for each in self._siblings.get(_setting_of(run) or "", ()) if each.id != run.id]
        return {
            "epochs": self._epochs(run),
            "differences": self._differences(run),
            "siblings": siblings[:MAX_SIBLINGS],
            "num_siblings": len(siblings),
            "scores": _scores(run, self._results),
            "attempts": run.attempts,
            "logs": self._ends(run),
        }

    def _epochs(self, run: RunResult) -> list[EpochRecord]:
        epochs = run.history.epochs if run.history else ()
        if not self._detail.num_epochs:
            return []
        return [epochs[index] for index in thinned(len(epochs), self._detail.num_epochs)]

    def _differences(self, run: RunResult) -> list[Difference]:
        config = flatten(run.run.config.model_dump(mode="json"))
        if not isinstance(run.run.config, TrainConfig):
            return [Difference(key, value, value) for key, value in config.items()]
        both = dict.fromkeys((*self._baseline, *config))
        parents = {key[:place] for key in both for place, sign in enumerate(key) if sign == "."}
        keys = [key for key in both if key not in parents]
        found = [Difference(key, config.get(key, "null"), self._baseline.get(key, "null")) for key in keys]
        changed, same = ([d for d in found if d.differs == differs] for differs in (True, False))
        if self._detail.everything:
            return changed + same
        return [difference for difference in changed if difference.key not in TOLD_ELSEWHERE]

    def _ends(self, run: RunResult) -> list[tuple[str, list[str]]]:
        """The end of each log of the last attempt's job, with its name."""
        if not run.attempts or (run.state in FINISHED and not self._detail.everything):
            return []
        paths: list[Path] = self._logs.get(run.attempts[-1].job_id, [])
        ends = [(path.name, [without_folders(line) for line in self._read_log(path, run.id)]) for path in paths]
        return [(name, lines) for name, lines in ends if lines]


def flatten(content: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested configuration by dotted keys, values as JSON but for text.

    >>> flatten({"a": {"b": None, "c": "x"}, "d": [1, 2]})
    {'a.b': 'null', 'a.c': 'x', 'd': '[1, 2]'}
    """
    flat: dict[str, str] = {}
    for key, value in content.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return flat


def _sums(lines: Sequence[RunLine]) -> dict[str, Any]:
    totals = Counter(line.status for line in lines)
    hours = [hours for line in lines for hours in (line.machine_time.gpu_hours, line.machine_time.core_hours)]
    return {
        "num_runs": len(lines),
        "statuses": [(status, totals[status]) for status in RUN_STATES if totals[status]],
        "has_reasons": any(line.why for line in lines),
        "has_gpu_hours": any(line.machine_time.gpu_hours for line in lines),
        "has_core_hours": any(line.machine_time.core_hours for line in lines),
        "clock": clock,
        "hours": partial(hours_text, largest=max(hours, default=0.0)),
        "without_folders": without_folders,
        "seconds_of": duration,
        "device_text": device_text,
    }


def _setting_of(run: RunResult) -> str | None:
    """The same for runs that differ in seed and role alone; None for what has no seed."""
    config = run.run.config
    return config.model_dump_json(exclude={"role", "seed"}) if isinstance(config, TrainConfig) else None


def _seed(run: RunResult) -> int:
    assert isinstance(run.run.config, TrainConfig)
    return run.run.config.seed


def _scores(run: RunResult, results: Results) -> list[tuple[str, Scores]]:
    """How the run does on val and on test, as far as it was measured."""
    metrics: Metrics | None = run.metrics
    found = {
        "val": metrics.val if metrics else None,
        "test": results.test.scores.get(run.id) if results.test and isinstance(run.run.config, TrainConfig) else None,
    }
    return [(name, scores) for name, scores in found.items() if scores is not None]
