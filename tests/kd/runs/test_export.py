"""An export: val decides, test is read last, and what is refused or interrupted leaves nothing that counts."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import kd.runs.export as module
from kd.config import run_id
from kd.data.images import open_test
from kd.errors import InputError
from kd.evaluation.logits import compute_logits
from kd.exports import Export, ExportOrder, ExportRequest
from kd.files import read_record, sha256_of_file, sha256_of_weights, write_record
from kd.models import build_model
from kd.models.files import card_for, save_model
from kd.records import Metrics
from kd.runs.export import TooFarError, export, main
from kd.runs.folder.results import load_run_model
from tests.kd.run_lab import CPU

pytestmark = pytest.mark.thorough


@pytest.fixture
def students(lab):
    """A baseline and a distilled student, trained."""
    configs = lab.config(), lab.distilled()
    for config in configs:
        lab.execute(config)
    return [run_id(config) for config in configs]


def order(lab, students, form="int8", **changes):
    baseline, distilled = students
    place = lab.paths.run(distilled) / "model"
    request = ExportRequest(
        format=form,
        run_id=distilled,
        weights_sha256=sha256_of_weights(place),
        arms={"baseline": (baseline,), "distilled": (distilled,)},
        data=lab.data,
        calibration_images=40 if form == "int8" else None,
        runtime="1",
    )
    return ExportOrder(**({"request": request, "model": str(place), "max_drop": 0.1} | changes))


def add_collapsing(lab, students):
    """The distilled student again, with a hidden unit of 10,000 that nothing is made of: int8 has no room for both."""
    baseline, distilled = students
    config = lab.config(training={"model": "users_nets:wide_mlp"}, role="final", seed=7)
    old = load_file(lab.paths.run(distilled) / "model" / "model.safetensors")
    model = build_model("users_nets:wide_mlp", 10, (1, 28, 28))
    with torch.no_grad():
        for name, value in model.net.state_dict().items():
            value.zero_()
            value[tuple(slice(size) for size in old[name].shape)] = old[name]
        model.net[1].bias[-1] = 1e4
    folder = lab.add(config)
    save_model(folder / "model", model, card_for("users_nets:wide_mlp", model, (1, 28, 28), list("0123456789")))
    write_record(folder / "metrics.json", Metrics(run_id=run_id(config)))
    return baseline, run_id(config)


def left(lab):
    return sorted(path.name for path in lab.paths.sweep.iterdir()) + sorted(
        path.name for path in (lab.paths.sweep / "exports").glob("*")
    )


def no_test(*_):
    raise AssertionError("test was read")


@pytest.mark.parametrize(
    ("form", "name"), [("fp32", "model.onnx"), ("fp16", "model-fp16.onnx"), ("int8", "model-int8.onnx")]
)
def test_the_file_its_predictions_and_its_record_belong_together(lab, students, form, name):
    said = []
    record = export(order(lab, students, form), lab.paths, said.append)
    sweep = lab.paths.sweep
    assert read_record(sweep / "exports" / f"{form}.json", Export) == record
    assert record.file_sha256 == sha256_of_file(sweep / name)
    assert record.num_bytes == (sweep / name).stat().st_size
    test = open_test(lab.data, lab.paths.data, CPU)
    with np.load(sweep / "exports" / f"{form}.npz", allow_pickle=False) as arrays:
        assert (arrays["labels"] == test.labels_N.numpy()).all()
        assert set(arrays) == {"labels", *(f"{each} {run}" for each in ("fp32", form) for run in students)}
        for run in students:
            torchs = compute_logits(load_run_model(lab.paths.run(run), CPU), test.images_NCHW).argmax(dim=1).numpy()
            assert (arrays[f"fp32 {run}"] == torchs).all()
            assert (arrays[f"{form} {run}"] == torchs).mean() > 0.9
    assert record.val.num_images == 30 and record.num_test_readings == 1
    assert [line.partition(" is ")[0] for line in said] == ([] if form == "fp32" else [f"On val (30 images) {form}"])
    assert left(lab) == ["exports", name, "runs", "teacher_logits", f"{form}.json", f"{form}.npz"]


def test_int8_that_collapses_is_refused_before_test_is_read_and_leaves_nothing(lab, students, monkeypatch):
    collapsing = add_collapsing(lab, students)
    monkeypatch.setattr(module, "open_test", no_test)
    before = left(lab)
    with pytest.raises(TooFarError) as caught:
        export(order(lab, collapsing, factory="users_nets:wide_mlp"), lab.paths, print)
    said = str(caught.value)
    assert "further below than MAX_DROP=10 accepts" in said
    assert "the difference as measured decides, not its interval" in said
    assert said.endswith("calibrate with more images (CALIBRATION_IMAGES=160), or take FORMAT=fp16")
    assert "\n" not in said
    assert left(lab) == before


def test_a_refusal_leaves_an_earlier_file_and_its_record(lab, students):
    export(order(lab, students), lab.paths, lambda line: None)
    files = [lab.paths.sweep / name for name in ("model-int8.onnx", "exports/int8.json", "exports/int8.npz")]
    before = [path.read_bytes() for path in files]
    with pytest.raises(TooFarError):
        export(order(lab, add_collapsing(lab, students), factory="users_nets:wide_mlp"), lab.paths, print)
    assert [path.read_bytes() for path in files] == before


def test_a_loss_that_is_just_accepted_is_accepted(lab, students):
    collapsing = add_collapsing(lab, students)
    lost = export(order(lab, collapsing, factory="users_nets:wide_mlp", max_drop=1.0), lab.paths, print)
    assert lost.val.drop > 0.2
    asked = order(lab, collapsing, factory="users_nets:wide_mlp", max_drop=lost.val.drop)
    assert export(asked, lab.paths, print).num_test_readings == 2


def test_an_interruption_leaves_no_record_of_a_file_that_is_another(lab, students, monkeypatch):
    export(order(lab, students), lab.paths, print)

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_bytes", interrupted)
        path = lab.paths.sweep.parent / "order.json"
        write_record(path, order(lab, students))
        assert main([str(path), str(lab.paths.sweep), str(lab.paths.data)]) == 130
    assert left(lab) == ["exports", "model-int8.onnx", "runs", "teacher_logits", "int8.npz"]


def test_the_command_ends_with_1_for_a_loss_and_with_2_for_what_cannot_be_exported(lab, students, capfd):
    path = lab.paths.sweep.parent / "order.json"
    places = [str(path), str(lab.paths.sweep), str(lab.paths.data)]
    write_record(path, order(lab, add_collapsing(lab, students), factory="users_nets:wide_mlp"))
    assert main(places) == 1
    (lab.paths.sweep / "runs" / students[1] / "model" / "config.json").write_text("{}")
    write_record(path, order(lab, students))
    assert main(places) == 2
    told = capfd.readouterr().err.splitlines()
    assert [line.partition(" ")[0] for line in told] == ["error:", "error:"]


def test_weights_that_went_away_meanwhile_are_one_line(lab, students, capfd):
    path = lab.paths.sweep.parent / "order.json"
    write_record(path, order(lab, students))
    (lab.paths.run(students[0]) / "model" / "model.safetensors").unlink()
    assert main([str(path), str(lab.paths.sweep), str(lab.paths.data)]) == 1
    told = capfd.readouterr().err.splitlines()
    assert len(told) == 1 and "model.safetensors" in told[0] and told[0].endswith("; the same command goes on")
    assert left(lab) == ["runs", "teacher_logits"]


def test_a_student_whose_code_the_order_does_not_name_is_not_imported(lab, students):
    with pytest.raises(InputError, match="a folder's word does not run code"):
        export(order(lab, add_collapsing(lab, students)), lab.paths, print)
