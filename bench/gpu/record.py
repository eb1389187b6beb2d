"""What the kit found, written after every answer, so that a run that is cut keeps what it has."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.gpu.asking import Answer, Rate, Told, Unanswered
from bench.gpu.conclusions import constants
from bench.gpu.machine import OF_THE_CARD
from kd.files import write_bytes

NAME = "gpu.json"


@dataclass
class Record:
    """Answers, rates, and what became of each stage.

    Args:
        path: The file that it is kept in.
        machine: Card, processor and versions.
        small: Whether figures of speed mean nothing.
        questions: All that there are, by name; those without an answer are open.
    """

    path: Path
    machine: dict[str, Any]
    small: bool
    questions: dict[str, str]
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    rates: list[Rate] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)

    def note(self, told: Told) -> str | None:
        """Keep what a stage said; gives a line for people, where there is something to say."""
        match told:
            case Answer():
                entry = self._entry(told)
                self.answers[told.question] = entry
                line = _line(entry)
            case Unanswered():
                self.reasons[told.question] = told.why
                line = f"{self.questions[told.question]}: open ({told.why})"
            case Rate():
                self.rates.append(told)
                line = None
        self.write()
        return line

    def end_stage(self, name: str, state: str, seconds: float, why: str = "") -> None:
        """Note that a stage is over: done, cut, failed, or not begun."""
        self.stages[name] = {"state": state, "seconds": round(seconds, 1)} | ({"why": why} if why else {})
        self.write()

    @property
    def open_questions(self) -> dict[str, str]:
        """Those without an answer, each with the reason."""
        return {name: self.reasons.get(name, "not come to") for name in self.questions if name not in self.answers}

    @property
    def unmet(self) -> list[str]:
        """Questions whose answers are not what was wanted."""
        return [name for name, entry in self.answers.items() if entry["is_met"] is False]

    def write(self) -> None:
        """Whole, and never half."""
        content = {
            "rounds": 1 if self.small else 3,
            "is_small": self.small,
            "answers": self.answers,
            "sets": constants(self.rates),
            "stages": self.stages,
            "open": [{"question": name, "why": why} for name, why in self.open_questions.items()],
            "rates": [asdict(rate) for rate in self.rates],
            "card": {name: self.machine[name] for name in OF_THE_CARD},
            "machine": {name: value for name, value in self.machine.items() if name not in OF_THE_CARD},
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(self.path, (json.dumps(content, indent=2) + "\n").encode())

    def _entry(self, answer: Answer) -> dict[str, Any]:
        values = [float(f"{value:.4g}") for value in (answer.median, min(answer.values), max(answer.values))]
        return {
            "what": self.questions[answer.question],
            "wanted": str(answer.wanted),
            "unit": answer.unit,
            **dict(zip(("median", "smallest", "largest"), values, strict=True)),
            "is_met": answer.wanted.is_met(answer.median, self.machine["processor"], self.small),
            "note": answer.note,
        }


def _line(entry: dict[str, Any]) -> str:
    spread = f" ({entry['smallest']:,g} – {entry['largest']:,g})" if entry["smallest"] != entry["largest"] else ""
    verdict = {True: ": met", False: ": NOT MET", None: ""}[entry["is_met"]]
    wanted = f"; wanted {entry['wanted']}{verdict}" if entry["wanted"] else ""
    note = f" [{entry['note']}]" if entry["note"] else ""
    return f"{entry['what']}: {entry['median']:,g} {entry['unit']}".rstrip() + spread + wanted + note
