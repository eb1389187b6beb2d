"""Where images come from, how they are divided, and how they change."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from kd.config.base import Config, is_none, is_nought

MAX_NUM_OPS = 4  # views have numbers for so many; it must never change
MAX_PIXELS = 178_956_970  # of one image: what Pillow thinks right, 512 MiB of them in RGB
MAX_ROWS = 50_000_000  # of a table
PixelCount = Annotated[int, Field(ge=1, le=4096)]


class RandAugmentConfig(Config):
    """Operations drawn at random, all of one strength: RandAugment's N and M."""

    num_ops: int = Field(2, ge=1, le=MAX_NUM_OPS, description="operations on each image, one after the other")
    magnitude: int = Field(9, ge=0, le=30, description="how strong, on torchvision's scale")
    magnitude_std: float = Field(
        0.0,
        ge=0,
        exclude_if=is_nought,
        description="standard deviation of the strength, drawn for each operation of each image: three times timm's "
        "mstd, whose scale ends at 10",
    )


class AugmentConfig(Config):
    """Random changes to an image; view v of sample i is always the same one."""

    shift: int = Field(0, ge=0, le=64, description="largest move in pixels, each way on each axis; black moves in")
    shift_fill: Literal["black", "reflect"] = Field("black", description="what moves in with shift")
    resized_crop: float | None = Field(
        None, gt=0, le=1, description="cut out a random box of at least this share of the area, and enlarge it"
    )
    color_jitter: float = Field(
        0.0, ge=0, le=1, description="brightness, contrast and saturation change by a factor of 1 ± this"
    )
    hue: float = Field(
        0.0, ge=0, le=0.5, exclude_if=is_nought, description="turns the hue by up to this part of its circle, each way"
    )
    flip: bool = Field(False, description="mirror left-right every second time")
    rand_augment: RandAugmentConfig | None = Field(None, description="after all of the above; {} for two of strength 9")
    erase: float = Field(
        0.0,
        ge=0,
        le=1,
        exclude_if=is_nought,
        description="probability of a black box at random, of 0.02 to 0.33 of the area; after all of the above",
    )
    mixup: float = Field(
        0.0, ge=0, description="blend with another sample, and the labels alike; shares are of Beta(mixup, mixup)"
    )
    cutmix: float = Field(
        0.0,
        ge=0,
        description="a box of another sample, of an area from Beta(cutmix, cutmix); beside mixup: every second time",
    )
    num_views: int | None = Field(
        None, ge=1, description="epoch e uses view e mod num_views; null: every epoch its own view"
    )

    @property
    def changes_pixels(self) -> bool:
        """Whether a view can differ from the stored image."""
        own = self.shift, self.flip, self.resized_crop, self.color_jitter, self.hue, self.rand_augment, self.erase
        return any(own) or self.mixes

    @property
    def mixes(self) -> bool:
        """Whether views are made of two samples each."""
        return self.mixup > 0 or self.cutmix > 0

    def view_of_pass(self, number: int, num_passes: int) -> int:
        """The view that the n-th of so many passes over the images sees; always 0 where views do not differ."""
        return number % (self.num_views or num_passes) if self.changes_pixels else 0

    def num_views_of(self, num_passes: int) -> int:
        """How many different views so many passes see."""
        if not self.changes_pixels:
            return 1
        return max(min(self.num_views or num_passes, num_passes), 1)


def _none_is_empty(value: Any) -> Any:
    return {} if value == "none" else value


Augment = Annotated[
    AugmentConfig, BeforeValidator(_none_is_empty, json_schema_input_type=AugmentConfig | Literal["none"])
]


Part = Literal["train", "val", "test"]


def _class_name(name: Any) -> str:
    if isinstance(name, bool) or not isinstance(name, str | int):
        raise ValueError(f"a class name is text, not {name}: write it in quotes")
    return str(name)


def _all_or_some_names(value: Any) -> Any:
    """Numbers count as names, which YAML does not take them for."""
    if isinstance(value, list | tuple):
        return tuple(map(_class_name, value))
    if isinstance(value, dict):
        return {_class_name(own): _class_name(name) for own, name in value.items()}
    if value is not None:
        raise ValueError("wanted is a list of all names in label order, or a mapping from the source's names")
    return value


