"""Prompts in a model as rows of one width: what they share is read once, into transformers' own KV cache."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

# Tokens that are read in one step on a processor: what is computed of more leaves its cache, and takes memory
AT_ONCE = 1024


class PaddedBatch:
    """Batches of prompts that begin with the same tokens.

    on_step : called before every step
    n_prefix : tokens that are read once for all; 0 where a model sees only a window of tokens, which padding would shift
    """

    def __init__(self, model: Any, prefix: Sequence[int], on_step: Callable[[], None] = lambda: None) -> None:
        import torch

        self.model = model
        self.on_step = on_step
        self._prefix_cache: Any = None
        self._cache: Any = None
        self._mask: Any = None
        self.n_prefix = 0 if _has_window(model.config) else len(prefix)
        if self.n_prefix:
            ids = torch.tensor([list(prefix)], device=model.device)
            self._prefix_cache = model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values

    def read(self, prompts: Sequence[Sequence[int]]) -> Any:
        """Read what comes after the prefix; returns logits (n, vocabulary)."""
        import torch

        rests = [list(prompt[self.n_prefix :]) for prompt in prompts]
        width = max(map(len, rests))
        caches, masks, logits = [], [], []
        for part in self._parts(rests):
            logits.append(self._read(part))
            caches.append(self._cache)
            masks.append(_widened(self._mask, self.n_prefix, width))
        self._cache = caches[0] if len(caches) == 1 else _joined(caches, self.n_prefix, width)
        self._mask = torch.cat(masks)
        return torch.cat(logits)

    def write(self, tokens: Any) -> Any:
        """Add a token to every prompt, tokens : (n,); returns logits (n, vocabulary)."""
        import torch

        self._mask = torch.cat([self._mask, self._mask.new_ones(len(tokens), 1)], dim=1)
        return self._forward(tokens[:, None], self._mask.sum(1, keepdim=True) - 1)

    def keep(self, rows: Sequence[int]) -> None:
        """Forget all prompts but these."""
        import torch

        index = torch.tensor(list(rows), device=self.model.device)
        self._cache.batch_select_indices(index)
        self._mask = self._mask[index]

    def _parts(self, rests: Sequence[list[int]]) -> Iterator[Sequence[list[int]]]:
        """What is read in one step each: all, or on a processor a few prompts that are next to one another."""
        start = 0
        if self.model.device.type == "cpu" and _is_plain(self._prefix_cache):
            for end in range(1, len(rests)):
                if (end + 1 - start) * max(map(len, rests[start : end + 1])) > AT_ONCE:
                    yield rests[start:end]
                    start = end
        yield rests[start:]

    def _read(self, rests: Sequence[list[int]]) -> Any:
        """Read some prompts after the prefix, padded between the two."""
        import torch

        device, n = self.model.device, len(rests)
        width = max(map(len, rests))
        ids = torch.tensor([[0] * (width - len(rest)) + rest for rest in rests], device=device)
        self._mask = torch.ones(n, self.n_prefix + width, dtype=torch.long, device=device)
        for row, rest in enumerate(rests):
            self._mask[row, self.n_prefix : self.n_prefix + width - len(rest)] = 0
        self._cache = None
        if self._prefix_cache is not None:
            self._cache = copy.deepcopy(self._prefix_cache)
            self._cache.batch_repeat_interleave(n)
        positions = (self._mask.cumsum(1) - 1).clamp(min=0)[:, self.n_prefix :]
        return self._forward(ids, positions)

    def _forward(self, ids: Any, positions: Any) -> Any:
        self.on_step()
        outputs = self.model(
            input_ids=ids,
            attention_mask=self._mask,
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        self._cache = outputs.past_key_values
        return outputs.logits[:, -1]


def _is_plain(cache: Any) -> bool:
    """Whether a cache is nothing but keys and values of all tokens, so that those of several prompts can be put together."""
    from transformers.cache_utils import DynamicLayer

    return all(type(layer) is DynamicLayer for layer in getattr(cache, "layers", [None]))


def _widened(mask: Any, n_prefix: int, width: int) -> Any:
    """A mask of prompts with more padding after the prefix."""
    import torch

    padding = mask.new_zeros(len(mask), n_prefix + width - mask.shape[1])
    return torch.cat([mask[:, :n_prefix], padding, mask[:, n_prefix:]], dim=1)


def _joined(caches: Sequence[Any], n_prefix: int, width: int) -> Any:
    """One cache of all prompts, padded as their masks are; a layer of the parts is let go as soon as it is joined."""
    for layers in zip(*(cache.layers for cache in caches), strict=True):
        for name in ("keys", "values"):
            parts = [getattr(layer, name) for layer in layers]
            _, n_heads, _, dim = parts[0].shape
            joined = parts[0].new_zeros(sum(map(len, parts)), n_heads, n_prefix + width, dim)
            start = 0
            for part in parts:
                rows, n_read = joined[start : start + len(part)], part.shape[2] - n_prefix
                rows[:, :, :n_prefix] = part[:, :, :n_prefix]
                rows[:, :, n_prefix + width - n_read :] = part[:, :, n_prefix:]
                start += len(part)
            for layer in layers:
                setattr(layer, name, None)
            setattr(layers[0], name, joined)
    return caches[0]


def _has_window(config: Any) -> bool:
    kinds = getattr(config, "layer_types", None) or ()
    return getattr(config, "sliding_window", None) is not None or any(
        kind != "full_attention" for kind in kinds
    )
