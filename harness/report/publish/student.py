"""The student to take away: the best of the final seeds by val, with its card, in ``<sweep>/model``."""

import shutil
from pathlib import Path

from harness.report.analysis.arms.exports import find_exports
from harness.report.analysis.arms.gains import Answer, Row, find_answer, find_rows
from harness.report.analysis.arms.methods import find_methods
from harness.report.analysis.arms.variants import find_variants
from harness.report.analysis.causes import explain
from harness.report.analysis.costs import find_costs
from harness.report.redaction.files import redacted_file
from harness.report.redaction.redaction import redaction_of
from harness.report.results.sweep_results import Results, RunResult
from harness.report.tables.arms.students import main_markdown
from harness.report.text.findings.exports import export_lines, export_marks
from harness.report.text.findings.headline import answer_lines
from harness.report.text.labels import hardware_text
from harness.report.text.language import language
from harness.report.text.numbers import megabytes, percent, significant
from harness.state.files.ownership import keep_from_writers
from harness.sweep.schema import Sweep
from harness.sweep.sections.metric import Metric, score_in
from kd.config import TrainConfig
from kd.exports import file_name
from kd.files import read_record, replaced_folder, write_record
from kd.model_card import (
    accuracy_text,
    card_path,
    front_matter,
    loading_text,
    public_card,
    public_title,
    training_text,
)
from kd.plain_text import escape_markdown
from kd.records import ModelCard, Scores


def publish_student(results: Results, among: str = "") -> Path | None:
    """Copy the best final student to ``<sweep>/model`` and write its card; the run's folder stays as it is.

    Best is the highest val accuracy, balanced where the classes of val differ much in size, then the lowest val loss,
    then the lowest seed. Test decides nothing, so the card's test accuracy is not a chosen one.

    Args:
        results: Of the student.
        among: What the sweep says of several students, in a sentence.

    Returns:
        The folder, or None where there is no student to publish: no full answer, or its files are gone.
    """
    rows = find_rows(results)
    answer, best = find_answer(results, rows), best_by_val(results)
    if answer.gain is None or best is None or results.test is None:
        return None
    source = results.folder / "runs" / best.id / "model"
    try:
        card = read_record(card_path(source), ModelCard)
    except FileNotFoundError:
        return None
    published = results.folder / "model"
    with replaced_folder(published) as new:
        shutil.copytree(source, new, dirs_exist_ok=True)
        write_record(card_path(new), public_card(card))  # of earlier versions, the path of a model's folder was in it
        text = card_text(results, rows, answer, best, card, results.test.scores[best.id], among)
        redaction = redaction_of(results.folder, card.class_names)
        (new / "README.md").write_bytes(redacted_file(redaction, "README.md", text.encode()))
        keep_from_writers(new)
    return published


def card_text(
    results: Results,
    rows: tuple[Row, ...],
    answer: Answer,
    run: RunResult,
    card: ModelCard,
    test: Scores,
    among: str = "",
) -> str:
    """The published student's ``README.md``; ``among``: what the sweep says of several."""
    sweep, config = results.plan.sweep, run.run.config
    assert isinstance(config, TrainConfig) and run.metrics is not None and run.metrics.val is not None
    val, say = run.metrics.val, language("en", results.metric)
    val_images = say("images", number=val.num_images)
    of_val = "" if results.val_metric == "accuracy" else " balanced accuracy"
    by_val = f"{percent(score_in(results.val_metric, val))} %{of_val}"
    methods, variants = find_methods(results, rows), find_variants(results, rows)
    own = answer_lines(answer, say, methods, explain(results, answer), variants, find_costs(results, rows))
    lines = "\n".join([*([f"{escape_markdown(among)}\n"] if among else []), *own])
    return f"""\
{front_matter(sweep.name, config, "test", test)}
# {sweep.name}

{escape_markdown(sweep.description) or "A distilled student."}

{training_text(config, card)}
{_teachers_text(sweep)}

## How good it is

{_test_text(results.metric, test)} They come from run `{run.id}`, the best of
{say("seeds", number=results.plan.seeds.number)} on val ({by_val} on {val_images}); nothing was chosen on test.

{lines}

Means over seeds with 95 % intervals for another training of the student, with the same teacher, and another test sample
(one seed: another test sample alone):

{main_markdown(rows, results, say)}
{_cost_text(results, rows)}{_exports_text(results)}
## Load it

{loading_text(card)}
## How it was made

By a sweep of distillation runs{_program_text(results)}: the teacher's logits, the student alone,
{_search_text(results)}and the chosen setting with the same seeds as the student alone.
"""


def _test_text(metric: Metric, test: Scores) -> str:
    """How these weights did on test, in the study's metric first."""
    plain = f"**{accuracy_text(test)}**."
    if metric == "accuracy":
        return f"Test accuracy of these weights: {plain}"
    balanced = f"**{percent(score_in(metric, test))} %**, the mean over {len(test.confusion)} classes"
    return f"Balanced test accuracy of these weights: {balanced}; plain accuracy: {plain}"


def best_by_val(results: Results) -> RunResult | None:
    """The final student that is published: the highest val accuracy, then the lowest loss, then the lowest seed."""
    finals = results.arm("distilled")
    tested = results.test.scores if results.test else {}
    known = [
        (-score_in(results.val_metric, run.metrics.val), run.metrics.val.nll, number, run)
        for number, run in enumerate(finals.runs if finals else ())
        if run.id in tested and run.metrics and run.metrics.val
    ]
    return min(known)[-1] if known else None


def _teachers_text(sweep: Sweep) -> str:
    names = [escape_markdown(public_title(teacher)) for teacher in sweep.all_teachers]
    if len(names) == 1:
        return f"The teacher is a {names[0]}."
    return f"It was taught by the mean of {len(names)} teachers' logits: {', '.join(names)}."


def _cost_text(results: Results, rows: tuple[Row, ...]) -> str:
    *_, student = find_costs(results, rows)
    size = f"{megabytes(student.size.num_bytes)} MB of weights" if student.size and student.size.num_bytes else ""
    if results.speed is None or student.single is None or student.batch is None:
        return f"{size}.\n" if size else ""
    hardware = hardware_text(results.speed, language("en"))
    return (
        f"{size}; {significant(student.single.median_ms)} ms for one image and "
        f"{significant(student.batch.images_per_s)} images per second in batches of {student.batch.batch_size} "
        f"(medians; {hardware}).\n"
    )


def _exports_text(results: Results) -> str:
    """What the ONNX files beside this folder do, one paragraph a format; empty where there are none."""
    say, paragraphs = language("en", results.metric), []
    for one in find_exports(results):
        words = " ".join(filter(None, [*export_lines(one, say), export_marks(one.record, say)]))
        paragraphs.append(f"\n`{file_name(one.record.request.format)}`: {words}\n")
    return "\n## As ONNX\n\nThese files lie beside this folder.\n" + "".join(paragraphs) if paragraphs else ""


def _search_text(results: Results) -> str:
    """What was looked for, for how many methods, and whether for the student alone too; empty without a search."""
    names = [name.removeprefix("student.") for name in results.headline.method.space]
    if not names:
        return ""
    several = f", for each of {len(results.methods)} methods" if len(results.methods) > 1 else ""
    alone = ", with as many trials for the student alone" if results.alone else ""
    return f"a search on val ({', '.join(names)}){several}{alone},\n"


def _program_text(results: Results) -> str:
    commit = results.provenance.code.commit if results.provenance else None
    return f" (kd-sweep, commit {commit[:12]})" if commit else " (kd-sweep)"
