"""The schemas that editors read are those of the program, and the shipped files keep to them."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harness.commands.read_only.schema import SchemaKind, json_schema, schema_text
from harness.shipped import shipped
from harness.sweep.reading.plain_yaml import read_yaml

SWEEPS = shipped("sweeps")
FILES = [(path, "sweep") for path in sorted(SWEEPS.glob("*.yaml"))]
FILES += [(path, "cluster") for path in sorted(SWEEPS.glob("clusters/*.yaml"))]


def complaints(kind: SchemaKind, content: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(json_schema(kind)).iter_errors(content)]


@pytest.mark.parametrize("kind", ["sweep", "cluster"])
def test_the_committed_schema_is_the_programs(kind: SchemaKind) -> None:
    Draft202012Validator.check_schema(json_schema(kind))
    committed = (SWEEPS / "schema" / f"{kind}.json").read_text(encoding="utf-8")
    assert committed == schema_text(kind), f"run: python -m harness schema {kind} > sweeps/schema/{kind}.json"


@pytest.mark.parametrize(("path", "kind"), FILES, ids=lambda value: getattr(value, "stem", value))
def test_shipped_files_keep_to_the_schema_they_name(path: Path, kind: SchemaKind) -> None:
    comment, _, schema = path.read_text(encoding="utf-8").partition("\n")[0].partition("=")
    assert comment == "# yaml-language-server: $schema"
    assert (path.parent / schema).resolve() == SWEEPS / "schema" / f"{kind}.json"
    content = read_yaml(path)
    assert complaints(kind, content) == []
    assert complaints(kind, content | {"sedes": 3}), "a misspelt key passes"


def test_a_name_may_stand_for_a_mapping_but_not_any_name() -> None:
    content = read_yaml(SWEEPS / "quickstart.yaml")

    def with_student(**changes: str) -> dict[str, Any]:
        return content | {"student": content["student"] | changes}

    assert complaints("sweep", with_student(optimizer="sgd", schedule="cosine", augment="none")) == []
    assert complaints("sweep", with_student(optimizer="sdg"))
    assert complaints("sweep", with_student(augment="some"))


def test_a_profile_without_a_kind_is_of_this_machine() -> None:
    assert complaints("cluster", {"slots": 2}) == []
    assert complaints("cluster", {"kind": "slurm", "slots": 2})
