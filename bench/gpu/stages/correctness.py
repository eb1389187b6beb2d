"""Is a training on the GPU right: the same twice, as on a CPU, and the same whichever way it is asked for?"""

import warnings
from functools import partial

import torch

from bench.gpu.asking import Setting, Wanted
from bench.gpu.study import Study, be_deterministic, largest_difference, num_different
from kd.config import run_id
from kd.runs.folder.context import UNATTENDED
from kd.runs.stacked import execute_together

QUESTIONS = {
    "same_bits": "a teacher, its logits and a distilled student twice in deterministic mode: weights that differ",
    "as_on_a_cpu": "GPU against CPU, no autocast: largest relative difference of the first 10 steps' losses",
    "bf16": "bfloat16 against float32: difference of val accuracy after 3 epochs",
    "kept": "kept against online logits: largest relative difference of the first 10 steps' losses",
    "packed": "4 students in a pack against alone: largest relative difference of the first 10 steps' losses",
}
SAME = Wanted(at_most=0, is_speed=False)
CLOSE = Wanted(at_most=0.01, is_speed=False)  # a GPU multiplies float32 by TF32, with 10 bits of mantissa
FIRST_STEPS = 10  # before rounding has grown into other decisions
FLOAT32 = {"precision": "fp32"}


def ask(setting: Setting) -> None:
    """Everything on made images, as runs in folders."""
    be_deterministic()
    study = open_study(setting, "one")
    study.teach()
    for work in (same_bits, as_on_a_cpu, bf16, kept, packed):
        setting.try_to(work.__name__, partial(work, setting, study))


def open_study(setting: Setting, name: str) -> Study:
    """Of the size at which all of these questions are asked."""
    return Study.open(setting.room, name, setting.sized(8000, 400), setting.sized(3, 2), setting.device)


def same_bits(setting: Setting, study: Study) -> None:
    """The whole study once more, and every weight beside its own."""
    again, student = open_study(setting, "again"), study.student()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        again.teach()
        for one in (study, again):
            one.run(student)
    differing = sum(num_different(study.weights(run), again.weights(run)) for run in (study.teacher, student))
    without = {str(each.message).split()[0] for each in caught if "deterministic" in str(each.message)}
    note = f"without a deterministic kernel: {', '.join(sorted(without))}" if without else ""
    setting.answer("same_bits", differing, SAME, "weights", note)


def as_on_a_cpu(setting: Setting, study: Study) -> None:
    """A student of the same teacher's logits on the other device."""
    config, beside = study.student(role="compare", training=FLOAT32), study.elsewhere("cpu", torch.device("cpu"))
    for one in (study, beside):
        one.run(config)
    difference = largest_difference(study.step_losses(config), beside.step_losses(config), FIRST_STEPS)
    setting.answer("as_on_a_cpu", difference, CLOSE)


def bf16(setting: Setting, study: Study) -> None:
    """A student in either precision."""
    model = setting.sized("plain_conv", "mnist_mlp")
    exact, rough = (study.student(model, training={"precision": name}) for name in ("fp32", "bf16"))
    for config in (exact, rough):
        study.run(config)
    exact_percent, rough_percent = study.accuracy(exact), study.accuracy(rough)
    wanted = Wanted(at_most=setting.sized(2.0, 20.0), is_speed=False)  # of 800 images of val, or of 40
    note = f"{rough_percent:.2f} % against {exact_percent:.2f} %"
    setting.answer("bf16", abs(exact_percent - rough_percent), wanted, "points", note)


def kept(setting: Setting, study: Study) -> None:
    """A student of the files, and one of the teacher itself."""
    of_files, of_teacher = (
        study.student(training=FLOAT32),
        study.student(training=FLOAT32, teachers=(run_id(study.teacher),)),
    )
    for config in (of_files, of_teacher):
        study.run(config)
    difference = largest_difference(study.step_losses(of_files), study.step_losses(of_teacher), FIRST_STEPS)
    setting.answer("kept", difference, CLOSE)


def packed(setting: Setting, study: Study) -> None:
    """Students that differ in alpha, and the same as one stacked model."""
    configs = [study.student("mnist_mlp", alpha, training=FLOAT32) for alpha in (0.1, 0.4, 0.7, 1.0)]
    together = study.elsewhere("packed", setting.device)
    for config in configs:
        study.run(config)
    names = [together.add(config) for config in configs]
    for _, outcome in execute_together(dict.fromkeys(names, UNATTENDED), together.paths, setting.device):
        if isinstance(outcome, Exception):
            raise outcome
    differences = [
        largest_difference(study.step_losses(config), together.step_losses(config), FIRST_STEPS) for config in configs
    ]
    setting.answer("packed", max(differences), CLOSE)
