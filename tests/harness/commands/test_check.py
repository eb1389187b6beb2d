"""The rehearsal as a person meets it: in ``check``, in ``plan``, and as the first thing of a sweep."""

import re
import sys

import pytest
from rich.console import Console
from typer.testing import CliRunner

from harness.cli import app
from harness.cluster.profiles import LocalProfile, SlurmProfile
from harness.cluster.rehearsal import read_rehearsal, rehearse_here, request_of, result_path
from harness.commands.check import print_known, print_rehearsal, read_refusal, rehearse, rehearse_detached
from harness.commands.read_only.verbs import print_status
from kd.errors import InputError
from kd.files import write_record
from kd.records import Metrics, Rehearsal, RehearsedLoss, RehearsedModel
from tests.support.sweep_lab import MINI

WIDE = "from torch import nn\ndef net(n, s): return nn.Sequential(nn.Flatten(), nn.Linear(s[1] * s[2], 1000))\n"
LOCAL = LocalProfile(slots=2)


def tried(place, notes=()):
    return RehearsedModel(
        place=place,
        model="mnist_mlp",
        num_parameters=101770,
        fed="28×28, mean 0, std 1",
        memory_bytes=2**20,
        free_bytes=2**30,
        notes=list(notes),
    )


FOUND = Rehearsal(models=[tried("teacher", ["its head names no classes"]), tried("student")])


@pytest.fixture
def console(capsys):
    return Console(width=200)


@pytest.fixture
def counted(monkeypatch, tmp_path):
    """Stands for the process that rehearses; lists what it was asked for. The decoded data are the session's."""
    asked = []
    monkeypatch.setattr("harness.cluster.rehearsal.FOLDER", f"invented-{tmp_path.name}")

    def pretend(request, data, meanwhile, server):
        asked.append(sorted(request.models))
        return FOUND

    monkeypatch.setattr("harness.commands.check.rehearse_here", pretend)
    return asked


