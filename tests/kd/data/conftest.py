"""Where the stores of a test lie."""

import pytest


@pytest.fixture
def root(tmp_path):
    return tmp_path / "stores"
