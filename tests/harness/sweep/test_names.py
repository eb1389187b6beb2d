"""Names of sweeps: letters, digits, - and _; whatever else is typed is one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sweep.names import MAX_NAME_LENGTH, checked_name, is_name, shown
from harness.sweep.schema import Sweep
from kd.errors import InputError
from tests.support.small_sweep import SMALL


@pytest.mark.parametrize("name", ["a", "mnist_cnn-2", "0", "A" * MAX_NAME_LENGTH])
def test_what_a_sweep_may_be_called(name: str) -> None:
    assert checked_name(name) == name


@given(st.text(max_size=100))
def test_a_name_is_what_a_sweep_file_may_say_and_a_folder_of_its_own(name: str) -> None:
    try:
        Sweep.model_validate(SMALL | {"name": name})
    except ValueError:
        assert not is_name(name)
    else:
        assert is_name(name)
        assert not {"/", ".", "\n", " "} & set(name)


@given(st.text(min_size=1))
def test_what_is_refused_is_one_line_however_it_looks(name: str) -> None:
    assert shown(name).isprintable()
    if not is_name(name):
        with pytest.raises(InputError) as caught:
            checked_name(name, "CLUSTER")
        assert str(caught.value).startswith("CLUSTER: ")
        assert str(caught.value).isprintable()
