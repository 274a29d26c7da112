"""`themata doctor`: what is installed, which extras are missing, what the processor offers."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from packaging.requirements import Requirement

from themata import __version__
from themata.cli.app import app
from themata.cli.console import AsJson, Quiet, console_listener, out, print_json
from themata.cli.embedding_speed import Speed, embedding_speeds
from themata.core.processor import bfloat16_units
from themata.embed.sentence_transformer import has_minilm
from themata.pipeline.step_cache import Steps

USES = {
    "plots": "figures by plotly, besides the report",
    "parquet": "Parquet files, and tables of documents as such",
    "minilm": "documents embedded by meaning, without a download",
    "light": "the same without PyTorch, for all-MiniLM-L6-v2 alone",
    "images": "pictures beside texts",
    "static": "fast embedders, and themata distill",
    "classic": "the tutorial's pipeline: UMAP and HDBSCAN",
    "languages": "words and small words of many languages",
    "pos": "keywords by part of speech",
    "llm": "names by a language model on this machine",
    "openai": "names and embeddings by a server",
    "litellm": "names by every other provider",
    "llamacpp": "names by a GGUF file on this machine",
    "vllm": "names by vLLM on a graphics card",
    "hub": "hf: inputs, sharing on the hub",
    "zstd": "input packed with .zst",
    "ray": "corpora that outgrow a machine: --engine ray",
    "docs": "the documentation as a site, from a copy of the repository",
    "pdf": "folders of PDFs",
}  # of each extra


@app.command("doctor")
def doctor_command(
    measure: Annotated[
        bool,
        typer.Option("--measure", help="Measure how many documents a second are embedded, half a minute."),
    ] = False,
    quiet: Quiet = False,
    json: AsJson = False,
) -> None:
    """Say what themata finds on this machine."""
    facts = checkup()
    speeds = _speeds() if measure else []
    if measure:
        facts["documents_per_second"] = {speed.way: speed.docs_per_second for speed in speeds}
    if json:
        print_json(facts)
        return
    out.print(f"themata {facts['themata']}, Python {facts['python']} on {facts['platform']}")
    machine = facts["machine"]
    fast = (
        ", ".join(name for name in ("amx_bf16", "avx512_bf16") if machine[name]) or "none: float32 embeddings"
    )
    out.print(f"{machine['processors']} processors, {machine['memory_gb']} GB of memory, bfloat16 by {fast}")
    out.print(f"graphics card: {machine['cuda'] or 'none'}")
    out.print(f"default embedder: {facts['default_embedder']}")
    for extra, packages in facts["extras"].items():
        missing = [name for name, installed in packages.items() if installed is None]
        if missing:
            mark = "[yellow]–[/]"
            detail = f"missing {', '.join(missing)}: pip install 'themata\\[{extra}]'"
        else:
            mark = "[green]✓[/]"
            detail = ", ".join(f"{name} {installed}" for name, installed in packages.items())
        out.print(f"{mark} {extra:<10} {USES.get(extra, '')}\n{'':<13}[dim]{detail}[/]", soft_wrap=True)
    for speed in speeds:
        rate = (
            speed.failed
            if speed.docs_per_second is None
            else f"{speed.docs_per_second:,.0f} documents a second"
        )
        out.print(f"  {speed.way:<38} {rate}", markup=False)


def _speeds() -> list[Speed]:
    with console_listener() as listener, Steps(listener=listener).timed("measure"):
        return embedding_speeds()


def checkup() -> dict[str, Any]:
    """What `themata doctor --json` prints."""
    return {
        "themata": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": _machine(),
        "default_embedder": "all-MiniLM-L6-v2" if has_minilm() else "lexical",
        "extras": _extras(),
    }


def _extras() -> dict[str, dict[str, str | None]]:
    extras: dict[str, dict[str, str | None]] = {}
    for line in requires("themata") or []:
        needed = Requirement(line)
        marker = str(needed.marker or "")
        extra = marker.partition("extra == ")[2].strip("\"' )")
        if extra not in ("", "all", "dev") and needed.name != "themata":
            extras.setdefault(extra, {})[needed.name] = _installed(needed.name)
    return extras


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "processors": os.cpu_count(),
        "memory_gb": round(memory / 2**30, 1),
        **bfloat16_units(),
        "cuda": _cuda(),
    }


def _cuda() -> str | None:
    if find_spec("torch") is None:
        return None
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else None
