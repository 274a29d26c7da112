"""Batched decoding of a causal language model, written for many short answers to prompts that begin alike."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from themata.parts.chat.choice import Choice, Settings
from themata.parts.chat.guide import Guide, guide_of
from themata.parts.chat.loading import free_memory
from themata.parts.chat.packed import Packed, attending, packs
from themata.parts.chat.padded import Padded
from themata.protocols import Answer

log = logging.getLogger(__name__)

Told = Callable[[int, Answer], None]
LARGEST_BATCH = 64
SPARSE = 0.7  # share of a batch that is still written to, below which the others leave it
SHORTEST_PREFIX = 16  # tokens; a shorter common beginning is not worth a cache of its own


class Decoder:
    """A loaded model and its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any, settings: Settings) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.settings = settings
        self.ends = _ends(model, tokenizer)
        self.packs = packs(model)
        self._guides: dict[str, Guide | None] = {}

    def decode(
        self,
        tokens: Sequence[list[int]],
        places: Sequence[int],
        max_tokens: int,
        told: Told,
        schema: Mapping[str, Any] | None = None,
    ) -> None:
        """Answer the prompts at these places; `told` hears of each answer when its batch is done.

        schema : that each answer is held to, where it can be

        Prompts of like length share a batch; what all of them begin with is computed once. A batch that does not fit
        the memory is halved, and so are those after it.
        """
        import torch

        guide = None if schema is None else self._guide(schema)
        waiting = sorted(places, key=lambda place: (len(tokens[place]), place))
        prefix = common_prefix([tokens[place] for place in waiting])
        longest = max((len(tokens[place]) for place in waiting), default=1) + max_tokens
        size = self.settings.batch_size or self._batch_size(longest)
        with torch.inference_mode(), attending(self.model) if self.packs else nullcontext():
            model = (Packed if self.packs else Padded)(self.model, prefix)
            while waiting:
                batch = [tokens[place] for place in waiting[:size]]
                try:
                    answers = self._batch(model, batch, max_tokens, guide)
                except torch.OutOfMemoryError:
                    if size == 1:
                        raise
                    torch.cuda.empty_cache()
                    size = max(1, min(size, len(batch)) // 2)
                    log.warning("out of memory: going on with batches of %d", size)
                    continue
                stops = () if guide is not None else self.settings.stop
                for place, answer in zip(waiting, answers, strict=False):
                    told(place, Answer(self._text(answer, stops), len(tokens[place]), len(answer)))
                waiting = waiting[size:]

    def _batch(
        self, model: Packed | Padded, prompts: Sequence[list[int]], max_tokens: int, guide: Guide | None
    ) -> list[list[int]]:
        """Tokens of the answers, all written at once; rows that are done leave when they are many."""
        import torch

        written: list[list[int]] = [[] for _ in prompts]
        choice = Choice(self.settings, prompts, max_tokens, guide)
        rows = list(range(len(prompts)))  # of the batch as it stands
        done = [False] * len(prompts)
        logits = model.read([prompt[model.n_prefix :] for prompt in prompts], max_tokens)
        for step in range(max_tokens):
            chosen = choice.of(logits.float(), rows, done)
            for row, token in zip(rows, chosen, strict=True):
                if not done[row]:
                    written[row].append(token)
                    done[row] = self._done(written[row]) if guide is None else choice.ended(row)
            alive = [i for i, row in enumerate(rows) if not done[row]]
            if not alive or step == max_tokens - 1:
                break
            if len(alive) <= SPARSE * len(rows):  # keeping fewer copies what they have read
                model.keep(alive)
                rows, chosen = [rows[i] for i in alive], [chosen[i] for i in alive]
            logits = model.write(torch.tensor(chosen, device=logits.device))
        return written

    def _guide(self, schema: Mapping[str, Any]) -> Guide | None:
        """Made once for each schema, as reading the whole vocabulary takes a second."""
        key = json.dumps(schema, sort_keys=True, default=repr)
        if key not in self._guides:
            self._guides[key] = guide_of(schema, self.tokenizer, self.ends)
        return self._guides[key]

    def _done(self, tokens: list[int]) -> bool:
        if tokens[-1] in self.ends:
            return True
        if not self.settings.stop:
            return False
        text = self.tokenizer.decode(tokens, skip_special_tokens=True).lstrip()
        return bool(text) and any(stop in text for stop in self.settings.stop)

    def _text(self, tokens: Sequence[int], stops: Sequence[str]) -> str:
        text = self.tokenizer.decode(
            [t for t in tokens if t not in self.ends], skip_special_tokens=True
        ).strip()
        for stop in stops:
            text = text.split(stop)[0]
        return text.strip()

    def _batch_size(self, length: int) -> int:
        """As many prompts as half of the free memory holds the keys and values of."""
        config = self.model.config
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        each = 2 * config.num_hidden_layers * heads * width * 4 * length
        return int(max(1, min(LARGEST_BATCH, free_memory(self.model.device.type) / 2 // each)))


def common_prefix(prompts: Sequence[list[int]]) -> list[int]:
    """The tokens that all prompts begin with, at least one token short of the shortest; none if it is too short.

    >>> common_prefix([[*range(30), 1], [*range(30), 2, 3]]) == list(range(30))
    True
    """
    if len(prompts) < 2:
        return []
    first, last = min(prompts), max(prompts)
    most = min(len(prompt) for prompt in prompts) - 1
    n = 0
    while n < most and first[n] == last[n]:
        n += 1
    return list(first[:n]) if n >= SHORTEST_PREFIX else []


def _ends(model: Any, tokenizer: Any) -> set[int]:
    ends = getattr(model.generation_config, "eos_token_id", None)
    listed = ends if isinstance(ends, list) else [ends]
    return {end for end in [*listed, tokenizer.eos_token_id] if end is not None}
