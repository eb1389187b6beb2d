"""Where images come from, and how they change."""

import pytest
from pydantic import ValidationError

from kd.config import AugmentConfig, DataConfig


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (AugmentConfig, {"resized_crop": 0}),
        (AugmentConfig, {"resized_crop": 1.5}),
        (AugmentConfig, {"color_jitter": 1.5}),
        (DataConfig, {"source": ""}),
        (DataConfig, {"source": "x", "val_fraction": 0}),
        (DataConfig, {"source": "x", "val_fraction": 1}),
        (DataConfig, {"source": "x", "max_train": 0}),
        (AugmentConfig, {"shift": -1}),
        (AugmentConfig, {"mixup": -0.1}),
        (AugmentConfig, {"mixup": float("inf")}),
        (AugmentConfig, {"cutmix": -1}),
        (AugmentConfig, {"rand_augment": {"num_ops": 0}}),
        (AugmentConfig, {"rand_augment": {"num_ops": 5}}),
        (AugmentConfig, {"rand_augment": {"magnitude": 31}}),
        (AugmentConfig, {"rand_augment": {"magnitude": 4.5}}),
        (AugmentConfig, {"num_views": 0}),
    ],
)
def test_values_outside_their_range_are_refused(kind, content):
    with pytest.raises(ValidationError):
        kind.model_validate(content)


@pytest.mark.parametrize(
    ("given", "read"),
    [(["ant", 1], ("ant", "1")), ({3: "three", "4": 4}, {"3": "three", "4": "4"}), (None, None)],
)
def test_class_names_are_a_list_or_a_mapping_and_numbers_count_as_names(given, read):
    assert DataConfig.model_validate({"source": "x", "class_names": given}).class_names == read


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("ant", "wanted is a list of all names"),
        ([True], "True: write it in quotes"),
        ({"a": [1]}, "not .'?1'?.: write"),
    ],
)
def test_other_class_names_are_refused(given, line):
    with pytest.raises(ValidationError, match=line):
        DataConfig.model_validate({"source": "x", "class_names": given})
