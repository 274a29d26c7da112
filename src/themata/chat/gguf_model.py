"""A GGUF file as a model of transformers, made weight by weight: they are never held a second time in float32."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from themata.chat.gguf_reading import config_of, dequantized, gguf_reader
from themata.chat.gguf_tokenizer import check_tokenizer, ends_of_answers, gguf_tokenizer
from themata.core.errors import Refused
from themata.core.library_output import quiet_loading
from themata.core.processor import usable_processors


@dataclass(frozen=True)
class GGUF:
    """What a file holds."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The file's metadata, such as {"general.architecture": "llama"}."""
        return {key: field.contents() for key, field in self._reader.fields.items()}

    @cached_property
    def tokenizer(self) -> Any:
        """Made of the file's own tables, and tried; Refused where it does not do what it must."""
        made = gguf_tokenizer(self.fields, self.name)
        check_tokenizer(made, self.name)
        return made

    @cached_property
    def config(self) -> Any:
        config = config_of(self._reader, self.fields["general.architecture"])
        config.name_or_path = str(self.path.parent)
        return config

    def model(self, *, dtype: Any, device: str, quantize: str | None = None) -> Any:
        """The model, with linear layers of 4 or 8 bits where `quantize` says so.

        dtype : of weights that are not quantized, and to compute in
        """
        from accelerate import init_empty_weights
        from accelerate.utils import set_module_tensor_to_device
        from transformers import AutoModelForCausalLM

        with init_empty_weights(include_buffers=False), quiet_loading():
            model = AutoModelForCausalLM.from_config(self.config, dtype=dtype)
        output = model.get_output_embeddings()
        for name, weight in self._weights(model):
            place, _, kind = name.rpartition(".")
            layer = model.get_submodule(place)
            if quantize and kind == "weight" and _is_linear(layer) and layer is not output:
                parent, _, leaf = place.rpartition(".")
                setattr(model.get_submodule(parent), leaf, _quantized(layer, weight, quantize, dtype, device))
            else:
                set_module_tensor_to_device(model, name, device, value=weight, dtype=dtype)
        model.tie_weights()
        lacking = [name for name, weight in model.named_parameters() if weight.is_meta]
        if lacking:
            raise Refused(f"{self.name} lacks {len(lacking)} weights of its model, {lacking[0]} among them")
        model.generation_config.eos_token_id = ends_of_answers(self.tokenizer, self.fields, self.name)
        return model.to(device)  # what is no weight, such as the angles of positions

    @cached_property
    def _reader(self) -> Any:
        return gguf_reader(self.path)

    def _weights(self, model: Any) -> Iterator[tuple[str, Any]]:
        """Every weight of the file under transformers' name; an architecture's order of rows is undone by transformers."""
        import numpy as np
        import torch
        from transformers import modeling_gguf_pytorch_utils as ggufs

        made: Any = ggufs.TENSOR_PROCESSORS.get(self.fields["general.architecture"], ggufs.TensorProcessor)
        processor = made(config=self.config.to_dict())
        names = ggufs.get_gguf_hf_weights_map(_Models(model), processor)
        joined: dict[str, Any] = {"tensors": {}}  # experts, which the file holds one by one
        with ThreadPoolExecutor(usable_processors()) as pool:
            for tensor in self._reader.tensors:
                read = processor.process(
                    weights=dequantized(tensor, pool), name=tensor.name,
                    tensor_key_mapping=names, parsed_parameters=joined,
                )  # fmt: skip
                if read.name in names:
                    weights = np.require(read.weights, requirements=["C", "W"])
                    yield names[read.name], torch.from_numpy(weights)
        yield from joined["tensors"].items()


class _Models:
    """A model and those in it, to be looked at for the names of weights.

    transformers makes a table of a file's names for each module of a model, which takes seconds; only models have such names.
    """

    def __init__(self, model: Any) -> None:
        self.config = model.config
        self.state_dict = model.state_dict
        self._children = model.named_children

    def named_children(self) -> list[tuple[str, _Models]]:
        from transformers import PreTrainedModel

        return [
            (name, _Models(child)) for name, child in self._children() if isinstance(child, PreTrainedModel)
        ]


def _is_linear(layer: Any) -> bool:
    import torch

    return isinstance(layer, torch.nn.Linear)


def _quantized(layer: Any, weight: Any, quantize: str, dtype: Any, device: str) -> Any:
    """A linear layer in the tutorial's four bits or in eight; its bias is still to come."""
    from bitsandbytes import nn

    shape = (layer.in_features, layer.out_features)
    made: Any
    if quantize == "int8":
        made = nn.Linear8bitLt(*shape, bias=False, has_fp16_weights=False)
        made.weight = nn.Int8Params(weight, requires_grad=False, has_fp16_weights=False)
    else:
        made = nn.Linear4bit(*shape, bias=False, compute_dtype=dtype, quant_type="nf4")
        made.weight = nn.Params4bit(weight, requires_grad=False, quant_type="nf4", compress_statistics=True)
    made.weight = made.weight.to(device)  # which quantizes it
    made.bias = layer.bias
    return made
