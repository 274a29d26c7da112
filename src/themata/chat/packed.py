"""A model that reads many prompts end to end as one long row: no padding, large products, one copy of what they share.

Every prompt attends to the beginning that its family shares and to itself alone. The keys and values of what it reads and
will write have their place in memory from the start, so that nothing is copied when a token is added. Models hand their
attention to us by transformers' attention interface; `packs` tries whether a model does, and answers the same this way.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from themata.chat.packed_attention import Beginning, Reading, Sharing, Writing, attend
from themata.chat.padded import Padded
from themata.core.errors import first_line

log = logging.getLogger(__name__)

NAME = "themata"
# Tokens read in one go: products are large, and on a CPU what lies between two of them stays in its cache (AMD EPYC, 1 MB of
# L2, Llama of 130 M in bfloat16: 830 GFLOP/s on two threads with 512 tokens, 350 to 560 with 768 to 2,048)
PACK, PACK_CPU = 8192, 512
ROOM = 32  # tokens that are given room together
FIXED_ROPE = {"default", "linear", "llama3", "yarn"}  # positions that do not depend on the longest prompt


class Packed:
    """Batches of prompts in a model.

    prefixes : what the prompts of each family begin with, read here and now; empty for those that share nothing
    """

    def __init__(self, model: Any, prefixes: Sequence[Sequence[int]]) -> None:
        self.model = model
        self.beginnings = [Beginning(len(prefix)) for prefix in prefixes]
        for beginning, prefix in zip(self.beginnings, prefixes, strict=True):
            if prefix:
                self._forward(Sharing(beginning), prefix, range(len(prefix)), [len(prefix) - 1])

    def read(self, prompts: Sequence[Sequence[int]], families: Sequence[int], room: int) -> Any:
        """Read what comes after the families' beginnings, for at most `room` tokens more.

        families : of each prompt its family's number, rising
        returns : (n, vocabulary) logits
        """
        import torch

        self._families = list(families)
        rests = [
            prompt[self.beginnings[one].n :] for prompt, one in zip(prompts, self._families, strict=True)
        ]
        self.rows: dict[int, tuple[Any, Any]] = {}  # layer -> (n_prompts, n_kv_heads, room, width)
        self.lengths = [len(rest) for rest in rests]
        self.width = max(self.lengths)  # of what is read and written so far; rows end together
        self._written = 0
        first = torch.tensor([self.width - length for length in self.lengths])[:, None]
        self.hidden = (torch.arange(self.width)[None] < first).to(self.model.device)
        self._make_room(min(ROOM, room))
        logits = []
        for pieces in packs_of(self.lengths, PACK_CPU if self.model.device.type == "cpu" else PACK):
            turn = Reading(self, pieces)
            ids = [token for row, first, last in pieces for token in rests[row][first:last]]
            positions = [self.beginning(row).n + i for row, first, last in pieces for i in range(first, last)]
            logits.append(self._forward(turn, ids, positions, turn.ends))
        return torch.cat(logits)

    def write(self, chosen: Any) -> Any:
        """Add a token to every prompt; returns logits (n, vocabulary)."""
        positions = [self.beginning(row).n + n + self._written for row, n in enumerate(self.lengths)]
        self._written, self.width = self._written + 1, self.width + 1
        if self.width > self.hidden.shape[1]:
            self._make_room(ROOM)
        self.hidden[:, self.width - 1] = False
        return self._forward(Writing(self), chosen.tolist(), positions, range(len(self.lengths)))

    def keep(self, rows: Sequence[int]) -> None:
        """Forget all prompts but these."""
        import torch

        index = torch.tensor(list(rows), device=self.model.device)
        for layer, (keys, values) in self.rows.items():
            place = index.to(keys.device)
            self.rows[layer] = keys[place], values[place]
        self.hidden = self.hidden[index]
        self.lengths = [self.lengths[row] for row in rows]
        self._families = [self._families[row] for row in rows]

    def beginning(self, row: int) -> Beginning:
        """What a prompt shares with its family."""
        return self.beginnings[self._families[row]]

    def stretches(self) -> Iterator[tuple[int, int, Beginning]]:
        """First row, end and beginning of each family that has prompts in the batch."""
        start = 0
        for row in range(1, len(self._families) + 1):
            if row == len(self._families) or self._families[row] != self._families[start]:
                yield start, row, self.beginning(start)
                start = row

    def kept(self, layer: int, like: Any) -> tuple[Any, Any]:
        """Where this layer keeps keys and values, (n_prompts, n_kv_heads, room, width)."""
        if layer not in self.rows:
            shape = (len(self.lengths), like.shape[0], self.hidden.shape[1], like.shape[2])
            self.rows[layer] = like.new_empty(shape), like.new_empty(shape)
            for part in self.rows[layer]:  # what nobody sees is zeros, as nothing times NaN is NaN
                part[:, :, self.width :] = 0
                for row, length in enumerate(self.lengths):
                    part[row, :, : self.width - length] = 0
        return self.rows[layer]

    def _make_room(self, n: int) -> None:
        """Room is whole tensors, as products with slices of one are several times slower."""
        from torch.nn.functional import pad

        self.hidden = pad(self.hidden, (0, n), value=True)
        for layer, (keys, values) in self.rows.items():
            self.rows[layer] = pad(keys, (0, 0, 0, n)), pad(values, (0, 0, 0, n))

    def _forward(self, turn: Any, ids: Sequence[int], positions: Sequence[int], ends: Sequence[int]) -> Any:
        import torch

        device = self.model.device
        out = self.model(
            input_ids=torch.tensor([list(ids)], device=device),
            position_ids=torch.tensor([list(positions)], device=device),
            use_cache=False,
            logits_to_keep=torch.tensor(list(ends), dtype=torch.long, device=device),
            themata=turn,
        )
        return out.logits[0]


@contextmanager
def attending(model: Any) -> Iterator[None]:
    """The model with our attention, and with its own again afterwards: a pipeline of the user's stays as it was."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, attend)
    before = model.config._attn_implementation
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def packs_of(lengths: Sequence[int], n_tokens: int) -> list[list[tuple[int, int, int]]]:
    """Rows cut into pieces, row, first and last, that together have so many tokens.

    >>> packs_of([3, 9, 1], 8)
    [[(0, 0, 3), (1, 0, 5)], [(1, 5, 9), (2, 0, 1)]]
    """
    found: list[list[tuple[int, int, int]]] = [[]]
    room = n_tokens
    for row, length in enumerate(lengths):
        first = 0
        while first < length:
            if not room:
                found.append([])
                room = n_tokens
            last = min(length, first + room)
            found[-1].append((row, first, last))
            first, room = last, room - (last - first)
    return found


