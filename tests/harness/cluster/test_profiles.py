"""Cluster profiles: every shipped one loads, and mistakes are one line."""

from pathlib import Path

import pytest

from harness.cluster.profiles import (
    AUTO_PACK,
    CLUSTERS,
    LocalProfile,
    SlurmProfile,
    gpu_name,
    job_size,
    load_cluster,
    visible_gpus,
)
from harness.state.files.records import JobRecord
from kd.errors import InputError
from tests.support.root import ROOT


@pytest.mark.parametrize("path", sorted((ROOT / CLUSTERS).glob("*.yaml")), ids=lambda path: path.stem)
def test_every_profile_loads_and_shows_every_key(path: Path) -> None:
    profile = load_cluster(str(path))
    assert profile.model_fields_set == set(type(profile).model_fields)
    assert profile == (SlurmProfile(kind="slurm") if profile.kind == "slurm" else LocalProfile())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: slrum", "kind: 'slrum' is no kind of cluster (did you mean slurm?); there are local, slurm"),
        ("kind: slurm\npartion: x", "partion: unknown key (did you mean partition?)"),
        ("slot: 2", "slot: unknown key (did you mean slots?)"),
        ("kind: slurm\nadditional: {gres: 'gpu:2'}", "additional: gres has a key of its own, gpus_per_run"),
        ("kind: slurm\nadditional: {time: 5}", "additional: time has a key of its own, time_min"),
        ("kind: slurm\nadditional: {array: 0-3}", "additional: array is set by this program"),
        ("kind: slurm\nadditional: {--nice: 1}", "additional: write '--nice' as 'nice'"),
        ("kind: slurm\nadditional: {exclusive: false}", "additional: exclusive: a switch is true, or left out"),
        ("kind: slurm\ntime_min: 2", "signal_delay_s 120 leaves nothing of time_min 2"),
        ("pack: 8\nruns_per_job: 4", "pack 8 is above runs_per_job 4"),
        ("kind: slurm\npack: 8\nruns_per_job: 4", "pack 8 is above runs_per_job 4"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        load_cluster(str(path))
    assert str(error.value).startswith(f"{path}: {message}")


def test_options_are_spelt_as_sbatch_spells_them() -> None:
    profile = SlurmProfile.model_validate({"kind": "slurm", "additional": {"cpu_freq": "high", "exclusive": True}})
    assert profile.additional == {"cpu-freq": "high", "exclusive": True}


def test_a_run_of_several_gpus_takes_as_many_slots_here_and_one_on_a_cluster() -> None:
    assert LocalProfile(slots=4).slots_of(3) == 3
    with pytest.raises(InputError, match=r"gpus: 5 are more than the 4 slot\(s\) of this machine"):
        LocalProfile(slots=4).slots_of(5)
    assert SlurmProfile(kind="slurm").slots_of(8) == 1


@pytest.mark.parametrize(
    ("num_cores", "keys", "num_abreast", "slots", "threads"),
    [
        (2, {}, 1, 2, 2),
        (2, {}, None, 1, 1),
        (2, {}, 2, 1, 1),
        (2, {}, 3, 1, 1),
        (2, {"critical_threads": 1}, 1, 1, 1),
        (2, {"slots": 1}, 1, 1, 2),
        (2, {"slots": 3}, 1, 3, 2),
        (2, {"slots": 4}, 2, 1, 1),  # two slots of four have no more than one thread either
        (1, {}, 1, 1, 1),
        (4, {"critical_threads": 3}, 1, 3, 3),
        (16, {}, 1, 8, 8),
        (16, {}, 3, 5, 5),
        (16, {"slots": 4}, 1, 2, 8),
        (16, {"slots": 5}, None, 1, 3),
        (16, {"slots": 5}, 1, 2, 6),  # a third slot would make nine
        (64, {"slots": 1}, 1, 1, 64),  # as every run there
        (64, {"critical_threads": 64}, 1, 64, 64),
    ],
)
def test_a_run_that_all_others_wait_for_takes_the_cores_of_idle_slots(
    monkeypatch: pytest.MonkeyPatch,
    num_cores: int,
    keys: dict[str, int],
    num_abreast: int | None,
    slots: int,
    threads: int,
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr("harness.cluster.profiles.num_cores", lambda: num_cores)
    profile = LocalProfile(**keys)
    assert profile.slots_of(1, num_abreast) == slots
    assert profile.threads_of(slots) == threads


def test_tasks_of_a_run_share_the_cores_of_its_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr("harness.cluster.profiles.num_cores", lambda: 16)
    profile = LocalProfile()
    assert (profile.slots_of(2), profile.threads_of(2, 2)) == (2, 1)
    assert (profile.slots_of(2, 1), profile.threads_of(16, 2)) == (16, 8)
    assert (profile.slots_of(2, 3), profile.threads_of(5, 2)) == (5, 2)


def test_idle_slots_are_nobodys_where_they_are_gpus_or_a_schedulers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.cluster.profiles.num_cores", lambda: 16)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    assert LocalProfile().slots_of(1, 1) == 1
    assert SlurmProfile(kind="slurm", gpus_per_run=0).slots_of(1, 1) == 1


@pytest.mark.parametrize(
    ("num_ready", "num_free", "runs_per_job", "num_together", "size"),
    [(16, 2, 4, 1, 4), (16, 8, 4, 1, 2), (16, 8, 4, 4, 4), (2, 8, 4, 2, 2), (3, 1, 2, 1, 2), (1, 8, 4, 1, 1)],
)
def test_size_of_the_next_job(num_ready: int, num_free: int, runs_per_job: int, num_together: int, size: int) -> None:
    assert job_size(num_ready, num_free, runs_per_job, num_together) == size


@pytest.mark.parametrize("gpus", ["0", ""])
def test_nothing_is_packed_unless_asked_for(monkeypatch: pytest.MonkeyPatch, gpus: str) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", gpus)
    assert LocalProfile(runs_per_job=16).pack_size == SlurmProfile(kind="slurm").pack_size == 1
    for path in (ROOT / CLUSTERS).glob("*.yaml"):
        assert load_cluster(str(path)).pack_size == 1, path


def test_packs_on_request_are_jobs_on_gpus_and_none_on_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert LocalProfile(runs_per_job=16, pack="auto").pack_size == 16
    assert LocalProfile(pack=2).pack_size == 2
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert LocalProfile(pack="auto").pack_size == 1
    assert LocalProfile(pack=2).pack_size == 2
    assert SlurmProfile(kind="slurm", pack="auto").pack_size == AUTO_PACK
    assert SlurmProfile(kind="slurm", pack="auto", runs_per_job=4).pack_size == 4
    assert SlurmProfile(kind="slurm", pack="auto", gpus_per_run=0).pack_size == 1


def test_a_card_is_named_as_its_driver_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\n[ "$1" = --id=3 ] && echo "NVIDIA H100 80GB HBM3"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for visible, name in (("3", "NVIDIA H100 80GB HBM3"), ("2", None), ("", None)):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        assert gpu_name() == name
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    assert gpu_name() is None


@pytest.mark.parametrize(
    ("visible", "gpus"),
    [
        ("0, 2", [0, 2]),
        ("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6,1", ["GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", 1]),
        ("MIG-1f3a", ["MIG-1f3a"]),
        ("", []),
        ("-1", []),
        ("NoDevFiles", []),
    ],
)
def test_gpus_that_are_named_by_uuid_are_gpus(
    monkeypatch: pytest.MonkeyPatch, visible: str, gpus: list[int | str]
) -> None:
    """As a site's scheduler or a container names them; parts of a card have no number at all."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert visible_gpus() == gpus
    job = JobRecord(job_id="1", run_ids=(), submitted_at="", gpus=tuple(gpus))
    assert JobRecord.model_validate_json(job.model_dump_json()).gpus == tuple(gpus)


def test_this_machine_needs_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_cluster("local") == LocalProfile()
    with pytest.raises(InputError, match="no file sweeps/clusters/slurm"):
        load_cluster("slurm")
