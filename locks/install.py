"""Sets up ``.venv`` for the Makefile: says what is installed and how much that is, and what to do where it fails.

Needs nothing but Python, as it runs before anything is there. ``python3 locks/install.py run|onnx|dev [--hashes]``
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""PyTorch's own (https://pytorch.org/get-started/locally): on Linux PyPI has the CUDA build alone, for x86_64."""
OWN_INDEX = ("index-url", "extra-index-url", "find-links", "no-index")
Extra = Literal["run", "onnx", "dev"]
Choice = Literal["", "cpu", "cuda"]
NOISE = (
    "Attempting uninstall", "Building ", "Checking if build", "Collecting ", "Created wheel", "Downloading ",
    "Found existing", "Getting requirements", "Installing backend", "Installing build", "Installing collected",
    "Looking in", "Obtaining ", "Preparing ", "Processing ", "Requirement already", "Stored in", "Successfully ",
    "Uninstalling", "Using cached", "WARNING: Location 'file:",
)  # fmt: skip
"""What pip says of its progress, and of each package that one folder of several lacks; the rest, its errors above all,
is shown."""
SIZE = "about 1.9 GB on disk, with CUDA some GB more"
"""Measured on Linux x86_64, Python 3.11, torch 2.13.0 for CPUs, bytecode included."""
LARGE_MB = 20.0
ONE_BUILD = "here the package index has one build"


class Machine(NamedTuple):
    """What decides about the build of torch."""

    system: str
    processor: str
    has_gpu: bool
    has_slurm: bool
    has_own_index: bool


class Build(NamedTuple):
    """Which build of torch is taken, and why: ``index_url`` is None where pip is left to what it is configured to."""

    index_url: str | None
    why: str

    def is_met_by(self, version: str) -> bool:
        """Whether an installed torch is this build; "2.13.0+cpu" is of the index of CPU builds.

        >>> Build(None, "TORCH=cuda").is_met_by("2.13.0+cpu"), Build(CPU_INDEX, "TORCH=cpu").is_met_by("2.13.0+cpu")
        (False, True)
        """
        return self.why == ONE_BUILD or version.endswith("+cpu") == (self.index_url is not None)


def choose_build(asked: Choice, machine: Machine) -> Build:
    """PyTorch's CPU build where it saves gigabytes of CUDA that nothing here could use; else what pip finds by itself.

    A machine with SLURM is a cluster's: the environment that is made on its login node runs on its GPU nodes.
    """
    if (machine.system, machine.processor) != ("Linux", "x86_64"):
        return Build(None, ONE_BUILD)
    if asked == "cpu":
        return Build(CPU_INDEX, "TORCH=cpu")
    if asked == "cuda":
        return Build(None, "TORCH=cuda")
    if machine.has_gpu:
        return Build(None, "there is an NVIDIA GPU")
    if machine.has_own_index:
        return Build(None, "pip is configured to an index or files of its own")
    if machine.has_slurm:
        return Build(None, "SLURM's nodes may have GPUs")
    return Build(CPU_INDEX, "no NVIDIA GPU here")


def pip_calls(extra: Extra, is_hashed: bool) -> list[list[str]]:
    """The arguments of ``pip install``, call by call, once torch from another index is there or is not wanted.

    With hashes: every package but torch, which machines have in builds of their own, is one of those that ``locks/``
    names by their hashes. An editable install takes no hash, so the program itself is installed last and alone.
    """
    if not is_hashed:
        return [["-c", "constraints.txt", "-e", "." if extra == "run" else f".[{extra}]"]]
    names = {"run": ["run"], "onnx": ["run", "onnx"], "dev": ["run", "onnx", "dev"]}[extra]
    locked = ["--require-hashes", *(word for name in names for word in ("-r", f"locks/{name}.txt"))]
    if extra != "run":
        return [locked]
    return [locked, ["-c", "constraints.txt", "torch"], ["--no-deps", "--no-build-isolation", "-e", "."]]


def remedy(said: str) -> str:
    """What to do, by the words of pip or of venv."""
    for pattern, way in REMEDIES.items():
        if re.search(pattern, said, re.IGNORECASE):
            return way
    return "what went wrong stands above; the same command goes on where it stopped"


