"""What is said of a path that leads nowhere: from where it is counted, where it ends, and what stands beside it."""

from pathlib import Path

import pytest

from kd.remedies import did_you_mean, nearest, not_there, unreadable


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "photos" / "pets").mkdir(parents=True)
    (tmp_path / "photos" / "pets.zip").write_text("")
    (tmp_path / "old").symlink_to("elsewhere")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("photos/pet", "no folder photos/pet in HERE (did you mean photos/pets?)"),
        ("fotos/pets", "no folder fotos/pets in HERE, nor fotos (did you mean photos/pets?)"),
        ("fotos/cars", "no folder fotos/cars in HERE, nor fotos (did you mean photos?)"),
        ("music", "no folder music in HERE; give the path of one that is there"),
        ("HERE/music/rock", "no folder HERE/music/rock, nor HERE/music; give the path of one that is there"),
        ("photos/pets.zip", "photos/pets.zip is a file; give a folder (unpack the archive first)"),
        ("old", "old is a link to HERE/elsewhere, which is not there; mend the link, or give another folder"),
        (
            "photos/pets.zip/x",
            "no folder photos/pets.zip/x: photos/pets.zip is no folder; give the path of one that is there",
        ),
        ("old/x", "no folder old/x: old is no folder; give the path of one that is there"),
        ("", "no folder is named; give the path of one"),
        ("a\nb", "no folder a\\nb in HERE; give the path of one that is there"),
        ("a\0b", "no folder a\\x00b in HERE; give the path of one that is there"),
        ("o" * 300, f"no folder {'o' * 300} in HERE; give the path of one that is there"),
    ],
)
def test_a_folder_that_is_not_there(here: Path, path: str, said: str) -> None:
    assert not_there(path.replace("HERE", str(here))).replace(str(here), "HERE") == said


def test_a_file_that_is_not_there() -> None:
    assert not_there("photos", "file") == "photos is a folder; give a file"
    assert not_there("photos/pets.zap", "file").endswith("(did you mean photos/pets.zip?)")


def test_what_is_near_is_there(here: Path) -> None:
    assert nearest(here / "photo" / "pets") == here / "photos" / "pets"
    assert nearest(Path("music")) is None
    assert nearest(Path("photos/pets.zap")) == Path("photos/pets")
    assert nearest(Path("photos/pets.zap"), "file") == Path("photos/pets.zip")
    assert did_you_mean("", []) == ""


def test_a_text_that_cannot_be_read(here: Path) -> None:
    (here / "latin.csv").write_bytes("café".encode("latin-1"))
    said = []
    for path in (here / "latin.csv", here / "gone.csv", here):
        with pytest.raises((OSError, UnicodeDecodeError)) as caught:
            path.read_text(encoding="utf-8")
        said.append(unreadable(path, caught.value).replace(str(here), "HERE"))
    assert said == [
        "HERE/latin.csv is not UTF-8 from byte 4 on (0xe9); save it as UTF-8",
        "no file HERE/gone.csv; give the path of one that is there",
        "HERE is a folder; give a file",
    ]
    refused = PermissionError(13, "Permission denied")
    assert unreadable(Path("a.csv"), refused) == "a.csv: Permission denied; make it readable, or give another file"
