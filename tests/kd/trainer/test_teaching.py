"""Who teaches: a model, several, kept logits, or the batch itself."""

import pytest
import torch
from torch import nn

from kd.errors import InputError
from kd.trainer.batches import Batch
from kd.trainer.teaching import Teaching

CPU = torch.device("cpu")
BATCH = Batch(torch.rand(4, 3), torch.arange(4))
LOGITS = torch.rand(4, 2)


def test_what_came_with_the_batch_is_used_before_a_model_is_asked():
    teaching = Teaching(nn.Linear(3, 2), CPU)
    assert teaching.logits(BATCH._replace(teacher_BC=LOGITS)) is LOGITS
    assert teaching.logits(BATCH).shape == (4, 2)
    assert not teaching.logits(BATCH).requires_grad


def test_several_models_teach_by_their_mean():
    models = [nn.Linear(3, 2), nn.Linear(3, 2)]
    with torch.no_grad():
        mean = (models[0](BATCH.images) + models[1](BATCH.images)) / 2
    torch.testing.assert_close(Teaching(models, CPU).logits(BATCH), mean)


def test_models_are_in_evaluation_mode_when_asked():
    model = nn.Dropout(0.5).train()
    teaching = Teaching(model, CPU)
    teaching.eval()
    assert torch.equal(teaching.logits(BATCH), BATCH.images)


@pytest.mark.parametrize(
    ("teacher", "message"),
    [
        (None, "without a teacher_model each batch must bring its logits"),
        ([], "without a teacher_model"),
        (LOGITS, "kept teacher logits need each sample's number in the batch"),
    ],
)
def test_nobody_who_teaches_is_said(teacher, message):
    with pytest.raises(InputError, match=message):
        Teaching(teacher, CPU).logits(BATCH)


@pytest.mark.parametrize("kept", [torch.rand(4), torch.ones(4, 2, dtype=torch.int64)])
def test_kept_logits_are_a_table_of_floats(kept):
    with pytest.raises(InputError, match=r"kept teacher logits must be floating, \[samples, classes\], got torch"):
        Teaching(kept, CPU)