def test_a_model_of_another_width_stops_a_sweep_before_its_folder_is_made(lab, tmp_path, monkeypatch):
    (tmp_path / "too_wide.py").write_text(WIDE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    words = ["sweep", "--sweep", str(lab.write()), "--results", str(lab.results), "--set", "student.model=too_wide:net"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert result.stderr == (
        "error: student.model: too_wide:net gives 1,000 logits per image, the data has 10 classes; make its last layer "
        "as wide as num_classes says, the first argument of its factory\n"
    )
    assert [entry.name for entry in lab.results.iterdir()] == [".data"]


@pytest.mark.parametrize(
    ("features", "says"),
    [
        ("{loss: fitnet, teacher: 4, student: 11}", "0.student: the student has no module 11 (did you mean 1?)"),
        (
            "{loss: at, teacher: 4, student: 1}",
            "0: at compares maps [channels, height, width]: the teacher gives [32, 7",
        ),
    ],
)
def test_features_that_cannot_be_compared_stop_a_plan(lab, features, says):
    words = ["plan", "--sweep", str(lab.write()), "--results", str(lab.results)]
    result = CliRunner().invoke(app, [*words, "--set", f"'distill.features=[{features}]'"])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: distill.features.{says}") and result.stderr.count("\n") == 1


def test_features_are_rehearsed_though_the_models_were_trained(lab, counted, console):
    lab.controller().run()
    plan, folder = lab.open(distill={"features": [{"loss": "rkd"}]})
    assert list(request_of(plan, LOCAL).features) == ["distill.features.0"]
    rehearse(plan, folder, LOCAL, console)
    assert counted == [["student", "teacher"]]


def test_what_is_fed_and_needed_is_said_once_and_notes_always(lab, counted, console, capsys):
    plan, folder = lab.open()
    line = "mnist_mlp: 101,770 parameters; sees 28×28, mean 0, std 1; a batch takes about 1 MiB of memory"
    note = "teacher: its head names no classes"
    rehearse(plan, folder, LOCAL, console)
    assert capsys.readouterr().out.splitlines() == [f"teacher {line}", note, f"student {line}"]
    rehearse(plan, folder, LOCAL, console)
    assert capsys.readouterr().out.splitlines() == [note]
    rehearse(plan, folder, LOCAL, console, always_say=True)
    assert capsys.readouterr().out.splitlines() == [f"teacher {line}", note, f"student {line}"]
    assert counted == [["student", "teacher"]]


def test_another_model_another_program_or_another_machine_is_rehearsed_anew(lab, monkeypatch):
    plan, folder = lab.open()
    other, _ = lab.open(student={"model": "mnist_cnn", "epochs": 2})
    slurm = SlurmProfile(kind="slurm", partition="a")
    profiles = [LOCAL, LocalProfile(slots=1), slurm, slurm.model_copy(update={"partition": "b"})]
    paths = {result_path(request_of(plan, profile), profile, folder.data) for profile in profiles}
    paths |= {result_path(request_of(other, LOCAL), LOCAL, folder.data)}
    assert len(paths) == 5
    monkeypatch.setattr("sys.version", "3.99")
    assert result_path(request_of(plan, LOCAL), LOCAL, folder.data) not in paths


def test_a_part_of_a_rehearsal_is_none(lab):
    plan, folder = lab.open()
    path = folder.path / "rehearsal.json"
    assert read_rehearsal(path, request_of(plan, LOCAL)) is None
    write_record(path, FOUND.model_copy(update={"models": FOUND.models[:1]}))
    assert read_rehearsal(path, request_of(plan, LOCAL)) is None
    write_record(path, FOUND)
    assert read_rehearsal(path, request_of(plan, LOCAL)) == FOUND


def test_equal_teachers_are_rehearsed_once(lab):
    one, other = ({"model": model, "epochs": 1} for model in ("mnist_cnn", "mnist_mlp"))
    plan, _ = lab.open(teacher=None, teachers=[one, other, one])
    assert list(request_of(plan, LOCAL).models) == ["teachers.0", "teachers.1", "student"]


LOSSES = """
def f(student_logits, teacher_logits, labels, temperature, depth=1.0):
    return depth * ((student_logits - teacher_logits) / temperature).square().sum(1).mean()


def vector(student_logits, teacher_logits, labels, temperature):
    return student_logits.sum(1)
"""


@pytest.fixture
def own_losses(tmp_path, monkeypatch):
    """A module of losses that this process and its children find."""
    (tmp_path / "own_losses_c.py").write_text(LOSSES)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")


def test_an_own_loss_that_is_none_stops_a_sweep_before_its_folder_is_made(lab, own_losses):
    words = ["sweep", "--sweep", str(lab.write()), "--results", str(lab.results)]
    result = CliRunner().invoke(app, [*words, "--set", "distill.loss=own_losses_c:vector"])
    assert result.exit_code == 2
    assert result.stderr == (
        "error: distill.loss: own_losses_c:vector returned [7] for 7 images; wanted is a scalar: the mean over images, "
        ".mean(), of a sum over classes, .sum(1)\n"
    )
    assert [entry.name for entry in lab.results.iterdir()] == [".data"]


def test_an_own_loss_is_tried_at_each_value_that_it_may_meet(lab, own_losses):
    distill = {"loss": "own_losses_c:f", "options": {"depth": 2}, "temperature": 3.0}
    space = {"temperature": {"low": 1, "high": 9}, "depth": {"low": 2, "high": 4, "int": True}}
    compare = [{"alpha": 1, "temperature": 5.0}, {"alpha": 1, "temperature": 1, "loss": "kd"}]
    plan, folder = lab.open(distill=distill, compare=compare, search={"space": space})
    request = request_of(plan, LOCAL)
    tried = {place: [(each.temperature, each.options) for each in tried] for place, tried in request.losses.items()}
    assert tried == {
        "distill": [(3.0, {"depth": 2}), (1.0, {"depth": 2}), (9.0, {"depth": 2}), (3.0, {"depth": 4})],
        "compare.0": [(5.0, {"depth": 2})],
    }
    whole = [each.options["depth"] for each in request.losses["distill"]]
    assert [type(depth) for depth in whole] == [int] * 4  # what an integer is asked for in is given one
    other, _ = lab.open(distill=distill | {"options": {"depth": 3}})
    assert result_path(request, LOCAL, folder.data) != result_path(request_of(other, LOCAL), LOCAL, folder.data)
    assert request_of(lab.open()[0], LOCAL).losses == {}


def test_an_own_loss_among_methods_is_known_by_its_place(lab, own_losses):
    plan, _ = lab.open(methods=["kd", {"loss": "own_losses_c:f", "space": {"depth": {"values": [1, 2]}}}])
    losses = request_of(plan, LOCAL).losses
    assert {place: [each.options for each in tried] for place, tried in losses.items()} == {
        "methods.1": [{}, {}, {}, {"depth": 1}, {"depth": 2}]
    }


def test_an_own_loss_is_said_and_tried_where_all_models_were_trained(lab, own_losses, counted, console, capsys):
    lab.controller().run()
    plan, folder = lab.open(distill={"loss": "own_losses_c:f"})
    rehearse(plan, folder, LOCAL, console)
    assert counted == [["student", "teacher"]]
    capsys.readouterr()
    loss = RehearsedLoss(place="distill", loss="own_losses_c:f", num_classes=10, values=[1.5, 0.25])
    print_rehearsal(Rehearsal(losses=[loss, loss.model_copy(update={"values": [2.0]})]), console)
    assert capsys.readouterr().out.splitlines() == [
        "distill.loss own_losses_c:f: 0.25 to 1.5 (temperatures and options that will be met), with a gradient, for "
        "random logits of 10 classes",
        "distill.loss own_losses_c:f: 2, with a gradient, for random logits of 10 classes",
    ]


def test_a_death_in_an_own_loss_names_it(lab, own_losses, monkeypatch):
    plan, folder = lab.open(distill={"loss": "own_losses_c:f"})
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(InputError, match=r"^distill\.loss: own_losses_c:f cannot be rehearsed: its process died"):
        rehearse_here(request_of(plan, LOCAL), folder.data)


def test_a_sweep_whose_models_were_trained_is_not_rehearsed(lab, counted, console):
    lab.controller().run()
    plan, folder = lab.open()
    rehearse(plan, folder, LOCAL, console)
    assert counted == []


def test_a_plan_for_slurm_submits_nothing_and_names_the_command(lab, counted, console, capsys):
    plan, folder = lab.open()
    profile = SlurmProfile(kind="slurm")
    print_known(plan, folder, profile, console, "make check SWEEP=mini CLUSTER=slurm")
    assert capsys.readouterr().out == (
        "A first job of 30 min tries teacher mnist_cnn, student mnist_mlp before anything else is submitted; now: make "
        "check SWEEP=mini CLUSTER=slurm\n"
    )
    path = result_path(request_of(plan, profile), profile, folder.data)
    path.parent.mkdir(parents=True)
    write_record(path, FOUND)
    print_known(plan, folder, profile, console, "make check SWEEP=mini CLUSTER=slurm")
    assert capsys.readouterr().out.startswith("teacher mnist_mlp: 101,770 parameters")
    assert counted == []


def test_a_death_in_the_model_s_own_code_is_one_line(lab, monkeypatch):
    plan, folder = lab.open()
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(
        InputError, match=r"^teacher\.model: mnist_cnn cannot be rehearsed: its process died: exit code 1$"
    ):
        rehearse_here(request_of(plan, LOCAL), folder.data)


def test_what_a_detached_controller_refused_is_said_by_status(lab, monkeypatch, console, capsys):
    plan, folder = lab.open()
    answers = iter([InputError("student.model: nets:make gives 3 logits"), FOUND])

    def pretend(request, data, meanwhile, server):
        answer = next(answers)
        if isinstance(answer, InputError):
            raise answer
        return answer

    monkeypatch.setattr("harness.commands.check.rehearse_here", pretend)
    monkeypatch.setattr("harness.cluster.rehearsal.FOLDER", f"invented-{folder.path.parent.parent.name}")
    assert not rehearse_detached(plan, folder, LOCAL, console)
    print_status(plan, folder, console)
    assert "\nNothing was started: student.model: nets:make gives 3 logits\n" in capsys.readouterr().out
    assert rehearse_detached(plan, folder, LOCAL, console)
    assert read_refusal(folder) is None


def test_what_a_detached_controller_waits_for_is_said_by_status(lab, monkeypatch, console, capsys):
    """It has no terminal: status is where a person looks."""
    plan, folder = lab.open()
    said = []

    def wait(request, profile, sweep, data, result, say, tell):
        tell("SLURM takes no job now")
        print_status(plan, folder, console)
        said.append(capsys.readouterr().out)
        return FOUND

    profile = SlurmProfile(kind="slurm")
    monkeypatch.setattr("harness.commands.check.rehearse_on_slurm", wait)
    with folder.controlled(1):
        assert rehearse_detached(plan, folder, profile, console)
        capsys.readouterr()
        print_status(plan, folder, console)
    assert "\nSLURM takes no job now\nRun by process " in said[0]
    assert "SLURM takes no job now" not in capsys.readouterr().out


def test_a_head_that_is_used_as_it_is_is_tried_again_under_other_class_names(lab, counted, console, tmp_path):
    head = tmp_path / "model"
    head.mkdir()
    (head / "weights.safetensors").touch()
    teacher = {"model": "mnist_cnn", "epochs": 0, "checkpoint": str(head), "match_classes": {"LABEL_0": "0"}}
    plan, folder = lab.open(teacher=teacher)
    for run in (*plan.teachers, plan.baselines()[0]):
        write_record(folder.add(run) / "metrics.json", Metrics(run_id=run.id))
    rehearse(plan, folder, LOCAL, console)
    assert counted == []
    named, _ = lab.open(teacher=teacher, data=MINI["data"] | {"class_names": [*"abcdefghij"]})
    assert [run.id for run in named.teachers] == [run.id for run in plan.teachers]
    rehearse(named, folder, LOCAL, console)
    assert counted == [["student", "teacher"]]


@pytest.mark.slow
def test_check_as_a_process(lab):
    done = lab.run("check", "--sweep", str(lab.write()))
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"teacher mnist_cnn: 20,490 parameters; .*\nstudent mnist_mlp: 101,770 .*\n", done.stdout)
