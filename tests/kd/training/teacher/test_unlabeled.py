"""Images without labels: what each step takes of them, and what is learned from them."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from pydantic import ValidationError

from kd.augment.transforms import augment, epoch_order, unlabeled_order, view_table
from kd.config import AugmentConfig, DistillConfig, OptimizerConfig, UnlabeledConfig, UnlabeledImages, pack_key, run_id
from kd.data.images import Split, open_training, open_unlabeled
from kd.errors import NonFiniteLossError
from kd.models import build_model
from kd.training.teacher.logits import OnlineTeacher
from kd.training.teacher.unlabeled import UnlabeledStream
from tests.kd.run_lab import CPU, SHIFT, UNLABELED, difference, history, same_weights, weights


def stream_of(lab, num_images, num_labelled=90, ratio=1.0, **changes):
    """A stream over images that are all one grey: image i has the value i."""
    images = torch.arange(num_images, dtype=torch.uint8)[:, None, None, None].expand(-1, 1, 4, 4)
    config = lab.with_unlabeled(ratio=ratio, **changes)
    split = Split(images, torch.full((num_images,), -1))
    return UnlabeledStream(config, split, OnlineTeacher([]), num_labelled)


def taken(stream, steps):
    return [stream.draw(step).rows_U.tolist() for step in range(steps)]


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1, 2.5])
@pytest.mark.parametrize("num_images", [1, 7, 40, 200])
def test_every_image_comes_once_before_any_comes_again(lab, num_images, ratio):
    stream = stream_of(lab, num_images, ratio=ratio)
    drawn = [row for rows in taken(stream, 9) for row in rows]
    assert len(drawn) == int(ratio * 270) == stream.num_drawn(3)
    for start in range(0, len(drawn), num_images):
        a_pass = drawn[start : start + num_images]
        assert len(set(a_pass)) == len(a_pass)


def test_a_step_has_its_share_beside_its_labelled_images(lab):
    assert [len(rows) for rows in taken(stream_of(lab, 40, ratio=0.5), 6)] == [16, 16, 13] * 2  # of 32, 32 and 26


def test_the_order_is_the_seeds_and_another_one_in_each_pass(lab):
    one, again, other = (taken(stream_of(lab, 30, seed=seed), 9) for seed in (0, 0, 1))
    assert one == again != other
    drawn = [row for rows in one for row in rows]
    assert drawn[:30] != drawn[30:60]
    assert drawn[:30] == unlabeled_order(0, 0, 30).tolist()
    assert drawn[:30] != epoch_order(0, 0, 30).tolist()


def test_the_nth_pass_sees_view_n(lab):
    stream = stream_of(lab, 60, augment=AugmentConfig(shift=1))  # 270 draws: five passes
    drawn = [stream.draw(step) for step in range(9)]
    assert torch.cat([draw.views_U for draw in drawn]).tolist() == [n // 60 for n in range(270)]
    images = stream.images(drawn[1])  # the 33rd to the 64th: of two passes
    rows = drawn[1].rows_U
    whole = torch.arange(60, dtype=torch.uint8)[:, None, None, None].expand(-1, 1, 4, 4)
    for place, view in ((slice(0, 28), 0), (slice(28, 32), 1)):
        expected = augment(whole, view_table(view, 60), AugmentConfig(shift=1))
        assert torch.equal(images[place], expected[rows[place]])


@pytest.mark.parametrize("views", [AugmentConfig(), SHIFT], ids=["plain", "shifted"])
def test_the_run_is_the_textbook_loop(taught, tmp_path, views):
    # Written out, without any of the program's loop, loss or stream: the mean over all images of a step, of which
    # those without labels have the soft term alone.
    lab = taught.elsewhere(tmp_path / "sweep")
    training = {"optimizer": OptimizerConfig(name="sgd", lr=0.1)}
    config = lab.with_unlabeled(alpha=0.3, temperature=4.0, augment=views, training=training)
    lab.execute(lab.unlabeled_logits(views))
    lab.execute(config)
    data = open_training(config.data, lab.paths.data, CPU)
    more = open_unlabeled(config.data, UNLABELED, lab.paths.data, CPU)
    torch.manual_seed(config.seed)
    model = build_model("mnist_mlp", 10, (1, 28, 28))
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)

    def seen(images, num_images, view, logits):
        teacher = torch.from_numpy(np.load(lab.paths.logits(logits) / f"view-{view:04d}.npy")).float()
        return augment(images, view_table(view, num_images), views), teacher

    def divergence(logits, teacher):
        p = F.softmax(teacher / 4, 1)
        return 16 * (p * (p.log() - F.log_softmax(logits / 4, 1))).sum(1)

    stream = torch.cat([unlabeled_order(config.seed, number, 25) + 25 * number for number in range(8)]).tolist()
    done, soft_losses = 0, []
    for epoch in range(3):
        view = epoch % 2 if views.changes_pixels else 0
        images, teacher = seen(data.train.images_NCHW, 90, view, config.logits)
        of_epoch = []
        for batch in torch.split(epoch_order(config.seed, epoch, 90), 32):
            first, done = int(0.7 * done + 1e-9), done + len(batch)
            drawn = stream[first : int(0.7 * done + 1e-9)]
            pairs = [(place % 25, (place // 25) % 2 if views.changes_pixels else 0) for place in drawn]
            whole = [
                seen(more.images_NCHW, 25, v, config.unlabeled.logits) for v in (0, 1 if views.changes_pixels else 0)
            ]
            beside = torch.stack([whole[v][0][row] for row, v in pairs])
            said = torch.stack([whole[v][1][row] for row, v in pairs])
            logits, logits_beside = model(torch.cat([images[batch], beside])).split([len(batch), len(drawn)])
            hard = F.cross_entropy(logits, data.train.labels_N[batch], reduction="none")
            soft = divergence(logits_beside, said)
            losses = torch.cat([0.3 * divergence(logits, teacher[batch]) + 0.7 * hard, soft])
            optimizer.zero_grad()
            losses.mean().backward()
            optimizer.step()
            of_epoch += soft.tolist()
        soft_losses.append(sum(of_epoch) / len(of_epoch))
    for name, expected in model.net.state_dict().items():
        torch.testing.assert_close(weights(lab, config)[name], expected, rtol=1e-3, atol=1e-5)
    assert [epoch.unlabeled_loss for epoch in history(lab, config).epochs] == pytest.approx(soft_losses, rel=1e-4)


@pytest.mark.parametrize("loss", ["kd", "dkd", "nkd", "dist", "hard", "users_losses:smooth"])
def test_no_loss_looks_at_a_label(lab, loss):
    config = lab.with_unlabeled(distill=DistillConfig(loss=loss, alpha=0.5))
    lab.execute(config)
    assert all(epoch.unlabeled_loss > 0 for epoch in history(lab, config).epochs)


def test_with_alpha_0_unlabelled_images_teach_all_the_same(lab):
    config = lab.with_unlabeled(alpha=0.0)
    lab.execute(config)
    lab.execute(lab.config())
    assert not same_weights(weights(lab, config), weights(lab, lab.config()))


def test_the_teacher_online_says_what_it_said_before(lab):
    kept = lab.with_unlabeled()
    taught = {"logits": None, "teachers": (run_id(lab.teacher()),)}
    online = lab.with_unlabeled(**taught, unlabeled=UnlabeledConfig(images=UNLABELED, ratio=0.7))
    lab.execute(kept)
    lab.execute(online)
    assert difference(weights(lab, kept), weights(lab, online)) < 5e-3  # float16, and three epochs that multiply it


def test_one_image_without_label_and_one_with_it_are_a_batch(lab):
    # 90 images in batches of 89: the last is of one image, for a model that normalises over its batch
    training = {"model": "users_nets:dropout_net", "batch_size": 89}
    config = lab.with_unlabeled(ratio=1.0, training=training)
    assert lab.execute(config).epochs == 3
    fewer = lab.with_unlabeled(ratio=0.005, training=training)  # of three epochs one image: most steps have none
    assert lab.execute(fewer).epochs == 3
    assert [epoch.unlabeled_loss > 0 for epoch in history(lab, fewer).epochs] == [False, False, True]


def test_a_loss_that_is_no_number_is_told_by_its_name(lab, monkeypatch):
    answers = UnlabeledStream.teacher_logits
    monkeypatch.setattr(UnlabeledStream, "teacher_logits", lambda *args: answers(*args) * float("inf"))
    one_step = {"epochs": 1, "batch_size": 90}  # its labelled images are read before it breaks the weights
    with pytest.raises(NonFiniteLossError, match="the loss of the unlabelled images is nan in epoch 1"):
        lab.execute(lab.with_unlabeled(training=one_step))


def test_they_train_alone_and_need_a_teacher_and_no_features(lab):
    assert pack_key(lab.distilled()) is not None
    assert pack_key(lab.with_unlabeled()) is None
    unlabeled = UnlabeledConfig(images=UnlabeledImages(digest=None))
    with pytest.raises(ValidationError, match="unlabelled images are taught as labelled ones are"):
        lab.config(unlabeled=unlabeled)
    with pytest.raises(ValidationError, match="features goes with labelled images alone"):
        lab.featured({"loss": "rkd"}, unlabeled=unlabeled)
    with pytest.raises(ValidationError, match="control: shuffled_dark goes with labelled images alone"):
        lab.with_unlabeled(distill=DistillConfig(control="shuffled_dark"))
