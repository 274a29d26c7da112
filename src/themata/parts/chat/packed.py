"""A model that reads many prompts end to end as one long row: no padding, large products, one copy of what they share.

Every prompt attends to the shared beginning and to itself alone. The keys and values of what it reads and will write have
their place in memory from the start, so that nothing is copied when a token is added. Models hand their attention to us by
transformers' attention interface; `packs` tries whether a model does, and answers the same this way.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from themata.errors import first_line
from themata.parts.chat.padded import Padded

log = logging.getLogger(__name__)

NAME = "themata"
# Tokens read in one go: products are large, and on a CPU what lies between two of them stays in its cache
PACK, PACK_CPU = 8192, 1024
QUERIES = 64  # tokens whose attention is computed at once
ROOM = 32  # tokens that are given room together
OURS = {
    "dropout",
    "scaling",
    "themata",
    "position_ids",
    "is_causal",
    "use_cache",
    "cache_position",
    "output_attentions",
}
FIXED_ROPE = {"default", "linear", "llama3", "yarn"}  # positions that do not depend on the longest prompt


class Packed:
    """One batch of prompts in a model.

    prefix : tokens that all prompts begin with; read once, when the first batch is
    """

    def __init__(self, model: Any, prefix: Sequence[int]) -> None:
        self.model = model
        self.prefix: dict[int, tuple[Any, Any]] = {}  # layer -> keys and values (n_kv_heads, n_prefix, width)
        self.n_prefix = len(prefix)
        self._rows: dict[int, tuple[Any, Any]] = {}  # layer -> (n_prompts, n_kv_heads, room, width)
        if prefix:
            self._turn: Any = _Shared(self)
            self._forward(list(prefix), range(self.n_prefix), [self.n_prefix - 1])

    def read(self, rests: Sequence[Sequence[int]], room: int) -> Any:
        """Read what comes after the prefix, for at most `room` tokens more; returns logits (n, vocabulary)."""
        import torch

        self._rows = {}
        self._lengths = [len(rest) for rest in rests]
        self._width = max(self._lengths)  # of what is read and written so far; rows end together
        self._written = 0
        first = torch.tensor([self._width - length for length in self._lengths])[:, None]
        self._hidden = (torch.arange(self._width)[None] < first).to(self.model.device)
        self._make_room(min(ROOM, room))
        logits = []
        for rows in _packs(self._lengths, PACK_CPU if self.model.device.type == "cpu" else PACK):
            self._turn = _Reading(self, rows)
            ids = [token for row in rows for token in rests[row]]
            positions = [self.n_prefix + i for row in rows for i in range(self._lengths[row])]
            ends = [end - 1 for _, end in self._turn.spans]
            logits.append(self._forward(ids, positions, ends))
        return torch.cat(logits)

    def write(self, chosen: Any) -> Any:
        """Add a token to every prompt; returns logits (n, vocabulary)."""
        positions = [self.n_prefix + length + self._written for length in self._lengths]
        self._written, self._width = self._written + 1, self._width + 1
        if self._width > self._hidden.shape[1]:
            self._make_room(ROOM)
        self._hidden[:, self._width - 1] = False
        self._turn = _Writing(self)
        return self._forward(chosen.tolist(), positions, list(range(len(self._lengths))))

    def keep(self, rows: Sequence[int]) -> None:
        """Forget all prompts but these."""
        import torch

        index = torch.tensor(list(rows), device=self.model.device)
        for layer, (keys, values) in self._rows.items():
            place = index.to(keys.device)
            self._rows[layer] = keys[place], values[place]
        self._hidden = self._hidden[index]
        self._lengths = [self._lengths[row] for row in rows]

    def rows(self, layer: int, like: Any) -> tuple[Any, Any]:
        """Where this layer keeps keys and values, (n_prompts, n_kv_heads, room, width); zeros, as nothing times NaN is NaN."""
        if layer not in self._rows:
            shape = (len(self._lengths), like.shape[0], self._hidden.shape[1], like.shape[2])
            self._rows[layer] = like.new_zeros(shape), like.new_zeros(shape)
        return self._rows[layer]

    def _make_room(self, n: int) -> None:
        """Room is whole tensors, as products with slices of one are several times slower."""
        from torch.nn.functional import pad

        self._hidden = pad(self._hidden, (0, n), value=True)
        for layer, (keys, values) in self._rows.items():
            self._rows[layer] = pad(keys, (0, 0, 0, n)), pad(values, (0, 0, 0, n))

    def _forward(self, ids: Sequence[int], positions: Sequence[int], ends: Sequence[int]) -> Any:
        import torch

        device = self.model.device
        out = self.model(
            input_ids=torch.tensor([list(ids)], device=device),
            position_ids=torch.tensor([list(positions)], device=device),
            use_cache=False,
            logits_to_keep=torch.tensor(list(ends), device=device),
            themata=self._turn,
        )
        return out.logits[0]


class _Shared:
    """Reads the prefix."""

    def __init__(self, batch: Packed) -> None:
        self.batch = batch

    def attend(self, layer: int, query: Any, key: Any, value: Any, scaling: float) -> Any:
        key, value = key.contiguous(), value.contiguous()
        self.batch.prefix[layer] = key, value
        return _causal(query * scaling, key, value, 0)


class _Reading:
    """Reads some rows of the batch, one after the other in one long row."""

    def __init__(self, batch: Packed, rows: Sequence[int]) -> None:
        self.batch, self.rows = batch, rows
        self.spans: list[tuple[int, int]] = []
        for row in rows:
            start = self.spans[-1][1] if self.spans else 0
            self.spans.append((start, start + batch._lengths[row]))

    def attend(self, layer: int, query: Any, key: Any, value: Any, scaling: float) -> Any:
        import torch

        batch = self.batch
        keys, values = batch.rows(layer, key)
        query = query * scaling
        found = query.new_empty(query.shape)
        for row, (start, end) in zip(self.rows, self.spans, strict=True):
            k, v = key[:, start:end], value[:, start:end]
            place = slice(batch._width - (end - start), batch._width)
            keys[row, :, place], values[row, :, place] = k, v
            if batch.prefix:
                before = batch.prefix[layer]
                k, v = torch.cat([before[0], k], 1), torch.cat([before[1], v], 1)
            found[:, start:end] = _causal(query[:, start:end], k, v, batch.n_prefix)
        return found


class _Writing:
    """Adds one token to every row. The shared keys are multiplied once with the queries of all rows."""

    def __init__(self, batch: Packed) -> None:
        self.batch = batch

    def attend(self, layer: int, query: Any, key: Any, value: Any, scaling: float) -> Any:
        import torch

        batch, new = self.batch, self.batch._width - 1
        n_kv, n_rows, width = key.shape
        keys, values = batch.rows(layer, key)
        keys[:, :, new], values[:, :, new] = key.transpose(0, 1), value.transpose(0, 1)
        room = keys.shape[2]
        groups = query.shape[0] // n_kv
        asked = (query * scaling).view(n_kv, groups, n_rows, width).permute(2, 0, 1, 3)
        asked = asked.reshape(n_rows * n_kv, groups, width)
        own_keys, own_values = (part.view(n_rows * n_kv, room, width) for part in (keys, values))
        scores = torch.bmm(asked, own_keys.transpose(1, 2)).view(n_rows, n_kv, groups, room)
        scores.masked_fill_(batch._hidden[:, None, None].to(scores.device), float("-inf"))
        if not batch.prefix:
            found = torch.bmm(scores.softmax(-1).view(n_rows * n_kv, groups, room), own_values)
        else:
            before_keys, before_values = batch.prefix[layer]
            together = asked.view(n_rows, n_kv, groups, width).transpose(0, 1)
            together = together.reshape(n_kv, n_rows * groups, width)
            before = torch.bmm(together, before_keys.transpose(1, 2))
            before = before.view(n_kv, n_rows, groups, -1).transpose(0, 1)
            shares = torch.cat([before, scores], -1).softmax(-1)
            first, own = shares[..., : batch.n_prefix], shares[..., batch.n_prefix :]
            found = torch.bmm(own.reshape(n_rows * n_kv, groups, room), own_values)
            first = first.transpose(0, 1).reshape(n_kv, n_rows * groups, batch.n_prefix)
            shared = torch.bmm(first, before_values).view(n_kv, n_rows, groups, width).transpose(0, 1)
            found = found + shared.reshape(n_rows * n_kv, groups, width)
        return found.view(n_rows, n_kv * groups, width).transpose(0, 1)


def _causal(query: Any, key: Any, value: Any, before: int) -> Any:
    """Attention of tokens to the `before` keys that come first and to the keys up to their own.

    query : (n_heads, n, width), scaled; key, value : (n_kv_heads, before + n, width)
    """
    import torch

    n_heads, n, width = query.shape
    n_kv = key.shape[0]
    groups = n_heads // n_kv
    query = query.view(n_kv, groups, n, width)
    found = torch.empty_like(query)
    later = torch.ones(min(n, QUERIES), min(n, QUERIES), dtype=torch.bool, device=query.device).triu(1)
    for start in range(0, n, QUERIES):
        end = min(n, start + QUERIES)
        # Whole tensors again: a copy costs less than a product with a slice
        asked = query[:, :, start:end].reshape(n_kv, groups * (end - start), width).contiguous()
        scores = torch.bmm(asked, key[:, : before + end].contiguous().transpose(1, 2))
        diagonal = scores.view(n_kv, groups, end - start, -1)[..., before + start :]
        diagonal.masked_fill_(later[: end - start, : end - start], float("-inf"))
        block = torch.bmm(scores.softmax(-1), value[:, : before + end].contiguous())
        found[:, :, start:end] = block.view(n_kv, groups, end - start, width)
    return found.view(n_heads, n, width)


def _attend(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    *,
    scaling: float | None = None,
    **told: Any,
) -> tuple[Any, None]:
    """What transformers calls in place of its own attention, with (1, heads, tokens, width) tensors."""
    unknown = [name for name, value in told.items() if name not in OURS and value is not None]
    if unknown or attention_mask is not None:
        raise NotImplementedError(f"attention with {', '.join(unknown) or 'a mask of its own'}")
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    found = told["themata"].attend(module.layer_idx, query[0], key[0], value[0], scale)
    return found.transpose(0, 1)[None], None


@contextmanager
def attending(model: Any) -> Iterator[None]:
    """The model with our attention, and with its own again afterwards: a pipeline of the user's stays as it was."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, _attend)
    before = model.config._attn_implementation
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def _packs(lengths: Sequence[int], n_tokens: int) -> list[list[int]]:
    """Neighboring rows that together have about so many tokens.

    >>> _packs([3, 3, 4, 9, 1], 8)
    [[0, 1], [2], [3], [4]]
    """
    packs: list[list[int]] = []
    size = 0
    for row, length in enumerate(lengths):
        if not packs or size + length > n_tokens:
            packs.append([])
            size = 0
        packs[-1].append(row)
        size += length
    return packs


