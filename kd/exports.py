"""What a student's export is asked for, and what was measured of it. No torch here."""

from typing import Literal

from pydantic import BaseModel, Field

from kd.config import StoredData
from kd.records import Record, RunName, Timing

FOLDER = "exports"  # of a sweep's results: a record and the predictions on test for each format
MAX_DROP = 0.01
CALIBRATION_IMAGES = 512

Format = Literal["fp32", "fp16", "int8"]
STUDENTS = ("baseline", "distilled")


def file_name(form: Format) -> str:
    """The exported student's, in the sweep's folder.

    >>> file_name("fp32"), file_name("int8")
    ('model.onnx', 'model-int8.onnx')
    """
    return "model.onnx" if form == "fp32" else f"model-{form}.onnx"


class ExportRequest(Record):
    """What decides an exported file and what is measured with it."""

    format: Format
    run_id: RunName = Field(description="the student that is exported")
    weights_sha256: str = Field(description="of that student")
    arms: dict[str, tuple[RunName, ...]] = Field(
        description="students that are measured in this format, by arm, in the order of their seeds"
    )
    data: StoredData
    calibration_images: int | None = Field(None, description="training images that int8 takes its ranges from")
    runtime: str = Field(description="ONNX Runtime's version")


class ExportOrder(Record):
    """A request as the process that carries it out is given it."""

    request: ExportRequest
    model: str = Field(description="folder of the exported student's weights")
    factory: str | None = Field(None, description="the package.module:factory that may be imported for it")
    max_drop: float = Field(MAX_DROP, description="in val accuracy, that is still accepted; a share")


class ValScores(BaseModel):
    """Val accuracy of the exported student in float32 and in the format, on the same images."""

    num_images: int
    fp32_accuracy: float
    accuracy: float
    num_broken: int = Field(description="images that float32 alone reads right")
    num_fixed: int = Field(description="images that the format alone reads right")

    @property
    def drop(self) -> float:
        """By how much the format is worse."""
        return self.fp32_accuracy - self.accuracy


class SideBySide(BaseModel):
    """Latencies of both files, a pass of one after a pass of the other. ``ratios``: the format's over float32's."""

    fp32: Timing
    timing: Timing
    ratios: tuple[float, float, float] = Field(description="first quartile, median, third quartile of pairs of passes")


class Export(Record):
    """``exports/FORMAT.json``: written last, so its presence means that the file is there and was measured."""

    request: ExportRequest
    file_sha256: str
    num_bytes: int
    fp32_num_bytes: int
    val: ValScores
    max_drop: float = Field(description="that was asked for")
    latencies: tuple[SideBySide, ...] = Field(description="of one image, then of the largest batch")
    device: str
    num_threads: int
    measured_at: str
    num_test_readings: int = Field(1, description="how often test was read for this format, this time included")
