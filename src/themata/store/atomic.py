"""Putting a finished folder in its place, so that a crash leaves the old one or the new one."""

from __future__ import annotations

import glob
import os
import shutil
import time
from pathlib import Path

_FORGOTTEN = 24 * 3600  # seconds: no saving takes longer, so what is older was left by one that was killed


def move(unfinished: Path, folder: Path) -> None:
    """Between the two renames the old folder lies beside its place, where `current` and `put_back` look for it."""
    old = _old(folder)
    sync(unfinished)
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    unfinished.rename(folder)
    sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def current(folder: Path, sign: str) -> Path:
    """Where a folder is now: in its place, or beside it if a move was killed. sign : a file that it must hold"""
    old = _old(folder)
    return old if not folder.exists() and (old / sign).exists() else folder


def put_back(folder: Path, sign: str) -> None:
    """Undo the first rename of a move that was killed before the second."""
    lies = current(folder, sign)
    if lies != folder:
        lies.rename(folder)


def sweep(folder: Path) -> None:
    """Remove what savings that were killed long ago left behind."""
    for part in folder.parent.glob(f".{glob.escape(folder.name)}.*.part"):
        if time.time() - part.stat().st_mtime > _FORGOTTEN:
            shutil.rmtree(part, ignore_errors=True)


def sync(path: Path) -> None:
    """See a file, or the names in a folder, onto the disk."""
    if path.is_dir() and os.name == "nt":  # Windows opens no folders
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _old(folder: Path) -> Path:
    whole = folder.resolve()
    return whole.parent / f".{whole.name}.old"
