"""Attention of packed prompts: to the beginning that a family shares, and to oneself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from themata.chat.packed import Packed

QUERIES = 128  # tokens whose attention is computed at once: with 64 a score costs half more, with 256 more are for nothing
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


def attend(
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


class Beginning:
    """What a family shares.

    n : tokens
    layers : layer -> keys and values (n_kv_heads, n, width)
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self.layers: dict[int, tuple[Any, Any]] = {}


class Sharing:
    """Reads a beginning."""

    def __init__(self, beginning: Beginning) -> None:
        self.beginning = beginning

    def attend(self, layer: int, query: Any, key: Any, value: Any, scaling: float) -> Any:
        key, value = key.contiguous(), value.contiguous()
        self.beginning.layers[layer] = key, value
        return causal(query * scaling, key, value, 0)


class Reading:
    """Reads pieces of rows of the batch, one after the other in one long row; what comes before a piece has been read.

    pieces : row, first and last token of each
    ends : where the rows end there that do
    """

    def __init__(self, batch: Packed, pieces: Sequence[tuple[int, int, int]]) -> None:
        self.batch, self.pieces = batch, pieces
        self.starts = [0, *accumulate(last - first for _, first, last in pieces)]
        self.ends = [
            end - 1
            for (row, _, last), end in zip(pieces, self.starts[1:], strict=True)
            if last == batch.lengths[row]
        ]

    def attend(self, layer: int, query: Any, key: Any, value: Any, scaling: float) -> Any:
        import torch

        batch = self.batch
        keys, values = batch.kept(layer, key)
        query = query * scaling
        found = query.new_empty(query.shape)
        for (row, first, last), (start, end) in zip(self.pieces, pairwise(self.starts), strict=True):
            at = batch.width - batch.lengths[row]
            keys[row, :, at + first : at + last] = key[:, start:end]
            values[row, :, at + first : at + last] = value[:, start:end]
            k, v = keys[row, :, at : at + last], values[row, :, at : at + last]
            beginning = batch.beginning(row)
            if beginning.n:
                before = beginning.layers[layer]
                k, v = torch.cat([before[0], k], 1), torch.cat([before[1], v], 1)
            found[:, start:end] = causal(query[:, start:end], k, v, beginning.n + first)
        return found


class Writing:
    """Adds one token to every row. What a family shares is multiplied once with the queries of all its rows."""

    def __init__(self, batch: Packed) -> None:
        self.batch = batch

    def attend(self, layer: int, query: Any, key: Any, value: Any, scaling: float) -> Any:
        import torch

        batch, new = self.batch, self.batch.width - 1
        n_kv, n_rows, width = key.shape
        keys, values = batch.kept(layer, key)
        keys[:, :, new], values[:, :, new] = key.transpose(0, 1), value.transpose(0, 1)
        groups = query.shape[0] // n_kv
        asked = (query * scaling).view(n_kv, groups, n_rows, width).permute(2, 0, 1, 3).contiguous()
        found = torch.empty_like(asked)
        for start, end, beginning in batch.stretches():
            own = keys[start:end], values[start:end]
            hidden = batch.hidden[start:end, None, None].to(asked.device)
            before = beginning.layers[layer] if beginning.n else None
            found[start:end] = _one_more(asked[start:end], own, before, hidden)
        return found.view(n_rows, n_kv * groups, width).transpose(0, 1)


def _one_more(asked: Any, own: tuple[Any, Any], before: tuple[Any, Any] | None, hidden: Any) -> Any:
    """Attention of one token of each row to what its family shares and to its own row.

    asked : (n, n_kv_heads, groups, width), scaled; own : (n, n_kv_heads, room, width); hidden : (n, 1, 1, room)
    """
    import torch

    n, n_kv, groups, width = asked.shape
    room = own[0].shape[2]
    keys, values = (part.view(n * n_kv, room, width) for part in own)
    scores = torch.bmm(asked.view(n * n_kv, groups, width), keys.transpose(1, 2)).view(n, n_kv, groups, room)
    scores.masked_fill_(hidden, float("-inf"))
    if before is None:
        return torch.bmm(scores.softmax(-1).view(n * n_kv, groups, room), values).view(asked.shape)
    n_before = before[0].shape[1]
    together = asked.transpose(0, 1).reshape(n_kv, n * groups, width)
    first = torch.bmm(together, before[0].transpose(1, 2)).view(n_kv, n, groups, n_before).transpose(0, 1)
    shares = torch.cat([first, scores], -1).softmax(-1)
    told = torch.bmm(shares[..., n_before:].reshape(n * n_kv, groups, room), values)
    shared = shares[..., :n_before].transpose(0, 1).reshape(n_kv, n * groups, n_before)
    found = torch.bmm(shared, before[1]).view(n_kv, n, groups, width).transpose(0, 1)
    return found + told.view(asked.shape)


def causal(query: Any, key: Any, value: Any, before: int) -> Any:
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
