"""Seeds that are added until they are enough, with jobs carried out in this process."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.controller.enough import look
from harness.controller.seed_rule import SeedRule
from harness.controller.teacher_gate import WeakTeacherError
from harness.report.results.reading.reader import read_results
from harness.state.attempts.run_state import RunState
from harness.state.files.records import SeedLook, SeedLooks
from harness.state.stages.seeds import count_seeds
from harness.state.standing.snapshot import read_snapshot
from harness.sweep.sections.seeds import SeedCount
from kd.data.division.splits import open_division
from kd.errors import InputError
from kd.files import read_record
from kd.records import Failure, Metrics
from kd.scores import balanced_accuracy
from tests.support.broken_net import FAILS_IN_TRAINING
from tests.support.sweep_lab import roles

NO_SEARCH: dict[str, Any] = {"search": None}
RULE = {"min": 2, "max": 8}  # looks at 2, 4 and 8


@pytest.fixture
def enough_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes the looks go on until there are so many seeds, whatever 20 val images show."""

    def choose(number: int) -> None:
        def judged(*arguments: Any) -> SeedLook:
            found = look(*arguments)
            why = found.enough if found.enough in ("failed", "max") else "zero" if found.num_seeds >= number else None
            return found.model_copy(update={"enough": why})

        monkeypatch.setattr("harness.controller.seed_rule.look", judged)

    return choose


def result_files(folder: Path) -> dict[str, bytes]:
    names = ("runs/*/metrics.json", "runs/*/predictions.npz", "runs/**/model.safetensors", "seeds.json")
    return {str(path.relative_to(folder)): path.read_bytes() for name in names for path in folder.glob(name)}


def read_looks(folder: Path) -> list[tuple[int, int, str | None]]:
    looks = read_record(folder / "seeds.json", SeedLooks).looks
    return [(one.num_seeds, one.num_pairs, one.enough) for one in looks]


def num_readings(folder: Path) -> list[int]:
    """Models that each test run has read."""
    paths = sorted(folder.glob("runs/test-*/metrics.json"))
    return sorted(len(read_record(path, Metrics).test) for path in paths)


def test_seeds_are_added_in_pairs_and_for_every_setting_until_val_can_tell(
    lab: Any, enough_at: Callable[[int], None]
) -> None:
    enough_at(4)
    controller = lab.controller(seeds=RULE, compare=[{"alpha": 0.9, "temperature": 4.0}])
    assert controller.run()
    submitted = controller._executor.submitted
    assert roles(submitted) == Counter(teacher=1, logits=1, baseline=4, search=4, compare=4, final=4, test=1)
    assert submitted[-1].startswith("test-")
    assert {run_id.rpartition("-s")[2] for run_id in submitted if run_id.startswith("final")} == {"0", "1", "2", "3"}
    assert read_looks(controller.folder.path) == [(2, 2, None), (4, 4, "zero")]
    assert controller.plan.seeds == SeedCount(4, True)
    standing = controller.snapshot().standing(is_controlled=False)
    assert standing.state == "complete"
    assert {one.stage: (one.done, one.total, one.most) for one in standing.stages}["final"] == (4, 4, None)


def test_readers_know_of_no_more_seeds_than_the_looks_asked_for(lab: Any, enough_at: Callable[[int], None]) -> None:
    enough_at(4)
    controller = lab.controller(seeds=RULE, **NO_SEARCH)
    now = read_snapshot(controller.folder, controller.plan).standing(is_controlled=False)
    assert {one.stage: (one.total, one.most) for one in now.stages}["baseline"] == (2, 8)
    assert controller.run()
    results = read_results(controller.folder.path)
    assert results.plan.seeds == SeedCount(4, True)
    assert [one.enough for one in results.looks] == [None, "zero"]
    assert not results.other_runs
    assert results.standing.is_finished
    plan, _ = lab.open(seeds=RULE, **NO_SEARCH)
    assert read_snapshot(controller.folder, plan).plan.seeds == SeedCount(4, True)


