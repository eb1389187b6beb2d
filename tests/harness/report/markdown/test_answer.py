"""The answer in Markdown: causes before the verdict, the first in bold; commands as code; no answer said as such."""

from pathlib import Path

from harness.report.markdown.answer import answer_blocks
from harness.report.study import Study, read_study
from harness.report.text.findings.headline import explanation, lead_sentence, verdict_text
from harness.report.text.language import language
from kd.plain_text import escape_markdown
from tests.support.failing_studies import STUDIES, plant

EN = language("en")


def planted(tmp_path: Path, name: str) -> Study:
    folder = plant(tmp_path / "results", STUDIES[name])
    return read_study(folder, folder.parent / ".data")


def test_the_verdict_its_interval_and_what_follows(study: Study) -> None:
    gain = study.answer.gain
    assert gain is not None
    blocks = list(answer_blocks(study, EN))
    bold = next(block for block in blocks if block.startswith("**"))
    assert escape_markdown(verdict_text(gain, EN)) in bold
    text = "\n".join(blocks)
    for sentence in (lead_sentence(study.answer, EN), explanation(study.answer, EN)):
        assert sentence and escape_markdown(sentence) in text
    assert "| Distilled |" in text


def test_a_cause_comes_first_and_says_what_to_set(tmp_path: Path) -> None:
    found = planted(tmp_path, "useless teacher")
    first, *_ = answer_blocks(found, EN)
    assert first.startswith("> **") and "10.0" in first


def test_before_an_answer_it_is_said_how_far_the_sweep_is(tmp_path: Path) -> None:
    found = planted(tmp_path, "interrupted")
    text = "\n".join(answer_blocks(found, EN))
    standing = found.results.standing
    assert f"**No answer yet** ({standing.succeeded} of {standing.total} runs are finished)" in text
    assert "Why:" in text


def test_with_one_seed_the_command_for_more_is_code(tmp_path: Path) -> None:
    found = planted(tmp_path, "one seed")
    assert found.answer.more_seeds
    command = found.answer.more_seeds.line
    text = "\n".join(answer_blocks(found, EN))
    assert text.count(f"`{command}`") == 1
