"""What a study could tell, in both languages, with a command that can be pasted."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.analysis.arms.gains import Answer, MoreSeeds, find_answer
from harness.report.analysis.causes import Cause, SmallGain
from harness.report.analysis.chance.one_training import OneTraining
from harness.report.analysis.chance.statistics import Estimate
from harness.report.analysis.chance.study_power import Size, StudyPower, Way
from harness.report.results.reading.reader import read_results
from harness.report.text.findings.power import power_text
from harness.report.text.language import language

EN, ZH = language("en"), language("zh")
PAIRS = OneTraining(Estimate(0.9, 0.6, 0.98), 25, 22, 1)
EN_PAIRS = (
    "Of 25 pairs of one distilled and one baseline training, the distilled one is better in 22, with 1 tie: "
    "a probability of 90 % (95 % interval 60 to 98 %)."
)
FIVE, TWELVE = (MoreSeeds(f"make sweep SET=seeds={number}", {"seeds": number}) for number in ("5", "12"))
SIZE = Size(5, 1500, 0.011, 0.0151)


@pytest.fixture
def answer(invented: Path) -> Answer:
    found = find_answer(read_results(invented))
    assert found.gain is not None and found.gain.num_seeds == 2
    return found


def _unclear(answer: Answer, way: Way, num_seeds: int | None, num_images: int | None) -> Answer:
    assert answer.gain is not None
    gain = answer.gain._replace(both=Estimate(0.01, -0.001, 0.021), num_seeds=5, num_images=1500)
    power = StudyPower(0.0151, 0.0093, way, num_seeds, num_images, (SIZE,))
    return replace(
        answer,
        gain=gain,
        one_training=PAIRS,
        power=power,
        more_seeds=TWELVE,
    )


def test_a_study_that_told_its_gain_says_what_it_could_have_told(answer: Answer) -> None:
    told = power_text(replace(_unclear(answer, "told", None, None), more_seeds=None), EN)
    assert told.sentences == (
        EN_PAIRS,
        "A study with 5 seeds and 1,500 images would find a true gain of 1.51 points clear in four cases out of five.",
    )
    assert told.command is None


@pytest.mark.parametrize(
    ("way", "seeds", "images", "words"),
    [
        ("seeds", 12, None, "To find a gain as large as the one measured would take about 12 seeds:"),
        (
            "images",
            None,
            3863,
            "alone leave an uncertainty of ±0.93 points; about 3,900 images would.",
        ),
        (
            "both",
            20,
            41_200,
            "would take about 20 seeds and 42,000 images: these test images alone leave an uncertainty of ±0.93",
        ),
        ("none", None, None, "cannot be found with any realistic number of seeds and test images."),
    ],
)
def test_each_way_in_words(answer: Answer, way: Way, seeds: int | None, images: int | None, words: str) -> None:
    unclear = _unclear(answer, way, seeds, images)
    assert words in power_text(unclear, EN).sentences[-1]
    assert power_text(unclear, EN).line(EN).endswith(" make sweep SET=seeds=12")
    small = Cause("small-gain", SmallGain(unclear.gain, 0.0151)) if unclear.gain else None
    assert small and power_text(unclear, EN, [small]).sentences == (EN_PAIRS, power_text(unclear, EN).sentences[-1])
    chinese = power_text(unclear, ZH).sentences
    assert len(chinese) == 3 and not any("seeds" in sentence for sentence in chinese)


def test_two_seeds_say_what_they_need(answer: Answer) -> None:
    assert answer.gain is not None
    few = replace(
        answer,
        gain=answer.gain._replace(both=Estimate(0.01, -0.2, 0.3)),
        more_seeds=FIVE,
    )
    assert power_text(few, EN).line(EN) == (
        "2 seeds do not say how likely one distilled training is to beat one baseline training, nor how large a gain "
        "this study could have found. To continue and keep what is finished: make sweep SET=seeds=5"
    )


def test_nothing_is_said_before_there_is_a_gain(answer: Answer) -> None:
    assert power_text(replace(answer, gain=None), EN).line(EN) == ""


def test_the_command_reaches_the_program(tmp_path: Path, invent: Callable[..., Path]) -> None:
    """Through a real shell: the sweep as it was started, with more seeds."""
    results = read_results(invent(tmp_path / "results", 3, 60, ["a", "b", "c"], seeds=2))
    record = results.record.model_copy(update={"origin": "sweeps/quickstart.yaml", "overrides": "seeds=2 name='a b'"})
    over = replace(results, record=record)
    vars(over)["standing"] = results.standing._replace(is_finished=True)
    answer = find_answer(over)
    assert answer.gain is not None and answer.gain.verdict == "too few seeds" and answer.more_seeds is not None
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    for name in ("make", ".venv/bin/python"):
        (tmp_path / name).write_text(
            '#!/usr/bin/env python3\nimport json, sys\njson.dump(sys.argv, open("asked", "w"))\n'
        )
        (tmp_path / name).chmod(0o755)
    subprocess.run(
        ["sh", "-c", answer.more_seeds.line], cwd=tmp_path, check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}
    )
    asked = " ".join(json.loads((tmp_path / "asked").read_text()))
    assert find_answer(replace(results, record=record)).more_seeds is None  # the sweep is not over
    assert "quickstart" in asked and "seeds=5" in asked and "seeds=2" not in asked and "name='a b'" in asked
