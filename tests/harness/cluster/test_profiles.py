"""Cluster profiles: every shipped one loads, and mistakes are one line."""

from pathlib import Path

import pytest

from harness.cluster.profiles import AUTO_PACK, CLUSTERS, LocalProfile, SlurmProfile, job_size, load_cluster
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


def test_this_machine_needs_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_cluster("local") == LocalProfile()
    with pytest.raises(InputError, match="no file sweeps/clusters/slurm"):
        load_cluster("slurm")
