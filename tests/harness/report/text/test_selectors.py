"""Every variant of a message can be chosen: its name is a value that the program passes, and no value lacks one."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, get_args

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from harness.report.analysis.arms.methods import Hole
from harness.report.analysis.chance.study_power import Way
from harness.report.analysis.words import CauseKind, Verdict, Within
from harness.report.text.failed_parts import Kind as Part
from harness.report.text.labels import verdict_key
from harness.report.text.language import LANGUAGES, MESSAGES
from harness.state.attempts.run_state import SweepState
from harness.sweep.sections.metric import Metric
from tests.support.root import ROOT

NUMBER = re.compile(r"\d+|zero|one|two|few|many")
COUNTS = frozenset({
    "num_teachers", "num_seeds", "num_images", "num_threads", "number", "images", "seeds", "degrees", "late", "looks",
    "low", "runs", "total", "planned", "failed", "few", "open", "equivalent", "calibration", "readings", "ties",
    "trials", "unanimous", "num_trials", "wins", "holes", "gaining", "losing", "fixed", "broken", "epochs", "pruned",
    "preempted", "commits", "hosts", "silent",
})  # fmt: skip
"""What is counted: any number, of which a plural form, one and none may be said otherwise."""

ALONE = frozenset(map(verdict_key, get_args(Verdict)))
UNBOUNDED = ALONE - {"equivalent", "undecided"}
"""Verdicts without a margin, which a sweep has for its headline alone."""

ASKED = {  # yes or no
    "ahead", "brief", "change", "even", "final", "full", "is_fp32", "larger", "log", "mapped", "more", "named",
    "repeated", "same", "searched", "sized", "taught", "told", "tuned", "unequal", "ended", "is_range", "over", "turns",
    "is_plain", "is_trained", "banded", "whole",
}  # fmt: skip
WORDS: dict[str, Iterable[str]] = {
    **dict.fromkeys(ASKED, ("yes", "no")),
    "advice-settled mapped": ("yes", "no", "untold"),
    "advice-tied metric": ("val_accuracy", "val_balanced_accuracy", "val_loss"),
    "advice-tied-guessing metric": ("val_accuracy", "val_balanced_accuracy", "val_loss"),
    "advice-tied-some metric": ("val_accuracy", "val_balanced_accuracy", "val_loss"),
    "answer-equivalent direction": ("gain", "loss", "no-clear-difference"),
    "answer-few-seeds more": ("yes", "no", "idle"),
    "answer-full-lead verdict": ALONE,
    "answer-lead verdict": ALONE,
    "arm kind": ("teacher", "ensemble", "baseline", "distilled", "compare", "method", "student"),
    "card-agreement verdict": {*UNBOUNDED, "unknown"},
    "card-agreement-one kind": ("baseline", "distilled"),
    "card-calibration verdict": {*UNBOUNDED, "unknown"},
    "card-calibration-one kind": ("teacher", "baseline", "distilled"),
    "card-control key": ("smoothed-labels", "shuffled-dark", "unlabeled", "unlabeled-control"),
    "card-methods better": ("none", "dkd +1.2"),
    "card-methods worse": ("none", "dkd +1.2"),
    "card-other-tests more": (),  # a number
    "card-provenance repeats": ("yes", "own-file", "several", "changed", "no"),
    "card-runs others": ("none", "11 pruned"),
    "card-size macs": ("unknown", "9.9 % of"),
    "card-training-measures verdict": ("gain", "loss"),
    "page-made ended": ("yes", "no", "undated"),
    "card-training-one kind": ("teacher", "baseline", "distilled"),
    "cause-name kind": get_args(CauseKind),
    "confusion-caption shown": ("all", "some"),
    "corruption kind": ("gaussian-noise", "gaussian-blur", "contrast", "jpeg"),
    "dimension name": ("alpha", "temperature", "student.optimizer.lr"),
    "export-size format": ("fp32", "fp16", "int8"),
    "export-student arm": ("baseline", "distilled"),
    "extra-holds verdicts": {f"{test}-{there}" for test in ALONE for there in UNBOUNDED},
    "failed-part kind": get_args(Part),
    "family-hole hole": ("failed", "unread", "never", "training"),
    "family-within within": get_args(Within),
    "figure-search best": ("none", "α 0.5, T 4"),
    "file-error arm": ("teacher", "baseline", "distilled"),
    "file-f1 arm": ("baseline", "distilled"),
    "gallery-cell cell": ("student-alone", "teacher-alone", "wrong-alike", "wrong-apart"),
    "gallery-explained cell": ("student-alone", "teacher-alone", "wrong-alike", "wrong-apart"),
    "kept": ("share", "above", "nothing"),
    "labels-correct origin": ("folder", "other"),
    "macs": ("unknown", "9.9 % of"),
    "measure": get_args(Metric),
    "measure key": ("epochs", "fluctuation", "class-spread", "worst"),
    "measure-unit key": ("epochs", "worst"),
    "measure-verdict verdict": {*UNBOUNDED, "unknown"},
    "methods-hole hole": get_args(Hole),
    "methods-yardstick loss": ("kd", "named-kd", "dkd"),
    "missing-runs kind": ("teacher", "baseline", "distilled"),
    "one-file-left-out what": ("files", "runs", "files-and-runs"),
    "paper-confusion arm": ("teacher", "baseline", "distilled", "change"),
    "paper-search-values by": ("history", "slice"),
    "part": ("train", "val", "test"),
    "power-way way": set(get_args(Way)) - {"told"},
    "reproduce-interrupted cause": ("preempted", "timeout", "died", "disk-full", "out-of-memory"),
    "reproduce-part name": ("train", "val", "test"),
    "relation": ("faster", "slower", "same", "unclear"),
    "role": (
        "teacher", "logits", "baseline", "search", "compare", "variant", "final", "extra_test", "test", "of later",
    ),
    "search-figure metric": ("val_accuracy", "val_balanced_accuracy", "val_loss"),
    "search-parallel-figure metric": ("val_accuracy", "val_balanced_accuracy", "val_loss"),
    "seeds-why why": ("half-width", "zero", "margin", "images", "max", "failed"),
    "size": ("multiple", "share"),
    "split": ("val", "test"),
    "standing state": set(SweepState) - {SweepState.COPY, SweepState.FOREIGN},
    "standing-go-on state": (
        SweepState.FAILED, "diverged", SweepState.UNREADABLE, SweepState.QUEUED, SweepState.STOPPED,
    ),
    "state state": (
        "complete", "pruned", "failed", "running", "queued", "not-started", "unreadable", "interrupted", "open",
        "preempted", "timeout", "died", "disk-full", "out-of-memory", "code-error", "bad-input", "non-finite-loss",
        "no-progress", "of later",
    ),
    "sweeps-state state": set(SweepState),
    "sweeps-why state": (SweepState.COPY, SweepState.FOREIGN),
    "trials-axis name": ("alpha", "temperature", "student.optimizer.lr"),
    "unclear-teacher verdict": ("loss", "no-clear-difference"),
    "use": ("ensemble", "test"),
    "val-measure metric": get_args(Metric),
    "variant-change key": ("smoothed-labels", "shuffled-dark", "unlabeled", "unlabeled-control"),
    "variant-name key": ("smoothed-labels", "shuffled-dark", "unlabeled", "unlabeled-control", "teacher-seed"),
    "what": ("figure", "table"),
    "verdict": UNBOUNDED,
    "who": ("alone", "distilled"),
    "verdict verdict": ALONE,
    "verdict-headline direction": ("gain", "loss", "no-clear-difference"),
    "verdict-headline verdict": ALONE,
}  # fmt: skip
"""What a value may be: of a message, or of all that have one of this name; "of later": what newer programs write."""


class Selector(NamedTuple):
    """Where a message chooses: by which value, among which variants, and the one for all others."""

    message: str
    value: str
    keys: tuple[str, ...]
    default: str

    @property
    def words(self) -> frozenset[str]:
        """What the value may be; empty for a number."""
        of_message = f"{self.message} {self.value}"
        if of_message not in WORDS and self.value in COUNTS:
            return frozenset()
        return frozenset(map(str, WORDS[of_message if of_message in WORDS else self.value]))


class _Selectors(Visitor):  # type: ignore[misc]
    def __init__(self, message: str) -> None:
        self.message = message
        self.found: list[Selector] = []

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:  # noqa: N802
        names = [key.name if isinstance(key := one.key, ast.Identifier) else key.value for one in node.variants]
        default = next(name for name, one in zip(names, node.variants, strict=True) if one.default)
        self.found.append(Selector(self.message, node.selector.id.name, tuple(names), default))
        self.generic_visit(node)


def selectors_of(text: str) -> Iterator[Selector]:
    """Every place at which the messages of a file choose."""
    for entry in FluentParser().parse(text).body:
        if isinstance(entry, ast.Message):
            visitor = _Selectors(entry.id.name)
            visitor.visit(entry)
            yield from visitor.found


def problem_of(selector: Selector) -> str:
    """Which variant nothing can choose, or which value has none; empty where all is well."""
    named = [key for key in selector.keys if key != "other"]
    if not selector.words:
        return "" if selector.default == "other" and all(map(NUMBER.fullmatch, named)) else "numbers have no such names"
    if never := set(named) - selector.words:
        return f"nothing can choose {sorted(never)}"
    left = selector.words - set(named)
    if selector.default == "other":
        return "" if left else "nothing is left for the other values"
    return f"{sorted(left)} would be called {selector.default}" if left else ""


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_variant_can_be_chosen(code: str) -> None:
    found = [one for path in (MESSAGES / code).glob("*.ftl") for one in selectors_of(path.read_text("utf-8"))]
    assert len(found) > 150
    problems = {f"{one.message} {one.value}": problem for one in found if (problem := problem_of(one))}
    assert problems == {}


def test_what_a_value_may_be_is_said_of_values_that_there_are() -> None:
    found = [one for path in MESSAGES.rglob("*.ftl") for one in selectors_of(path.read_text("utf-8"))]
    used = {f"{one.message} {one.value}" for one in found} | {one.value for one in found}
    assert set(WORDS) | COUNTS <= used


def test_the_words_are_in_the_program() -> None:
    """A value that no line of the program writes is none that it passes."""
    sources = "\n".join(
        path.read_text("utf-8") for folder in ("harness", "kd") for path in (ROOT / folder).rglob("*.py")
    )
    templates = "\n".join(path.read_text("utf-8") for path in MESSAGES.parent.rglob("*.html"))
    written = set(re.findall(r"[\"'](\w[\w -]*)[\"']", sources + templates))
    known = written | {word.replace("_", "-") for word in written} | {verdict_key(word) for word in written}
    found = {one for path in MESSAGES.rglob("*.ftl") for one in selectors_of(path.read_text("utf-8"))}
    put_together = {"extra-holds", "one-file-left-out"}  # of two words each
    words = {key for one in found if one.words and one.message not in put_together for key in one.keys} - {"other"}
    assert words <= known, sorted(words - known)


@pytest.mark.parametrize(
    ("variants", "problem"),
    [
        ("[gain] a [loss] b *[none] c", "nothing can choose ['none']"),
        ("[gain] a *[loss] b", "['no-clear-difference', 'too-few-seeds'] would be called loss"),
        (
            "[gain] a [loss] b [no-clear-difference] c [too-few-seeds] d *[other] e",
            "nothing is left for the other values",
        ),
        ("[gain] a *[other] b", ""),
        ("[gain] a [loss] b [too-few-seeds] c *[no-clear-difference] d", ""),
    ],
)
def test_what_is_found(variants: str, problem: str) -> None:
    lines = "\n".join(f"  {line}" for line in re.split(r" (?=\*?\[)", variants))
    (selector,) = selectors_of(f"said = {{ $verdict ->\n{lines}\n}}\n")
    assert problem_of(selector) == problem
