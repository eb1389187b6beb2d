"""Known values wherever they stand, the rest by its form; words, numbers and short names stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.redaction.redaction import Redaction
from harness.report.redaction.values import Known
from tests.support.secret_sweep import DATA, HOME, HOSTS, PASSWORDS, SECRETS, TOKENS, USER

KNOWN = Known(
    paths=(DATA, HOME, "../secret place/pets", "/data"),
    users=(USER, "ana", "student", "李明"),
    hosts=(*HOSTS, "teacher", "1234567"),
    secrets=("correct-horse",),
    domains=("cluster.uni-x.edu", "uni-x.edu"),
    labels=("/m/01g317", "a cat"),
    words=frozenset({"student", "teacher", "cat", "accuracy"}),
)
REDACTION = Redaction(KNOWN)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"cannot open {DATA}: not a folder", 'cannot open …/фото 猫 & "co": not a folder'),
        (f"{DATA}/cat/0.png", '…/фото 猫 & "co"…/0.png'),
        (f"{HOME}/a b/c.txt", "…/a b/c.txt"),
        ("data.source: folder:../secret place/pets", "data.source: folder:…/pets"),
        ("/data/x.npy and /database", "…/data/x.npy and /database"),
        ("/home/someone", "…"),
        ("/scratch/ana", "…"),
        ("/scratch/ana/nets/vit", "…/vit"),
        (f"{USER} on gpunode17", "user on host2"),
        ("在gpunode17上", "在host2上"),
        ("login-3 and login-3.cluster.uni-x.edu", "host1 and host1"),
        ("www.uni-x.edu, my-uni-x.edu", "host, my-uni-x.edu"),
        ("ana@login-3", "user@host1"),
        ("mail ana", "mail ana"),
        ("由李明训练", "由user训练"),
        ("gpunode170 gpunode17-b", "gpunode170 gpunode17-b"),
        ("class /m/01g317 of /m/01g318", "class /m/01g317 of …/01g318"),
        ("xcorrect-horsex", "x…x"),
        ("https://u:p@host/a?token=abc&b=1", "https://…@host/a?token=…&b=1"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- more", "… more"),
        (r"C:\Users\ana\d.txt", "…/d.txt"),
    ],
)  # fmt: skip
def test_what_is_shown(text: str, shown: str) -> None:
    assert REDACTION.text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "82.15 % (95 % interval 81.2 to 83.0; 1,000 images)", "α 0.5, T 4", "train/val/test", "seed 3, trial 12/50",
        "git checkout 6861d256047f96fd8d147e03fd24bfa555cb55d8 && make sweep", "torch 2.13.0+cpu", "NVIDIA H100 × 2",
        "https://fluent.org/a/b", "final-bbffda7f-s0", "uoft-cs/cifar10", "hf:google/vit-base-patch16-224",
        "the teacher's accuracy on 1234567 images", "训练/验证/测试",
        "2026-01-01T00:00:00Z", "sha256-abc/def/ghi=", "the student gains 1.2 points over its teacher",
    ],
)  # fmt: skip
def test_what_stays(text: str) -> None:
    assert REDACTION.text(text) == text


PIECES = st.sampled_from(
    [*SECRETS, *TOKENS, *PASSWORDS, DATA, HOME, USER, "/", " ", ":", "=", "~", "token=", "…", "\\_", "a", "'", "@"]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_second_time_changes_nothing(text: str) -> None:
    once = REDACTION.text(text)
    assert REDACTION.text(once) == once


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    REDACTION.text(text)


def test_nothing_known_is_no_reason_to_stop() -> None:
    bare = Redaction(Known())
    assert bare.text("ana on gpunode17") == "ana on gpunode17"
    assert bare.text(f"/srv/x/y {TOKENS[0]}") == "…/y …"


@pytest.mark.parametrize("path", ["/x/it's mine/a_b|c", "/x/a%b$c #1"])
@pytest.mark.parametrize("way", ["latex", "markdown", "yaml", "shell"])
def test_values_are_met_as_other_files_write_them(path: str, way: str) -> None:
    from harness.report.tables.form.latex import escape_latex

    ways = {
        "latex": escape_latex,
        "markdown": lambda text: text.replace("_", "\\_").replace("|", "\\|"),
        "yaml": lambda text: text.replace("'", "''"),
        "shell": lambda text: text.replace("'", "'\"'\"'"),
    }
    shown = Redaction(Known(paths=(path,))).text(f"is {ways[way](path)} there")
    assert shown == f"is {ways[way]('…/' + path.rpartition('/')[2])} there"
