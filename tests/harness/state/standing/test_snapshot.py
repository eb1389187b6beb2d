"""A sweep at one moment: read once, and the same until it is read again."""

from typing import Any

from harness.state.files.records import JobRecord, SeedLook, SeedLooks
from harness.state.stages.seeds import compared
from harness.state.standing.snapshot import read_snapshot
from harness.sweep.sections.seeds import SeedCount
from kd.files import write_record
from kd.records import Failure


def test_what_changes_after_the_look_is_not_seen(lab: Any) -> None:
    plan, folder = lab.open()
    run, other = plan.baselines()
    job = JobRecord(job_id="7", run_ids=(run.id,), submitted_at="2026-01-01T00:00:00Z")
    write_record(folder.job_path("7"), job)
    before = read_snapshot(folder, plan)
    assert before.jobs == (job,)
    assert (before.state_of(run.id), before.state_of(other.id)) == ("queued", "not started")
    write_record(folder.add(run) / "failure.json", Failure(kind="bad input", reason="x"))
    assert before.state_of(run.id) == "queued" and not before.is_over(run.id)
    after = read_snapshot(folder, plan)
    assert after.state_of(run.id) == "failed" and after.is_over(run.id)


def test_a_finished_sweep_has_every_step_with_its_attempts(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    snapshot = read_snapshot(controller.folder, controller.plan)
    assert {step.run.id for step in snapshot.steps} == {path.name for path in controller.folder.path.glob("runs/*")}
    assert all(snapshot.is_over(step.run.id) for step in snapshot.steps)
    attempts = {step.run.id: snapshot.attempts(step.run.id) for step in snapshot.steps}
    assert {each.end for made in attempts.values() for each in made} <= {"complete", "pruned"}
    assert all(snapshot.attempts(run_id) is made for run_id, made in attempts.items())


def test_the_looks_at_its_seeds_are_known_and_their_number_follows(lab: Any) -> None:
    plan, folder = lab.open(search=None, seeds={"min": 2, "max": 8})
    assert read_snapshot(folder, plan).looks == ()
    looks = (SeedLook(num_seeds=2, num_pairs=2), SeedLook(num_seeds=4, num_pairs=4, enough="zero"))
    write_record(folder.seeds_path, SeedLooks(rule=plan.sweep.seed_rule, of=compared(plan, {}), looks=looks))
    found = read_snapshot(folder, plan)
    assert (found.looks, found.plan.seeds) == (looks, SeedCount(4, True))
