"""What all pages share: the templates' environment, the style sheet and the script."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.report import text
from harness.report.language import Language

TEMPLATES = Path(__file__).resolve().parents[2] / "report_templates"
FILTERS = (
    "count",
    "duration",
    "p_value",
    "megabytes",
    "percent",
    "points",
    "quantity",
    "ratio",
    "signed_points",
    "significant",
    "times",
)


@cache
def environment() -> Environment:
    """The templates' environment: everything is escaped, nothing may be undefined."""
    shared = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    shared.filters |= {name: getattr(text, name) for name in FILTERS}
    return shared


def frame(say: Language) -> dict[str, Any]:
    """What ``base.html`` needs: the language, the style sheet, and the script with the hash that allows it."""
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    return {
        "say": say,
        "style": Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        "script": Markup(script),
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }
