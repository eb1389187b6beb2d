"""An export's record: what counts as a drop, and names that lead out of the sweep's folder."""

import pytest
from pydantic import ValidationError

from kd.config import StoredData
from kd.exports import ExportRequest, ValScores

FIELDS = {
    "format": "int8",
    "run_id": "final-9c0f8370-s0",
    "weights_sha256": "0" * 64,
    "arms": {"baseline": (), "distilled": ("final-9c0f8370-s0",)},
    "data": StoredData(
        source="embedded:mnist5k",
        digest="0" * 16,
        val_fraction=0.1,
        test_fraction=0.1,
        split_seed=0,
        max_train=None,
        max_test=None,
    ),
    "runtime": "1.31.1",
}


def test_the_drop_is_how_much_the_format_is_worse():
    scores = ValScores(num_images=100, fp32_accuracy=0.9, accuracy=0.88, num_broken=3, num_fixed=1)
    assert scores.drop == pytest.approx(0.02)


def test_a_request_is_the_same_after_a_round_trip():
    request = ExportRequest(**FIELDS)
    assert ExportRequest.model_validate_json(request.model_dump_json()) == request


@pytest.mark.parametrize(
    "change", [{"format": "int4"}, {"run_id": "../../etc"}, {"arms": {"baseline": ("../x",)}}, {"schema_version": 99}]
)
def test_a_record_that_leads_elsewhere_is_refused(change):
    with pytest.raises(ValidationError):
        ExportRequest(**(FIELDS | change))
