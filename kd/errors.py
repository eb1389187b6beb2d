"""The errors a caller is meant to catch, by what can be done about them."""

from pathlib import Path


class InputError(ValueError):
    """Something the user gave cannot be used. The message is one line: what, where, what is allowed."""


class UnreadableFileError(ValueError):
    """A result file is damaged, or was written by a newer version of this program.

    Args:
        path: The file.
        why: What is wrong with it, in a line.
    """

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


class NonFiniteLossError(RuntimeError):
    """The training loss became NaN or infinite; another attempt would meet the same number."""


class InterruptedTrainingError(RuntimeError):
    """Training was asked to stop and did so at a step boundary, after writing a checkpoint."""


class PackError(RuntimeError):
    """Runs cannot be trained as one stacked model; each of them can alone, from its checkpoint."""


class FencedError(RuntimeError):
    """A newer attempt owns this run; the older one must not write beside it."""


class NoProgressError(RuntimeError):
    """Attempt after attempt ends where it began; another one would too."""


class LostRankError(RuntimeError):
    """Another process of a run that several train died without a word; the next attempt goes on."""


class UnansweredError(InputError):
    """A scheduler does not answer now, so that nobody knows what runs; it may a moment later."""


def one_line(error: BaseException) -> str:
    """An exception of somebody else's code: its type, and the first line of what it says.

    >>> one_line(KeyError("cat"))
    "KeyError: 'cat'"
    >>> one_line(AssertionError())
    'AssertionError'
    """
    said = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
