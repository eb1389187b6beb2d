"""Other test sets of a sweep: what is asked of them, and their decoded images."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from harness.sweep.names import MAX_NAME_LENGTH, NAME_PATTERN
from kd.config import Config, DataConfig, StoredData
from kd.files import read_record
from kd.records import StoreIndex

CORRUPTED = "corruptions"
"""What the own test images, corrupted, are called beside the given sets."""


def _none(value: object) -> bool:
    return value is None


class ExtraTest(Config):
    """A set of labelled images that is read once with the test images; its classes are some of the sweep's, by name."""

    source: str = Field(min_length=1, description="as data.source; a folder needs one sub-folder a class that it has")
    split: str | None = Field(None, exclude_if=_none, description="which of its splits; test where it has one")
    config: str | None = Field(None, exclude_if=_none, description="as data.config")
    image_column: str | None = Field(None, exclude_if=_none, description="as data.image_column")
    label_column: str | None = Field(None, exclude_if=_none, description="as data.label_column")
    class_names: dict[str, str] | None = Field(
        None, exclude_if=_none, description="the sweep's class for a class of the set that is called otherwise"
    )
    digest: str | None = Field(
        None, exclude_if=_none, description="of the decoded images; filled in when the sweep is started"
    )

    def asked_of(self, data: DataConfig) -> DataConfig:
        """Where its images are, read as those of ``data`` are."""
        given = self.model_dump(exclude={"split", "digest"})
        splits = None if self.split is None else {"train": self.split, "val": None, "test": None}
        kept = {"skip_corrupt": data.skip_corrupt, "max_pixels": data.max_pixels, "max_rows": data.max_rows}
        return DataConfig.model_validate(given | kept | {"splits": splits})


def _source_alone(value: Any) -> Any:
    return {"source": value} if isinstance(value, str) else value


def _by_name(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise ValueError("names and their sources are wanted, such as {sketch: folder:sketches}")
    return {str(name): test for name, test in value.items()}


def _checked(tests: Mapping[str, ExtraTest]) -> Mapping[str, ExtraTest]:
    seen: dict[str, str] = {}
    for name in tests:
        if len(name) > MAX_NAME_LENGTH or re.fullmatch(NAME_PATTERN.strip("^$"), name) is None:
            raise ValueError(
                f"{name!r} can be no file's name: letters, digits, - and _, beginning with a letter or digit, at most "
                f"{MAX_NAME_LENGTH} of them"
            )
        if name.lower() == CORRUPTED:
            raise ValueError(f"{name} is what the own test images corrupted are called; choose another name")
        if (other := seen.setdefault(name.lower(), name)) != name:
            raise ValueError(f"{other} and {name} differ in case alone, which some file systems do not; rename one")
    return tests


_Given = Annotated[ExtraTest, BeforeValidator(_source_alone, json_schema_input_type=ExtraTest | str)]
ExtraTests = Annotated[dict[str, _Given], BeforeValidator(_by_name), AfterValidator(_checked)]


def decoded(
    tests: Mapping[str, ExtraTest], data: DataConfig, main: StoreIndex, names: Iterable[str], root: Path
) -> dict[str, ExtraTest]:
    """The sets with the digests of their images, which are decoded where they are not yet.

    Args:
        tests: As the sweep file has them.
        data: The sweep's own.
        main: The index of its images.
        names: What its classes are called.
        root: Of the decoded data sets.

    Raises:
        InputError: A set cannot be found or read, or has a class that the sweep does not have.
    """
    from kd.data.extra_test_sets import prepare_extra

    classes = list(names)
    indices = {
        name: prepare_extra(f"extra_tests.{name}", test.asked_of(data), main.class_names, main, classes, root)
        for name, test in tests.items()
    }
    return {name: test.model_copy(update={"digest": indices[name].digest}) for name, test in tests.items()}


def extra_lines(tests: Mapping[str, ExtraTest], data: StoredData, root: Path) -> Iterator[str]:
    """What each other test set holds, and what of it the models have seen in training.

    Args:
        tests: Decoded.
        data: The sweep's own.
        root: Of the stores.
    """
    import numpy as np

    from kd.data.decoded.arrays import load_array
    from kd.data.division.duplicates import image_hashes
    from kd.data.division.splits import open_division
    from kd.data.division.summary import how_it_was_read

    if not tests:
        return
    division, main, _ = open_division(data, root)
    trained = image_hashes(root / data.digest, "train")[division.train]
    for name, test in tests.items():
        assert test.digest is not None
        labels = load_array(root / test.digest / "test_labels.npy")
        line = f"Other test set {name}: {len(labels):,} images"
        line += f" of {len(np.unique(labels)):,} of the {len(main.class_names):,} classes"
        number = int(np.isin(image_hashes(root / test.digest, "test"), trained).sum())
        seen = [f"{number:,} of them are also in train, so it is too easy by these"] if number else []
        index = read_record(root / test.digest / "index.json", StoreIndex)
        yield "; ".join([line, *seen, *how_it_was_read(index)]) + "."
