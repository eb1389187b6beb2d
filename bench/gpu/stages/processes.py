"""Do two processes train one run to what one process does?"""

import socket
from functools import partial

import torch

from bench.gpu.asking import Setting, SkippedError
from bench.gpu.forks import end_of, in_a_process, start
from bench.gpu.stages.correctness import CLOSE, FIRST_STEPS, FLOAT32, open_study
from bench.gpu.study import Study, largest_difference
from kd.config import TrainConfig
from kd.runs.folder.context import UNATTENDED
from kd.runs.train import assist
from kd.training.distributed import LOOPBACK, init_process_group

QUESTIONS = {
    "two_processes": "two processes on one card (gloo) against one: largest relative difference of the first 10 losses",
    "two_cards": "two processes on two cards (NCCL) against one: largest relative difference of the first 10 losses",
}
NUM_RANKS = 2


def ask(setting: Setting) -> None:
    """Nothing here touches the GPU but processes of their own."""
    setting.try_to("two_processes", partial(_compare, setting, "two_processes", one_card=True))
    setting.try_to("two_cards", partial(two_cards, setting))


def two_cards(setting: Setting) -> None:
    """As a job of two tasks has it."""
    if setting.num_cards < NUM_RANKS:
        raise SkippedError("there are no two cards")
    _compare(setting, "two_cards", one_card=False)


def _compare(setting: Setting, question: str, one_card: bool) -> None:
    study = open_study(setting, f"{question}-alone")
    student = study.student("mnist_mlp", training=FLOAT32)
    in_a_process(_alone, study, student)
    together = study.elsewhere(question, setting.device)
    together.add(student)
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    ranks = [start(_rank, together, student, rank, port, one_card) for rank in range(NUM_RANKS)]
    for rank in ranks:
        end_of(rank)
    difference = largest_difference(study.step_losses(student), together.step_losses(student), FIRST_STEPS)
    setting.answer(question, difference, CLOSE)


def _alone(study: Study, student: TrainConfig) -> None:
    study.teach()
    study.run(student)


def _rank(study: Study, student: TrainConfig, rank: int, port: int, one_card: bool) -> None:
    device = study.device
    if device.type == "cuda":
        device = torch.device("cuda", 0 if one_card else rank)
        torch.cuda.set_device(device)
    mine = Study(study.paths, study.data, study.epochs, device)
    with init_process_group(rank, NUM_RANKS, port, device, backend="gloo" if one_card else None) as process_group:
        if rank == 0:
            mine.run(student, UNATTENDED, process_group)
        else:
            assist(mine.add(student), mine.paths, device, UNATTENDED, process_group)
