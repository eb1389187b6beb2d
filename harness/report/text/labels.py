"""What the report calls arms, settings, states and models."""

from dataclasses import replace

from harness.report.analysis.convergence import best_over_last
from harness.report.analysis.costs import Cost
from harness.report.results.message import Message
from harness.report.results.sweep_results import Arm, Results
from harness.report.text.language import Language
from harness.report.text.numbers import shortened_inside, signed_points
from harness.sweep.runs import TEACHER_SEED
from harness.sweep.search.config import Value
from harness.sweep.search.params import Params
from harness.sweep.search.searchable import STUDENT
from harness.sweep.sections.methods import loss_title
from kd.config import DistillConfig, HasSetting, LogitsConfig, TrainConfig, setting_number, setting_numbers
from kd.model_card import public_title
from kd.records import Attempt, Speed

_SAID_ELSEWHERE = {"loss", "loss_sha256", "alpha", "temperature", "control", "features"}
MAX_NAME = 20  # letters of a method, in figures
_SIGNS = {
    "complete": "✓",
    "pruned": "✂\ufe0e",  # as text, not as a picture
    "failed": "✗",
    "unreadable": "?",
    "interrupted": "◐",
    "running": "…",
    "queued": "…",
    "not started": "○",
}


def setting_text(distill: HasSetting, say: Language, is_named: bool = False, names_kd: bool = False) -> str:
    """A setting as people say it, with its loss where that is not KD as it is by default.

    >>> from harness.report.text.language import language
    >>> from kd.config import DistillConfig
    >>> setting_text(DistillConfig(alpha=0.5, temperature=4.0), language("en"))
    'α 0.5, T 4'
    >>> setting_text(DistillConfig(loss="dkd", alpha=0.5, temperature=4.0, beta=2), language("en"))
    'α 0.5, T 4, dkd, beta 2'

    Args:
        distill: The loss, or what a trial was asked for.
        say: The language.
        is_named: Its method's name stands beside it.
        names_kd: Of plain KD too the loss is said.
    """
    return say(setting_message(distill, is_named, names_kd))


def setting_message(distill: HasSetting, is_named: bool = False, names_kd: bool = False) -> Message:
    """The same, to be said later."""
    more = loss_texts(distill, is_named, names_kd) if isinstance(distill, DistillConfig) else []
    return Message("setting", {**setting_numbers(distill), "more": more, "is_plain": "no" if more else "yes"})


def loss_texts(distill: DistillConfig, is_named: bool = False, names_kd: bool = False) -> list[str]:
    """What a loss has beside alpha and T: its name, unless it is KD or known, and what is not as it is by default.

    >>> from kd.config import DistillConfig
    >>> loss_texts(DistillConfig()), loss_texts(DistillConfig(loss="dkd", beta=2), is_named=True)
    ([], ['beta 2'])
    """
    title = loss_title(distill)
    named = [] if is_named or (title == "kd" and not names_kd) else [title]
    return [*named, *(f"{name} {value_text(value)}" for name, value in loss_options(distill).items())]


def loss_options(distill: DistillConfig) -> Params:
    """What of a loss beside alpha and T is not as it is by default, by name."""
    given = distill.model_dump(exclude_defaults=True, exclude=_SAID_ELSEWHERE)
    own: Params = given.pop("options", {})
    return {**given, **own}


def dimension_message(name: str) -> Message:
    """What a searched dimension is called, to be said later."""
    return Message("dimension", {"name": name.removeprefix(f"{STUDENT}.")})


def dimension_text(name: str, say: Language) -> str:
    """What a searched dimension is called.

    >>> from harness.report.text.language import language
    >>> dimension_text("temperature", language("en")), dimension_text("student.optimizer.lr", language("en"))
    ('T', 'optimizer.lr')
    """
    return say(dimension_message(name))


def params_text(params: Params, say: Language) -> str:
    """What a trial was asked for.

    >>> from harness.report.text.language import language
    >>> params_text({"alpha": 0.5, "temperature": 4.0, "student.optimizer.lr": 0.0123}, language("en"))
    'α 0.5, T 4, optimizer.lr 0.0123'
    """
    return say.join(f"{dimension_text(name, say)} {value_text(value)}" for name, value in params.items())


