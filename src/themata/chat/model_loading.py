"""Loading a causal language model, after a look at whether it fits the memory."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import regex

from themata.core.errors import ChatError, Gated, MissingExtraError, Refused, first_line
from themata.core.library_output import quiet_loading
from themata.core.packaged_models import gguf_file
from themata.core.processor import bfloat16_units, patient_threads

log = logging.getLogger(__name__)

PACKAGES = "torch", "transformers", "accelerate", "gguf"
# Bytes of one parameter, with the constants that 4-bit weights carry; None: of those that are not quantized, if not known
BYTES = {"nf4": 0.57, "int8": 1.1, None: 2.0}


def load_model(name: str, quantize: str | None, device: str | None) -> tuple[Any, Any]:
    """A model and its tokenizer, by a name of the hub or a folder; a ChatError says what is wrong with it."""
    tokenizer, options = look_at(name, quantize, device)
    from transformers import AutoModelForCausalLM

    try:
        if "gguf" in options:
            return options.pop("gguf").model(**options), tokenizer
        with quiet_loading():
            return AutoModelForCausalLM.from_pretrained(name, **options), tokenizer
    except Exception as error:  # torch, safetensors and each model's own code raise what they like
        raise unloadable(name, error) from error


def look_at(name: str, quantize: str | None, device: str | None) -> tuple[Any, dict[str, Any]]:
    """The tokenizer of a model and how it would be loaded; what is wrong with it is raised before its weights are read."""
    try:
        if any(find_spec(package) is None for package in PACKAGES):
            raise ImportError
        with patient_threads():
            import torch  # noqa: F401
            from transformers import AutoConfig, AutoTokenizer
    except ImportError as error:
        raise MissingExtraError(f"the model {name!r}", extra="llm") from error
    options = _options(quantize, device)  # first: it says which package is missing
    file = gguf_file(name)
    if file is not None:
        return _look_at_gguf(file, quantize, device)
    if _is_path(name) and not os.path.isdir(name):
        raise unloadable(name, FileNotFoundError("there is no such folder"))
    try:
        with quiet_loading():
            config = AutoConfig.from_pretrained(name)
            if quantize is None:
                options["dtype"] = _dtype(config, device)
            check_memory(name, config, quantize, device)
            tokenizer = AutoTokenizer.from_pretrained(name)
        ids = tokenizer("whales and ships", add_special_tokens=False)["input_ids"]
        decoded = tokenizer.decode(ids, skip_special_tokens=True)
    except ChatError:
        raise
    except Exception as error:  # as above
        raise unloadable(name, error) from error
    if not any(map(str.isalnum, decoded)):  # an empty one is made up where a folder holds none
        raise unloadable(name, FileNotFoundError("there is no tokenizer with it"))
    return tokenizer, options


def _look_at_gguf(path: Path, quantize: str | None, device: str | None) -> tuple[Any, dict[str, Any]]:
    """As `look_at`: without a wish of the user's its weights are of 4 bits where float32 would not fit."""
    import torch

    from themata.chat.gguf_model import GGUF

    if not path.is_file():
        raise unloadable(str(path), FileNotFoundError("there is no such file"))
    place = device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        file = GGUF(path)
        config, tokenizer = file.config, file.tokenizer
    except ChatError:
        raise
    except Exception as error:  # what is no such file, or an architecture that transformers does not read
        raise Refused(
            f"the GGUF file {path} cannot be read: {first_line(error)}",
            hint=f"llama.cpp may: llamacpp:{path}",
        ) from error
    dtype = _half(place)
    if quantize is None and memory_needed(config, None, itemsize=dtype.itemsize).total > free_memory(device):
        quantize = "nf4"
        log.info("%s is read with weights of 4 bits: there is no room for more", path.name)
    check_memory(path.name, config, quantize, device)
    return tokenizer, {"gguf": file, "dtype": dtype, "device": place, "quantize": quantize}


def _half(device: str) -> Any:
    """What to compute in: half precision where the device has units for it."""
    import torch

    return torch.bfloat16 if device != "cpu" or any(bfloat16_units().values()) else torch.float32


def _is_path(name: str) -> bool:
    """Whether a name can be nothing but a folder's; the hub's are "name" or "owner/name"."""
    return name.startswith((".", "~", "/")) or name.count("/") > 1 or "\\" in name


