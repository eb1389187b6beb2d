"""Does a training that was killed on the GPU go on to the same bits?"""

from functools import partial
from itertools import count

from bench.gpu.asking import Setting, Wanted
from bench.gpu.forks import die, in_a_process
from bench.gpu.stages.correctness import open_study
from bench.gpu.study import Study, be_deterministic, num_different
from kd.config import TrainConfig
from kd.runs.folder.context import RunContext

QUESTIONS = {"resumed": "a student killed in its second epoch and resumed, in deterministic mode: weights that differ"}
KILLED = -9


def ask(setting: Setting) -> None:
    """The victim has a process of its own, so that it can be killed as one is."""
    setting.try_to("resumed", partial(resumed, setting))


def resumed(setting: Setting) -> None:
    """One student undisturbed, one that dies between two steps."""
    be_deterministic()
    study = open_study(setting, "undisturbed")
    student = study.student()
    in_a_process(_undisturbed, study, student)
    killed = study.elsewhere("killed", setting.device)
    steps_of_epoch = -(-int(setting.sized(8000, 400) * 0.9) // student.training.batch_size)
    in_a_process(_killed_at, killed, student, steps_of_epoch + 3, wanted=KILLED)
    killed.run(student)
    differing = num_different(study.weights(student), killed.weights(student))
    setting.answer("resumed", differing, Wanted(at_most=0, is_speed=False), "weights")


def _undisturbed(study: Study, student: TrainConfig) -> None:
    study.teach()
    study.run(student)


def _killed_at(study: Study, student: TrainConfig, step: int) -> None:
    looks = count()

    def look() -> bool:
        if next(looks) == step:
            die()
        return False

    study.run(student, RunContext(should_stop=look))
