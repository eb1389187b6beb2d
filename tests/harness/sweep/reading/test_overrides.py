"""Assignments behind SET."""

import shlex

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.sweep.loading import load_sweep
from harness.sweep.reading.overrides import parse_overrides
from harness.sweep.schema import Setting
from harness.sweep.search.config import SearchConfig
from kd.config import AugmentConfig, OptimizerConfig
from kd.errors import InputError
from tests.support.sweep_files import MINIMAL, refusal


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("epochs", "SET: 'epochs' is not key=value"),
        ("=3", "SET: '=3' is not key=value"),
        ("student..epochs=3", "SET: 'student..epochs=3' is not key=value"),
        (".epochs=3", "is not key=value"),
        ("student.epochs = 3", "is not key=value"),
        ("name='open", "no closing quotation"),
        ("compare=[1,", "SET: compare: '[1,' is not a YAML value"),
        (f"compare={'[' * 3000}", "SET: compare: '[[["),
        ("compare=[1] compare.0.alpha=0.5", "SET: compare.0.alpha: entry 0 is 1, which has no keys"),
        ("name=2024-13-01", "SET: name: '2024-13-01' is not a YAML value"),
        ("'compare=[{alpha: 0.1, alpha: 0.2}]'", "SET: compare: '[{alpha: 0.1, alpha: 0.2}]' is not a YAML value"),
    ],
)
def test_words_that_are_no_assignment(write_sweep, words, says):
    message = refusal(write_sweep(MINIMAL), words)
    assert message.startswith("SET: ")
    assert says in message


def test_assignments_reach_every_depth_and_leave_the_rest(write_sweep):
    path = write_sweep(MINIMAL + "search: null\n")
    sweep = load_sweep(
        path,
        "seeds=2 student.optimizer.lr=1e-2 data.augment.shift=3 search.num_trials=7 "
        "'compare=[{alpha: 0.9, temperature: 4}]' description='two words'",
    )
    plain = load_sweep(path)
    assert sweep.seeds == 2
    assert sweep.student.optimizer == OptimizerConfig(lr=0.01)
    assert sweep.data.augment == AugmentConfig(shift=3)
    assert sweep.search == SearchConfig(num_trials=7)
    assert sweep.compare == (Setting(alpha=0.9, temperature=4),)
    assert sweep.description == "two words"
    assert sweep.teacher == plain.teacher
    assert plain.search is None


def test_a_short_form_grows_into_a_mapping(write_sweep):
    path = write_sweep(MINIMAL.replace("mnist_mlp, epochs: 3", "mnist_mlp, epochs: 3, optimizer: sgd"))
    assert load_sweep(path, "student.optimizer.momentum=0.5").student.optimizer == OptimizerConfig(
        name="sgd", momentum=0.5
    )
    path = write_sweep(MINIMAL.replace('mnist5k"', 'mnist5k", augment: none'))
    assert load_sweep(path, "data.augment.flip=true").data.augment == AugmentConfig(flip=True)


def test_an_assignment_changes_one_user_of_a_yaml_alias(write_sweep):
    text = MINIMAL.replace("teacher: {", "teacher: &net {").replace("{model: mnist_mlp, epochs: 3}", "*net")
    sweep = load_sweep(write_sweep(text), "student.epochs=9")
    assert (sweep.teacher.epochs, sweep.student.epochs) == (2, 9)
    text = MINIMAL.replace("cnn, epochs: 2", "cnn, epochs: 2, optimizer: &o {lr: 0.5}")
    text = text.replace("mlp, epochs: 3", "mlp, epochs: 3, optimizer: *o")
    sweep = load_sweep(write_sweep(text), "student.optimizer.lr=0.25")
    assert (sweep.teacher.optimizer.lr, sweep.student.optimizer.lr) == (0.5, 0.25)


