"""Other test sets in words: what each is, and whether the gain holds there."""

from collections.abc import Iterator

from harness.report.analysis.arms.extra_tests import ExtraSet
from harness.report.analysis.chance.statistics import Estimate, Gain
from harness.report.text.labels import verdict_key
from harness.report.text.language import Language
from harness.report.text.numbers import percent, signed_points
from harness.sweep.sections.extra_tests import CORRUPTED


def set_name(one: ExtraSet, say: Language) -> str:
    """The name that it was given; of corrupted test images what was done to them."""
    if one.corruption is not None:
        return say("corruption", kind=one.corruption.kind.replace("_", "-"), strength=one.corruption.strength)
    return say("corruptions-mean") if one.name == CORRUPTED else one.name


def holds_text(one: ExtraSet, on_test: Gain | None, say: Language) -> str:
    """Whether the gain that there is on the test images is there too; empty before there is one."""
    gain = one.gain
    if gain is None:
        return ""
    both = gain.both
    there = say("extra-gain-there", name=set_name(one, say), gain=signed_points(both.mean), **_ends(both))
    if on_test is None:
        return there
    key = f"{verdict_key(on_test.verdict)}-{verdict_key(gain.verdict)}"
    return f"{there}{say('gap')}{say('extra-holds', verdicts=key, gain=signed_points(on_test.both.mean))}"


def _ends(estimate: Estimate) -> dict[str, str]:
    return {"low": signed_points(estimate.low), "high": signed_points(estimate.high)}


def remarks(one: ExtraSet, num_classes: int, say: Language) -> Iterator[str]:
    """What should be known of a set beside its figures."""
    if one.num_in_train:
        share = percent(one.num_in_train / one.num_images, 1)
        yield say("extra-in-train", number=one.num_in_train, total=one.num_images, share=share)
    if one.num_classes < num_classes:
        yield say("extra-some-classes", number=one.num_classes, total=num_classes)