def packs(model: Any) -> bool:
    """Whether a model answers the same when prompts are packed: it is tried on short ones, two that begin alike."""
    import torch

    rope = getattr(model.config, "rope_parameters", None) or getattr(model.config, "rope_scaling", None) or {}
    kind = rope.get("rope_type", "default")
    can = getattr(model, "_can_set_attn_implementation", None)
    if can is None or not can() or kind not in FIXED_ROPE:
        return False
    most = min(getattr(model.config, "vocab_size", 100), 100) - 1
    prefix = [(7 * i) % most for i in range(16)]
    prompts = [[*prefix, 5, 9, 2, 8, 3], [*prefix, 1, 4, 6]]
    try:
        with torch.inference_mode():
            theirs = _first_logits(Padded(model, prefix), prompts)
            with attending(model):
                ours = _first_logits(Packed(model, [prefix]), prompts)
    except (NotImplementedError, TypeError, KeyError, AttributeError, ValueError, RuntimeError) as error:
        log.info("prompts are padded: %s", first_line(error))
        return False
    rough = 1e-4 if next(model.parameters()).dtype == torch.float32 else 0.05
    same = bool((ours - theirs).abs().max() <= rough * theirs.abs().max())
    if not same:
        log.info("prompts are padded: packed ones are not answered the same")
    return same


def _first_logits(batch: Packed | Padded, prompts: Sequence[Sequence[int]]) -> Any:
    import torch

    first = batch.read(prompts, [0] * len(prompts), 1)
    return torch.cat([first, batch.write(torch.tensor([3, 4], device=first.device))]).float()
