"""What a run leaves behind is there whole, or made once more."""

import shutil
from pathlib import Path

import pytest

from kd.config import run_id
from tests.kd.run_lab import RESULTS, KilledError, results


@pytest.mark.parametrize("name", RESULTS[1:])
def test_killed_while_the_results_are_written(lab, monkeypatch, name):
    config = lab.distilled()
    lab.execute(config)
    folder = lab.paths.run(run_id(config))
    expected = results(folder)
    shutil.rmtree(folder)
    real = Path.replace

    def cut(self, target):
        if target == folder / name:
            raise KilledError
        return real(self, target)

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(Path, "replace", cut)
        lab.execute(config)
    assert not (folder / "metrics.json").exists()
    lab.execute(config)
    assert results(folder) == expected
