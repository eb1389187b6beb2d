"""Files as they stand, and what no reader can make of them."""

import pytest

from harness.sweep.loading import load_sweep
from harness.sweep.reading.plain_yaml import read_yaml
from tests.support.sweep_files import MINIMAL, refusal


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", " is empty; lines of key: value are wanted"),
        ("# nothing here yet\n", " is empty; lines of key: value are wanted"),
        ("- a\n- b\n", " holds a list; lines of key: value are wanted"),
        ("just words", " holds one value; lines of key: value are wanted"),
        ("name: x\ndata: {source: [}", " line 2: not YAML: "),
        ("name: x\n\tdata: 1", " that cannot start any token; indent with spaces"),
        (b"name: \xff\xfe", " is not UTF-8 from byte 7 on (0xff); save it as UTF-8"),
        (b"name: \0", "not YAML: unacceptable character"),
        ("name: 2024-13-01", "not YAML: month must be in 1..12"),
        ("name: !!python/object/apply:os.getcwd []", "not YAML: could not determine a constructor"),
        ("1: x", "name: missing"),
        ("seeds: 3\nname: x\nseeds: 4", " line 3: not YAML: key 'seeds' is given twice, first in line 1"),
        ("data: {source: x, source: y}", " line 1: not YAML: key 'source' is given twice, first in line 1"),
    ],
)
def test_files_that_are_no_sweep(write_sweep, text, says):
    path = write_sweep(text)
    message = refusal(path)
    assert message.startswith(str(path))
    assert says in message


def test_a_merged_key_may_be_replaced(write_sweep):
    text = "base: {b: &b {<<: {x: 1}, x: 2}}\nc: {<<: *b, x: 3}\n"
    assert read_yaml(write_sweep(text)) == {"base": {"b": {"x": 2}}, "c": {"x": 3}}


def test_a_file_that_cannot_be_read(tmp_path):
    assert refusal(tmp_path / "none.yaml") == f"no file {tmp_path}/none.yaml; give the path of one that is there"
    assert refusal(tmp_path) == f"{tmp_path} is a folder; give a file"


def test_nesting_without_end_is_one_line(write_sweep):
    assert refusal(write_sweep("a: " + 5000 * "[")).endswith("it is nested too deeply; lay it out flatter")


def test_numbers_with_an_exponent_are_numbers(write_sweep):
    # YAML 1.1 reads 1e-3, without a point, as a word.
    assert load_sweep(write_sweep(MINIMAL), "student.optimizer.lr=1e-3").student.optimizer.lr == 0.001


def test_reading_gives_the_mapping_as_it_stands(write_sweep):
    assert read_yaml(write_sweep("a: {b: [1, x]}")) == {"a": {"b": [1, "x"]}}