def _options(quantize: str | None, device: str | None) -> dict[str, Any]:
    import torch

    options: dict[str, Any] = {"device_map": device or ("auto" if torch.cuda.is_available() else "cpu")}
    if quantize is None:
        return options
    try:
        import bitsandbytes  # noqa: F401
        from transformers import BitsAndBytesConfig
    except ImportError as error:
        raise MissingExtraError(f"quantize={quantize!r}", extra="llm") from error
    if quantize == "int8":
        return {**options, "quantization_config": BitsAndBytesConfig(load_in_8bit=True)}
    four = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    return {**options, "quantization_config": four, "dtype": torch.bfloat16}


def _dtype(config: Any, device: str | None) -> Any:
    """What to compute in: what the weights are stored in, but on a processor half precision only as it can compute it.

    A processor without units for bfloat16 takes float32, where that fits its memory: a seventh of the time. No processor
    of ours computes float16 fast, which Llama 2 is stored in.
    """
    import torch

    half = _stored(config) in (torch.float16, torch.bfloat16)
    if not half or (device != "cpu" and torch.cuda.is_available()):
        return "auto"
    if any(bfloat16_units().values()):
        return torch.bfloat16
    fits = memory_needed(config, None, itemsize=4).total <= free_memory(device)
    return torch.float32 if fits else "auto"


def _stored(config: Any) -> Any:
    """The type of a model's weights, or None where its config does not tell."""
    import torch

    dtype = getattr(config, "dtype", None)
    return getattr(torch, dtype, None) if isinstance(dtype, str) else dtype


def check_memory(name: str, config: Any, quantize: str | None, device: str | None) -> None:
    """Refused, before anything is downloaded or loaded, where a model does not fit."""
    need, free = memory_needed(config, quantize), free_memory(device)
    if need.total > free:
        raise Refused(
            f"{name} needs about {need.total / 2**30:.1f} GB of memory and {free / 2**30:.1f} GB are free",
            hint="quantize='nf4', or a smaller model" if quantize != "nf4" else "take a smaller model",
        )


def free_memory(device: str | None) -> float:
    """Bytes free on the graphics cards if they are to be used, else of main memory."""
    import torch

    if device != "cpu" and torch.cuda.is_available():
        return float(sum(torch.cuda.mem_get_info(i)[0] for i in range(torch.cuda.device_count())))
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            free = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    except OSError:  # no Linux
        free = []
    if free:
        return float(free[0]) * 1024
    if not hasattr(os, "sysconf"):
        return float("inf")
    return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))


@dataclass(frozen=True)
class MemoryNeed:
    """weights, and the working memory of a small batch, in bytes."""

    weights: float
    work: float

    @property
    def total(self) -> float:
        return self.weights + self.work


def memory_needed(config: Any, quantize: str | None, *, itemsize: float | None = None) -> MemoryNeed:
    """What a model of this config needs, from the shapes of its weights alone: nothing is downloaded for it.

    itemsize : bytes of a weight that is not quantized; None: as they are stored
    """
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    total = sum(weight.numel() for weight in model.parameters())
    # Embeddings and the output layer are never quantized
    embedded = sum(
        module.weight.numel()
        for module in (model.get_input_embeddings(), model.get_output_embeddings())
        if module is not None
    )
    if itemsize is None:
        stored = _stored(config)
        itemsize = BYTES[None] if quantize or stored is None else float(stored.itemsize)
    inner = max(0, total - embedded)
    layers, width = getattr(config, "num_hidden_layers", 1), getattr(config, "hidden_size", 1)
    of_inner = itemsize if quantize is None else BYTES[quantize]
    return MemoryNeed(inner * of_inner + embedded * itemsize, 4 * 2048 * layers * width * 2 * itemsize)


def unloadable(name: str, error: Exception) -> ChatError:
    """What to do about a model that cannot be loaded; a token is never repeated, should the hub do so."""
    words = str(error)
    if "gated" in words.lower() or "401" in words or "403" in words:
        return Gated(
            f"access to {name} must be asked for first",
            hint=f"ask on the model's page of the hub ({name}), then log in with `hf auth login`",
        )
    said = regex.sub(r"hf_\w+", "…", first_line(error)).rstrip(".")
    server = "" if "/" in name or os.path.isdir(name) else f"; a server's model is openai:{name}"
    return Refused(
        f"the model {name!r} cannot be loaded: {said}",
        hint=f"give a folder that holds a model, or a name the hub knows{server}",
    )
