"""Parameters and multiply-accumulates of networks for 3×32×32 images and 100 classes, added up layer by layer."""

from kd.evaluation.logits import measure_size
from kd.models import BUILT_IN, build_model

SHAPE, NUM_CLASSES = (3, 32, 32), 100


class Count:
    """Adds layers up; ``side`` and ``width`` are those of the features that the last one gave."""

    def __init__(self):
        self.num_parameters, self.macs, self.side, self.width = 0, 0, SHAPE[1], SHAPE[0]

    def conv(self, width, kernel=3, stride=1, groups=1, bias=False, norm=True):
        """A padded convolution, with the batch normalisation of its output or without."""
        self.side = -(-self.side // stride)
        weights = kernel * kernel * self.width // groups * width
        self.num_parameters += weights + width * bias + 2 * width * norm
        self.macs += weights * self.side**2
        self.width = width

    def beside(self, before, side, **options):
        """A convolution beside the others: of features of this width and side."""
        here = self.side, self.width
        self.side, self.width = side, before
        self.conv(**options)
        self.side, self.width = here

    def norm(self):
        self.num_parameters += 2 * self.width

    def head(self):
        self.num_parameters += (self.width + 1) * NUM_CLASSES
        self.macs += self.width * NUM_CLASSES


def check(name, count, published_millions):
    """The network has these sizes, the parameters that papers print, and a docstring that says both."""
    size = measure_size(build_model(name, NUM_CLASSES, SHAPE), SHAPE)
    assert (size.num_parameters, size.macs, size.not_counted) == (count.num_parameters, count.macs, ())
    assert f"{size.num_parameters / 1e6:.2f}" == published_millions
    said = BUILT_IN[name].__doc__
    macs = f"{size.macs / 1e9:.2f} G" if size.macs >= 1e9 else f"{size.macs / 1e6:.{size.macs < 1e7:d}f} M"
    assert f"{size.num_parameters:,} parameters" in said and f"{macs} multiply-accumulates" in said
