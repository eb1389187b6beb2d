"""A Hub id, a folder and an embedded set are told apart by their names, and no place on this machine is told."""

import pytest

from kd.data.source_names import hub_id, local_folder, public_name
from kd.errors import InputError


def test_an_id_may_also_be_a_folder_and_then_is_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert hub_id("me/pets") == "me/pets"
    assert local_folder("me/pets") is None
    (tmp_path / "me" / "pets").mkdir(parents=True)
    assert hub_id("me/pets") is None
    assert str(local_folder("me/pets")) == "me/pets"


@pytest.mark.parametrize("source", ["/no/such/place", "./pets", "~/no/such/pets", "a/b/c"])
def test_what_can_only_be_a_folder_must_be_there(source):
    assert hub_id(source) is None
    with pytest.raises(InputError, match=r"^data\.source: no folder "):
        local_folder(source)


@pytest.mark.parametrize(
    ("source", "name"),
    [("/home/ann/data/pets", "pets"), ("folder:~/photos", "photos"), ("embedded:mnist5k", "mnist5k"), ("a/b", "a/b")],
)
def test_the_public_name_holds_no_place(source, name):
    assert public_name(source) == name
