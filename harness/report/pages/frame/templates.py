"""The templates, and the functions that they write numbers and names with."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template, Undefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from harness.report.pages.frame.parts import Place
from harness.report.pages.frame.spaces import hold_together
from harness.report.tables.trainings import runs
from harness.report.text import labels, numbers
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.findings import headline
from harness.report.text.language import LANGUAGES, Language, language
from harness.shipped import shipped
from harness.state.attempts.facts import duration
from kd.config import setting_number
from kd.plain_text import printable
from kd.scores import balanced_accuracy, is_unequal

TEMPLATES = shipped("report_templates")
STYLES = (
    "tokens", "base", "navigation", "answer", "topics", "figures", "tables", "comparison", "run", "pictures", "toolbox",
    "print",
)  # fmt: skip
"""The parts of the style sheet; where two say something of equal weight, the later one counts."""
SCRIPTS = (
    "page", "storage", "theme", "arms", "sorting", "tables", "filtering", "columns", "copying", "scales", "charts",
    "curves", "figures", "places", "comparison", "scrolling", "enliven",
)  # fmt: skip
"""The parts of the script: functions, after what they share and before the one that runs them. ``early`` stands in the
head of every page: it sets the look that a reader has chosen before anything is drawn."""
WORDS = (
    "filter", "shown", "columns", "columns-shown", "theme", "theme-system", "theme-light", "theme-dark",
    "arms", "arms-mark", "arms-show", "arms-name", "arms-reset", "axis", "axis-own", "axis-linear", "axis-log",
    "smoothing", "smoothing-off", "smoothing-over", "zoom-in", "zoom-out", "zoom-reset", "runs",
)  # fmt: skip
"""What the script says: the messages "tool-…"."""
BLANKS = {name: f"{{{name}}}" for name in ("shown", "all", "number")}
"""What the script puts into messages."""
_FILTERS = (
    numbers.clock,
    numbers.percent,
    numbers.points,
    numbers.signed_points,
    numbers.significant,
    runs.state_key,
    setting_number,
)
_FUNCTIONS = (numbers.device_text, balanced_accuracy, is_unequal)
_SPOKEN_FILTERS = (numbers.duration, numbers.interval_text, numbers.ratio)
_SPOKEN_FUNCTIONS = (
    headline.basis_text,
    headline.verdict_text,
    labels.arm_label,
    labels.arm_name,
    labels.commit_text,
    labels.setting_text,
    labels.state_text,
    labels.verdict_label,
    runs.status_mark,
)
"""What templates call; a spoken one is given the language."""


class _PrintableTemplate(Template):
    """What it renders holds no character that a reader cannot see and a browser, or a terminal, obeys.

    Nor does a line break between a number and its unit.
    Jinja escapes the signs of HTML as they are put in; these have no escape in HTML, and are named as Python does.
    """

    def render(self, *args: Any, **kwargs: Any) -> str:
        return hold_together(printable(super().render(*args, **kwargs)))


class _CompiledOnce(BytecodeCache):
    """Templates' compiled code, shared by the languages; without constant folding it is the same in all of them."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _CompiledOnce()


def _checked(value: Any) -> Any:
    """What an expression of a template gives, which is text, a number, or knows its HTML.

    Raises:
        TypeError: It is another object, which would be shown as Python shows it, to readers who have no use for that.
    """
    if isinstance(value, str | int | float | Undefined) or hasattr(
        value, "__html__"
    ):  # undefined ones say so themselves
        return value
    raise TypeError(f"a template prints text and numbers, not {type(value).__name__}: {value!r:.80}")


@cache
def environment(say: Language) -> Environment:
    """The templates in a language: ``say`` is everywhere, also in macros, and so are functions that need it."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, optimized=False, bytecode_cache=_COMPILED, finalize=_checked,
    )  # fmt: skip
    templates.template_class = _PrintableTemplate
    templates.globals["say"] = say
    templates.globals |= {"seconds_of": duration} | {function.__name__: function for function in _FUNCTIONS}
    templates.globals |= {function.__name__: partial(function, say=say) for function in _SPOKEN_FUNCTIONS}
    templates.filters |= {function.__name__: function for function in _FILTERS}
    templates.filters |= {function.__name__: partial(function, say=say) for function in _SPOKEN_FILTERS}
    return templates


def render(
    name: str,
    template: str,
    shared: Mapping[str, Any],
    place: Place,
    context: Callable[[], Mapping[str, Any]],
    say: Language,
) -> str:
    """A page; where it fails, one that says so, so that no link leads nowhere.

    Args:
        name: Its path in the language's folder.
        template: Its template.
        shared: What every page of the site is given.
        place: Where it stands.
        context: Makes what this page shows.
        say: Its language.
    """
    around = {**shared, **place._asdict()}
    templates = environment(say)
    page = attempt("page", name, lambda: templates.get_template(template).render(around, **context()))
    if isinstance(page, FailedPart):
        home = "../" * name.count("/")
        return templates.get_template("failed.html").render(around, failed=page, name=name, home=home)
    return page


def frame() -> dict[str, Any]:
    """What every page carries within: the style sheet, and the scripts with the hashes that allow them."""
    script = f'"use strict";\nconst WORDS = {_words()};\n{_joined("scripts", "js", SCRIPTS)}'
    early = _joined("scripts", "js", ["early"])
    return {
        "style": Markup(_joined("styles", "css", STYLES)),
        "script": Markup(script),
        "script_hash": policy_hash(script),
        "early": Markup(early),
        "early_hash": policy_hash(early),
    }


def _joined(folder: str, ending: str, names: Sequence[str]) -> str:
    """Files of one idea each as the one file that pages load."""
    return "".join((TEMPLATES / folder / f"{name}.{ending}").read_text(encoding="utf-8") for name in names)


def _words() -> str:
    """What the script says, by language: once in the script, where it costs no page a byte."""
    says = [language(code) for code in LANGUAGES]
    words = {say.locale: {name: say(f"tool-{name}", **BLANKS) for name in WORDS} for say in says}
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def policy_hash(script: str) -> str:
    """As a page's policy names a script that it allows."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
