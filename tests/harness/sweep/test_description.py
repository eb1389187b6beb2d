"""A sweep's description follows what SET makes of its data and models."""

import pytest

from harness.sweep.loading import read_sweep
from tests.support.sweep_files import MINIMAL

FILE = MINIMAL + "description: A CNN beside an MLP, mnist5k\n"


@pytest.mark.parametrize(
    ("overrides", "description"),
    [
        ("", "A CNN beside an MLP, mnist5k"),
        ("seeds=2 search.num_trials=3", "A CNN beside an MLP, mnist5k"),  # how it is studied, not what
        ("data.source=folder:photos", "A CNN beside an MLP, mnist5k (changed: data.source)"),
        (
            "data.source=folder:photos seeds=2 student.epochs=4 data.source=folder:others",
            "A CNN beside an MLP, mnist5k (changed: data.source, student.epochs)",
        ),
        ("data.source=folder:photos description='My photos'", "My photos"),
    ],
)
def test_what_set_changes_of_data_and_models_is_named(write_sweep, overrides, description):
    assert read_sweep(write_sweep(FILE), overrides).description == description


def test_what_set_gives_as_the_file_has_it_is_no_change(write_sweep):
    path = write_sweep(FILE)
    source = read_sweep(path).data.source
    assert read_sweep(path, f"data.source={source}").description == "A CNN beside an MLP, mnist5k"


def test_without_a_description_nothing_is_said(write_sweep):
    assert read_sweep(write_sweep(MINIMAL), "data.source=folder:photos").description == ""


def test_a_description_that_is_no_text_is_an_error_of_its_own(write_sweep):
    with pytest.raises(ValueError, match="description"):
        read_sweep(write_sweep(MINIMAL + "description: [1]\n"), "data.source=folder:photos")
