"""Sections about models: the answer, the table, chance, what lies beyond accuracy, agreement, cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from harness.report.analysis.arms.gains import Answer, Row
from harness.report.analysis.chance.statistics import Gain
from harness.report.analysis.errors.agreement import Gallery
from harness.report.analysis.errors.errors import ClassRow
from harness.report.figures import accuracy, tradeoff
from harness.report.pages.frame.parts import Figure, PageTable, figure, html_table, page_table
from harness.report.study import Study
from harness.report.tables.arms.exports import export_cost_table, export_table
from harness.report.tables.arms.seeds import chance_table, seed_table, size_table
from harness.report.tables.arms.students import agreement_table, beyond_accuracy, cost_table, main_table
from harness.report.text.findings.causes import Reason, reasons
from harness.report.text.findings.exports import export_marks, gain_text, measured_text
from harness.report.text.findings.headline import balanced_text, explanation, lead_sentence, pairs_text
from harness.report.text.findings.methods import baseline_search_text, chosen_text, methods_sentence
from harness.report.text.findings.power import PowerText, power_text
from harness.report.text.findings.seeds import seeds_text
from harness.report.text.findings.speed import SpeedFact, speed_fact, speed_lines
from harness.report.text.labels import best_epochs_text, hardware_text
from harness.report.text.language import Language
from harness.report.text.missing import find_missing
from harness.state.standing.counts import Standing
from harness.sweep.sections.reference import sources


@dataclass(frozen=True)
class AnswerSection:
    """Whether distillation helps, by how much and at which cost; or how far the sweep is from saying so.

    ``figure``: the gains, or before there are any what accuracies there are. ``seeds``: why there are as many, where
    results decide it. ``explanation``: what may be concluded from the interval; None without one. ``pairs``: which
    seeds the gain compares, where some are left out. ``num_classes``: 0 where of none can be told whether it gains.
    """

    answer: Answer
    reasons: tuple[Reason, ...]
    given: tuple[str, ...]
    lead: str | None
    power: PowerText
    methods: str | None
    setting: str
    seeds: str | None
    explanation: str | None
    balanced: str
    standing: Standing
    num_missing: int
    pairs: str | None
    figure: Figure | None
    num_classes: int
    gaining: tuple[ClassRow, ...]
    losing: tuple[ClassRow, ...]
    speed: SpeedFact | None


@dataclass(frozen=True)
class TableSection:
    """The main table.

    ``source``: of the published figures beside ours; ``best_epochs``: how far theirs, of a best epoch, may flatter.
    ``num_variants``: arms that stand on the page of controls and in the table's files alone.
    """

    students: PageTable
    num_variants: int
    source: str | None
    best_epochs: str
    has_ranks: bool
    of_baseline: str


@dataclass(frozen=True)
class BeyondSection:
    """What the test images say of the arms beyond accuracy."""

    arms: PageTable
    is_unequal: bool


@dataclass(frozen=True)
class RealSection:
    """Whether the gain may be luck: of training, of the test images, or of both."""

    gain: Gain
    figure: Figure | None
    accuracies: Figure | None
    power: PowerText
    chance: Markup | None
    sizes: Markup | None
    seeds: PageTable | None
    num_readings: int


@dataclass(frozen=True)
class AgreementSection:
    """Whether students decide as the teacher does."""

    students: PageTable
    galleries: tuple[Gallery, ...]


@dataclass(frozen=True)
class CostSection:
    """What teacher and student cost; ``hardware``: what speed was measured on, None where it was not.

    ``speeds``: the student's beside the teacher's, in sentences; none where they were not timed by turns.
    ``exports``: the students as they are deployed, None before any was exported; ``on_exports``: what is said of each.
    """

    models: PageTable
    hardware: str | None
    speeds: tuple[str, ...]
    is_tested: bool
    exports: PageTable | None
    exports_cost: PageTable | None
    exports_hardware: str
    has_fp16: bool
    on_exports: tuple[str, ...]


@dataclass(frozen=True)
class TradeoffSection:
    """Accuracy against size and latency. ``source``: of the published figures that stand beside ours."""

    figures: tuple[Figure, ...]
    source: str | None


def answer_section(study: Study, say: Language) -> AnswerSection:
    """The first thing that a reader sees."""
    classes = study.errors.classes if study.errors else ()
    are_told = any(row.gain is not None and row.verdict != "too few seeds" for row in classes)
    return AnswerSection(
        answer=study.answer,
        reasons=reasons(study.answer, study.findings.causes, say),
        given=tuple(map(say, study.findings.given)),
        lead=lead_sentence(study.answer, say, is_brief=True),
        power=power_text(study.answer, say, study.findings.causes),
        methods=methods_sentence(study.methods, say) if study.methods else None,
        setting=chosen_text(study.results, say),
        seeds=seeds_text(study.answer.seeds, say) if study.answer.seeds else None,
        explanation=explanation(study.answer, say),
        balanced=balanced_text(study.results, study.answer, say),
        standing=study.results.standing,
        num_missing=len(find_missing(study.results, say)),
        figure=_gains(study, say) or _accuracies(study, say),
        pairs=pairs_text(study.answer, say),
        num_classes=len(classes) if are_told else 0,
        gaining=tuple(row for row in classes if row.verdict == "gain"),
        losing=tuple(row for row in classes if row.verdict == "loss"),
        speed=speed_fact(study.costs, say),
    )


def table_section(study: Study, files: Mapping[str, str], say: Language) -> TableSection:
    """Every arm in figures."""
    students = page_table(
        "main", lambda: main_table(study, say, is_on_page=True), files, say, "LaTeX", "CSV", "Markdown"
    )
    assert students is not None, "a sweep has arms"
    reference = study.results.plan.sweep.reference
    return TableSection(
        students=students,
        num_variants=sum(row.arm.kind == "variant" for row in study.rows),
        source=sources(reference),
        best_epochs=best_epochs_text(study.results, say) if sources(reference) else "",
        has_ranks=any(row.rank for row in study.rows),
        of_baseline=baseline_search_text(study.results, say),
    )


def beyond_section(study: Study, files: Mapping[str, str], say: Language) -> BeyondSection | None:
    """None before any arm was tested."""
    arms = page_table("beyond_accuracy", lambda: beyond_accuracy(study, say), files, say)
    return BeyondSection(arms, any(row.unequal for row in study.rows)) if arms else None


def real_section(study: Study, files: Mapping[str, str], say: Language) -> RealSection | None:
    """None before there is a gain."""
    gain = study.answer.gain
    if gain is None:
        return None
    power = study.answer.power
    return RealSection(
        gain=gain,
        figure=_gains(study, say),
        accuracies=_accuracies(study, say),
        power=power_text(study.answer, say, study.findings.causes),
        chance=html_table("chance", lambda: chance_table(gain, say), say),
        sizes=html_table("sizes", lambda: size_table(power, say), say) if power else None,
        seeds=page_table("seeds", lambda: seed_table(study, say), files, say),
        num_readings=study.results.num_test_readings,
    )


def agreement_section(study: Study, files: Mapping[str, str], say: Language) -> AgreementSection | None:
    """None before the teacher and a student were tested."""
    students = page_table("agreement", lambda: agreement_table(study, say), files, say, "LaTeX")
    return AgreementSection(students, study.findings.galleries) if students else None


def cost_section(study: Study, files: Mapping[str, str], say: Language) -> CostSection:
    """Size and speed."""
    models = page_table("cost", lambda: cost_table(study, say), files, say, "LaTeX")
    assert models is not None, "a sweep has models"
    speed = study.results.speed
    found = study.findings.exports
    return CostSection(
        models=models,
        hardware=hardware_text(speed, say) if speed else None,
        speeds=speed_lines(study.costs, say),
        is_tested=study.results.test is not None,
        exports=page_table("exports", lambda: export_table(study, say), files, say, "LaTeX"),
        exports_cost=page_table("exports_cost", lambda: export_cost_table(study, say), files, say, "LaTeX"),
        exports_hardware=measured_text(found[-1].record, say) if found else "",
        has_fp16=any(one.record.request.format == "fp16" for one in found),
        on_exports=_on_exports(study, say),
    )


def _on_exports(study: Study, say: Language) -> tuple[str, ...]:
    """What becomes of the gain in each format, and how the file was judged."""
    said = ((gain_text(one, say), export_marks(one.record, say)) for one in study.findings.exports)
    return tuple(say("gap").join(filter(None, parts)) for parts in said if any(parts))


def tradeoff_section(study: Study, say: Language) -> TradeoffSection | None:
    """None where all models have one price, or none is known."""
    found, speed = study.findings, study.results.speed
    caption = say("tradeoff-size-caption")
    drawn = [figure("accuracy_size", partial(tradeoff.scatter, "size", found.size_points), caption, say)]
    if speed is not None:
        caption = say("tradeoff-latency-caption", hardware=hardware_text(speed, say))
        points = found.latency_points
        drawn.append(figure("accuracy_latency", partial(tradeoff.scatter, "latency", points), caption, say))
    figures = tuple(one for one in drawn if one is not None)
    return TradeoffSection(figures, sources(study.results.plan.sweep.reference)) if figures else None


def _gains(study: Study, say: Language) -> Figure | None:
    gain = study.answer.gain
    if gain is None:
        return None
    caption = say("real-figure", num_seeds=gain.num_seeds)
    return figure("gains", partial(accuracy.gain_intervals, _shown(study)), caption, say)


def _accuracies(study: Study, say: Language) -> Figure | None:
    reference = study.results.plan.sweep.reference
    source = sources(reference)
    caption = say("answer-accuracies-published", source=source) if source else say("answer-accuracies")
    return figure("accuracies", partial(accuracy.accuracies, _shown(study), reference), caption, say)


def _shown(study: Study) -> list[Row]:
    return [row for row in study.rows if row.arm.is_shown_first]
