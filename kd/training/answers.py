"""What a model says of its own training images while it learns them.

At the end of a long training it says of each image what it was told, a wrong label too. On the way there it does not:
what an image's neighbours teach is learned first, and the mean over the epochs of the probability of its label tells
the wrong labels from the others (the confidence of Dataset Cartography, arXiv:2009.10795; the area under the margin,
arXiv:2001.10528, does the same with logits). The answers are those of the steps themselves, so they cost no pass.

Shape suffixes: N training images, B batch, C classes.
"""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kd.training.distributed import ProcessGroup


class Answers(NamedTuple):
    """One training's, over its epochs [N].

    ``label_probability``: mean over the epochs. ``num_wrong``: epochs in which another class was the most probable.
    ``rival``: of those the class that had a majority, if any had; -1 where none ever was. ``num_epochs``: as an array
    of one number, for the file.
    """

    label_probability: NDArray[np.float32]
    num_wrong: NDArray[np.int32]
    rival: NDArray[np.int32]
    num_epochs: NDArray[np.int32]


class AnswerCount:
    """Counts the answers of one training, an image once an epoch.

    The majority is found without a count of every class (Boyer and Moore): its memory is 20 bytes an image.

    Args:
        num_images: N.
        device: Of the training.
    """

    def __init__(self, num_images: int, device: torch.device) -> None:
        self._now_2N = torch.zeros(2, num_images, device=device)  # of the epoch: probability, and answer + 1 (0: none)
        self._probability_N = torch.zeros(num_images, device=device)
        # wrong answers, rival + 1, and how far the rival leads among them
        self._counts_3N = torch.zeros(3, num_images, dtype=torch.int32, device=device)
        self._num_epochs = 0

    @torch.no_grad()
    def note(self, rows_B: Tensor, logits_BC: Tensor, labels_B: Tensor) -> None:
        """What a step found."""
        logits_BC = logits_BC.detach().float()
        probability_B = logits_BC.softmax(1).gather(1, labels_B[:, None])[:, 0]
        self._now_2N[:, rows_B] = torch.stack([probability_B, logits_BC.argmax(1) + 1.0])

    def finish_epoch(self, labels_N: Tensor, process_group: ProcessGroup) -> None:
        """Add the epoch, of which each rank saw its own images."""
        probability_N, answer_N = process_group.sum(self._now_2N)
        said_N, (num_wrong_N, rival_N, lead_N) = answer_N.int(), self._counts_3N
        wrong_N = (said_N > 0) & (said_N != labels_N + 1)
        is_new_N, is_same_N = wrong_N & (lead_N == 0), wrong_N & (said_N == rival_N)
        lead_N = torch.where(is_new_N, 1, torch.where(is_same_N, lead_N + 1, torch.where(wrong_N, lead_N - 1, lead_N)))
        rival_N = torch.where(is_new_N, said_N, rival_N)
        self._counts_3N = torch.stack([num_wrong_N + wrong_N, rival_N, lead_N]).int()
        self._probability_N += probability_N
        self._now_2N.zero_()
        self._num_epochs += 1

    def answers(self) -> Answers:
        """Over the epochs so far, of which there must be one."""
        num_wrong_N, rival_N, _ = self._counts_3N.cpu().numpy()
        mean_N = (self._probability_N / self._num_epochs).cpu().numpy()
        return Answers(mean_N, num_wrong_N, rival_N - 1, np.array([self._num_epochs], np.int32))

    def state_dict(self, process_group: ProcessGroup) -> dict[str, Any]:
        """For a checkpoint."""
        return {
            "now": process_group.gather(self._now_2N),
            "probability": self._probability_N,
            "counts": self._counts_3N,
            "num_epochs": self._num_epochs,
        }

    def load_state_dict(self, state: dict[str, Any], process_group: ProcessGroup) -> None:
        """From a checkpoint."""
        self._now_2N = process_group.own(state["now"])
        self._probability_N, self._counts_3N = state["probability"], state["counts"]
        self._num_epochs = state["num_epochs"]