def packs(model: Any) -> bool:
    """Whether a model answers the same when prompts are packed: it is tried on two short ones that begin alike."""
    import torch

    rope = getattr(model.config, "rope_parameters", None) or getattr(model.config, "rope_scaling", None) or {}
    kind = rope.get("rope_type", "default")
    can = getattr(model, "_can_set_attn_implementation", None)
    if can is None or not can() or kind not in FIXED_ROPE:
        return False
    most = min(getattr(model.config, "vocab_size", 100), 100) - 1
    prefix, rests = [(7 * i) % most for i in range(16)], [[5, 9, 2, 8, 3], [1, 4, 6]]
    try:
        with torch.inference_mode():
            theirs = _first_logits(Padded(model, prefix), rests)
            with attending(model):
                ours = _first_logits(Packed(model, prefix), rests)
    except (NotImplementedError, TypeError, KeyError, AttributeError, ValueError, RuntimeError) as error:
        log.info("prompts are padded: %s", first_line(error))
        return False
    rough = 1e-4 if next(model.parameters()).dtype == torch.float32 else 0.05
    same = bool((ours - theirs).abs().max() <= rough * theirs.abs().max())
    if not same:
        log.info("prompts are padded: packed ones are not answered the same")
    return same


def _first_logits(batch: Packed | Padded, rests: Sequence[Sequence[int]]) -> Any:
    import torch

    first = batch.read(rests, 1)
    return torch.cat([first, batch.write(torch.tensor([3, 4], device=first.device))]).float()