@pytest.mark.parametrize(
    "path",
    [
        "my pets",
        "pets #1",
        "it's",
        'the "best"',
        "猫 и собаки",
        "a: b",
        "{a, b}",
        "*",
        "50%",
        "$HOME",
        "a\\b",
        "end ",
        "#",
    ],
)
def test_the_data_may_lie_in_a_folder_of_any_name(write_sweep, path):
    for source in (f"folder:/data/{path}", f"/data/{path}", f"./{path}"):
        sweep = load_sweep(write_sweep(MINIMAL), f"seeds=2 {shlex.quote(f'data.source={source}')} student.epochs=7")
        assert (sweep.data.source, sweep.seeds, sweep.student.epochs) == (source, 2, 7)


def test_a_source_in_quotes_of_its_own_is_read_without_them(write_sweep):
    assert load_sweep(write_sweep(MINIMAL), """data.source="'folder:my pets'" """).data.source == "folder:my pets"


@pytest.mark.parametrize("text", ["data.source=folder:my pets", "data.source=folder:it's"])
def test_a_value_that_wants_quotes_says_so(write_sweep, text):
    with pytest.raises(InputError, match=r"stands in quotes: data\.source='folder:my pets'"):
        load_sweep(write_sweep(MINIMAL), text)


@pytest.mark.parametrize(
    ("overrides", "splits"),
    [
        ("data.splits.test=null", {"test": None}),
        ("data.splits.train=fold1 data.splits.test=fold2", {"train": "fold1", "test": "fold2"}),
        ("data.splits='{train: .}'", {"train": "."}),
        ("data.splits=null", None),
    ],
)
def test_splits_can_be_named_behind_make(write_sweep, overrides, splits):
    assert load_sweep(write_sweep(MINIMAL), overrides).data.splits == splits


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ("data.splits.tset=null", "data.splits.tset"),
        ("data.duplicates=keep", "data.duplicates: Input should be 'warn', 'drop' or 'allow'"),
    ],
)
def test_keys_of_data_that_are_misspelt(write_sweep, overrides, message):
    with pytest.raises(InputError) as caught:
        load_sweep(write_sweep(MINIMAL), overrides)
    assert message in str(caught.value)


def test_the_last_of_two_assignments_counts(write_sweep):
    assert load_sweep(write_sweep(MINIMAL), "seeds=2 seeds=3").seeds == 3


KEYS = st.lists(st.from_regex(r"[a-z_]{1,6}", fullmatch=True), min_size=1, max_size=3)
VALUES = st.integers() | st.booleans() | st.none() | st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(st.lists(st.tuples(KEYS, VALUES), max_size=4))
def test_assignments_are_read_as_they_were_written(pairs):
    words = " ".join(f"{'.'.join(key)}={yaml.safe_dump(value).splitlines()[0]}" for key, value in pairs)
    assert parse_overrides(words) == pairs


SEVERAL = MINIMAL.replace("student: ", "students:\n  - {model: mnist_mlp, epochs: 1}\n  - ").replace(
    "teacher: ", "teachers:\n  - {model: mnist_cnn, epochs: 1}\n  - "
)


@pytest.mark.parametrize(
    ("content", "words", "says"),
    [
        (MINIMAL, "students.0.epochs=2", "this sweep has one student and no list of them; give student.epochs"),
        (MINIMAL, "teachers.1.seed=2", "this sweep has one teacher and no list of them; give teacher.seed"),
        (SEVERAL, "student.epochs=2", "this sweep lists students; give students.0.epochs for the first of them"),
        (SEVERAL, "teacher.seed=2", "this sweep lists teachers; give teachers.0.seed for the first of them"),
    ],
)
def test_one_of_a_list_that_is_not_there_and_the_reverse_are_told_what_is_meant(write_sweep, content, words, says):
    assert refusal(write_sweep(content), words) == f"SET: {words.partition('=')[0]}: {says}"


def test_one_of_a_list_is_changed_by_its_number(write_sweep):
    assert load_sweep(write_sweep(SEVERAL), "students.0.epochs=7").students[0].epochs == 7
