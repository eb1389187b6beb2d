"""The bench of how a sweep grows: what it measures in a process of its own begins and ends there."""

import pytest

from bench import scaling


@pytest.mark.thorough
@pytest.mark.parametrize("way", ["loaded", "mapped"])
def test_the_memory_of_an_epoch_is_measured(way: str) -> None:
    assert 0 < scaling.memory_mb(2_000, way) < 2_000


def test_its_process_names_what_there_is() -> None:
    """Its program is a text, which no type checker reads."""
    import kd.data.images

    names = [word for word in scaling.MEMORY.replace("(", " ").split() if word.startswith("kd.data.images.")]
    assert names and all(hasattr(kd.data.images, name.rpartition(".")[2]) for name in names)
