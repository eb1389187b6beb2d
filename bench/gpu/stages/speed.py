"""How fast distilled students of small images are trained, beside loops that others would write."""

import statistics
from functools import partial

import torch

from bench import tutorials
from bench.gpu.asking import Setting, Wanted
from bench.gpu.by_hand import PlainLoop
from bench.gpu.timing import Student, rate_of, seconds_of, sized
from bench.trainings import invent, invented_logits, open_training
from kd.config import AugmentConfig, ModelTraining
from kd.models import BUILT_IN
from kd.runs.folder.context import use_tensor_cores

CIFAR_AUGMENT = AugmentConfig(shift=4, flip=True)
STUDENTS = {
    "mnist_mlp": Student("mnist_mlp", (1, 28, 28), 10, 128),
    "cifar_light_cnn": Student("cifar_light_cnn", (3, 32, 32), 10, 128),
    "cifar_resnet8x4": Student("cifar_resnet8x4", (3, 32, 32), 100, 64),
}
QUESTIONS = {
    **{
        f"marginal_{name}": f"{name}: an epoch of a trial, val included / of a bare loop with the logits given"
        for name in STUDENTS
    },
    "document": "cifar_resnet18 → cifar_light_cnn: the document's loop / ours, seconds an image",
    "online_step": "cifar_resnet18 → cifar_light_cnn: the document's step, images on the GPU / ours, seconds an image",
    "resnet8x4": "cifar_resnet8x4 at batch 64, crops and mirroring: images a second",
    "resnet8x4_compiled": "cifar_resnet8x4 at batch 64, compiled: images a second",
    "resnet8x4_large": "cifar_resnet8x4 at batch 512: images a second",
}
FAST = Wanted(at_least=60_000, of_card="H100")


def ask(setting: Setting) -> None:
    """In turn, round by round, where two loops are compared."""
    use_tensor_cores(setting.device)
    students = {name: sized(setting, student) for name, student in STUDENTS.items()}
    for name, student in students.items():
        setting.try_to(f"marginal_{name}", partial(marginal, setting, student, f"marginal_{name}"))
    setting.try_to("document", partial(document, setting, students["cifar_light_cnn"]))
    setting.try_to("online_step", partial(online_step, setting, students["cifar_light_cnn"]))
    resnet, steps = students["cifar_resnet8x4"]._replace(augment=CIFAR_AUGMENT), setting.sized(100, 2)
    for question, student, how in (
        ("resnet8x4", resnet, "eager"),
        ("resnet8x4_large", resnet._replace(batch_size=setting.sized(512, 16)), "eager"),
    ):
        setting.try_to(question, partial(answer_rate, setting, question, student, how, steps, FAST))
    setting.try_compiled(
        "resnet8x4_compiled", partial(answer_rate, setting, "resnet8x4_compiled", resnet, "compiled", steps, FAST)
    )


def answer_rate(setting: Setting, question: str, student: Student, how: str, steps: int, wanted: Wanted) -> None:
    """Images a second, as they are."""
    setting.answer(question, rate_of(setting, student, steps, how), wanted, "images/s")


def marginal(setting: Setting, student: Student, question: str) -> None:
    """A trial beside the bare loop, both on as many images; the trial is evaluated on a tenth as many."""
    number = student.batch_size * setting.sized(200, 2)
    data = invent(number, student.image, student.num_classes, setting.device, number // 10)
    training = ModelTraining(model=student.model, epochs=1 + setting.rounds, batch_size=student.batch_size)
    trial = open_training(training, data, invented_logits(data))
    batches = trial.steps()

    def epoch() -> None:
        target = trial.epochs_done + 1
        for batch in batches:
            if trial.epochs_done == target:
                return
            trial.train_step(*batch)

    logits = torch.randn(number, student.num_classes, device=setting.device).half()
    net = BUILT_IN[student.model](student.num_classes, student.image)
    bare = PlainLoop(net, data.train, student.batch_size, logits)
    epoch()
    bare.epoch()
    seconds = [(seconds_of(setting, epoch), seconds_of(setting, bare.epoch)) for _ in range(setting.rounds)]
    setting.answer(question, [ours / theirs for ours, theirs in seconds], Wanted(at_most=1.1))


def document(setting: Setting, student: Student) -> None:
    """The source document's loop, one image at a time, on a share of the images."""
    number = setting.sized(4096, 16)
    pixels = torch.randint(0, 256, (number, 32, 32, 3), dtype=torch.uint8).numpy()
    images = tutorials.Images(pixels, torch.randint(0, 10, (number,)).tolist(), normalize=True)
    teacher, net = (tutorials.network(name, images).to(setting.device) for name in ("cifar_resnet18", student.model))
    theirs = tutorials.train_student(teacher, net, images, setting.rounds + 1, setting.device)[-setting.rounds :]
    ours = statistics.median(rate_of(setting, student, setting.sized(100, 2)))
    note = f"ours {ours:,.0f} images/s"
    setting.answer("document", [each / number * ours for each in theirs], Wanted(at_least=20), note=note)


def online_step(setting: Setting, student: Student) -> None:
    """The document's step alone: teacher and student in float32, nothing of its reading of images."""
    steps = setting.sized(30, 2)
    data = invent(student.batch_size * steps, student.image, student.num_classes, setting.device)
    teacher, net = (BUILT_IN[name](10, student.image) for name in ("cifar_resnet18", student.model))
    plain = PlainLoop(net, data.train, student.batch_size, teacher=teacher, is_plain=True)
    plain.epoch()
    theirs = [seconds_of(setting, plain.epoch) / len(data.train.labels_N) for _ in range(setting.rounds)]
    ours = statistics.median(rate_of(setting, student, steps))
    setting.answer("online_step", [each * ours for each in theirs], Wanted())