@pytest.mark.thorough
@pytest.mark.parametrize("num_slots", [1, 3])
def test_neither_slots_nor_order_change_a_byte_or_the_number_of_seeds(
    lab: Any, tmp_path: Path, num_slots: int, enough_at: Callable[[int], None]
) -> None:
    enough_at(4)
    first = lab.controller(seeds=RULE)
    assert first.run()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".data").symlink_to(lab.results / ".data")
    other = type(lab)(tmp_path / "other").controller(seeds=RULE)
    other._executor.num_slots, other._executor.runs_per_job = num_slots, 1
    submit = other._executor.submit
    other._executor.submit = lambda batches, *others: submit(batches[::-1], *others)
    assert other.run()
    assert result_files(other.folder.path) == result_files(first.folder.path)


@pytest.mark.thorough
def test_killed_after_any_run_it_ends_in_the_same_bytes(
    lab: Any, tmp_path: Path, enough_at: Callable[[int], None]
) -> None:
    enough_at(4)
    first = lab.controller(seeds=RULE, **NO_SEARCH)
    assert first.run()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".data").symlink_to(lab.results / ".data")
    other = type(lab)(tmp_path / "other")
    for _ in range(40):
        again = other.controller(seeds=RULE, **NO_SEARCH)
        again._executor.runs_per_job = 1
        carry_out, number = again._executor._carry_out, iter((False, True))

        def dies(run_ids: Any, carry_out: Any = carry_out, number: Iterator[bool] = number) -> Any:
            if next(number):
                raise KeyboardInterrupt
            return carry_out(run_ids)

        again._executor._carry_out = dies
        try:
            assert again.run()
            break
        except KeyboardInterrupt:
            continue
    assert result_files(other.results / "mini") == result_files(first.folder.path)
    assert num_readings(first.folder.path) == [9]


def test_a_finished_sweep_started_again_looks_again_and_trains_nothing(
    lab: Any, enough_at: Callable[[int], None]
) -> None:
    enough_at(4)
    first = lab.controller(seeds=RULE, **NO_SEARCH)
    assert first.run()
    before = result_files(first.folder.path)
    again = lab.controller(seeds=RULE, **NO_SEARCH)
    assert again.run()
    assert again._executor.submitted == []
    assert result_files(first.folder.path) == before


def test_a_raised_maximum_adds_new_runs_alone_and_test_is_read_again(
    lab: Any, enough_at: Callable[[int], None]
) -> None:
    enough_at(100)
    first = lab.controller(seeds={"min": 2, "max": 3}, **NO_SEARCH)
    assert first.run()
    assert read_looks(first.folder.path) == [(2, 2, None), (3, 3, "max")]
    before = result_files(first.folder.path)
    more = lab.controller(seeds={"min": 2, "max": 4}, **NO_SEARCH)
    assert read_snapshot(more.folder, more.plan).plan.seeds == SeedCount(2, False)  # the looks were another rule's
    assert more.run()
    assert roles(more._executor.submitted) == Counter(baseline=1, final=1, test=1)
    after = result_files(first.folder.path)
    assert {name: after[name] for name in before if name != "seeds.json"} == {
        name: content for name, content in before.items() if name != "seeds.json"
    }
    assert num_readings(first.folder.path) == [7, 9]
    assert read_results(first.folder.path).num_test_readings == 2


def test_a_number_becomes_a_rule_whose_first_look_is_the_runs_there_are(
    lab: Any, enough_at: Callable[[int], None]
) -> None:
    enough_at(2)
    first = lab.controller(**NO_SEARCH)  # two seeds
    assert first.run()
    before = result_files(first.folder.path)
    same = lab.controller(seeds=RULE, **NO_SEARCH)
    assert same.run()
    assert same._executor.submitted == []  # enough: the reading of test stands
    enough_at(4)
    more = lab.controller(seeds=RULE, **NO_SEARCH)
    assert more.run()
    assert roles(more._executor.submitted) == Counter(baseline=2, final=2, test=1)
    after = result_files(first.folder.path)
    assert {name: after[name] for name in before} == before
    back = lab.controller(**NO_SEARCH)
    assert back.run()
    assert back._executor.submitted == []
    assert read_results(back.folder.path).looks == ()


@pytest.mark.thorough
def test_another_winner_of_the_search_is_looked_at_anew(lab: Any, enough_at: Callable[[int], None]) -> None:
    enough_at(4)
    first = lab.controller(seeds=RULE, search={"num_trials": 1})
    assert first.run()
    more = lab.controller(seeds=RULE, search={"num_trials": 8})
    assert more.run()
    changed = more.searches[""].best != first.searches[""].best
    assert changed, "the test needs a search whose best is not its first"
    assert roles(more._executor.submitted) == Counter(search=7, final=4, test=1)
    looks = read_record(more.folder.path / "seeds.json", SeedLooks)
    assert looks.of[1].startswith("final")
    assert read_results(more.folder.path).looks == looks.looks


