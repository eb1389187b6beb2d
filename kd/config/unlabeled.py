"""Images without labels, which a student learns from by its teacher's word alone."""

import math

from pydantic import Field

from kd.config.base import Config, is_none


class UnlabeledImages(Config):
    """Which images these are. What is also in train is left out of them: the student learns from it as it is."""

    digest: str | None = Field(
        description="of the store of their decoded content; null: the training images that data.max_train leaves out"
    )
    max_images: int | None = Field(None, ge=1, exclude_if=is_none, description="this many, drawn at random")
    drop_held_out: bool = Field(
        False,
        exclude_if=lambda drop: not drop,
        description="leave out what is also in val or test; where there is such an image it is refused otherwise",
    )
    of_train: bool = Field(
        False,
        exclude_if=lambda of_train: not of_train,
        description="none of these, but the training images once more, by the teacher's word alone: a control",
    )


class UnlabeledConfig(Config):
    """What a distilled student learns from beside its labelled images: the soft term alone, as with alpha 1."""

    images: UnlabeledImages
    ratio: float = Field(1.0, gt=0, le=1000, description="unlabelled images beside each labelled one, in every step")
    logits: str | None = Field(
        None,
        description="id of the run that wrote the teacher's logits of them; null: the teachers teach in every step",
    )

    def num_drawn(self, num_labelled: int) -> int:
        """How many unlabelled images a student has seen, when it has seen so many labelled ones, over all epochs.

        A batch from the n-th labelled image to the m-th has those from ``num_drawn(n)`` to ``num_drawn(m)`` beside it:
        the share is kept to, whatever its fraction and the size of the batch.

        >>> config = UnlabeledConfig(images=UnlabeledImages(digest=None), ratio=0.3)
        >>> [config.num_drawn(number) for number in (0, 4, 8, 10)]
        [0, 1, 2, 3]
        """
        return math.floor(self.ratio * num_labelled + 1e-9)  # 0.3 · 10 is 3, and 0.1 + 0.2 more than that

    def num_passes(self, num_labelled: int, num_images: int) -> int:
        """How often a student begins to go through all of them, when it sees so many labelled images over all epochs.

        >>> UnlabeledConfig(images=UnlabeledImages(digest=None), ratio=2).num_passes(1000, 1500)
        2
        """
        return max(-(-self.num_drawn(num_labelled) // num_images), 1)
