"""The example models are what their docstrings say."""

import pytest

from kd.evaluation.logits import measure_size
from kd.models import build_model, example


@pytest.mark.parametrize("factory", [example.dropout_resnet, example.dropout_conv])
def test_the_example_models_are_as_large_as_they_say(factory):
    model = build_model(f"kd.models.example:{factory.__name__}", 10, (1, 28, 28))
    size = measure_size(model, (1, 28, 28))
    assert f"{size.num_parameters:,} parameters on 1×28×28 images and 10 classes" in factory.__doc__
    assert model.mean.item() == pytest.approx(0.286 * 255)
