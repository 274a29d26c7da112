"""A folder on this machine's disk, or at any address that fsspec knows, to which all workers write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from themata.core.errors import InputError


@dataclass(frozen=True)
class Folder:
    """system : fsspec's, which travels to the workers; path : of the folder in it"""

    system: Any
    path: str

    @classmethod
    def at(cls, address: str | Path) -> Folder:
        """The folder, made where it is not there."""
        system, path = file_system(str(address))
        folder = cls(system, path.rstrip("/"))
        system.makedirs(folder.path, exist_ok=True)
        return folder

    def clear(self, name: str) -> None:
        """Make an empty folder in this one, whatever was in it before."""
        path = f"{self.path}/{name}"
        if self.system.exists(path):
            self.system.rm(path, recursive=True)
        self.system.makedirs(path, exist_ok=True)

    def writing(self, name: str) -> Any:
        """A file in the folder, to be written anew as a whole; a context."""
        return self.system.open(f"{self.path}/{name}", "wb")

    @contextmanager
    def made_here(self, name: str) -> Iterator[Path]:
        """Where to make a folder of this one on this machine's disk: in its place, or to be sent there at the end."""
        if self._is_here:
            yield Path(self.path) / name
            return
        with TemporaryDirectory() as elsewhere:
            made = Path(elsewhere) / name
            yield made
            self.clear(name)
            for file in sorted(path for path in made.rglob("*") if path.is_file()):
                there = f"{self.path}/{name}/{file.relative_to(made).as_posix()}"
                self.system.makedirs(there.rpartition("/")[0], exist_ok=True)
                self.system.put_file(str(file), there)

    def fetched(self, name: str, elsewhere: Path) -> Path:
        """A folder of this one on this machine's disk: where it lies, or a copy of it."""
        if self._is_here:
            return Path(self.path) / name
        there = f"{self.path}/{name}"
        for file in self.system.find(there):
            copy = elsewhere / name / file.removeprefix(there).lstrip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            self.system.get_file(file, str(copy))
        return elsewhere / name

    @property
    def _is_here(self) -> bool:
        from fsspec.implementations.local import LocalFileSystem

        return isinstance(self.system, LocalFileSystem)


def file_system(address: str) -> tuple[Any, str]:
    """fsspec's file system of an address, and the path in it; a path without a scheme is on this machine's disk."""
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(address)
    except (
        ImportError,
        ValueError,
    ) as error:  # the library of a scheme is missing, or there is no such scheme
        raise InputError(f"{address} cannot be opened: {error}") from error
    return system, path
