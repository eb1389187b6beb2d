"""Rates by arithmetic."""

import pytest

from harness.state.estimate.cards import LEAST_STEP_S, SHARE, TERAFLOPS, reckoned_rate


@pytest.mark.parametrize("card", TERAFLOPS)
def test_a_large_model_takes_a_share_of_the_stated_rate(card: str) -> None:
    macs, batch = 10**10, 64
    rate = reckoned_rate(f"NVIDIA {card}-80GB", macs, batch)
    assert rate is not None
    assert rate * 6 * macs == pytest.approx(SHARE * TERAFLOPS[card] * 1e12)


def test_a_small_model_waits_for_launches() -> None:
    assert reckoned_rate("NVIDIA A100-SXM4-40GB", 1000, 128) == 128 / LEAST_STEP_S


@pytest.mark.parametrize("device", ["cpu", "Tesla T4", "NVIDIA A1000", "NVIDIA L400"])
def test_of_others_nothing_is_reckoned(device: str) -> None:
    assert reckoned_rate(device, 10**10, 64) is None
