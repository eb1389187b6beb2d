"""Nothing unknown is taken, and nothing changes."""

import pytest
from pydantic import ValidationError

from tests.kd.config.test_runs import DATA, ONE_OF_EACH


@pytest.mark.parametrize("config", ONE_OF_EACH)
def test_unknown_keys_are_refused_and_values_never_change(config):
    with pytest.raises(ValidationError, match="extra_forbidden"):
        type(config).model_validate(config.model_dump() | {"tempurature": 2})
    with pytest.raises(ValidationError, match="frozen"):
        config.data = DATA
    with pytest.raises(ValidationError, match="frozen"):
        config.data.digest = "x"
    assert isinstance(hash(config), int)
