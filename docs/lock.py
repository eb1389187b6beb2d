"""Write ``locks/``: what constraints.txt pins, with the hashes of every file that the package index has of it.

Wants ``uv`` on the path. Each group of packages has a file of its own and none is in two: what every sweep needs,
what ONNX, other libraries' networks and work on the program add, and torch with its CUDA libraries, which many machines
have in a build of their own.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = ROOT / "locks"
PYTHON = "3.11.5"  # the oldest that zensical takes, which only work on the program wants; runs take any 3.11
BUILD = ["editables"]  # beside hatchling: what an editable install without build isolation takes
HEAD = "# Written by docs/lock.py from pyproject.toml and constraints.txt.\n"
_CUDA = "sys_platform == 'linux'"  # the one thing that is asked for on Linux alone
_NEVER = re.compile(r"sys_platform == '(emscripten|win32)'")  # SLURM and signals: Linux and macOS it is
_ENTRY = re.compile(r"^(?P<name>[\w.-]+)==.*\n(?: {4}--hash=.*\n)+", re.MULTILINE)


def main() -> None:
    """Write every lock again."""
    known: set[str] = set()
    LOCKS.mkdir(exist_ok=True)
    for group, entries in groups().items():
        new = {name: text for name, text in entries.items() if name not in known}
        known |= new.keys()
        (LOCKS / f"{group}.txt").write_text(HEAD + "".join(new.values()), encoding="utf-8")
        sys.stdout.write(f"locks/{group}.txt: {len(new)} packages\n")


def groups() -> dict[str, dict[str, str]]:
    """What each lock may hold, by name; of several that want a package, the first has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras, needed = project["project"]["optional-dependencies"], project["project"]["dependencies"]
    run = resolve([*needed, *project["build-system"]["requires"], *BUILD])
    torch = {name: entry for name, entry in run.items() if name == "torch" or _CUDA in entry.partition("\n")[0]}
    own = [each for each in extras["dev"] if not each.startswith(project["project"]["name"])]
    return {
        "run": {name: entry for name, entry in run.items() if name not in torch},
        "torch": torch,
        "onnx": resolve(extras["onnx"]),
        "zoo": resolve([*extras["timm"], *extras["torchvision"]]),
        "dev": resolve(own),
    }


def resolve(requirements: list[str]) -> dict[str, str]:
    """The packages that serve some requirements on Linux and macOS, each with its hashes, by name."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "requirements.in"
        asked.write_text("\n".join(requirements), encoding="utf-8")
        words = ["uv", "pip", "compile", str(asked), "--universal", "--python-version", PYTHON, "--generate-hashes"]
        words += ["--constraints", str(ROOT / "constraints.txt"), "--no-header", "--no-annotate", "--quiet"]
        text = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True, cwd=folder).stdout
    found = {match["name"]: match[0] for match in _ENTRY.finditer(text)}
    return {name: entry for name, entry in found.items() if not _NEVER.search(entry)}


if __name__ == "__main__":
    main()
