"""Where the results come from, and the command that has them again."""

from collections.abc import Iterator

from harness.report.analysis.attempts import summarize_attempts
from harness.report.markdown.writing import block, code, paragraph
from harness.report.results.provenance import Command
from harness.report.study import Study
from harness.report.text.language import Language
from harness.report.text.numbers import duration
from kd.plain_text import escape_markdown


def provenance_blocks(study: Study, say: Language) -> Iterator[str]:
    """Sweep file, data, program, time and readings of test; then what to type."""
    said = ((escape_markdown(say(name)), text) for name, text in _facts(study, say))
    yield "\n".join(f"- {name}: {text}" for name, text in said)
    yield block(study.findings.command.text, "sh")
    yield from paragraph(*(say(name) for name in _remarks(study.findings.command)), say=say)


def _facts(study: Study, say: Language) -> Iterator[tuple[str, str]]:
    results = study.results
    record, made, attempts = results.record, results.provenance, summarize_attempts(results)
    with_setting = f" {say('run-with', setting=code(record.overrides))}" if record.overrides else ""
    yield "provenance-sweep", code(record.origin) + with_setting
    source = results.plan.sweep.data.source
    yield "provenance-data", say("provenance-content", source=code(source), digest=code(record.digest))
    if made:
        changes = say("provenance-changes", hash=made.code.diff_sha256[:12]) if made.code.diff_sha256 else ""
        versions = say.join(
            escape_markdown(f"{name} {version}") for name, version in sorted(made.code.versions.items())
        )
        commit = say("provenance-commit", commit=code(made.code.commit or "–")) + changes
        yield "provenance-program", say("semicolon").join([commit, versions])
        yield "provenance-cluster", escape_markdown(made.cluster)
    else:
        yield "provenance-program", say("provenance-unknown", file=code("provenance.json"))
    yield "runs-time", say("provenance-time", time=duration(attempts.seconds, say))
    yield "provenance-readings", say("provenance-times", number=results.num_test_readings)


def _remarks(command: Command) -> Iterator[str]:
    yield "reproduce-note"
    if command.changed:
        yield "reproduce-changed"
    if not command.commit and not command.version:
        yield "reproduce-no-commit"
