"""Interruptions that were survived, divisions told apart, and a command that a real shell and make understand."""

import json
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from markupsafe import escape

from harness.report.results.provenance import find_command, find_data_splits, find_way_on
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results
from harness.report.text.language import language
from harness.state.files.records import Provenance
from kd.records import Code
from tests.support.pages import told
from tests.support.root import ROOT


def test_parts_are_named_by_their_images(invented: Path, results: Results) -> None:
    data, root = results.plan.data, invented.parent / ".data"
    parts = find_data_splits(data, root)
    assert [(part.name, part.num_images) for part in parts] == [("train", 54), ("val", 6), ("test", 60)]
    assert len({part.sha256 for part in parts}) == 3
    assert find_data_splits(data, root) == parts
    other = find_data_splits(data.model_copy(update={"split_seed": data.split_seed + 1}), root)
    assert [one.sha256 == two.sha256 for one, two in zip(parts, other, strict=True)] == [False, False, True]
    assert find_data_splits(data, root / "nowhere") == ()
    np.save(root / "invented" / "train_labels.npy", np.zeros(60, np.int64))
    assert find_data_splits(data, root) == ()


HOSTILE = [
    "",
    "seeds=3",
    "search.num_trials=40 student.epochs=30",
    "description='two words' seeds=2",
    'description="$(touch broken)" seeds=2',
    "description='a`touch broken`b' seeds=2",
    "description='#; touch broken' seeds=2",
    r"description='back\slash' seeds=2",
    'description="it\'s 100 %"',
]


@pytest.mark.parametrize("overrides", HOSTILE)
def test_the_command_reaches_the_program_as_it_was(results: Results, tmp_path: Path, overrides: str) -> None:
    """Through a real shell, and the project's Makefile where that is safe."""
    record = results.record.model_copy(update={"origin": "sweeps/quickstart.yaml", "overrides": overrides})
    command = find_command(replace(results, record=record))
    assert command.commit is None and not command.is_own_file
    place = tmp_path / "copy"
    (place / ".venv" / "bin").mkdir(parents=True)
    (place / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("pyproject.toml", "constraints.txt", ".venv/.run"):
        (place / name).touch()
    python = place / ".venv" / "bin" / "python"
    python.write_text('#!/usr/bin/env python3\nimport json, sys\njson.dump(sys.argv[1:], open("asked.json", "w"))\n')
    python.chmod(0o755)
    subprocess.run(["sh", "-c", command.text], cwd=place, check=True, capture_output=True)
    asked = json.loads((place / "asked.json").read_text())
    assert asked[asked.index("--sweep") + 1] == "quickstart"
    assert (asked[asked.index("--set") + 1] if "--set" in asked else "") == overrides
    assert not (place / "broken").exists()


def test_the_command_names_the_commit_and_its_limits(results: Results) -> None:
    provenance = Provenance(code=Code(commit="0123abcd", diff_sha256="f" * 64), cluster="local")
    record = results.record.model_copy(update={"origin": "own dir/my sweep.yaml", "overrides": "seeds=3"})
    command = find_command(replace(results, provenance=provenance, record=record))
    assert command.text == "git checkout 0123abcd && make sweep SWEEP='own dir/my sweep.yaml' SET=seeds=3"
    assert command.changed and command.is_own_file
    assert shlex.split(command.text)[-2:] == ["SWEEP=own dir/my sweep.yaml", "SET=seeds=3"]


def test_installed_from_a_package_the_command_is_its_own(results: Results) -> None:
    provenance = Provenance(code=Code(versions={"kd-sweep": "1.2.3"}), cluster="local")
    record = results.record.model_copy(update={"origin": "sweeps/mnist.yaml", "overrides": "seeds=3 student.epochs=2"})
    command = find_command(replace(results, provenance=provenance, record=record))
    assert command.text == "kd-sweep sweep mnist --set 'seeds=3 student.epochs=2'"
    assert command.version == "1.2.3" and not command.is_own_file


@pytest.mark.thorough
def test_the_page_says_it_in_full(finished: Path, site: Path) -> None:
    index = told(site)
    command = find_command(read_results(finished))
    assert command.commit == "0123456789abcdef"
    assert f'<pre id="reproduce">{escape(command.text)}</pre>' in index
    for part in find_data_splits(read_results(finished).plan.data, finished.parent / ".data"):
        assert part.sha256[:16] in index
    assert language("en")("reproduce-undisturbed") in index


def test_the_line_that_goes_on_is_that_of_the_last_start(sweep_dir: Path) -> None:
    results = read_results(sweep_dir)
    assert find_way_on(results) is None
    for path in (results.folder / "runs").glob("test-*"):
        shutil.rmtree(path)
    record = results.record.model_copy(update={"origin": "sweeps/quickstart.yaml", "overrides": "name='my own'"})
    made = Provenance(code=Code(commit="f" * 40), cluster="slurm")
    stopped = replace(read_results(results.folder), record=record, provenance=made)
    assert find_way_on(stopped) == "make sweep SWEEP=quickstart CLUSTER=slurm SET='name='\"'\"'my own'\"'\"''"
    packaged = made.model_copy(update={"code": Code(versions={"kd-sweep": "1.0"}), "cluster": "local"})
    installed = replace(stopped, provenance=packaged, folder=Path("/home/me/trials/x"))
    assert find_way_on(installed) == "kd-sweep sweep quickstart --set name=x --results trials"
    assert find_way_on(installed, {"name": "b"}) == "kd-sweep sweep quickstart --set name=b --results trials"
