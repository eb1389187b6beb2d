"""The page of the most confused classes, where there are too many for one map."""

from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from harness.report.analysis.errors.confusions import Matrix
from harness.report.figures import confusion_maps
from harness.report.figures.style import drawing_style
from harness.report.pages.parts import Figure, figure, html_table
from harness.report.study import Study
from harness.report.tables.errors import pair_table
from harness.report.text.language import Language


@dataclass(frozen=True)
class ConfusionPage:
    """Maps of the most confused classes, first what distillation changed, and the most confused pairs."""

    matrix: Matrix
    maps: tuple[Figure | None, ...]
    pairs: Markup | None


def confusion_page(study: Study, say: Language) -> ConfusionPage:
    """What the page shows; there must be an error analysis."""
    matrix, errors, pairs = study.findings.matrix, study.errors, study.findings.confused_pairs
    assert matrix is not None and errors is not None
    names = errors.class_names
    with drawing_style():
        change = figure("confusion_change", partial(confusion_maps.change_map, matrix, names, say), None, say)
        drawn = {key: partial(confusion_maps.arm_map, key, matrix, names, say) for key in matrix.by_arm}
        maps = [figure(f"confusion_grouped_{key}", draw, None, say) for key, draw in drawn.items()]
    return ConfusionPage(
        matrix=matrix,
        maps=(*([change] if change else []), *maps),
        pairs=html_table("pairs", lambda: pair_table(pairs, errors, say), say),
    )
