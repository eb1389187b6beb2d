"""Several processes that train one run together, each on its GPU (or, without one, on its CPU threads).

Rank 0 owns the run: it alone reads and writes the run's folder. What the ranks must agree on goes
through ``ProcessGroup``; for a process that is alone its methods give back what they are given.
"""

import io
import logging
import os
import socket
import sys
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel

from kd.errors import LostRankError

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=30)  # ranks wait for rank 0 while it evaluates and saves
DEATH_NOTICE_S = 2.0  # from a process's closed connections to its end, on a machine under load
LETTING_GO_S = 5.0
LOOPBACK = "127.0.0.1"
INTERFACES = ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME")  # on which each listens
_FAILURE = "failure"
Model = TypeVar("Model", bound=nn.Module)


class ProcessGroup:
    """The processes of a run.

    Args:
        rank: Of this process.
        size: How many there are.
        store: What they share beside the process group; none where there is one process.
    """

    def __init__(self, rank: int = 0, size: int = 1, store: Store | None = None) -> None:
        self.rank = rank
        self.size = size
        self._store = store
        # Weak, to be told when the last of gloo's threads has let go of a tensor and not to be one that holds on to it.
        # Eight, since each thread holds on to its last exchange only, and gloo has fewer threads.
        self._lent: deque[weakref.ref[Tensor]] = deque(maxlen=8)

    @property
    def is_main(self) -> bool:
        """Whether this is the process that owns the run."""
        return self.rank == 0

    def any(self, *flags: bool) -> tuple[bool, ...]:
        """Whether each flag is set on any rank: the same answer everywhere."""
        if self.size == 1:
            return flags
        flags_F = torch.tensor(flags, dtype=torch.uint8)
        dist.all_reduce(self._lend(flags_F), dist.ReduceOp.MAX)
        return tuple(map(bool, flags_F.tolist()))

    def broadcast(self, value: Any, device: torch.device | None = None) -> Any:
        """Rank 0's value (tensors and plain values) on every rank, its tensors on ``device``."""
        if self.size == 1:
            return value
        buffer = io.BytesIO()
        if self.is_main:
            torch.save(value, buffer)
        length = torch.tensor(buffer.tell())
        dist.broadcast(self._lend(length), 0)
        content = torch.frombuffer(bytearray(buffer.getvalue() or int(length)), dtype=torch.uint8)
        dist.broadcast(self._lend(content), 0)
        if self.is_main:
            return value
        return torch.load(io.BytesIO(content.numpy().tobytes()), map_location=device, weights_only=True)

    def sum(self, values: Tensor) -> Tensor:
        """The sum over the ranks."""
        if self.size == 1:
            return values
        total = values.clone()
        dist.all_reduce(self._lend(total))
        return total.clone()

    def gather(self, own: Tensor) -> Tensor:
        """Every rank's tensor [size, …]; alone, the tensor as it is."""
        if self.size == 1:
            return own
        rows = [torch.empty_like(own) for _ in range(self.size)]
        dist.all_gather(rows, self._lend(own.clone()))
        return torch.stack(rows)

    def own(self, gathered: Tensor) -> Tensor:
        """What this rank gave to ``gather``."""
        # a copy: torch.set_rng_state overlooks that a row begins within another tensor's memory
        return gathered if self.size == 1 else gathered[self.rank].clone()

    def part(self, batch: Tensor) -> Tensor:
        """This rank's contiguous part of a batch; empty on the last ranks where there are fewer images than ranks."""
        return batch if self.size == 1 else torch.tensor_split(batch, self.size)[self.rank]

    def barrier(self) -> None:
        """Wait for all ranks."""
        self.any(False)

    def leave(self) -> None:
        """Wait for all ranks, and until gloo's threads hold no tensor that Python knows.

        A thread drops what it exchanged some moments after the exchange, and needs Python's lock for it. If the
        interpreter is ending by then, the process is aborted, or never ends.
        """
        self.barrier()
        _comes_true(lambda: all(tensor() is None for tensor in self._lent), LETTING_GO_S)

    def _lend(self, tensor: Tensor) -> Tensor:
        """A tensor to exchange, which nobody else keeps."""
        self._lent.append(weakref.ref(tensor))
        return tensor

    def wrap(self, model: nn.Module) -> nn.Module:
        """The model, with gradients averaged over the ranks by every backward pass."""
        return model if self.size == 1 else DistributedDataParallel(model)

    def first_failure(self, mine: str) -> str:
        """What failed first, ``mine`` or another rank's: a rank that leaves makes the others fail too.

        To be called once, by every rank that fails.

        Raises:
            LostRankError: A rank died without a word, and what failed here followed from that.
        """
        if self._store is None:
            return mine
        try:
            has_death = _comes_true(lambda: self._has_failure() or bool(self._dead_ranks()), DEATH_NOTICE_S)
            if has_death and not self._has_failure():
                raise LostRankError(f"rank {self._dead_ranks()} died without a word")
            first: bytes = self._store.compare_set(_FAILURE, "", mine)
            return first.decode()
        except dist.DistError as error:  # the store lives in rank 0
            raise LostRankError("rank 0 is gone") from error

    def _has_failure(self) -> bool:
        return self._store is not None and self._store.check([_FAILURE])

    def _dead_ranks(self) -> list[int]:
        assert self._store is not None
        pids = {rank: int(self._store.get(_pid_key(rank))) for rank in range(self.size)}
        return [rank for rank, pid in pids.items() if not _is_running(pid)]


