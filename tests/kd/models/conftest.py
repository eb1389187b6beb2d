"""Modules of users, and a transformers that draws no bars."""

import sys

import pytest
from transformers.utils import logging


@pytest.fixture(autouse=True)
def quiet():
    logging.disable_progress_bar()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A user's module; gives the function that writes it."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def write(name, text):
        (tmp_path / f"{name}.py").write_text(text)

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("users_"):
            del sys.modules[name]
