"""What is looked up for a sweep file: a model's layers, the schemas."""

import pytest

from harness.commands.read_only.schema import schema_text
from tests.support.command_line import complain, invoke


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "MODEL: give a model, or --sweep NAME"),
        (("mnist_cnn", "--sweep", "quickstart"), "MODEL: give a model, or --sweep NAME, not both"),
        (("mnist_cnm",), "MODEL: model: no such model (did you mean mnist_cnn?)"),
        (("nowhere:net",), "model: cannot import nowhere:net: ModuleNotFoundError"),
        (("--sweep", "quickstart", "--image-size", "8"), "--image-size, --channels and --classes are for a model"),
        (("--sweep", "../quickstart"), "SWEEP: "),
    ],
)
def test_what_cannot_be_listed_is_one_line(words: tuple[str, ...], says: str) -> None:
    assert complain("layers", *words).startswith(f"error: {says}")


def test_a_schema_is_printed_as_it_is() -> None:
    assert invoke("schema", "cluster").stdout == schema_text("cluster")
    assert invoke("schema").stdout == schema_text("sweep")
    assert invoke("schema", "sweeps").exit_code == 2
