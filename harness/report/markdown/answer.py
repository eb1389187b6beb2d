"""The answer as the front page has it: verdict, interval, what it means, why it did not help, and what is missing."""

from collections.abc import Iterator

from harness.report.markdown.writing import code, paragraph, table
from harness.report.study import Study
from harness.report.tables.arms.students import main_table
from harness.report.text.failed_parts import attempt
from harness.report.text.findings.causes import reasons
from harness.report.text.findings.headline import (
    balanced_text,
    basis_text,
    explanation,
    lead_sentence,
    pairs_text,
    verdict_text,
)
from harness.report.text.findings.methods import baseline_search_text, chosen_text, methods_sentence
from harness.report.text.findings.power import power_text
from harness.report.text.findings.seeds import seeds_text
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, signed_points
from kd.plain_text import escape_markdown


def answer_blocks(study: Study, say: Language) -> Iterator[str]:
    """What a reader sees first."""
    answer, results = study.answer, study.results
    yield from _reasons(study, say)
    yield from _verdict(study, say)
    if answer.seeds:
        yield from paragraph(seeds_text(answer.seeds, say), say=say)
    if study.methods:
        yield from paragraph(methods_sentence(study.methods, say), say=say)
    if answer.missing:
        missing = say("semicolon").join(say(reason) for reason in answer.missing)
        yield from paragraph(say("answer-incomplete" if answer.gain else "answer-missing"), missing, say=say)
    if pairs := pairs_text(answer, say):
        yield from paragraph(pairs, say=say)
    for message in study.findings.given:
        yield from paragraph(say(message), say=say)
    yield from table(attempt("table", "main", lambda: main_table(study, say, is_on_page=True)), say)
    note = say("table-note", num_teachers=answer.num_teachers)
    yield from paragraph(note, baseline_search_text(results, say), say=say)


def _reasons(study: Study, say: Language) -> Iterator[str]:
    for number, reason in enumerate(reasons(study.answer, study.findings.causes, say)):
        found = escape_markdown(reason.finding)
        parts = [f"**{found}**" if reason.is_cause and number == 0 else found]
        if reason.remedy:
            parts.append(escape_markdown(reason.remedy))
        if reason.change:
            parts.append(code(f'SET="{reason.change}"'))
        yield f"> {say('gap').join(parts)}"


def _verdict(study: Study, say: Language) -> Iterator[str]:
    answer, results = study.answer, study.results
    gain, standing = answer.gain, results.standing
    if gain is None:
        progress = say("answer-progress", number=standing.total)
        opened = escape_markdown(say("answer-open", final="yes" if answer.is_final else "no"))
        yield f"**{opened}** ({standing.succeeded} {escape_markdown(progress)})"
        return
    points = f"{signed_points(gain.both.mean)} {say('answer-points')}"
    yield f"**{escape_markdown(verdict_text(gain, say))}: {escape_markdown(points)}**"
    interval = say(
        "answer-interval",
        told="yes" if gain.is_told else "no",
        interval=interval_text(gain.both, say),
        basis=basis_text(gain, say),
        setting=chosen_text(results, say),
        searched="yes" if results.plan.sweep.search else "no",
    )
    yield from paragraph(lead_sentence(answer, say), interval, balanced_text(results, answer, say), say=say)
    power = power_text(answer, say, study.findings.causes)
    is_few = gain.verdict == "too few seeds"
    said = list(paragraph(explanation(answer, say), *(() if is_few else power.sentences), say=say))
    yield say("gap").join([*said, *([code(power.command)] if power.command else [])])
