"""Language models as GGUF files: by path, in a folder, or in an installed package that holds one."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from themata.core.errors import InputError


def gguf_file(name: str) -> Path | None:
    """The GGUF file that a name stands for; None where it stands for none.

    name : a path that ends in .gguf, whether it is there or not; a folder that holds one, and no config.json; or an
        installed package that holds one, by its name, or by what follows "llm-" in it

    A folder, or a package, of several is an InputError that lists them. No package is imported.
    """
    if name.endswith(".gguf"):
        return Path(name).expanduser()
    folder = Path(name).expanduser()
    if folder.is_dir():
        return None if (folder / "config.json").exists() else _only(folder)
    return next(filter(None, map(_in_package, (name, f"llm_{name}"))), None)


def _in_package(name: str) -> Path | None:
    module = name.replace("-", "_")
    spec = find_spec(module) if module.isidentifier() else None
    folders = spec.submodule_search_locations if spec is not None else None
    return next(filter(None, (_only(Path(folder)) for folder in folders or ())), None)


def _only(folder: Path) -> Path | None:
    files = sorted(folder.glob("*.gguf"))
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise InputError(f"{folder} holds {len(files)} GGUF files: give the path of one of {names}")
    return files[0] if files else None
