"""JSON Schemas of the files that a person writes, by which an editor completes keys and marks misspelt ones."""

import json
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from harness.cluster.profiles import LocalProfile, SlurmProfile
from harness.sweep.schema import Sweep

SchemaKind = Literal["sweep", "cluster"]
_PROFILE: TypeAdapter[Any] = TypeAdapter(Annotated[LocalProfile | SlurmProfile, Field(discriminator="kind")])


def json_schema(kind: SchemaKind) -> dict[str, Any]:
    """The schema of a sweep file or of a cluster profile, as it may be written.

    What relates several keys, such as that a milestone needs the step schedule, is left to the program.
    """
    schema = Sweep.model_json_schema() if kind == "sweep" else _PROFILE.json_schema()
    own = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"kd-sweep: {kind}"}
    return own | {key: value for key, value in schema.items() if key not in own}


def schema_text(kind: SchemaKind) -> str:
    """The same as the text of a file."""
    return json.dumps(json_schema(kind), indent=1, ensure_ascii=False) + "\n"