ClassNames = Annotated[tuple[str, ...] | dict[str, str] | None, BeforeValidator(_all_or_some_names)]


class DataConfig(Config):
    """Where the images come from and how they are divided."""

    source: str = Field(
        min_length=1,
        description="a Hub id, a folder in Hub layout, folder:PATH, package.module:function, or embedded:mnist5k",
    )
    val_fraction: float = Field(0.1, gt=0, lt=1, description="share of train that becomes val where there is none")
    test_fraction: float = Field(0.2, gt=0, lt=1, description="share set aside as test where the source has none")
    split_seed: int = Field(0, ge=0, description="seed of the stratified divisions")
    max_train: int | None = Field(None, ge=1, description="keep this many training images, stratified")
    max_test: int | None = Field(None, ge=1, description="keep this many test images, stratified")
    image_column: str | None = Field(None, description="found by its type when null; file in a CSV of splits")
    label_column: str | None = Field(None, description="found by its type when null; label in a CSV of splits")
    image_size: PixelCount | tuple[PixelCount, PixelCount] | None = Field(
        None,
        description="side, or [height, width]: the largest centred box of this shape is cut out and resized, "
        "antialiased; null: as they are, all of one size",
    )
    skip_corrupt: bool = Field(False, description="leave unreadable images out, and say so, instead of stopping")
    config: str | None = Field(
        None, exclude_if=is_none, description="which of a source's several configurations, as the Hub calls them"
    )
    splits: dict[Part, str | None] | str | None = Field(
        None,
        exclude_if=is_none,
        description="what the source calls train, val and test, as in {train: fold1, test: null}; null: left out; "
        "what is not named is found by its usual names. Or a CSV file of file,label for a folder of images, and split "
        "where it divides them",
    )
    duplicates: Literal["warn", "drop", "allow"] = Field(
        "warn",
        exclude_if=lambda duplicates: duplicates == "warn",
        description="images that are in two of train, val and test: say so, leave them out of the earlier, or be mute, "
        "also on equal images under two labels",
    )
    class_names: ClassNames = Field(
        None,
        exclude_if=is_none,
        description="what the classes are called, instead of the source's names: all of them in label order, or a "
        "mapping from the source's name; re-runs nothing",
    )
    max_pixels: int = Field(
        MAX_PIXELS,
        ge=1,
        exclude_if=lambda number: number == MAX_PIXELS,
        description="an image of more is refused: some kilobytes can decode to gigabytes; raise it for images that are "
        "meant to be so large",
    )
    max_rows: int = Field(
        MAX_ROWS,
        ge=1,
        exclude_if=lambda number: number == MAX_ROWS,
        description="a table of more is refused: some kilobytes can hold any number of equal rows",
    )
    augment: Augment = Field(
        AugmentConfig(), description="views of the training images, for teacher and students; none"
    )

    def stored(self, digest: str) -> "StoredData":
        """What of it a run needs, over decoded content of this digest; ``class_names`` is a whole list by then."""
        assert not isinstance(self.class_names, dict), "kd.data.class_names.with_class_names makes a list of it"
        shared = self.model_dump(include=set(StoredData.model_fields))
        return StoredData(digest=digest, drop_duplicates=self.duplicates == "drop", **shared)

    @property
    def split_names(self) -> dict[Part, str | None] | None:
        """``splits``, where it is no file."""
        return None if isinstance(self.splits, str) else self.splits

    @property
    def target_size(self) -> tuple[int, int] | None:
        """``image_size`` as height and width."""
        return (self.image_size, self.image_size) if isinstance(self.image_size, int) else self.image_size


class StoredData(Config):
    """The part of ``DataConfig`` that a run needs, with the decoded content's digest.

    All of it decides the run's numbers, but where the data was found and what its classes are called.
    """

    source: str
    digest: str
    val_fraction: float
    test_fraction: float
    split_seed: int
    max_train: int | None
    max_test: int | None
    drop_duplicates: bool = Field(
        False,
        exclude_if=lambda drop: not drop,
        description="leave out of train what is also in val or test, and out of val what is also in test",
    )
    class_names: tuple[str, ...] | None = Field(
        None, exclude_if=is_none, description="in label order, where they are not the source's"
    )
