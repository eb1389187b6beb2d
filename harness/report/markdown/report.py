"""``report.md``: the whole report of a student as Markdown, in every language."""

from collections.abc import Callable, Iterator
from functools import partial

from harness.report.markdown.answer import answer_blocks
from harness.report.markdown.topics import BLOCKS
from harness.report.markdown.writing import code, heading, paragraph
from harness.report.pages.frame.head import head_of
from harness.report.pages.frame.topics import ANSWER, Topic, find_topics
from harness.report.pages.topic_cards import CARDS
from harness.report.study import Study
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.language import LANGUAGES, Language, folder_of, language
from kd.plain_text import escape_markdown

FILE = "report.md"


def markdown_files(study: Study) -> dict[str, str]:
    """The report by its path in the site, a language each. What fails of it says so in its place."""
    says = {code: language(code, study.results.metric) for code in LANGUAGES}
    return {folder_of(code) + FILE: markdown_report(study, say) for code, say in says.items()}


def markdown_report(study: Study, say: Language) -> str:
    """What the pages say, in their order, without figures, pictures and the list of runs."""
    return "\n\n".join([*_top(study, say), *_topics(study, say)]) + "\n"


def _top(study: Study, say: Language) -> Iterator[str]:
    sweep, student = study.results.plan.sweep, study.results.plan.student_key
    head = head_of(study, say)
    yield heading(1, f"{sweep.name} · {student}" if student else sweep.name)
    yield from paragraph(sweep.description, say=say)
    standing = head.standing
    said = [escape_markdown(standing.sentence)]
    if standing.failed:
        named = {"run": standing.failed, "number": standing.num_failed, "reason": standing.reason}
        said.append(escape_markdown(say("standing-failure", **named)))
    if standing.command:
        said += [escape_markdown(standing.go_on), code(standing.command)]
        yield say("gap").join(said)  # a command ends no sentence
        said = []
    said += [escape_markdown(text) for text in (head.interim, head.made) if text]
    yield say("gap").join(said)
    yield from _attempted("answer", partial(answer_blocks, study, say), say)


def _topics(study: Study, say: Language) -> Iterator[str]:
    for topic in find_topics(study):
        if topic.name != ANSWER:
            yield heading(2, say(f"topic-{topic.name}"))
            yield from _attempted(f"card {topic.name}", partial(_line, topic, study, say), say)
            if topic.name in BLOCKS:
                yield from _attempted(topic.name, partial(BLOCKS[topic.name], study, say), say)


def _line(topic: Topic, study: Study, say: Language) -> Iterator[str]:
    return paragraph(CARDS[topic.name].line(study, say), say=say)


def _attempted(name: str, make: Callable[[], Iterator[str]], say: Language) -> Iterator[str]:
    made = attempt("section", name, lambda: list(make()))
    if isinstance(made, FailedPart):
        yield from paragraph(made.text(say), say=say)
    else:
        yield from made
