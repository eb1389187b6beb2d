"""Names that result folders, sweep files and waiting jobs of an earlier version hold still mean the same."""

import base64
import pickle
from pathlib import Path

import pytest
from torch import nn

from harness.cluster.job import RunsJob
from harness.cluster.slurm.executor import requeue_this_job
from harness.shipped import shipped
from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from kd.models import build_model

# What cloudpickle wrote of a ``harness.jobs.RunsJob`` whose last call is ``harness.slurm.requeue_this_job``, in the
# version that had them under these names. SLURM may start such a job months after it was submitted.
WAITING_JOB = (
    "gASV9AAAAAAAAACMDGhhcm5lc3Muam9ic5SMB1J1bnNKb2KUk5QpgZR9lCiMB3J1bl9pZHOUjBFmaW5hbC0wMTIzYWJjZC1zMJSFlIwFc3dl"
    "ZXCUjAdwYXRobGlilIwJUG9zaXhQYXRolJOUjAdyZXN1bHRzlIwFbW5pc3SUhpRSlIwEZGF0YZRoC2gMjAUuZGF0YZSGlFKUjAtudW1fdGhy"
    "ZWFkc5RLAowHbGltaXRfc5RHQKwgAAAAAACMCmFmdGVyX3N0b3CUjA1oYXJuZXNzLnNsdXJtlIwQcmVxdWV1ZV90aGlzX2pvYpSTlIwEcGFj"
    "a5SMBGF1dG+UdWIu"
)
OF_DIGITS = "batch_size: 64, optimizer: {name: adam, lr: 0.001}"
TEACHER = f"teacher={{model: mnist_cnn, epochs: 20, {OF_DIGITS}, augment: {{shift: 2}}}}"
STUDENT = f"student={{model: mnist_mlp, epochs: 30, {OF_DIGITS}}}"
RUN_IDS = {  # of a sweep file, and what is set in it
    ("quickstart", ""): ["teacher-04297818-s0", "logits-3f36b35e", "baseline-c898170e-s0", "final-a8e4a1f1-s4"],
    # what the quickstart was before it took a minute
    ("quickstart", "teacher.epochs=12 student.epochs=30 student.optimizer.lr=4.0e-3"): [
        "teacher-1b0b6fab-s0",
        "logits-9d7c1a5b",
        "baseline-6e078b7c-s0",
        "final-8a558c58-s4",
    ],
    # what the quickstart was before it had a student that is smaller than its teacher
    ("quickstart", f"'{TEACHER}' '{STUDENT}'"): [
        "teacher-1d80c7eb-s0",
        "logits-a8d1f42b",
        "baseline-f8d8a883-s0",
        "final-76a5a9ee-s4",
    ],
    ("fashion_custom", ""): ["teacher-5ae51aab-s0", "logits-89751f38", "baseline-e5158655-s0", "final-fd612087-s2"],
}


def test_a_job_that_an_earlier_version_submitted_finds_its_class():
    job = pickle.loads(base64.b64decode(WAITING_JOB))
    assert type(job) is RunsJob
    assert job.after_stop is requeue_this_job
    results = Path("results")
    now = RunsJob(("final-0123abcd-s0",), results / "mnist", results / ".data", 2, 3600.0, requeue_this_job, "auto")
    assert vars(job) == vars(now)


@pytest.mark.parametrize(("name", "overrides"), RUN_IDS)
def test_runs_keep_their_folders(name, overrides):
    plan = Plan(load_sweep(shipped("sweeps") / f"{name}.yaml", overrides), "0" * 64)
    runs = [plan.teachers[0], plan.logits, plan.baselines()[0], plan.finals({})[-1]]
    assert [run.id for run in runs] == RUN_IDS[name, overrides]


@pytest.mark.parametrize("name", ["dropout_resnet", "dropout_conv"])
def test_the_example_models_keep_their_import_path(name):
    model = build_model(f"kd.models.example:{name}", 10, (1, 28, 28))
    assert any(isinstance(module, nn.Dropout) for module in model.modules())
