"""Started in torchdistill's environment: one distilled epoch by torchdistill, or by the document's loop there.

Prints seconds an image.

    python -m bench.peers.epochs torchdistill|tutorial DATA TEACHER STUDENT COLUMN IMAGES
"""

import copy
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from bench import tutorials

CPU = torch.device("cpu")
MODULE = {"forward_proc": "forward_batch_only", "sequential": [], "forward_hook": {"input": [], "output": []}}
TRAINING: dict[str, Any] = {
    "num_epochs": 1,
    "train_data_loader": {
        "dataset_id": "train",
        "sampler": {"class_or_func": torch.utils.data.RandomSampler},
        "kwargs": {"batch_size": tutorials.BATCH_SIZE, "num_workers": 0},
    },
    "teacher": {**MODULE, "requires_grad": False},
    "student": {**MODULE, "requires_grad": True},
    "optimizer": {"key": "Adam", "kwargs": {"lr": 0.001}},
    "criterion": {
        "key": "WeightedSumLoss",
        "kwargs": {
            "sub_terms": {
                "kd": {
                    "criterion": {
                        "key": "KDLoss",
                        "kwargs": {
                            "student_module_path": ".",
                            "student_module_io": "output",
                            "teacher_module_path": ".",
                            "teacher_module_io": "output",
                            "temperature": 2.0,
                            "alpha": 0.5,  # of cross-entropy, where the document's is that of the soft term
                            "reduction": "batchmean",
                        },
                    },
                    "weight": 1.0,
                }
            }
        },
    },
}


def by_torchdistill(teacher: nn.Module, student: nn.Module, images: tutorials.Images) -> float:
    """Seconds of an epoch of torchdistill's box, driven as its own examples drive it."""
    import torchdistill.losses  # noqa: F401 — what its registries know is what was imported
    from torchdistill.core.distillation import get_distillation_box

    box = get_distillation_box(
        teacher,
        student,
        {"train": images},
        copy.deepcopy(TRAINING),
        CPU,
        device_ids=None,
        distributed=False,
        lr_factor=1,
    )
    began = time.perf_counter()
    box.pre_epoch_process(epoch=0)
    for batch, targets, supplement in box.train_data_loader:
        box.pre_forward_process()
        loss = box.forward_process(batch, targets, supplement)
        box.post_forward_process(loss=loss)
    box.post_epoch_process()
    return time.perf_counter() - began


def by_tutorial(teacher: nn.Module, student: nn.Module, images: tutorials.Images) -> float:
    """Seconds of an epoch of the document's loop, with this environment's torch."""
    return tutorials.train_student(teacher, student, images, 1, CPU)[0]


SIDES: dict[str, Callable[[nn.Module, nn.Module, tutorials.Images], float]] = {
    "torchdistill": by_torchdistill,
    "tutorial": by_tutorial,
}

if __name__ == "__main__":
    side, data, teacher_name, student_name, column, number = sys.argv[1:]
    logging.disable()
    torch.set_num_threads(1)
    read = tutorials.load(Path(data), "train", column, int(number))
    seconds = SIDES[side](tutorials.network(teacher_name, read), tutorials.network(student_name, read), read)
    print(seconds / len(read))  # noqa: T201
