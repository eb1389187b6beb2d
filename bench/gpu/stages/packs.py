"""Do packs pay, and does compiling: small students stacked, against the same ones in turn, compiled."""

import statistics
from functools import partial

from bench.gpu.asking import Rate, Setting, SkippedError, Wanted
from bench.gpu.timing import WARM_UP_STEPS, Student, macs_of, rate_of, seconds_of, sized
from bench.trainings import invent, invented_logits, open_training
from kd.config import DistillConfig, ModelTraining
from kd.runs.folder.context import use_tensor_cores
from kd.training.stacked import Pack

STUDENTS = {
    "mnist_mlp": Student("mnist_mlp", (1, 28, 28), 10, 128),
    "plain_conv": Student("plain_conv", (1, 28, 28), 10, 128),
    "cifar_light_cnn": Student("cifar_light_cnn", (3, 32, 32), 10, 128),
}
SIZES = (16, 8, 4)
QUESTIONS = {
    **{f"pack_{name}": f"16 packed {name} / 16 in turn, compiled: images a second" for name in STUDENTS},
    **{f"pack_{name}_eager": f"16 packed {name} / 16 in turn, not compiled: images a second" for name in STUDENTS},
    **{f"compiled_{name}": f"{name}, compiled / not: images a second" for name in STUDENTS},
}


def ask(setting: Setting) -> None:
    """Of each student: alone, compiled, and in packs of 16, 8 and 4. In turn, 16 are no faster than one."""
    use_tensor_cores(setting.device)
    for name, full in STUDENTS.items():
        student = sized(setting, full)
        rates: dict[str, float] = {}
        setting.try_to(f"pack_{name}_eager", partial(beside_eager, setting, name, student, rates))
        # compiled on a CPU too, to know that it works
        attempt = setting.try_to if name == "mnist_mlp" else setting.try_compiled
        attempt(f"compiled_{name}", partial(compiled, setting, name, student, rates))
        attempt(f"pack_{name}", partial(beside_compiled, setting, name, rates))


def beside_eager(setting: Setting, name: str, student: Student, rates: dict[str, float]) -> None:
    """A pack beside one student, as both are by default."""
    steps = setting.sized(100 if name == "mnist_mlp" else 50, 2)
    rates["alone"] = statistics.median(rate_of(setting, student, steps))
    sizes = SIZES if not setting.small else SIZES[-1:]
    for size in sizes:
        rate = statistics.median(rate_of_pack(setting, student, size, max(2, steps // 2)))
        if size == sizes[0]:  # the question; what smaller ones reach is for the constants
            rates["pack"] = rate
            setting.answer(f"pack_{name}_eager", rates["pack"] / rates["alone"], Wanted(), note=_note(rates))


def compiled(setting: Setting, name: str, student: Student, rates: dict[str, float]) -> None:
    """What compiling gains one student."""
    rates["compiled"] = statistics.median(rate_of(setting, student, setting.sized(100, 2), "compiled"))
    if "alone" not in rates:
        raise SkippedError("its partner, not compiled, has no figure")
    setting.answer(f"compiled_{name}", rates["compiled"] / rates["alone"], Wanted(), note=_note(rates))


def beside_compiled(setting: Setting, name: str, rates: dict[str, float]) -> None:
    """What a pack gains beside one student that is compiled."""
    if missing := [how for how in ("pack", "compiled") if how not in rates]:
        raise SkippedError(f"no figure: {', '.join(missing)}")
    wanted = Wanted(at_least=5) if name == "mnist_mlp" else Wanted()
    setting.answer(f"pack_{name}", rates["pack"] / rates["compiled"], wanted, note=_note(rates))


def rate_of_pack(setting: Setting, student: Student, size: int, steps: int) -> list[float]:
    """Images a second of all, round by round; trials of one seed, that differ in alpha and T."""
    num_warm = setting.sized(WARM_UP_STEPS, 1)
    num_images = student.batch_size * (1 + num_warm + steps * setting.rounds)
    data = invent(num_images, student.image, student.num_classes, setting.device)
    teacher, training = (
        invented_logits(data),
        ModelTraining(model=student.model, epochs=1, batch_size=student.batch_size),
    )
    trainings = [
        open_training(training, data, teacher, distill=DistillConfig(alpha=number / (size - 1), temperature=1 + number))
        for number in range(size)
    ]
    batches = [each.steps() for each in trainings]
    pack = Pack(trainings)

    def take(number: int) -> None:
        for _ in range(number):
            pack.train_step([next(each) for each in batches])

    first_s = seconds_of(setting, lambda: take(1))
    take(num_warm)
    seconds = [seconds_of(setting, lambda: take(steps)) for _ in range(setting.rounds)]
    rates = [size * steps * student.batch_size / each for each in seconds]
    macs = macs_of(student.model, student.image, student.num_classes)
    rate = float(f"{statistics.median(rates):.4g}")
    setting.tell(
        Rate(student.model, f"pack of {size}", student.batch_size, rate, round(first_s, 2), macs, student.image)
    )
    return rates


def _note(rates: dict[str, float]) -> str:
    return ", ".join(f"{how} {rate:,.0f} images/s" for how, rate in rates.items())
