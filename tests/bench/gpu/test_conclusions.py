"""What follows from figures."""

from dataclasses import replace

from bench.gpu.asking import Rate
from bench.gpu.conclusions import constants


def rate(model: str, how: str, images_per_s: float, first_s: float = 0.0, macs: int = 100) -> Rate:
    return Rate(model, how, batch_size=10, images_per_s=images_per_s, first_s=first_s, macs=macs, image=(1, 28, 28))


def test_packs_are_off_where_nothing_is_known_and_where_none_gains() -> None:
    for rates in ([], [rate("a", "eager", 100), rate("a", "compiled", 300), rate("a", "pack of 4", 310)]):
        found = constants(rates)
        assert (found["MOST_MACS"], found["AUTO_PACK"]) == (0, 1)


def test_packs_are_for_models_up_to_the_largest_that_gains_and_no_larger_than_they_need_be() -> None:
    rates = [rate("small", "eager", 100), rate("small", "compiled", 150)]
    rates += [rate("small", f"pack of {size}", speed) for size, speed in ((4, 500), (8, 960), (16, 1000))]
    rates += [rate("large", "eager", 100, macs=7000), rate("large", "pack of 16", 90, macs=7000)]
    found = constants(rates)
    assert (found["MOST_MACS"], found["AUTO_PACK"]) == (1000, 8)


def test_compiling_pays_after_so_many_steps_or_never() -> None:
    rates = [rate("a", "eager", 100, first_s=1), rate("a", "compiled", 200, first_s=21)]  # 0.05 s a step are saved
    rates += [rate("b", "eager", 100), rate("b", "compiled", 90, first_s=20), rate("c", "eager", 1)]
    compiling = constants(rates)["compiling"]
    assert compiling == {
        "a": {"gain": 2.0, "extra_s": 20.0, "pays_after_steps": 400.0},
        "b": {"gain": 0.9, "extra_s": 20.0, "pays_after_steps": None},
    }


def test_a_compiled_model_is_judged_beside_the_same_batch_size() -> None:
    rates = [rate("a", "eager", 30_000), replace(rate("a", "eager", 60_000), batch_size=512)]
    rates.append(rate("a", "compiled", 45_000, first_s=20))
    assert constants(rates)["compiling"]["a"]["gain"] == 1.5


def test_a_pack_gains_nothing_where_nobody_knows_what_compiling_does() -> None:
    rates = [rate("a", "eager", 100), rate("a", "pack of 8", 900)]
    assert constants(rates)["AUTO_PACK"] == 1
