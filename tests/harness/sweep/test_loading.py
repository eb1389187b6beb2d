"""What a sweep's models and losses hold is part of what it is."""

import hashlib
import sys

import pytest

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from kd.errors import InputError
from kd.model_source import source_sha256
from tests.support.sweep_files import MINIMAL, refusal


def test_a_checkpoint_is_known_by_its_weights(write_sweep, tmp_path):
    def name(place, content, overrides=""):
        folder = tmp_path / place
        folder.mkdir(exist_ok=True)
        (folder / "model.safetensors").write_bytes(content)
        text = MINIMAL.replace("mnist_cnn, epochs: 2", f"mnist_cnn, epochs: 0, checkpoint: {folder}")
        sweep = load_sweep(write_sweep(text), overrides)
        assert sweep.teacher.checkpoint == str(folder)
        assert sweep.teacher.checkpoint_sha256 == hashlib.sha256(content).hexdigest()
        assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep
        plan = Plan(sweep, "0" * 16)
        return plan.teachers[0].id, plan.logits.id, plan.baselines()[0].id

    here = name("here", b"weights")
    assert name("there", b"weights") == here
    assert name("here", b"other")[:2] != here[:2]
    assert name("here", b"other")[2] == here[2]
    with pytest.raises(InputError, match=f"teacher.checkpoint_sha256: {tmp_path}/here holds .*, got 'abc'"):
        name("here", b"weights", "teacher.checkpoint_sha256=abc")


def test_a_loss_of_ones_own_is_known_by_its_source(write_sweep, tmp_path, monkeypatch):
    def plan(folder, source, overrides=""):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "losses_b.py").write_text(source)
        text = MINIMAL + "distill: {loss: 'losses_b:f', options: {delta: 2}}\n"
        with monkeypatch.context() as here:
            here.syspath_prepend(str(tmp_path / folder))
            sweep = load_sweep(write_sweep(text), overrides)
        assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep
        plan = Plan(sweep, "0" * 16)
        trial = plan.trial({"alpha": 0.5, "temperature": 2.0})
        return plan.teachers[0].id, plan.logits.id, plan.baselines()[0].id, trial.id

    source = "raise SystemExit('imported')\n"
    here = plan("here", source)
    assert plan("there", source) == here
    changed = plan("there", "x = 1\n")
    assert changed[:3] == here[:3]
    assert changed[3] != here[3] != plan("here", source, "distill.options.delta=3")[3]
    assert "losses_b" not in sys.modules
    with pytest.raises(InputError, match=r"SET: distill\.loss_sha256: losses_b:f is .*, got 'abc'"):
        plan("here", source, "distill.loss_sha256=abc")


def test_every_loss_of_ones_own_is_pinned_wherever_it_is_named(write_sweep, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "losses_d.py").write_text("x = 1\n")
    digest = source_sha256("losses_d:f")
    text = MINIMAL + (
        "methods: [kd, {loss: 'losses_d:f', name: mine}]\n"
        "compare: [{alpha: 1, temperature: 2}, {alpha: 1, temperature: 2, loss: 'losses_d:g'}]\n"
    )
    sweep = load_sweep(write_sweep(text))
    assert [method.loss_sha256 for method in sweep.methods] == [None, digest]
    assert [(loss.loss, loss.loss_sha256) for loss in sweep.compared_losses] == [("kd", None), ("losses_d:g", digest)]
    assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep
    with pytest.raises(InputError, match=r"methods\.1\.loss_sha256: losses_d:f is .*, got 'abc'"):
        load_sweep(write_sweep(text.replace("name: mine", "loss_sha256: abc")))
    with pytest.raises(InputError, match=r"compare\.1\.loss_sha256: losses_d:g is .*, got 'abc'"):
        load_sweep(write_sweep(text.replace("'losses_d:g'", "'losses_d:g', loss_sha256: abc")))


def test_a_relative_checkpoint_stays_the_same_folder_from_elsewhere(write_sweep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "model.safetensors").write_bytes(b"weights")
    assert load_sweep(write_sweep(MINIMAL), "student.checkpoint=net").student.checkpoint == str(tmp_path / "net")


def test_a_checkpoint_without_weights_is_refused(write_sweep, tmp_path):
    message = refusal(write_sweep(MINIMAL), f"teacher.checkpoint={tmp_path}/none")
    said = (
        f"teacher.checkpoint: no file or folder {tmp_path}/none; give the path of one that is there; a model folder, "
    )
    assert said in message
    (tmp_path / "empty").mkdir()
    message = refusal(write_sweep(MINIMAL), f"teacher.checkpoint={tmp_path}/empty")
    assert f"teacher.checkpoint: no .safetensors file in {tmp_path}/empty" in message


def test_a_file_of_weights_is_known_by_its_content(write_sweep, tmp_path):
    (tmp_path / "prod.pth").write_bytes(b"weights")
    text = MINIMAL.replace("mnist_cnn, epochs: 2", f"'nowhere:net', epochs: 0, checkpoint: {tmp_path}/prod.pth")
    teacher = load_sweep(write_sweep(text)).teacher
    assert teacher.checkpoint == str(tmp_path / "prod.pth")
    assert teacher.checkpoint_sha256 == hashlib.sha256(b"weights").hexdigest()


def test_another_sweep_s_model_is_looked_for_by_what_it_is_wanted_as(write_sweep, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    asked = []

    def locate(reference, role):
        asked.append((reference, role))
        return tmp_path

    overrides = "teacher.checkpoint=sweep:before student.checkpoint=sweep:before"
    sweep = load_sweep(write_sweep(MINIMAL), overrides, locate)
    assert asked == [("sweep:before", "teacher"), ("sweep:before", "student")]
    assert sweep.teacher.checkpoint == sweep.student.checkpoint == str(tmp_path)
