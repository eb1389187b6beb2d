"""Bad input as a person gives it: one line that names the value and says what to do, and no file is written."""

from pathlib import Path

import pytest
from PIL import Image

from harness.commands.init import write_start
from tests.support.command_line import complain

SWEEP = ("plan", "quickstart", "--results", "out")
SOURCES = [
    ("folder:pest", "no folder pest in ", "did you mean pets?"),
    ("./pest", "no folder pest in ", "did you mean pets?"),
    ("folder:a/b/c", "no folder a/b/c in ", "nor a; give the path of one that is there"),
    ("folder:~nobody-of-this-name/x", "no folder ~nobody-of-this-name/x", "give the path of one that is there"),
    ("folder:", "data.source: no folder is named", "give the path of one"),
    ("folder:pets.zip", "pets.zip is a file", "unpack the archive first"),
    ("pets.zip", "pets.zip is a file", "unpack the archive first"),
    ("folder:latin.csv", "latin.csv is a file; give a folder of images", "with the columns file, label, and split"),
    ("folder:old", "old is a link to /", "mend the link"),
    ("folder:empty", "empty has no sub-folders", "wants one sub-folder a class"),
    ("folder:hollow", "hollow/cat holds no images, only .txt 1", "put some in"),
    ("folder:pets", "a/0.png", "mend or remove them"),
    ("folder:pets data.skip_corrupt=true", "no image of train is readable", "give images that Pillow opens"),
    ("folder:pets data.splits=pests.csv", "no file pests.csv", "give the path of one"),
    ("folder:pets data.splits=latin.csv", "latin.csv is not UTF-8", "save it as UTF-8"),
    ("embedded:mnist", "'mnist'", "there is embedded:mnist5k"),
    ("acme_of_nobody:pets", "cannot import acme_of_nobody:pets", "modules are looked for in "),
]
FILES = [
    (b"", " is empty", "lines of key: value are wanted"),
    (b"- a\n- b\n", " holds a list", "lines of key: value are wanted"),
    ("name: café\n".encode("latin-1"), "byte 10 on (0xe9)", "save it as UTF-8"),
    (b"name: x\n\tdata: 1\n", "line 2", "indent with spaces"),
    (b"name: x\nname: y\n", "'name' is given twice", "first in line 1"),
    (b"naem: x\n", "naem: unknown key", "did you mean name?"),
]
WORDS = [
    ((*SWEEP, "--set", "student.epoch=3"), "student.epoch", "did you mean epochs?"),
    ((*SWEEP, "--set", "epochs"), "'epochs'", "such as student.epochs=30"),
    ((*SWEEP, "--cluster", "locl"), "sweeps/clusters/locl.yaml", "did you mean local?"),
    ((*SWEEP, "--cluster", "site.yaml"), "site.yaml: slotz", "did you mean slots?"),
    ((*SWEEP, "--cluster", "sites.yaml"), "no file sites.yaml in ", "did you mean site.yaml?"),
    (("sweep", "quickstart", "--results", "out", "--cluster", "locl"), "locl.yaml", "did you mean local?"),
    (("plan", "quickstrat"), "quickstrat.yaml", "did you mean quickstart?"),
    (("plan", "quickstart", "--results", "pets.zip"), "pets.zip", "-m harness plan quickstart --results FOLDER"),
    (
        ("check", "sweeps/quickstart.yaml", "--set", "seeds=3", "--results", "pets.zip"),
        "pets.zip",
        "-m harness check sweeps/quickstart.yaml --set seeds=3 --results FOLDER",
    ),
    (
        ("layers", "--sweep", "quickstart", "--results", "pets.zip"),
        "pets.zip",
        "-m harness layers --sweep quickstart --results FOLDER",
    ),
    (("status", "quickstart", "--results", "pets.zip"), "pets.zip is a file", "give a folder"),
    (("status", "quickstart", "--results", "out"), "quickstart has no results", "start it with "),
    (("serve", "quickstart", "--port", "65536"), "PORT: 65536", "give 1 to 65535"),
    (("split", "folder:photos", "--dir", "pets.zip"), "pets.zip is a file", "give a folder"),
    (("cancel", "quickstart", "--results", "out"), "quickstart has no results", "start it with "),
    (("index", "--results", "pest"), "no folder pest in ", "did you mean pets?"),
    (("publish", "quickstart"), "DIR: ", "publish SWEEP=quickstart DIR=FOLDER"),
    (("split", "folder:pest"), "no folder pest in ", "did you mean pets?"),
    (("init",), "Makefile is there already", "give init an empty folder"),
]


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a person may have around: a folder of torn images, an archive, a link that leads nowhere."""
    monkeypatch.chdir(tmp_path)
    write_start(tmp_path)
    for name in "ab":
        (tmp_path / "pets" / name).mkdir(parents=True)
        (tmp_path / "pets" / name / "0.png").write_text("no image")
    for number in range(20):
        path = tmp_path / "photos" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4), number).save(path)
    for name in ("empty", "hollow/cat", "hollow/dog"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "hollow" / "cat" / "notes.txt").write_text("none yet")
    (tmp_path / "pets.zip").write_text("")
    (tmp_path / "old").symlink_to("gone")
    (tmp_path / "latin.csv").write_bytes("café".encode("latin-1"))
    (tmp_path / "site.yaml").write_text("slotz: 2\n")
    return tmp_path


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def check(desk: Path, words: tuple[str, ...], names: str, remedy: str) -> None:
    before = files(desk)
    line = complain(*words)  # one line, and exit code 2
    assert names in line
    assert remedy in line.partition(names)[2]
    assert files(desk) == before


@pytest.mark.parametrize(("source", "names", "remedy"), SOURCES)
def test_a_source_that_cannot_be_read(desk: Path, source: str, names: str, remedy: str) -> None:
    check(desk, (*SWEEP, "--set", f"data.source={source}"), names, remedy)


@pytest.mark.parametrize(("content", "names", "remedy"), FILES)
def test_a_sweep_file_that_cannot_be_read(desk: Path, content: bytes, names: str, remedy: str) -> None:
    (desk / "mine.yaml").write_bytes(content)
    check(desk, ("plan", "mine.yaml", "--results", "out"), names, remedy)


@pytest.mark.parametrize(("words", "names", "remedy"), WORDS, ids=[" ".join(words) for words, _, _ in WORDS])
def test_words_that_cannot_be_followed(desk: Path, words: tuple[str, ...], names: str, remedy: str) -> None:
    check(desk, words, names, remedy)


def test_a_refused_start_leaves_no_folder(desk: Path) -> None:
    complain(*SWEEP, "--set", "data.source=folder:pest")
    assert not (desk / "out").exists()
