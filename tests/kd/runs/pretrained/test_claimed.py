"""What a model's card claims."""

from pathlib import Path

import pytest

from kd.config import ModelTraining
from kd.files import read_record
from kd.records import ClaimedAccuracy
from kd.runs.pretrained import claimed
from kd.runs.pretrained.claimed import claim_in, read_claim

CARD = """---
library_name: transformers
model-index:
- name: ours
  results:
  - task: {type: image-classification}
    dataset: {type: beans, name: Beans, split: test}
    metrics:
    - {type: loss, value: 0.2}
    - {type: accuracy, value: 0.93}
---
# A model
"""


def test_the_form_of_the_hub() -> None:
    assert claim_in(CARD) == ClaimedAccuracy(accuracy=0.93, dataset="Beans", split="test")


@pytest.mark.parametrize(("value", "share"), [("93.5", 0.935), ("1", 1.0), ("0", 0.0)])
def test_shares_and_per_cent(value: str, share: float) -> None:
    found = claim_in(CARD.replace("0.93", value))
    assert found is not None and found.accuracy == pytest.approx(share)


@pytest.mark.parametrize(
    "card",
    [
        "", "# no head", "---\nno end", "---\n[\n---\n", "---\n- 1\n---\n", CARD.replace("0.93", "high"),
        CARD.replace("0.93", ".nan"), CARD.replace("0.93", "true"), CARD.replace("0.93", "-0.5"),
        CARD.replace("0.93", "930"), CARD.replace("accuracy", "f1"), "---\nmodel-index: {a: 1}\n---\n",
        "---\nmodel-index: [{results: 3}]\n---\n", "---\n" + "[" * 5000 + "\n---\n",
    ],
)  # fmt: skip
def test_what_claims_nothing(card: str) -> None:
    assert claim_in(card) is None


def test_a_folder_a_file_beside_it_and_nothing_of_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "README.md").write_text(CARD)
    (tmp_path / "model.safetensors").touch()
    as_it_is = {"model": "mnist_cnn", "epochs": 0}
    for place in (tmp_path, tmp_path / "model.safetensors"):
        found = read_claim(ModelTraining(**as_it_is, checkpoint=str(place)))
        assert found is not None and found.accuracy == 0.93
    assert read_claim(ModelTraining(model=f"hf:{tmp_path}", epochs=0)) is not None
    assert read_claim(ModelTraining(model="hf:someone/something", epochs=0)) is None
    assert read_claim(ModelTraining(model=f"hf:{tmp_path}/gone", epochs=0)) is None
    monkeypatch.setattr(claimed, "MAX_BYTES", 10)
    assert read_claim(ModelTraining(**as_it_is, checkpoint=str(tmp_path))) is None


def test_a_run_that_uses_a_runs_model_as_it_is_keeps_its_claim(lab) -> None:
    teacher = lab.teacher()
    metrics = lab.execute(teacher)
    folder = lab.paths.run(metrics.run_id)
    training = {"model": "mnist_cnn", "epochs": 0, "checkpoint": str(folder / "model")}
    used = lab.execute(lab.config(role="teacher", training=training))
    found = read_record(lab.paths.run(used.run_id) / "claimed.json", ClaimedAccuracy)
    assert used.val is not None and metrics.val is not None
    assert found.accuracy == metrics.val.accuracy == used.val.accuracy and found.split == "validation"
    assert not (folder / "claimed.json").exists()