def value_text(value: Value) -> str:
    """A searched value: a number as settings are shown, anything else as the sweep file has it.

    >>> value_text(0.0001234567), value_text(3), value_text(True), value_text("adamw")
    ('0.000123', '3', 'true', 'adamw')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return setting_number(value) if isinstance(value, float) else str(value)


def arm_name(arm: Arm, say: Language) -> str:
    """Teacher, Ensemble, Teacher 2, Baseline, Distilled or Setting; what sets a named setting apart is its note.

    Of several methods each has its own name, with which the distilled student says which one it is.
    """
    if arm.method:
        return say("distilled-by", name=arm.method) if arm.kind == "distilled" else arm.method
    if arm.kind == "teacher" and arm.number:
        return say("numbered-teacher", number=str(arm.number))
    if arm.variant:
        number = arm.variant.removeprefix(TEACHER_SEED)
        key = "teacher-seed" if arm.variant != number else arm.variant.replace("_", "-")
        return say("variant-name", key=key, number=number)
    return say("arm", kind="ensemble" if _is_ensemble(arm) else arm.kind)


def arm_note(arm: Arm, say: Language) -> str:
    """The small print beside the name: the setting of a distilled student, the model of a teacher."""
    if arm.distill is not None:
        return setting_text(arm.distill, say, bool(arm.method), arm.names_kd)
    if arm.kind != "teacher":
        return say("alone") if arm.kind == "baseline" else say("not-chosen")
    config = arm.runs[0].run.config
    if isinstance(config, LogitsConfig):
        return say("mean-of-teachers", number=1 + len(config.more_teachers))
    assert isinstance(config, TrainConfig)
    model = public_title(config.training)
    return say("model-seed", model=model, seed=str(config.seed)) if arm.number else model


def arm_title(arm: Arm, say: Language) -> str:
    """The name where alpha and T stand in columns beside it: with its loss, where no name says that."""
    name = arm_name(arm, say)
    if arm.distill is None or arm.method or arm.variant or not (loss := loss_texts(arm.distill, names_kd=arm.names_kd)):
        return name
    return say("arm-with-loss", name=name, loss=loss)


def arm_label(arm: Arm, say: Language) -> str:
    """The name where no note stands beside it: a named setting with what sets it apart, a method's in brief."""
    name = arm_name(replace(arm, method=shortened_inside(arm.method, MAX_NAME)), say)
    return f"{name} {arm_note(arm, say)}" if arm.kind == "compare" else name


def best_epochs_text(results: Results, say: Language) -> str:
    """What a published figure of the best epoch is to be read with: how far val's best lies above its last, by arm."""
    arms = [arm for arm in results.arms if arm.kind != "compare"]
    leads = [(arm_name(arm, say), lead) for arm in arms if (lead := best_over_last(arm)) is not None]
    values = [f"{name} {signed_points(lead)}" for name, lead in leads]
    return say("table-note-best-epoch", values=values) if leads else ""


def verdict_key(verdict: str) -> str:
    """A verdict as messages know it.

    >>> verdict_key("no clear difference")
    'no-clear-difference'
    """
    return verdict.replace(" ", "-")


def verdict_label(verdict: str, say: Language) -> str:
    """A verdict in a word or three."""
    return say("verdict", verdict=verdict_key(verdict))


def state_text(state: str, say: Language) -> str:
    """The word for a run's state, for how an attempt ended, or for a kind of failure."""
    return say("state", state=state.replace(" ", "-"))


def state_sign(state: str) -> str:
    """A sign beside the word for a state, so that trouble is seen at a glance and not by colour alone."""
    return _SIGNS[state]


def commit_text(attempt: Attempt, say: Language) -> str:
    """Which program an attempt ran."""
    commit = (attempt.code.commit or "?")[:10]
    return f"{commit} {say('run-uncommitted')}" if attempt.code.diff_sha256 else commit


def _is_ensemble(arm: Arm) -> bool:
    return isinstance(arm.runs[0].run.config, LogitsConfig) if arm.runs else False


def cost_name(cost: Cost, say: Language) -> str:
    """Student, or the teacher's name."""
    return say("arm", kind="student") if cost.key == "student" else arm_name(cost.arm, say)


def cost_note(cost: Cost, say: Language) -> str:
    """Which model it is."""
    return cost.model or arm_note(cost.arm, say)


def hardware_text(speed: Speed, say: Language) -> str:
    """What the speed was measured on."""
    return say(
        "hardware",
        device=speed.device,
        num_threads=speed.num_threads,
        precision=speed.precision,
        date=speed.measured_at[:10],
    )
