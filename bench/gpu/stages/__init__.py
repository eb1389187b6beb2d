"""The stages of the kit, each of which asks some questions in a process of its own."""

from typing import NamedTuple

from bench.gpu.asking import Ask
from bench.gpu.stages import correctness, packs, processes, resume, speed, sweep, vit


class Stage(NamedTuple):
    """Questions that are asked together.

    Args:
        questions: What each asks, by its name; those that the stage does not come to stay open.
        ask: Asks them.
        least_s: With less time left it is not begun.
        most_s: On a card it is ended after so long, for what comes after it.
    """

    questions: dict[str, str]
    ask: Ask
    least_s: float
    most_s: float


STAGES: dict[str, Stage] = {
    "correctness": Stage(correctness.QUESTIONS, correctness.ask, 20, 90),
    "resume": Stage(resume.QUESTIONS, resume.ask, 15, 60),
    "processes": Stage(processes.QUESTIONS, processes.ask, 15, 60),
    "speed": Stage(speed.QUESTIONS, speed.ask, 30, 110),
    "packs": Stage(packs.QUESTIONS, packs.ask, 30, 150),
    "vit": Stage(vit.QUESTIONS, vit.ask, 40, 180),
    "sweep": Stage(sweep.QUESTIONS, sweep.ask, 45, 240),
}
"""In the order in which they are begun: what is wrong matters more than what is slow. Seconds are reckoned."""
