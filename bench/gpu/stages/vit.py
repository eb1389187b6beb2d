"""How fast a DeiT-Small is trained on images of 224 pixels, and how much of the card that is."""

import os
import statistics
from functools import partial
from pathlib import Path

import torch
from torch import nn

from bench.gpu.asking import Setting, SkippedError, Wanted
from bench.gpu.by_hand import PlainLoop
from bench.gpu.timing import Student, macs_of, rate_of, seconds_of
from bench.trainings import invent
from kd.models.image_model import ImageModel, logits_of
from kd.runs.folder.context import use_tensor_cores
from kd.training.teacher.logits import OnlineTeacher

QUESTIONS = {
    "matrix_rate": "the card's rate of bf16 matrix products of 8192 × 8192",
    "deit_eager": "DeiT-Small, 224 pixels: images a second",
    "deit_compiled": "DeiT-Small, 224 pixels, compiled: images a second",
    "deit_graphs": "DeiT-Small, 224 pixels, compiled, by CUDA graphs: images a second",
    "deit_share": "DeiT-Small, 224 pixels, the fastest way: share of the card's rate, backward counted twice",
    "deit_enlarged": "images of 32 pixels, enlarged on the card / of 224 pixels: seconds",
    "deit_online": "ViT-Base in every step / its logits kept, this program both times: seconds",
    "deit_online_by_hand": "ViT-Base in every step of a plain loop, both in bf16 / this program, logits kept: seconds",
}
FAST = Wanted(at_least=7_000, of_card="H100")
NUM_CLASSES = 100
DEIT = "hf:facebook/deit-small-patch16-224"  # whose shapes it has, and not its weights


class Logits(nn.Module):
    """A classifier of transformers' that gives its logits alone."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Logits [B, classes]."""
        return logits_of(self.net(pixels))


def ask(setting: Setting) -> None:
    """From the plainest way to the fastest; the two that compile come last, which takes minutes."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    use_tensor_cores(setting.device)  # as jobs do, for the teacher at the student's side
    size, steps = setting.sized(224, 32), setting.sized(20, 1)
    folder = setting.room / "deit-small"
    write_deit(folder, setting.small)
    deit = Student(f"hf:{folder}", (3, size, size), NUM_CLASSES, setting.sized(256, 2), known_as=DEIT)
    eager: list[float] = []
    fastest: list[float] = [0.0]

    def measure(question: str, how: str) -> None:
        rates = rate_of(setting, deit, steps, how)
        if how == "eager":
            eager.extend(rates)
        fastest[0] = max(fastest[0], statistics.median(rates))
        setting.answer(question, rates, FAST, "images/s")

    def share() -> None:
        if not rate or not fastest[0]:
            raise SkippedError("the rate of the card, or of the student, is not known")
        macs = macs_of(deit.model, deit.image, NUM_CLASSES)
        setting.answer("deit_share", 6 * macs * fastest[0] / rate[0], Wanted())

    rate: list[float] = []
    setting.try_to("matrix_rate", partial(matrix_rate, setting, rate))
    setting.try_to("deit_eager", partial(measure, "deit_eager", "eager"))
    setting.try_to("deit_enlarged", partial(enlarged, setting, deit, steps, eager))
    setting.try_to("deit_online", partial(online, setting, deit, steps, eager))
    setting.try_to("deit_online_by_hand", partial(online_by_hand, setting, deit, steps, eager))
    setting.try_to("deit_share", share)  # again below: these may not come to their end
    setting.try_compiled("deit_compiled", partial(measure, "deit_compiled", "compiled"))
    setting.try_compiled("deit_graphs", partial(measure, "deit_graphs", "graphs"))
    setting.try_to("deit_share", share)


def write_deit(folder: Path, small: bool) -> None:
    """A DeiT-Small without training, in transformers' layout; the smaller one is of two narrow layers."""
    from transformers import DeiTConfig, DeiTForImageClassification

    sizes = {"hidden_size": 384, "num_attention_heads": 6, "intermediate_size": 1536, "num_hidden_layers": 12}
    if small:
        sizes = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64, "num_hidden_layers": 2}
    config = DeiTConfig(**sizes, image_size=32 if small else 224, num_labels=NUM_CLASSES)
    DeiTForImageClassification(config).save_pretrained(folder)


def vit_base(small: bool) -> nn.Module:
    """The teacher, without training."""
    from transformers import ViTConfig, ViTForImageClassification

    few = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64, "num_hidden_layers": 2}
    config = ViTConfig(**(few if small else {}), image_size=32 if small else 224, num_labels=NUM_CLASSES)
    return ViTForImageClassification(config)


def matrix_rate(setting: Setting, rate: list[float]) -> None:
    """Operations a second, two for each multiply-accumulate."""
    size = setting.sized(8192, 256)
    one, other = (torch.randn(size, size, device=setting.device, dtype=torch.bfloat16) for _ in range(2))
    products = setting.sized(20, 2)

    def multiply() -> None:
        for _ in range(products):
            one @ other

    multiply()
    seconds = [seconds_of(setting, multiply) for _ in range(setting.rounds)]
    rates = [2 * size**3 * products / each for each in seconds]
    rate.append(statistics.median(rates))
    setting.answer("matrix_rate", [each / 1e12 for each in rates], Wanted(), "TFLOP/s")


def enlarged(setting: Setting, deit: Student, steps: int, eager: list[float]) -> None:
    """As the sweeps over CIFAR have it."""
    side = setting.sized(32, 16)
    rates = rate_of(setting, deit._replace(image=(3, side, side), known_as=f"{DEIT} of {side} pixels"), steps)
    setting.answer("deit_enlarged", statistics.median(eager) / statistics.median(rates), Wanted())


def online(setting: Setting, deit: Student, steps: int, eager: list[float]) -> None:
    """Ours, with the teacher at the student's side."""
    teacher = OnlineTeacher([ImageModel(vit_base(setting.small)).to(setting.device)])
    rates = rate_of(setting, deit, steps, teacher=teacher)
    wanted, note = Wanted(at_least=2.5), "the teacher in TF32, as evaluation is"
    setting.answer("deit_online", statistics.median(eager) / statistics.median(rates), wanted, note=note)


def online_by_hand(setting: Setting, deit: Student, steps: int, eager: list[float]) -> None:
    """A loop that somebody might write for the same."""
    from transformers import AutoModelForImageClassification

    data = invent(deit.batch_size * steps, deit.image, NUM_CLASSES, setting.device)
    net = AutoModelForImageClassification.from_pretrained(deit.model.removeprefix("hf:"))
    loop = PlainLoop(Logits(net), data.train, deit.batch_size, teacher=Logits(vit_base(setting.small)))
    loop.epoch()
    seconds = [seconds_of(setting, loop.epoch) / len(data.train.labels_N) for _ in range(setting.rounds)]
    setting.answer("deit_online_by_hand", [each * statistics.median(eager) for each in seconds], Wanted())
