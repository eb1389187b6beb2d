"""Curves of steps and of seeds."""

import re
from pathlib import Path

import numpy as np
import pytest

from harness.report.build import report_files
from harness.report.figures.training_curves import arm_charts
from harness.report.results.reading.reader import read_results
from harness.report.text.language import language
from kd.files import write_record
from kd.records import History
from tests.support.pages import points_of, told
from tests.support.troubled_sweep import epoch, page_of


def test_steps_are_drawn_in_parts_of_an_epoch(invented: Path) -> None:
    run_id = read_results(invented).arms[1].runs[0].id
    folder = invented / "runs" / run_id
    write_record(folder / "history.json", History(num_epochs=4, epochs=tuple(epoch(number) for number in range(1, 5))))
    losses = np.geomspace(4.0, 0.5, 4 * 150).astype(np.float32)
    np.savez(folder / "steps.npz", train_loss=losses)
    page = page_of(invented, run_id)
    assert "Training loss by step" in page
    found = re.search(r'data-reading="log10 (\d+)" data-parts="75">.*?<path class="baseline" d="([^"]*)"', page)
    assert found is not None
    at, read = zip(*points_of(found[2]), strict=True)
    units = np.interp(np.arange(1, 301), at, read)
    assert 10 ** (-units / float(found[1])) == pytest.approx(losses.reshape(300, 2).mean(axis=1), rel=0.001)


@pytest.mark.parametrize("content", [b"PK\x03\x04 torn", b""])
def test_damaged_steps_are_a_hole(invented: Path, content: bytes) -> None:
    run_id = read_results(invented).arms[1].runs[0].id
    (invented / "runs" / run_id / "steps.npz").write_bytes(content)
    files = report_files(invented, invented.parent / ".data")
    assert f"runs/{run_id}/steps.npz" in told(files)
    assert "Training loss by step" not in files[f"runs/{run_id}.html"]


@pytest.mark.thorough
def test_steps_that_do_not_fit_the_history_are_not_drawn(invented: Path) -> None:
    run_id = read_results(invented).arms[1].runs[0].id
    folder = invented / "runs" / run_id
    write_record(folder / "history.json", History(num_epochs=3, epochs=tuple(epoch(number) for number in range(1, 4))))
    np.savez(folder / "steps.npz", train_loss=np.ones(100, np.float32))
    assert "Training loss by step" not in page_of(invented, run_id)


def test_each_run_of_several_has_a_curve_of_its_own(invented: Path) -> None:
    arms = read_results(invented).arms
    for chart in arm_charts(arms, language("en")):
        for arm in arms:
            own = [curve for curve in chart.runs if curve.arm == arm.key]
            mean = [curve for curve in chart.curves if curve.arm == arm.key]
            if len(arm.runs) == 1 or not mean:
                assert not own
                continue
            assert [curve.run for curve in own] == [run.id for run in arm.runs]
            assert np.mean([curve.y for curve in own], axis=0) == pytest.approx(mean[0].y)


@pytest.mark.thorough
def test_the_front_page_draws_seed_bands(finished: Path, site: Path) -> None:
    text = told(site)
    results = read_results(finished)
    stack = [[100 * each.val_accuracy for each in run.history.epochs] for run in results.arms[1].runs if run.history]
    section = text.partition('id="training"')[2]
    line = re.search(r'<path class="baseline" data-arm="baseline" d="([^"]*)"', section)
    band = re.search(r'<path class="band baseline" data-arm="baseline" d="([^"]*)"', section)
    assert line is not None
    assert band is not None
    at, read = zip(*points_of(line[1]), strict=True)
    assert -np.interp([1, 2, 3, 4], at, read) / 100 == pytest.approx(np.mean(stack, axis=0), abs=0.005)
    heights = [-y / 100 for _, y in points_of(band[1])]
    assert (min(heights), max(heights)) == pytest.approx((np.min(stack), np.max(stack)), abs=0.005)


@pytest.mark.thorough
def test_a_loss_on_features_is_drawn_with_the_others(invented: Path) -> None:
    run_id = read_results(invented).arms[2].runs[0].id
    assert "train, feature loss" not in page_of(invented, run_id)
    epochs = tuple(
        epoch(number).model_copy(update={"soft_loss": 1 / number, "feature_loss": 2 / number}) for number in (1, 2, 3)
    )
    write_record(invented / "runs" / run_id / "history.json", History(num_epochs=3, epochs=epochs))
    page = page_of(invented, run_id)
    for name in ("soft loss", "feature loss"):
        assert f"train, {name}" in page