@pytest.mark.thorough
def test_all_methods_and_variants_are_given_the_seeds_of_the_headline(
    lab: Any, enough_at: Callable[[int], None]
) -> None:
    enough_at(4)
    methods = {"methods": ["kd", "dist"], "controls": ["shuffled_dark"], "search": {"num_trials": 2}}
    controller = lab.controller(seeds=RULE, **methods)
    assert controller.run()
    counts = roles(controller._executor.submitted)
    assert {role: counts[role] for role in ("baseline", "final", "variant", "test")} == {
        "baseline": 4,
        "final": 8,
        "variant": 4,
        "test": 1,
    }
    results = read_results(controller.folder.path)
    looks = read_record(controller.folder.path / "seeds.json", SeedLooks)
    headline = next(arm for arm in results.arms if arm.key == "distilled")
    assert looks.of == (controller.plan.baselines()[0].id, headline.runs[0].id)
    assert {len(arm.runs) for arm in results.arms if arm.kind != "teacher"} == {4}
    assert not results.other_runs


def test_a_weak_teacher_that_stops_the_sweep_stops_it_before_a_look(lab: Any) -> None:
    useless = {"model": "mnist_cnn", "epochs": 1, "batch_size": 32, "optimizer": {"name": "sgd", "lr": 1e-9}}
    controller = lab.controller(seeds=RULE, teacher=useless, on_weak_teacher="stop", **NO_SEARCH)
    with pytest.raises(WeakTeacherError):
        controller.run()
    assert roles(controller._executor.submitted) == Counter(teacher=1, baseline=2)
    assert not (controller.folder.path / "seeds.json").exists()
    standing = controller.snapshot().standing(is_controlled=False)
    assert standing.state == "stopped"


def test_where_classes_count_alike_they_do_in_a_look(lab: Any) -> None:
    rule = {"min": 2, "max": 4}
    plain, balanced = (
        lab.controller(name=name, seeds=rule, metric=metric, **NO_SEARCH)
        for name, metric in (("plain", "accuracy"), ("balanced", "balanced_accuracy"))
    )
    for controller in (plain, balanced):
        assert controller.run()
    (first, *_), (other, *_) = (
        read_record(each.folder.path / "seeds.json", SeedLooks).looks for each in (plain, balanced)
    )
    alone, student = (
        [read_record(plain.folder.run(run.id) / "metrics.json", Metrics).val for run in runs[:2]]
        for runs in (plain.plan.baselines(), plain.plan.finals())
    )
    for one, score in ((first, lambda val: val.accuracy), (other, lambda val: balanced_accuracy(val.confusion))):
        assert one.gain == pytest.approx(np.mean([score(a) - score(b) for a, b in zip(student, alone, strict=True)]))


@pytest.mark.parametrize(
    ("metric", "sizes", "gain"),
    [("accuracy", [10, 30], 0.75), ("accuracy", [30, 10], 0.25), ("balanced_accuracy", [10, 30], 0.5)],
)
def test_a_look_counts_the_classes_of_val_as_test_will(lab: Any, metric: str, sizes: list[int], gain: float) -> None:
    plan, folder = lab.open(seeds={"min": 2, "max": 3}, metric=metric, **NO_SEARCH)
    labels = np.array([0] * 6 + [1] * 2)
    plan = plan.with_seeds(SeedCount(3, False))
    for runs, predicted in ((plan.baselines(), [2] * 8), (plan.finals(), [2] * 6 + [1] * 2)):
        for run in runs:
            np.savez(folder.add(run) / "predictions.npz", labels=labels, val=np.eye(10)[predicted])
    rule, now = SeedRule(folder, lambda: sizes + [0] * 8), plan.with_seeds(SeedCount(2, False))
    while (more := rule.next_plan(now, {}, lambda run_id: RunState.COMPLETE)) is not None:
        now = more
    looks = read_record(folder.seeds_path, SeedLooks).looks
    assert looks and [one.gain for one in looks] == pytest.approx([gain] * len(looks))


