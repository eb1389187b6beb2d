"""Published figures: of one paper or several, as they were always written, and each number once."""

import pytest
import yaml
from pydantic import ValidationError

from harness.sweep.schema import Sweep
from harness.sweep.sections.reference import Reference, published_figures, sources

SWEEP = {
    "name": "s",
    "data": {"source": "embedded:mnist5k"},
    "teacher": {"model": "mnist_cnn", "epochs": 1},
    "student": {"model": "mnist_mlp", "epochs": 1},
    "search": {"num_trials": 3},
}
KD = {"source": "A et al.", "teacher": 0.79, "baseline": 0.72, "distilled": 0.73}
DKD = {"source": "B et al.", "protocol": "best test epoch", "method": "DKD", "baseline": 0.72, "distilled": 0.76}


def read(reference):
    return Sweep.model_validate(SWEEP | {"reference": reference})


@pytest.mark.parametrize("reference", [None, KD, [KD, DKD]])
def test_what_is_kept_of_a_sweep_is_as_it_was_written(reference):
    sweep = read(reference)
    kept = yaml.safe_load(yaml.safe_dump(sweep.model_dump(mode="json")))
    assert Sweep.model_validate(kept) == sweep
    nothing = {"teacher": None, "baseline": None, "distilled": None}
    whole = [nothing | each for each in reference] if isinstance(reference, list) else reference
    assert kept["reference"] == whole


def test_a_list_of_one_is_the_mapping():
    assert read([KD]) == read(KD)
    assert read([]) == read(None)


def test_each_figure_stands_once_with_the_method_that_it_belongs_to():
    papers = read([KD, DKD]).reference
    assert published_figures(papers, "teacher") == {0.79: "A et al."}
    assert published_figures(papers, "baseline") == {0.72: "A et al."}
    assert published_figures(papers, "distilled") == {0.73: "A et al.", 0.76: "DKD"}
    assert published_figures(papers, "compare-1") == published_figures((), "teacher") == {}


def test_sources_are_one_line_of_those_that_have_figures():
    silent = Reference(source="C et al.")
    assert sources((*read([KD, DKD]).reference, silent)) == "A et al.; DKD: B et al. (best test epoch)"
    assert sources((silent,)) is None
    assert sources(()) is None


@pytest.mark.parametrize("reference", [{"source": "A", "teacher": 79}, [KD, {"teacher": 0.5}], {"sauce": "A"}])
def test_what_is_no_fraction_or_has_no_source_is_refused(reference):
    with pytest.raises(ValidationError):
        read(reference)
