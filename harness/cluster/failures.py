"""What an exception in a run means: the kind of failure, in one line."""

import errno

from harness.state.remedies import explain_unreadable
from kd.errors import InputError, NonFiniteLossError, NoProgressError, UnreadableFileError, one_line
from kd.records import Failure

DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def classify(error: Exception) -> Failure:
    """A failure that another attempt would meet again, with its cause in one line."""
    text = str(error).strip().partition("\n")[0]
    match error:
        case NonFiniteLossError():
            return Failure(kind="non-finite loss", reason=text)
        case InputError():
            return Failure(kind="bad input", reason=text)
        case UnreadableFileError():  # who mends or deletes it need not ask for another attempt
            return Failure(kind="bad input", reason=explain_unreadable(error))
        case NoProgressError():
            return Failure(kind="no progress", reason=text)
        case MemoryError():
            return Failure(kind="out of memory", reason=text or "out of memory")
        case _ if type(error).__name__ == "OutOfMemoryError":
            return Failure(kind="out of memory", reason=text)
        case _:
            return Failure(kind="code error", reason=one_line(error))