REMEDIES: Mapping[str, str] = {
    r"No space left on device|Errno 28|Disk quota": (
        f"the disk is full: free some space here, or in the folder that TMPDIR names, and remove {VENV} with make clean"
    ),
    r"ensurepip|No module named venv": (
        "this Python comes without its venv module: apt install python3-venv (Debian, Ubuntu), or name another Python, "
        "as in make sweep PYTHON=python3.12"
    ),
    r"ProxyError|proxy|\b407\b": (
        "the proxy refused: set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT to one that lets pip through, or unset it"
    ),
    r"NewConnectionError|NameResolutionError|Temporary failure in name|ConnectTimeout|Max retries|unreachable|No route|"
    r"No matching distribution|Read timed out|SSLError": (
        "the package index was not reached, or does not have it: check the network, set HTTPS_PROXY behind a proxy, or "
        "PIP_INDEX_URL to a mirror"
    ),
    r"Permission denied|Errno 13": f"{VENV} cannot be written by this user: remove it with make clean, or chown it",
}


def find_machine(environment: Mapping[str, str], has_own_index: bool) -> Machine:
    """This machine. A GPU is seen by its driver's files, in containers by its device, under WSL by ``nvidia-smi``."""
    files = (Path("/proc/driver/nvidia/version"), Path("/dev/nvidia0"))
    path = environment.get("PATH", "") + os.pathsep + "/usr/lib/wsl/lib"
    has_gpu = any(file.exists() for file in files) or _lists_gpu(shutil.which("nvidia-smi", path=path))
    has_slurm = shutil.which("sbatch", path=path) is not None
    return Machine(platform.system(), platform.machine(), has_gpu, has_slurm, has_own_index)


def _lists_gpu(program: str | None) -> bool:
    if program is None:
        return False
    done = subprocess.run([program, "-L"], capture_output=True, text=True, check=False)
    return done.returncode == 0 and "GPU 0" in done.stdout


def names_own_index(config: str) -> bool:
    """Whether ``pip config list`` names where packages come from.

    >>> names_own_index("global.cert='/etc/ssl/ca.crt'"), names_own_index(":env:.find-links='/opt/wheels'")
    (False, True)
    """
    keys = (line.partition("=")[0].rpartition(".")[2] for line in config.splitlines())
    return any(key in OWN_INDEX for key in keys)


def progress_lines(said: Iterable[str]) -> Iterator[str]:
    """Of pip's words what is worth a line in a log: large files, the installing itself, and whatever is no progress.

    >>> list(progress_lines(["Collecting numpy", "  Downloading torch-2.whl (190.5 MB)", "ERROR: no"]))
    ['  torch-2.whl (190.5 MB)', 'ERROR: no']
    """
    for line in said:
        words = line.strip()
        large = re.match(r"(?:Downloading|Using cached) (\S+) \(([\d.]+) ([MG])B\)", words)
        if large:
            if float(large[2]) * (1000 if large[3] == "G" else 1) >= LARGE_MB:
                yield f"  {large[1].rpartition('/')[2]} ({large[2]} {large[3]}B)"
        elif words.startswith("Installing collected packages"):
            yield f"  unpacking {words.count(',') + 1} packages"
        elif words and not words.startswith(NOISE) and "━" not in words:
            yield line.rstrip()


