"""A finished sweep full of what must not leave the machine: in records, logs, settings, the environment."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.results.reading.reader import read_results
from harness.state.files.records import Provenance, write_sweep_record
from harness.state.provenance import current_code
from kd.files import write_record
from kd.records import Failure
from tests.support import invented_sweep
from tests.support.small_sweep import SMALL
from tests.support.troubled_sweep import FIELDS, trouble

USER, HOME = "anamaría_k", "/home/anamaría_k"
HOSTS = ("login-3.cluster.uni-x.edu", "gpunode17", "node-7")
DATA = f'{HOME}/my data/фото 猫 & "co"'
TOKENS = (
    "hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r", "github_pat_11ABCDEFG0abcdefghij_klm",
    "sk-proj-abcdefghijklmnopqrstuv", "xoxb-123456789012-abcdefghij", "glpat-abcdefghijklmnopqrst",
)  # fmt: skip
PASSWORDS = ("swordfish-77", "tr0ub4dor&3", "correct-horse", "s3cr3t-of-the-setup", "value-of-the-environment-1")
PLACES = ("/home", "my data/", "/scratch", "/data/groups", "10.1.2.3", "uni-x.edu")
SECRETS = (*TOKENS, *PASSWORDS, USER, "anamar", *HOSTS, *PLACES)
"""What no byte that is handed on may hold."""


def make_secret(results: Path) -> Path:
    """The sweep's folder."""
    folder = trouble(invented_sweep.invent(results, 3, 60, ["cat", "home", "ana"]))
    record = read_results(folder).record
    description = f"For the paper; ask {USER}@login-3.cluster.uni-x.edu, {' '.join(TOKENS[:4])}, see {HOME}/notes.txt"
    assert record.sweep.teacher is not None
    data = record.sweep.data.model_copy(update={"source": f"folder:{DATA}"})
    teacher = record.sweep.teacher.model_copy(update={"checkpoint": f"{HOME}/nets/old"})
    sweep = record.sweep.model_copy(update={"description": description, "data": data, "teacher": teacher})
    profile = folder.parent / "moon.yaml"
    profile.write_text(f"kind: slurm\nsetup: [export MY_API_KEY={PASSWORDS[3]}, 'source {HOME}/env/bin/activate']\n")
    overrides = f"data.source='folder:{DATA}' description={TOKENS[1]} student.model=hf:/scratch/{USER}/nets/vit"
    changes = {"sweep": sweep, "origin": f"{HOME}/sweeps/mine.yaml", "overrides": overrides}
    write_sweep_record(folder, record.model_copy(update=changes))
    write_record(folder / "provenance.json", Provenance(code=current_code(), cluster=str(profile)))
    _spoil_runs(folder)
    return folder


def _spoil_runs(folder: Path) -> None:
    """A failure that quotes an address with its password, attempts on named hosts, a log, a damaged record."""
    failure = next(folder.glob("runs/*/failure.json"))
    reason = (
        f"cannot read https://{USER}:{PASSWORDS[0]}@data.uni-x.edu/a.bin?sig={PASSWORDS[2]}&x=1 ({TOKENS[4]}, "
        f"password: '{PASSWORDS[1]}') at {DATA}/cat/0.png on 10.1.2.3:29500, retried {PASSWORDS[2]}"
    )
    write_record(failure, Failure(reason=reason, kind="code error"))
    for number, path in enumerate(sorted(folder.glob("runs/*/attempts/*.json"))):
        text = path.read_text().replace('"node-7"', f'"{HOSTS[number % 3]}"')
        path.write_text(text.replace("/home/me", HOME))
    (folder / "logs").mkdir(exist_ok=True)
    lines = [
        f'File "{HOME}/code/kd/training.py", line 3 on gpunode17',
        f"Traceback at /data/groups/vision lab/{USER}/x.py: HF_TOKEN={TOKENS[0]} {' '.join(TOKENS)}",
        f"ssh {USER}@gpunode17: Authorization: Bearer {PASSWORDS[2]}; 在gpunode17上; {PASSWORDS[3]} {PASSWORDS[4]}",
        f"{DATA}/cat/1.png <b>{DATA}</b> file://{HOME}/a.txt ~/b/c.txt C:\\Users\\{USER}\\d.txt",
    ]
    (folder / "logs" / f"{FIELDS['job_id']}_0_log.out").write_text("\n".join(lines))
    damaged = sorted(folder.glob("runs/baseline-*/attempts"))[0].parent / "history.json"
    damaged.write_text('{"schema_version": "' + f"{HOME}/{TOKENS[0]}" + '"}')


@pytest.fixture
def secret_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Makes the sweep, on a machine with a person's name and secrets in the environment."""
    monkeypatch.setenv("HOME", HOME)
    monkeypatch.setenv("LOGNAME", USER)
    monkeypatch.setenv("LAB_SECRET_KEY", PASSWORDS[4])
    monkeypatch.setattr("platform.node", lambda: HOSTS[0])
    content = SMALL | {"teacher": {**SMALL["teacher"], "model": f"hf:/scratch/{USER}/nets/big vit"}}
    monkeypatch.setattr(invented_sweep, "SMALL", content)
    assert os.environ["HOME"] == HOME
    return lambda: make_secret(tmp_path / "results")
