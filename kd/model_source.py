"""What a model's name stands for: the files of ``hf:FOLDER``, the source of ``package.module:factory``.

A run is named by their digest, as by a checkpoint's: other weights or another source make another run. Nothing is
imported, since importing a module runs it.
"""

import ast
import hashlib
import importlib.util
import json
import os
import pkgutil
import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from kd.config import HF_PREFIX, is_of_library
from kd.errors import InputError
from kd.files import sha256_of_file, typed_path
from kd.remedies import not_there

_MODEL_FILES = (".safetensors", ".bin", ".json", ".py")
_NO_WEIGHTS = {"training_args.bin"}  # which Trainer leaves beside them
PROCESSOR_FILES = ("preprocessor_config.json", "processor_config.json")
_TRAINER_STEP = re.compile(r"checkpoint-\d+")
_PROGRAM = ("kd", "harness")
MAX_JSON_BYTES = 64 * 2**20  # the largest, tokenizers' vocabularies, have half of it


def model_sha256(name: str) -> str | None:
    """The digest of what ``name`` stands for; None of a model of this program or a library, and of a Hub id.

    Raises:
        InputError: A folder that is not there or holds no model.
    """
    if name.startswith(HF_PREFIX):
        folder = model_folder(name)
        return None if folder is None else _digest(_files_of(name, folder))
    return source_sha256(name)


def source_sha256(name: str) -> str | None:
    """The digest of the source of ``package.module:function``; None of what is no import path, or this program's."""
    module, colon, _ = name.partition(":")
    if not colon or is_of_library(name) or module.partition(".")[0] in _PROGRAM:
        return None
    sources = source_files(module)
    return _digest(sources) if sources else None  # what cannot be found cannot be imported: the import says why


def model_folder(name: str) -> Path | None:
    """The folder of ``hf:FOLDER``; None where an id on the Hub is meant.

    Raises:
        InputError: It reads as a folder, and there is none.
    """
    text = name.removeprefix(HF_PREFIX)
    folder = typed_path(text)
    if text and folder.is_dir():
        return folder
    if not text or text.startswith((".", "/", "~")) or folder.exists():
        raise InputError(f"model: {name}: {not_there(folder if text else text)}")
    return None


def check_json_sizes(folder: Path) -> None:
    """Refuse a folder whose JSON files are larger than any model's, before one is read.

    Raises:
        InputError: Names the file.
    """
    for path in sorted(folder.glob("*.json")):
        if path.is_file() and path.stat().st_size > MAX_JSON_BYTES:
            raise InputError(f"{path} has {path.stat().st_size:,} bytes; at most {MAX_JSON_BYTES:,} are read")


def where_modules_are() -> str:
    """Where an import path is looked for, for messages."""
    path = os.environ.get("PYTHONPATH")
    return (
        f"modules are looked for in this folder ({Path.cwd()}), on PYTHONPATH ({path or 'not set'}) and among the "
        f"packages of {sys.executable}"
    )


def processor_folder(folder: Path) -> Path:
    """Where a model folder's image processor lies: Trainer keeps that of its ``checkpoint-N`` in the folder above."""
    above = folder.resolve().parent
    has_none = not any((folder / name).exists() for name in PROCESSOR_FILES)
    is_step = _TRAINER_STEP.fullmatch(folder.resolve().name) is not None
    return above if has_none and is_step and any((above / name).exists() for name in PROCESSOR_FILES) else folder


def source_files(module: str) -> dict[str, Path]:
    """The source of a module and, of the user's own, of all modules that it imports, by name."""
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _find(name) if name else None
        if name in found or path is None or (found and not _is_own(path)):
            continue
        found[name] = path
        if _is_own(path):
            waiting += [*_imports(path, name), name.rpartition(".")[0]]
    return found


def _files_of(name: str, folder: Path) -> dict[str, Path]:
    files = {path.name: path for path in folder.iterdir() if path.suffix in _MODEL_FILES and path.is_file()}
    if "config.json" not in files:
        raise InputError(f"model: {name}: no config.json in {folder}; {_other_folder(folder)}")
    if (above := processor_folder(folder)) != folder:
        files |= {name: above / name for name in PROCESSOR_FILES if (above / name).is_file()}
    check_json_sizes(folder)
    index = files.get("model.safetensors.index.json")
    try:
        parts = set(json.loads(index.read_bytes())["weight_map"].values()) if index else set()
        content = json.loads(files["config.json"].read_bytes())
        kind, is_of_timm = content.get("model_type"), "architecture" in content and "pretrained_cfg" in content
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise InputError(f"model: {name}: its config.json or index is not whole: {error}; take another copy") from error
    missing = sorted(parts - files.keys())
    weights = [path for path in files.values() if path.suffix in (".safetensors", ".bin")]
    if missing or {path.name for path in weights} <= _NO_WEIGHTS:
        raise InputError(
            f"model: {name}: {folder} lacks {missing[0] if missing else 'weights, model.safetensors'}; "
            "take a whole copy"
        )
    if kind is None and not is_of_timm:
        raise InputError(
            f"model: {name}: config.json names no model_type, so it is no model of transformers or timm; a model that "
            "this program trained goes under checkpoint, with its own model name"
        )
    return files


def _other_folder(folder: Path) -> str:
    """What to give instead of a folder that holds no model: of Trainer's checkpoints its best, else the last."""
    steps = {int(path.name.partition("-")[2]): path for path in folder.iterdir() if _TRAINER_STEP.fullmatch(path.name)}
    if not steps:
        return "give a folder in Hugging Face layout"
    last = steps[max(steps)]
    try:
        best = Path(json.loads((last / "trainer_state.json").read_bytes())["best_model_checkpoint"]).name
    except (OSError, ValueError, KeyError, TypeError):
        best = ""
    chosen, word = (
        (folder / best, "the best") if (folder / best / "config.json").exists() and best else (last, "the last")
    )
    names = ", ".join(steps[number].name for number in sorted(steps))
    return f"it holds Trainer's {names}; give one of them, {word} is {HF_PREFIX}{chosen}"


def _digest(files: dict[str, Path]) -> str:
    parts = [f"{name} {sha256_of_file(path)}" for name, path in sorted(files.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _find(module: str) -> Path | None:
    """The source file of a module, found as the import system does, importing nothing."""
    top, *inner = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except ValueError:  # of a script that is run as __main__
        return None
    for depth in range(len(inner)):
        if spec is None:
            return None
        # not by PathFinder, which asks sys.modules for the parent of a folder without __init__.py
        finders = filter(None, map(pkgutil.get_importer, spec.submodule_search_locations or ()))
        name = ".".join([top, *inner[: depth + 1]])
        found = [each for finder in finders if (each := finder.find_spec(name)) is not None]
        spec = next((each for each in found if each.loader is not None), found[0] if found else None)
    path = spec.origin if spec is not None else None
    return Path(path) if path is not None and path.endswith(".py") else None


def _is_own(path: Path) -> bool:
    """Whether a file is the user's, not an installed package's or Python's."""
    installed = {Path(sysconfig.get_path(key)).resolve() for key in ("purelib", "platlib", "stdlib")}
    folders = path.resolve().parents
    return not any(folder in installed or folder.name in ("site-packages", "dist-packages") for folder in folders)


def _imports(path: Path, module: str) -> Iterator[str]:
    """Names of modules that a file imports, as far as they stand there; names of other things are harmless."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # the import says it better
        return
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] not in {*_PROGRAM, *sys.stdlib_module_names})
