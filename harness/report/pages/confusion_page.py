"""The page of the most confused classes, where there are too many for one map."""

from dataclasses import dataclass

from markupsafe import Markup

from harness.report.analysis.confusions import Matrix
from harness.report.figures import confusion_maps
from harness.report.figures.style import Drawing, drawing_style
from harness.report.study import Study
from harness.report.tables.errors import pair_table
from harness.report.tables.html import to_html
from harness.report.text.language import Language


@dataclass(frozen=True)
class ConfusionPage:
    """Maps of the most confused classes, first what distillation changed, and the most confused pairs."""

    matrix: Matrix
    maps: tuple[Drawing, ...]
    pairs: Markup | None


def confusion_page(study: Study, say: Language) -> ConfusionPage:
    """What the page shows; there must be an error analysis."""
    matrix, errors, pairs = study.findings.matrix, study.errors, study.findings.confused_pairs
    assert matrix is not None and errors is not None
    names = errors.class_names
    with drawing_style():
        change = confusion_maps.change_map(matrix, names, say)
        maps = [confusion_maps.arm_map(key, matrix, names, say) for key in matrix.by_arm]
    return ConfusionPage(
        matrix=matrix,
        maps=(*([change] if change else []), *maps),
        pairs=to_html(pair_table(pairs, errors, say), say) if pairs else None,
    )