SINGLE_PROCESS = ProcessGroup()


@contextmanager
def init_process_group(
    rank: int, size: int, port: int, device: torch.device, backend: str | None = None
) -> Iterator[ProcessGroup]:
    """Join the other ranks on this host; leave together with them.

    Gloo carries what lies on the CPU, also beside NCCL: it tells of a dead rank at once. All of it is said over the
    loopback interface, which other machines do not reach: none of it asks who is there.

    Args:
        rank: Of this process, from 0.
        size: How many processes there are.
        port: Where rank 0 listens.
        device: Of this process.
        backend: What carries tensors; NCCL does on GPUs, gloo on CPUs, where nothing is given. NCCL refuses two
            processes on one GPU, which gloo serves.
    """
    for name in INTERFACES:
        os.environ[name] = _loopback_interface()
    # of itself torch listens on every interface
    listener = socket.create_server((LOOPBACK, port)).detach() if rank == 0 else None
    store = dist.TCPStore(  # type: ignore[attr-defined]
        LOOPBACK,
        port,
        size,
        is_master=rank == 0,
        timeout=PATIENCE,
        wait_for_workers=False,
        master_listen_fd=listener,
    )
    store.set(_pid_key(rank), str(os.getpid()))
    backend = backend or ("cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo")
    dist.init_process_group(backend, rank=rank, world_size=size, store=PrefixStore("group", store), timeout=PATIENCE)
    process_group = ProcessGroup(rank, size, store)
    yield process_group
    # Only after a good end: a group that a rank has left would be waited for. The end of the process ends it too.
    process_group.leave()
    dist.destroy_process_group()


def synchronized(model: Model, device: torch.device, process_group: ProcessGroup) -> Model:
    """With batch statistics over all ranks' images.

    On a CPU, where torch has no synchronized batch normalisation, each rank normalises its part of the batch by itself,
    and rank 0's running statistics are kept. So it is with a layer whose class computes something of its own.
    """
    if process_group.size == 1 or device.type != "cuda":
        return model
    converted: Model = _synchronized(model)
    own = sorted({type(module).__name__ for module in converted.modules() if _is_unsynchronized(module)})
    if own:
        log.warning("%s: each rank normalises its part of a batch by itself", ", ".join(own))
    return converted


def is_synchronized(model: nn.Module) -> bool:
    """Whether a pass in training waits for the same pass of every other rank."""
    return any(isinstance(module, nn.SyncBatchNorm) for module in model.modules())


def _synchronized(module: Any) -> Any:
    """As torch's ``convert_sync_batchnorm``, which puts its plain layer also where a class does more than normalise."""
    timm = sys.modules.get("timm.layers")
    if timm is not None and isinstance(module, timm.BatchNormAct2d):  # with its activation
        return timm.convert_sync_batchnorm(module)
    if isinstance(module, _BatchNorm):
        is_plain = type(module).forward in (_BatchNorm.forward, nn.SyncBatchNorm.forward)
        return nn.SyncBatchNorm.convert_sync_batchnorm(module) if is_plain else module  # type: ignore[no-untyped-call]
    for name, child in module.named_children():
        if (converted := _synchronized(child)) is not child:
            setattr(module, name, converted)
    return module


def _is_unsynchronized(module: nn.Module) -> bool:
    return isinstance(module, _BatchNorm) and not isinstance(module, nn.SyncBatchNorm)


def without_exchange(model: Any) -> AbstractContextManager[None]:
    """Backward passes that only add to this rank's gradients."""
    parallel = isinstance(model, DistributedDataParallel)
    return model.no_sync() if parallel else nullcontext()


def _loopback_interface() -> str:
    """Its name: lo on Linux, lo0 on macOS."""
    return "lo0" if "lo0" in (name for _, name in socket.if_nameindex()) else "lo"


def _pid_key(rank: int) -> str:
    return f"pid/{rank}"


def _comes_true(condition: Callable[[], bool], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds


def _is_running(pid: int) -> bool:
    """Whether a process of this host is at work: one that died and was not waited for (a zombie) is not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except (PermissionError, FileNotFoundError):  # another user's; or no /proc (macOS), where a zombie looks alive
        return True
    return state != "Z"
