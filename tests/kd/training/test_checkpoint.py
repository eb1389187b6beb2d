"""Checkpoints: two are kept, damage is passed over, and nothing is unpickled."""

import hashlib
import io
import pickle

import pytest
import torch

from kd.training.checkpoint import load_checkpoint, save_checkpoint
from tests.kd.run_lab import CPU


def save(folder, step, **more):
    save_checkpoint(folder, step, {"step": step, "weights": torch.arange(1000.0), **more})


def steps(folder):
    return sorted(int(path.name[5:14]) for path in folder.iterdir())


def damage(folder, step):
    (path,) = folder.glob(f"step-{step:09d}-*.pt")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_the_newest_two_are_kept_and_the_newest_is_read(tmp_path):
    folder = tmp_path / "checkpoint"
    assert load_checkpoint(folder, CPU) is None
    for step in (0, 5, 9, 10, 100):
        save(folder, step)
        assert load_checkpoint(folder, CPU)["step"] == step
    assert steps(folder) == [10, 100]


@pytest.mark.parametrize("how", ["flip", "cut", "empty"])
def test_a_damaged_checkpoint_is_passed_over_with_a_warning(tmp_path, how):
    save(tmp_path, 1)
    save(tmp_path, 2)
    (path,) = tmp_path.glob("step-000000002-*.pt")
    if how == "flip":
        damage(tmp_path, 2)
    else:
        path.write_bytes(path.read_bytes()[: 100 if how == "cut" else 0])
    with pytest.warns(UserWarning, match=rf"{path.name} is damaged and was passed over"):
        state = load_checkpoint(tmp_path, CPU)
    assert state["step"] == 1


def test_with_all_damaged_there_is_none(tmp_path):
    for step in (1, 2):
        save(tmp_path, step)
        damage(tmp_path, step)
    with pytest.warns(UserWarning, match="is damaged"):
        assert load_checkpoint(tmp_path, CPU) is None


def test_damaged_checkpoints_do_not_crowd_out_the_good_ones_written_after_them(tmp_path):
    for step in (80, 90):
        save(tmp_path, step)
        damage(tmp_path, step)
    for step in (0, 10, 20):
        save(tmp_path, step)
        assert load_checkpoint(tmp_path, CPU)["step"] == step  # a warning would fail the test
    assert steps(tmp_path) == [10, 20]


def test_saving_one_step_again_keeps_the_older_one_beside_it(tmp_path):
    for seconds in range(6):
        save(tmp_path, 4)
        save(tmp_path, 5, seconds=seconds)
        save(tmp_path, 5, seconds=seconds + 0.5)
        state = load_checkpoint(tmp_path, CPU)
        assert (state["step"], state["seconds"]) == (5, seconds + 0.5)
        assert len(steps(tmp_path)) == 2


def test_other_files_in_the_folder_are_left_alone(tmp_path):
    (tmp_path / "step-notes.pt").write_text("mine")
    for step in (1, 2, 3):
        save(tmp_path, step)
    assert load_checkpoint(tmp_path, CPU)["step"] == 3
    assert (tmp_path / "step-notes.pt").read_text() == "mine"


class Bomb:
    def __reduce__(self):
        return (exec, ("raise SystemExit('a pickle was run')",))


def test_a_checkpoint_cannot_run_code(tmp_path):
    buffer = io.BytesIO()
    torch.save({"model": Bomb()}, buffer)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()[:16]
    (tmp_path / f"step-000000001-{digest}.pt").write_bytes(content)
    with pytest.raises(pickle.UnpicklingError):
        load_checkpoint(tmp_path, CPU)


def test_what_a_kill_left_of_an_earlier_one_is_removed(tmp_path):
    save_checkpoint(tmp_path / "c", 1, {"step": 1})
    stray = tmp_path / "c" / ".step-000000002-0123456789abcdef.pt.01234567.tmp"
    stray.write_bytes(b"half")
    save_checkpoint(tmp_path / "c", 2, {"step": 2})
    assert not stray.exists()
