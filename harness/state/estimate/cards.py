"""What cards can compute by their makers' word, for trainings that nobody has measured."""

TERAFLOPS = {
    "H100": 989.0,
    "H200": 989.0,
    "A100": 312.0,
    "L40S": 362.0,
    "A40": 150.0,
    "A10": 125.0,
    "L4": 121.0,
    "RTX 4090": 165.0,
    "RTX 3090": 71.0,
}
"""Dense bfloat16 matrix products, by part of the card's name; SXM where there are several forms."""

SHARE = 0.2  # of that, in a training: what a DeiT-Small at 7,000 images a second takes of an H100; of others no figure
LEAST_STEP_S = 0.002  # kernels of a small model take longer to launch than to run
PASSES = 3  # of the forward pass's operations, in a training step: backward costs twice as much


def is_named(name: str, device: str) -> bool:
    """Whether a card that a person calls ``name`` is one that torch calls ``device``.

    >>> is_named("H100", "NVIDIA H100 80GB HBM3"), is_named("L4", "NVIDIA L40S"), is_named("cpu", "cpu")
    (True, False, True)
    """
    words = set(device.lower().replace("-", " ").split())
    return set(name.lower().replace("-", " ").split()) <= words


def reckoned_rate(device: str, macs: int, batch_size: int) -> float | None:
    """Images a second of a training, by arithmetic; None for a card of which nothing is stated, and for a CPU.

    >>> reckoned_rate("NVIDIA H100 80GB HBM3", macs=4_600_000_000, batch_size=128) // 100
    71.0
    >>> reckoned_rate("NVIDIA H100 80GB HBM3", macs=100_000, batch_size=128)
    64000.0
    >>> reckoned_rate("cpu", 1, 1)
    """
    found = [rate for name, rate in TERAFLOPS.items() if is_named(name, device)]
    if not found:
        return None
    step_s = 2 * PASSES * macs * batch_size / (SHARE * found[0] * 1e12)
    return batch_size / max(step_s, LEAST_STEP_S)