def main() -> None:
    """Set up the environment that the Makefile asks for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("extra", choices=("run", "onnx", "dev"))
    options.add_argument("--hashes", action="store_true")
    options.add_argument("--torch", choices=("", "cpu", "cuda"), default="")
    asked = options.parse_args()
    began = time.monotonic()
    if asked.extra == "run":
        _make_venv()
        config = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
        build = choose_build(asked.torch, find_machine(os.environ, names_own_index(config.stdout)))
        version = pinned_torch(Path("constraints.txt").read_text())
        before = installed_torch(version)
        _say(
            f"Installing torch, transformers and up to {num_packages('run') - 1} other packages into {VENV}, once: "
            f"{SIZE}. torch: {describe(build, before, bool(asked.torch))}."
        )
        for stamp in (VENV / ".run", *VENV.glob(".torch-*")):  # whatever fails from here on, nothing counts as done
            stamp.unlink(missing_ok=True)
        _install_torch(build, version, before, bool(asked.torch))
    else:
        _say(f"Installing what {asked.extra} adds into {VENV}: up to {num_packages(asked.extra)} packages, once.")
    for words in pip_calls(asked.extra, asked.hashes):
        code, said = _pip(words)
        if code:
            _fail(said)
    if asked.extra == "run":
        _keep_choice(asked.torch, build, installed_torch(version))
    packages, size_mb = _content()
    _say(f"{VENV}: {packages} packages, {size_mb:,.0f} MB, in {time.monotonic() - began:.0f} s")


def num_packages(name: str) -> int:
    """Packages that a file in ``locks/`` names, for whichever system and Python."""
    return len(set(re.findall(r"^[\w.-]+==", Path("locks", f"{name}.txt").read_text(), re.M)))


def _make_venv() -> None:
    done = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if done.returncode:
        _say(done.stdout + done.stderr)
        _fail(done.stdout + done.stderr)


def installed_torch(version: str) -> str | None:
    """The torch of that version in the environment, with its build, as in "2.13.0+cpu"; None where there is none."""
    found = [folder.name for folder in VENV.glob(f"lib/python*/site-packages/torch-{version}*.dist-info")]
    builds = [name.removeprefix("torch-").removesuffix(".dist-info") for name in found]
    return next((build for build in builds if build.partition("+")[0] == version), None)


def describe(build: Build, before: str | None, is_asked: bool) -> str:
    """Which torch there will be, and why: one that is there stays, unless the person asks for another build.

    >>> describe(Build(None, "there is an NVIDIA GPU"), "2.13.0+cpu", False)
    '2.13.0+cpu is there already and stays; TORCH=cuda asks for the other build (there is an NVIDIA GPU)'
    """
    which = "CPU build" if build.index_url else "build of the package index"
    if before is None:
        return f"{which} ({build.why})"
    if build.is_met_by(before):
        return f"{before} is there already and stays"
    if is_asked:
        return f"{which} ({build.why}) in place of {before}"
    other = "cpu" if build.index_url else "cuda"
    return f"{before} is there already and stays; TORCH={other} asks for the other build ({build.why})"


def _install_torch(build: Build, version: str, before: str | None, is_asked: bool) -> None:
    """Torch alone where it is not what comes by itself with all else, from where everything comes from.

    The CPU build has an index of its own. Where another build is there pip finds its requirement met, so that it has to
    be told.
    """
    if before is not None and (build.is_met_by(before) or not is_asked):
        return
    if build.index_url is None:
        if before is not None:
            code, said = _pip(["--force-reinstall", "--no-deps", f"torch=={version}"])
            if code:
                _fail(said)
        return
    again = ["--force-reinstall"] if before is not None else []
    source = ["--timeout", "10", "--retries", "1", "--index-url", build.index_url]
    code, _ = _pip(
        [*again, "--no-deps", *source, f"torch=={version}+cpu"],
        show=lambda said: (line for line in progress_lines(said) if line.startswith("  ")),
    )
    if code:
        other = "the build of the package index is taken instead" if before is None else f"torch {before} stays"
        _say(f"{build.index_url} was not reached, or has no such file: {other}.")


def _keep_choice(asked: Choice, build: Build, installed: str | None) -> None:
    """Leave word for ``make`` that the build that was asked for is there, so that it need not look again."""
    if not asked or installed is None:
        return
    if build.is_met_by(installed):
        (VENV / f".torch-{asked}").touch()
    elif build.index_url is None:
        _say(f"torch is {installed} nonetheless: that is what pip finds where it is configured to look.")


def pinned_torch(constraints: str) -> str:
    """The version of torch that the lines name.

    >>> pinned_torch("torch==2.13.0")
    '2.13.0'
    """
    found = re.search(r"^torch==(\S+)$", constraints, re.M)
    if found is None:
        raise SystemExit("constraints.txt: no version of torch")
    return found[1]


def _pip(words: list[str], show: Callable[[Iterable[str]], Iterable[str]] = progress_lines) -> tuple[int, str]:
    """Install; the exit code, and what pip said. On a terminal pip draws its own bar."""
    call = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *words]
    is_terminal = sys.stdout.isatty()
    with subprocess.Popen(
        call,
        stdout=None if is_terminal else subprocess.PIPE,
        stderr=subprocess.PIPE if is_terminal else subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        stream = process.stderr if is_terminal else process.stdout
        assert stream is not None
        said: list[str] = []
        for line in show(_kept(stream, said)):
            _say(line)
    return process.returncode, "".join(said)


def _kept(lines: Iterable[str], said: list[str]) -> Iterator[str]:
    for line in lines:
        said.append(line)
        yield line


def _content() -> tuple[int, float]:
    """How many packages there are, and megabytes on disk."""
    files = (path for path in VENV.rglob("*") if path.is_file() and not path.is_symlink())
    size_mb = sum(path.stat().st_blocks for path in files) * 512 / 1e6
    return sum(1 for _ in VENV.glob("lib/python*/site-packages/*.dist-info")), size_mb


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def _fail(said: str) -> NoReturn:
    raise SystemExit(f"error: {VENV} could not be set up: {remedy(said)}")


if __name__ == "__main__":
    main()
