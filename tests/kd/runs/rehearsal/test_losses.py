"""A loss of the user's own is tried before anything is trained: good ones pass, others are one line."""

import pytest
import torch

from kd.config import DistillConfig
from kd.errors import InputError
from kd.files import read_record
from kd.records import Rehearsal, RehearsalRequest
from kd.runs.rehearsal.losses import rehearse_loss
from kd.runs.rehearsal.models import rehearse

CPU = torch.device("cpu")


def own(name, temperature=4.0, **options):
    return DistillConfig(loss=f"users_losses:{name}", temperature=temperature, options=options)


@pytest.mark.parametrize("num_classes", [2, 10, 100])
@pytest.mark.parametrize("distill", [own("plain_kd"), own("smooth", delta=0.5, kind="sum"), own("in_float64")])
def test_a_good_loss_passes_with_any_number_of_classes(distill, num_classes):
    settings = [distill, distill.with_values({"temperature": 20.0})]
    found = rehearse_loss("distill", settings, num_classes, CPU)
    assert (found.place, found.loss, found.num_classes) == ("distill", distill.loss, num_classes)
    assert len(set(found.values)) == 2


BAD = {
    "vector": r"returned \[7\] for 7 images; wanted is a scalar",
    "number": "returned float; wanted is a tensor, a scalar",
    "infinite": "is -inf on random logits of 5 classes at temperature 4; keep logarithms and divisions from 0",
    "steep": "has a gradient that is not finite on random logits of 5 classes at temperature 4; roots",
    "detached": "gives no gradient for the student's logits: they are detached, or used under no_grad",
    "counting": "has a gradient of 0 for the student's logits .* does not depend on them smoothly",
    "in_place": "changes its student_logits in place, .*; begin it with student_logits = student_logits.clone",
    "changes_the_teacher": "changes its teacher_logits in place",
    "teaches_the_teacher": "asks for a gradient of the teacher's logits",
    "of_ten_classes": r"fails on random logits of 5 classes at temperature 4: RuntimeError: shape '\[-1, 10\]'",
    "failing": "fails on random logits .*: AttributeError: 'Tensor' object has no attribute 'softmox'; it must compute",
}


@pytest.mark.parametrize("name", BAD)
def test_another_is_one_line_that_names_its_place(name):
    with pytest.raises(InputError, match=rf"^methods\.2\.loss: users_losses:{name} .*{BAD[name]}") as caught:
        rehearse_loss("methods.2", [own(name)], 5, CPU)
    assert "\n" not in str(caught.value)


def test_what_is_wrong_at_one_end_of_the_search_alone_is_found():
    settings = [own("top_k", depth=2), own("top_k", depth=7)]
    with pytest.raises(InputError, match="fails on random logits of 5 classes at temperature 4, depth 7: RuntimeError"):
        rehearse_loss("distill", settings, 5, CPU)


def test_a_rehearsal_tries_losses_before_models_and_ends_at_a_bad_one(digits, store_root, tmp_path, lab):
    def tried(distill):
        training = lab.config().training
        request = RehearsalRequest(data=digits, models={"student": training}, losses={"distill": (distill,)})
        rehearse(request, store_root, tmp_path / "result.json", CPU)
        return read_record(tmp_path / "result.json", Rehearsal)

    good = tried(own("smooth"))
    assert [loss.num_classes for loss in good.losses] == [10]
    assert [model.place for model in good.models] == ["student"]
    assert good.failure is None
    bad = tried(own("vector"))
    assert (bad.losses, bad.models) == ([], [])
    assert bad.failure.startswith("distill.loss: users_losses:vector returned [7]")


def test_trying_draws_from_no_generator_of_torch():
    before = torch.random.get_rng_state()
    rehearse_loss("distill", [own("smooth")], 10, CPU)
    assert torch.equal(torch.random.get_rng_state(), before)