def test_a_failed_seed_is_a_missing_pair(lab: Any, enough_at: Callable[[int], None]) -> None:
    enough_at(4)
    controller = lab.controller(seeds={"min": 3, "max": 6}, **NO_SEARCH)
    _fail(controller.folder.run(controller.plan.baselines()[1].id))
    assert not controller.run()
    assert read_looks(controller.folder.path) == [(3, 2, None), (6, 5, "max")]
    assert num_readings(controller.folder.path) == [1 + 5 + 6]


def test_where_no_two_pairs_are_left_none_is_added(lab: Any, add_module: Callable[[str, str], None]) -> None:
    controller = lab.controller(seeds={"min": 3, "max": 6}, **NO_SEARCH)
    for run in controller.plan.finals()[1:]:
        _fail(controller.folder.run(run.id))
    assert not controller.run()
    assert read_looks(controller.folder.path) == [(3, 0, "failed")]
    assert num_readings(controller.folder.path) == [1 + 3 + 1]
    assert controller.snapshot().standing(is_controlled=False).state == "failed"


def test_a_teacher_that_failed_ends_it(lab: Any, add_module: Callable[[str, str], None]) -> None:
    add_module("broken_teacher", FAILS_IN_TRAINING)
    controller = lab.controller(teacher={"model": "broken_teacher:build", "epochs": 1}, seeds=RULE)
    assert not controller.run()
    assert roles(controller._executor.submitted) == Counter(teacher=1, baseline=2)
    assert controller.snapshot().standing(is_controlled=False).state == "failed"
    assert read_results(controller.folder.path).standing.state == "failed"


def test_predictions_that_cannot_be_read_are_named_and_nothing_is_decided(lab: Any) -> None:
    controller = lab.controller(seeds=RULE, **NO_SEARCH)
    run = controller.plan.baselines()[0]
    turned = 0
    while controller.state_of(run.id) != "complete":
        controller.turn()
        turned += 1
        assert turned < 20
    (controller.folder.run(run.id) / "predictions.npz").write_bytes(b"torn")
    with pytest.raises(InputError, match=rf"seeds: .*{run.id}/predictions\.npz cannot be read.*remove the folder"):
        controller.run()
    assert not (controller.folder.path / "seeds.json").exists()
    shutil.rmtree(controller.folder.run(run.id))
    assert lab.controller(seeds=RULE, **NO_SEARCH).run()


@pytest.mark.thorough
def test_the_test_images_have_no_say_in_the_number_of_seeds(lab: Any, tmp_path: Path) -> None:
    """Every test image replaced by noise: the same looks, to the byte, and another test."""
    rule = {"min": 2, "max": 4, "margin": 5, "half_width": 1}
    plain = lab.controller(seeds=rule, **NO_SEARCH)
    assert plain.run()
    (tmp_path / "noisy").mkdir()
    shutil.copytree(lab.results / ".data", tmp_path / "noisy" / ".data")
    division = open_division(plain.plan.data, plain.folder.data).division
    path = tmp_path / "noisy" / ".data" / plain.plan.data.digest / f"{division.test_split}_images.npy"
    images = np.load(path)
    images[division.test] = np.random.default_rng(0).integers(0, 256, images[division.test].shape, images.dtype)
    np.save(path, images)
    noisy = type(lab)(tmp_path / "noisy").controller(seeds=rule, **NO_SEARCH)
    assert noisy.run()
    plain_files, noisy_files = (result_files(each.folder.path) for each in (plain, noisy))
    assert noisy_files["seeds.json"] == plain_files["seeds.json"]
    changed = {name.split("/")[1].split("-")[0] for name in plain_files if plain_files[name] != noisy_files.get(name)}
    assert changed == {"test"}


def test_the_first_numbers_are_known_before_any_result(lab: Any) -> None:
    plan, folder = lab.open(seeds=RULE)
    assert count_seeds(plan, folder.read_looks(plan)) == SeedCount(2, False)
    (folder.path / "seeds.json").write_text(json.dumps({"rule": {"min": 2}, "of": [], "looks": []}))
    assert read_snapshot(folder, plan).plan.seeds == SeedCount(2, False)


def _fail(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "failure.json").write_text(Failure(kind="non-finite loss", reason="made for the test").model_dump_json())
