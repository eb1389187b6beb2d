"""What gives itself away by its form, and what only looks so."""

import pytest

from harness.report.redaction.patterns import (
    ADDRESS,
    ASSIGNED,
    HOMES,
    PATH,
    TOKENS,
    WINDOWS_PATH,
    is_secret,
    secrets_in,
)
from tests.support.secret_sweep import TOKENS as ALL_TOKENS


@pytest.mark.parametrize("token", ALL_TOKENS)
@pytest.mark.parametrize("form", ["{}", "({})", "token={}", "'{}',", "在{}上", "x-{}"])
def test_tokens_are_found_whole(token: str, form: str) -> None:
    assert TOKENS.sub("", form.format(token)) == form.format("")


@pytest.mark.parametrize(
    "text",
    [
        "hf_dataset",
        "hf:google/vit",
        "eyJ",
        "AKIA",
        "sk-learn",
        "shf_AbCdEfGhIjKlMnOpQrStUv",
        "7" * 40,
        "ghp_",
        "f" * 64,
    ],
)
def test_words_hashes_and_commits_are_no_tokens(text: str) -> None:
    assert not TOKENS.search(text)


def test_tokens_are_found_as_latex_and_markdown_write_them() -> None:
    for token in ALL_TOKENS:
        assert not TOKENS.sub("", token.replace("_", "\\_")).strip()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("https://ana:pass-1234@host/x", ["pass-1234"]),
        ("https://oauth2token@host/x", ["oauth2token"]),
        ("https://host/x?sig=abc123&page=2", ["abc123"]),
        ("Authorization: Bearer abcdef123456", ["abcdef123456"]),
        ("Authorization: Basic YW5hOnBhc3M=", ["YW5hOnBhc3M="]),
        ("export WANDB_API_KEY='0123456789abcdef'", ["0123456789abcdef"]),
        ("password: hunter2", ["hunter2"]),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", ["wJalrXUtnFEMI/K7MDENG"]),
        ("MY\\_TOKEN=abcdef", ["abcdef"]),
        ("https://host/@user", []),
        ("tokens: 12", []),
        ("cls_token: initialised", []),
        ("pad_token_id: 151643", []),
        ("num_tokens=512000", []),
        ("api_key=null", []),
        ("token=$HF_TOKEN_OF_MINE", []),
        ("tokenizer=bert-base-cased", []),
    ],
)
def test_values_are_secret_by_their_names(text: str, values: list[str]) -> None:
    assert list(secrets_in(text)) == values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/home/ana/x.py", "/home/ana/x.py"),
        ('File "/usr/lib/python3/a.py", line 3', "/usr/lib/python3/a.py"),
        ("folder:/data/pets", "/data/pets"),
        ("at ~/b/c.txt.", "~/b/c.txt."),
        ("~ana/x", "~ana/x"),
        ("file:///srv/a/b", "/srv/a/b"),
        ("路径/home/ana/x上", "/home/ana/x上"),
        ("nfs:/export/home/ana", "/export/home/ana"),
        ("<b>/a/b</b>", "/a/b"),
        ("a/b/c", None),
        ("1/2 of 3/4", None),
        ("https://host/a/b", None),
        ("训练/验证/测试", None),
        ("…/kd/loop.py", None),
        ("images / s / GPU", None),
        ("/tmp", None),
        ("and/or", None),
        ("../a/b", None),
    ],
)
def test_paths_are_absolute_and_of_two_parts_and_more(text: str, found: str | None) -> None:
    match = PATH.search(text)
    assert (match[0] if match else None) == found


def test_paths_of_windows() -> None:
    found = WINDOWS_PATH.search(r"in C:\Users\ana\d.txt now")
    assert found is not None and found[0] == r"C:\Users\ana\d.txt"
    assert not WINDOWS_PATH.search(r"\alpha: \beta")


@pytest.mark.parametrize(
    ("text", "is_there"),
    [("on 10.1.2.3:29500", True), ("torch 2.13.0.1", False), ("10.1.2.3", False), ("1.2.3:45", False)],
)
def test_a_machines_number_has_a_port(text: str, is_there: bool) -> None:
    assert bool(ADDRESS.search(text)) == is_there


def test_users_are_read_off_home_folders() -> None:
    assert [found["user"] for found in HOMES.finditer("/home/ana/x /Users/bob")] == ["ana", "bob"]


def test_what_was_left_out_is_no_secret() -> None:
    for text in ("TOKEN=…abcdefg", "TOKEN=\\ldots{}ab"):
        found = ASSIGNED.search(text)
        assert found is None or not is_secret(found)
