"""The rehearsal: here, beside what comes next; as a SLURM job waited for, found again, and given up with a reason."""

import itertools
import os

import psutil
import pytest

from harness.cluster.fork.server import MODULE, ForkServer
from harness.cluster.profiles import LocalProfile, SlurmProfile
from harness.cluster.rehearsal import AT_WORK, _run_beside, rehearse_here, rehearse_on_slurm, request_of, result_path
from harness.cluster.slurm.command import Answer, run_command
from kd.errors import InputError
from kd.files import write_record
from kd.records import Rehearsal
from tests.slurm import fake
from tests.support.waiting import wait_until

PROFILE = SlurmProfile(kind="slurm", partition="low", cpus_per_task=1, gpus_per_run=0, poll_s=0.2)


@pytest.fixture(scope="module")
def cluster():
    reason = fake.missing()
    if reason is not None:
        pytest.skip(reason)
    with fake.FakeSlurm() as lab:
        yield lab


@pytest.fixture
def rehearsal(lab, cluster, monkeypatch, tmp_path):
    """Rehearses the mini sweep, with some keys changed, in a job; and lists what SLURM was asked."""
    for name in cluster.settings:
        monkeypatch.setenv(name, cluster.env[name])
    monkeypatch.setattr("harness.cluster.rehearsal.FOLDER", f"rehearsals-{tmp_path.name}")
    asked = []

    def run(words):
        asked.append(words[0])
        return run_command(words)

    def rehearse(sleep=None, **changes):
        plan, folder = lab.open(**changes)
        request = request_of(plan, PROFILE)
        result = result_path(request, PROFILE, folder.data)
        pause = {} if sleep is None else {"sleep": sleep}
        return rehearse_on_slurm(request, PROFILE, folder.path, folder.data, result, lambda line: None, run, **pause)

    rehearse.asked = asked
    yield rehearse
    cluster.restore()


@pytest.mark.slow
def test_the_models_are_tried_in_a_job(rehearsal):
    found = rehearsal()
    assert [(model.place, model.model) for model in found.models] == [
        ("teacher", "mnist_cnn"),
        ("student", "mnist_mlp"),
    ]
    assert found.failure is None


@pytest.mark.slow
def test_a_bad_model_is_one_line_from_the_job(rehearsal):
    with pytest.raises(InputError, match=r"^student\.model: cannot import nowhere:net: ModuleNotFoundError"):
        rehearsal(student={"model": "nowhere:net", "epochs": 1})


@pytest.mark.slow
def test_a_controller_that_is_started_again_waits_for_the_same_job(rehearsal, monkeypatch):
    class KilledError(Exception):
        pass

    def die(seconds):
        raise KilledError

    with pytest.raises(KilledError):
        rehearsal(die)
    monkeypatch.setattr("harness.cluster.rehearsal._submit", lambda *job: pytest.fail("a second job"))
    assert len(rehearsal().models) == 2
    assert "scancel" not in rehearsal.asked


def test_at_every_look_it_is_told_what_is_the_case(lab, monkeypatch, tmp_path):
    plan, folder = lab.open()
    request, queue = request_of(plan, PROFILE), ["1|PENDING|QOSMaxJobsPerUserLimit|", "1|RUNNING|None|n1"]
    monkeypatch.setattr("harness.cluster.rehearsal._submit", lambda *job: pytest.fail("a second job"))
    told = []

    def run(words):
        line = queue[0] if len(queue) == 1 or len(told) < 2 else queue.pop(0)
        return Answer(0, f"{line}\n" if words[0] == "squeue" else "")

    def stop(seconds):
        if told[-1] == AT_WORK:
            raise KeyboardInterrupt

    profile = PROFILE.model_copy(update={"poll_s": 1e-9})
    where = (folder.path, folder.data, tmp_path / "rehearsals" / "result.json", lambda line: None)
    with pytest.raises(KeyboardInterrupt):
        rehearse_on_slurm(request, profile, *where, run=run, sleep=stop, tell=lambda *notes: told.extend(notes))
    assert told[0].startswith("The rehearsal's job 1 waits for a limit of jobs: ")
    assert "where it has room for one job alone, start without DETACH=1" in told[0]


def test_while_a_job_waits_its_partition_is_asked_for_once(lab, monkeypatch, tmp_path):
    plan, folder = lab.open()
    monkeypatch.setattr("harness.cluster.rehearsal._submit", lambda *job: pytest.fail("a second job"))
    asked, told = [], []

    def run(words):
        asked.append(words[0])
        answers = {"squeue": "1|PENDING|PartitionTimeLimit|\n", "scontrol": "PartitionName=low MaxTime=00:10:00\n"}
        return Answer(0, answers.get(words[0], ""))

    def stop(seconds):
        if len(told) > 3:
            raise KeyboardInterrupt

    profile = PROFILE.model_copy(update={"time_min": 60, "poll_s": 1e-9})
    where = (folder.path, folder.data, tmp_path / "rehearsals" / "result.json", lambda line: None)
    with pytest.raises(KeyboardInterrupt):
        rehearse_on_slurm(request_of(plan, profile), profile, *where, run=run, sleep=stop, tell=told.append)
    assert "time_min 60 is above the 10 of partition low" in told[-1]
    assert asked.count("scontrol") == asked.count("sinfo") == 1


@pytest.mark.slow
def test_ctrl_c_cancels_the_job(rehearsal):
    def interrupt(seconds):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rehearsal(interrupt)
    assert rehearsal.asked[-1] == "scancel"


