"""Whether a model is compiled, and that it then trains as it would have."""

import shutil
from itertools import count

import pytest

from kd.config import (
    OptimizerConfig,
    run_id,
)
from kd.errors import InterruptedTrainingError
from kd.runs.folder.context import RunContext
from tests.kd.run_lab import difference, run

SGD = OptimizerConfig(name="sgd", lr=0.1)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of torch's compiler about itself
def test_a_compiled_model_trains_as_the_plain_one_and_resumes_to_the_same_bits(lab):
    if shutil.which("g++") is None:
        pytest.skip("torch.compile needs a C++ compiler")
    plain, compiled = (lab.config(training={"optimizer": SGD, "compile": value}) for value in (False, True))
    expected = run(lab, compiled)
    assert difference(run(lab, plain), expected) < 1e-4
    shutil.rmtree(lab.paths.run(run_id(compiled)))
    looks = count()
    with pytest.raises(InterruptedTrainingError):
        lab.execute(compiled, RunContext(should_stop=lambda: next(looks) == 4))
    assert difference(run(lab, compiled), expected) == 0


def test_auto_compiles_nothing_without_a_figure_and_says_so(lab, caplog):
    plain, auto = (lab.config(training={"optimizer": SGD, "compile": value}) for value in (False, "auto"))
    with caplog.at_level("INFO", logger="kd"):
        assert difference(run(lab, plain), run(lab, auto)) == 0
    said = [record.getMessage() for record in caplog.records if record.getMessage().startswith("compile")]
    assert said == ["compile: auto, off: only what was measured on a card is compiled"]
