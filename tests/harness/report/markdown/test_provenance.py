"""Where the results come from, as a list, and one command to paste."""

from dataclasses import replace

from harness.report.markdown.provenance import provenance_blocks
from harness.report.study import Study
from harness.report.text.language import LANGUAGES, language


def test_the_command_is_a_block_to_paste(study: Study) -> None:
    for code in LANGUAGES:
        facts, command, note = provenance_blocks(study, language(code))
        assert command == f"```sh\n{study.findings.command.text}\n```"
        assert facts.startswith("- ") and note
        assert f"`{study.results.record.origin}`" in facts and f"`{study.results.record.digest}`" in facts


def test_of_an_unknown_program_it_is_said(study: Study) -> None:
    unknown = study._replace(results=replace(study.results, provenance=None))
    facts = next(provenance_blocks(unknown, language("en")))
    assert "unknown: no `provenance.json`" in facts
