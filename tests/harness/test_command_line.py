"""Commands that the program prints can be typed as they stand."""

import sys

import pytest

from harness.command_line import command_line, start_words


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/usr/local/bin/kd-sweep", "status"])


def test_in_a_checkout_a_command_is_makes():
    assert command_line("status", "mnist") == "make status SWEEP=mnist"
    assert command_line("why", run="final-01 s0") == "make why RUN='final-01 s0'"
    assert command_line("sweep", "mnist", retry_failed=True, detach=True) == "make sweep SWEEP=mnist RETRY=1 DETACH=1"


def test_installed_a_command_is_kd_sweeps(installed):
    assert command_line("status", "mnist") == "kd-sweep status mnist"
    assert command_line("sweep", "my own/a.yaml", set="a=1 b=2") == "kd-sweep sweep 'my own/a.yaml' --set 'a=1 b=2'"
    assert command_line("sweep", "mnist", retry_failed=True) == "kd-sweep sweep mnist --retry-failed"


def test_a_controller_in_the_background_is_started_the_same_way(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/home/me/kd/harness/__main__.py", "sweep", "--detach"])
    assert start_words() == [sys.executable, "-m", "harness"]
    monkeypatch.setattr("sys.argv", ["/usr/local/bin/kd-sweep", "sweep", "--detach"])
    assert start_words() == ["/usr/local/bin/kd-sweep"]


def test_empty_options_are_left_out(installed):
    assert command_line("report", set="", retry_failed=False) == "kd-sweep report"
