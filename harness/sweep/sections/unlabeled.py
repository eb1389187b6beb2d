"""Images without labels, as a sweep file asks for them."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from kd.config import Config, DataConfig, UnlabeledConfig, UnlabeledImages

REST = "rest"
"""As a source: the training images that ``data.max_train`` leaves out, whose labels are not looked at."""

UNLABELED = "unlabeled"
"""The name of the variant that learns from them."""

REPEATED = "unlabeled_control"
"""That of its control, which has as many labelled images in their place."""


class UnlabeledSource(Config):
    """Where they come from, and how many a student sees. They are decoded as ``data`` says of its own."""

    source: str = Field(
        min_length=1,
        description="as under data, but labels and classes are not looked at, and a folder has images at any depth; "
        "or rest: the training images that data.max_train leaves out",
    )
    split: str | None = Field(
        None, description="of a source with several; null: the one called unlabeled or unsupervised, or else train"
    )
    config: str | None = Field(None, description="which of a source's several configurations, as the Hub calls them")
    image_column: str | None = Field(None, description="found by its type when null")
    max_images: int | None = Field(None, ge=1, description="keep this many, drawn at random")
    ratio: float = Field(1.0, gt=0, le=1000, description="unlabelled images beside each labelled one, in every step")
    duplicates: Literal["refuse", "drop"] = Field(
        "refuse",
        description="images that are also in val or test: end with their names, or leave them out; what is also in "
        "train is always left out, and counted",
    )
    control: bool = Field(
        False,
        description="another arm, with as many of the labelled images in their place: what is brought by larger steps "
        "alone",
    )
    digest: str | None = Field(None, description="of their decoded content; found when the sweep is read")
    num_images: int | None = Field(None, description="that are left; found when the sweep is read")
    num_labelled: int | None = Field(None, description="in train, beside which they stand; found likewise")

    @property
    def is_rest(self) -> bool:
        """Whether they are the labelled source's own."""
        return self.source == REST

    @property
    def images(self) -> UnlabeledImages:
        """As runs name them, once they were found."""
        return UnlabeledImages(digest=self.digest, max_images=self.max_images, drop_held_out=self.duplicates == "drop")

    def arms(self) -> dict[str, UnlabeledImages]:
        """What stands beside the labelled images, by the name of the variant."""
        control = {REPEATED: UnlabeledImages(digest=None, of_train=True)} if self.control else {}
        return {UNLABELED: self.images, **control}

    def taught_by(self, logits: str | None, images: UnlabeledImages | None = None) -> UnlabeledConfig:
        """As a student learns from them, or from others in their place, by kept logits or in every step."""
        return UnlabeledConfig(images=images or self.images, ratio=self.ratio, logits=logits)

    def num_passes(self, epochs: int, images: UnlabeledImages | None = None) -> int:
        """How often a student of so many epochs begins to go through them, or through others in their place.

        Raises:
            ValueError: They were not found yet.
        """
        if self.num_images is None or self.num_labelled is None:
            raise ValueError("unlabeled: its images were not counted; start the sweep again")
        number = self.num_labelled if images is not None and images.of_train else self.num_images
        return self.taught_by(None).num_passes(epochs * self.num_labelled, number)

    def data(self, labelled: DataConfig) -> DataConfig:
        """Where they are read from, decoded as the labelled ones are."""
        alike = ("image_size", "skip_corrupt", "max_pixels", "max_rows")
        own = {"source": self.source, "config": self.config, "image_column": self.image_column}
        splits = None if self.split is None else {"train": self.split}
        return DataConfig(**own, splits=splits, **{key: getattr(labelled, key) for key in alike})


def _source_alone(value: Any) -> Any:
    return {"source": value} if isinstance(value, str) else value


Unlabeled = Annotated[UnlabeledSource, BeforeValidator(_source_alone, json_schema_input_type=UnlabeledSource | str)]