@pytest.fixture
def rehearsal_that_ends(lab, monkeypatch, tmp_path):
    """Rehearses in jobs that end as SLURM says; what they do before is given. Gives what is said, and their number."""

    def rehearse(ending, work):
        plan, folder = lab.open()
        result, num_jobs = tmp_path / "rehearsals" / "abc.json", itertools.count(1)
        ended = []

        def submit(job, *others):
            job_id = str(next(num_jobs))
            job.logs.mkdir(parents=True, exist_ok=True)
            work(job.logs / f"{job_id}_0_log.out", result)
            ended.append(f"{job_id}|{ending}|None|n1")
            return job_id

        def run(words):
            return Answer(0, "\n".join(ended)) if words[0] == "squeue" else Answer(1, "", "Invalid job id specified")

        monkeypatch.setattr("harness.cluster.rehearsal._submit", submit)
        monkeypatch.setattr("harness.cluster.slurm.queue.SETTLE_S", 0.0)
        profile = PROFILE.model_copy(update={"poll_s": 1e-6})
        where = (folder.path, folder.data, result, lambda line: None)
        with pytest.raises(InputError) as refused:
            rehearse_on_slurm(request_of(plan, profile), profile, *where, run=run, sleep=lambda seconds: None)
        return str(refused.value), len(ended)

    return rehearse


def test_jobs_that_do_not_begin_are_told_by_their_own_last_words(rehearsal_that_ends, tmp_path):
    def stop_in_setup(log, result):
        assert not result.exists(), "what an earlier start found"
        log.write_text("module: command not found\nsrun: error: n1: task 0: Exited with exit code 1\n")

    earlier = tmp_path / "rehearsals" / "abc.json"
    earlier.parent.mkdir()
    write_record(earlier, Rehearsal(device="cpu", failure="yesterday's"))
    log = tmp_path / "rehearsals" / f"logs-{os.geteuid()}" / "2_0_log.out"
    assert rehearsal_that_ends("NODE_FAIL", stop_in_setup) == (
        "CLUSTER: the rehearsal did not begin: job 2 on n1: NODE_FAIL; its log ends: module: command not found "
        f"({log}); mend what that says, and start again",
        2,
    )


def test_a_job_that_dies_at_a_model_names_it_and_how_it_ended(rehearsal_that_ends):
    def die(log, result):
        write_record(result, Rehearsal(device="cpu"))

    said, num_jobs = rehearsal_that_ends("OUT_OF_MEMORY", die)
    assert said == "teacher.model: mnist_cnn cannot be rehearsed: job 1 on n1: OUT_OF_MEMORY; it wrote no log"
    assert num_jobs == 1


def test_something_else_is_done_while_a_process_rehearses(tmp_path):
    waits = ["sh", "-c", 'until [ -e "$0" ]; do sleep 0.01; done; echo last words >&2; exit 7', str(tmp_path / "done")]
    with (tmp_path / "errors").open("w+") as errors:
        assert _run_beside(waits, errors, (tmp_path / "done").touch) == 7
    assert (tmp_path / "errors").read_text() == "last words\n"


def test_ctrl_c_ends_the_process_with_what_is_done_beside_it(tmp_path):
    started = []

    def interrupted():
        def is_named():  # a moment after it began
            started[:] = [each for each in psutil.Process().children() if each.name() == "sleep"]
            return started

        wait_until(is_named, "name of the process")
        raise KeyboardInterrupt

    with (tmp_path / "errors").open("w+") as errors, pytest.raises(KeyboardInterrupt):
        _run_beside(["sleep", "600"], errors, interrupted)
    assert [process.is_running() for process in started] == [False]


def forks_of(logs):
    """The server of these logs, and its forks."""
    return [each for each in psutil.process_iter(["cmdline"]) if {MODULE, str(logs)} <= set(each.info["cmdline"] or [])]


def test_ctrl_c_ends_a_fork_that_rehearses(lab, tmp_path):
    plan, folder = lab.open()
    logs = tmp_path / "logs"
    server = ForkServer(logs, loads=())

    def interrupted():
        wait_until(lambda: len(forks_of(logs)) == 2, "fork that rehearses")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rehearse_here(request_of(plan, LocalProfile(slots=2)), folder.data, interrupted, server)
    assert len(forks_of(logs)) == 1


def test_ctrl_c_ends_a_process_that_takes_no_notice_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr("harness.cluster.rehearsal.ENDING_S", 0.01)
    deaf = ["sh", "-c", 'trap "" TERM; touch "$0"; exec sleep 600', str(tmp_path / "deaf")]

    def interrupted():
        wait_until((tmp_path / "deaf").exists, "deaf process")
        raise KeyboardInterrupt

    with (tmp_path / "errors").open("w+") as errors, pytest.raises(KeyboardInterrupt):
        _run_beside(deaf, errors, interrupted)


@pytest.mark.slow
def test_a_fork_finds_what_a_process_of_its_own_finds(lab, tmp_path):
    plan, folder = lab.open()
    request = request_of(plan, LocalProfile(slots=2))
    alone = rehearse_here(request, folder.data)
    forked = rehearse_here(request, folder.data, server=ForkServer(tmp_path / "logs"))
    moving = {"seconds": True, "models": {"__all__": {"free_bytes"}}}
    assert forked.model_dump(exclude=moving) == alone.model_dump(exclude=moving)
    assert len(alone.models) == 2
