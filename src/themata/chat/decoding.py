"""Batched decoding of a causal language model, written for many short answers to prompts that begin alike."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from themata.chat.constrained_decoding import Guide, guide_of
from themata.chat.model_loading import free_memory
from themata.chat.padded_batch import PaddedBatch
from themata.chat.sampling import Choice, Settings
from themata.chat.shared_heads import shared_heads
from themata.chat.shared_prefixes import families
from themata.chat.stop_sequences import upto_stop
from themata.core.processor import free_threads
from themata.core.protocols import Answer

log = logging.getLogger(__name__)

OnAnswer = Callable[[int, Answer], None]
LARGEST_BATCH = 64
SPARSE = 0.7  # share of a batch that is still written to, below which the others leave it


@dataclass(frozen=True)
class Asked:
    """One prompt in tokens, and what it wants.

    place : of the prompt among all
    room : tokens of the answer at most
    schema : that the answer is held to, where it can be
    """

    place: int
    tokens: list[int]
    room: int
    schema: Mapping[str, Any] | None = None


class Decoder:
    """A loaded model and its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any, settings: Settings) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.settings = settings
        self.ends = _ends(model, tokenizer)
        self._guides: dict[str, Guide | None] = {}

    def decode(self, asked: Sequence[Asked], on_answer: OnAnswer) -> None:
        """Answer the prompts; `on_answer` hears of each answer the moment it ends, and not when its batch does.

        Prompts of like length share a batch. What several begin with alike is read once for them: names, summaries and
        questions are families, each with a beginning of its own. A batch that does not fit the memory is halved, and so
        are those after it. torch has as many threads as processors are free, now and then looked at again.
        """
        import torch

        if not asked:
            return
        longest = max(len(prompt.tokens) + prompt.room for prompt in asked)
        size = self.settings.batch_size or self._batch_size(longest)
        with torch.inference_mode(), shared_heads(self.model), free_threads() as look:
            for family in families([prompt.tokens for prompt in asked]):
                members = sorted(
                    (asked[place] for place in family.places), key=lambda member: len(member.tokens)
                )
                size = self._decode_family(family.prefix, members, size, on_answer, look)

    def _decode_family(
        self,
        prefix: Sequence[int],
        waiting: list[Asked],
        size: int,
        on_answer: OnAnswer,
        on_step: Callable[[], None],
    ) -> int:
        """Answer prompts that share a prefix in batches of `size`; returns the size that fits."""
        import torch

        batch = PaddedBatch(self.model, prefix, on_step)
        answered: set[int] = set()

        def keep(place: int, answer: Answer) -> None:
            answered.add(place)
            on_answer(place, answer)

        while waiting:
            asked = waiting[:size]
            try:
                self._decode_batch(batch, asked, keep)
            except torch.OutOfMemoryError:
                if size == 1:
                    raise
                torch.cuda.empty_cache()
                size = max(1, min(size, len(asked)) // 2)
                log.warning("out of memory: going on with batches of %d", size)
            waiting = [prompt for prompt in waiting if prompt.place not in answered]
        return size

    def _decode_batch(self, batch: PaddedBatch, asked: Sequence[Asked], on_answer: OnAnswer) -> None:
        """Write all answers at once; rows that are done leave when they are many."""
        import torch

        guides = [None if prompt.schema is None else self._guide(prompt.schema) for prompt in asked]
        stops = [self.settings.stop if guide is None else () for guide in guides]
        rooms = [prompt.room for prompt in asked]
        written: list[list[int]] = [[] for _ in asked]
        choice = Choice(self.settings, [prompt.tokens for prompt in asked], rooms, guides)
        rows = list(range(len(asked)))  # of the batch as it stands
        done = [False] * len(asked)
        logits = batch.read([prompt.tokens for prompt in asked])
        while True:
            chosen = choice.of(logits.float(), rows, done)
            for row, token in zip(rows, chosen, strict=True):
                if not done[row]:
                    written[row].append(token)
                    ended = choice.ended(row)
                    ends = self._is_over(written[row], stops[row]) if ended is None else ended
                    done[row] = ends or len(written[row]) == rooms[row]
                    if done[row]:
                        text = self._text(written[row], stops[row])
                        cut_at = rooms[row] if not ends or choice.hurried(row) else None
                        prompt = asked[row]
                        answer = Answer(text, len(prompt.tokens), len(written[row]), cut_at)
                        on_answer(prompt.place, answer)
            alive = [i for i, row in enumerate(rows) if not done[row]]
            if not alive:
                return
            if len(alive) <= SPARSE * len(rows):  # keeping fewer copies what they have read
                batch.keep(alive)
                rows, chosen = [rows[i] for i in alive], [chosen[i] for i in alive]
            logits = batch.write(torch.tensor(chosen, device=logits.device))

    def _guide(self, schema: Mapping[str, Any]) -> Guide | None:
        """Made once for each schema, as reading the whole vocabulary takes a second."""
        key = json.dumps(schema, sort_keys=True, default=repr)
        if key not in self._guides:
            self._guides[key] = guide_of(schema, self.tokenizer, self.ends)
        return self._guides[key]

    def _is_over(self, tokens: list[int], stops: Sequence[str]) -> bool:
        if tokens[-1] in self.ends:
            return True
        if not stops:
            return False
        text = self.tokenizer.decode(tokens, skip_special_tokens=True).lstrip()
        return upto_stop(text, stops) is not None

    def _text(self, tokens: Sequence[int], stops: Sequence[str]) -> str:
        text = self.tokenizer.decode(
            [t for t in tokens if t not in self.ends], skip_special_tokens=True
        ).strip()
        ended = upto_stop(text, stops)
        return (text if ended is None else ended).strip()

    def _batch_size(self, length: int) -> int:
        """As many prompts as half of the free memory holds the keys and values of, and what reading them takes."""
        config = self.model.config
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        cached = 2 * config.num_hidden_layers * heads * width
        read = 3 * (getattr(config, "intermediate_size", None) or 4 * config.hidden_size)
        each = 4 * (cached + read) * length
        return int(max(1, min(LARGEST_BATCH, free_memory(self.model.device.type) / 2 // each)))


def _ends(model: Any, tokenizer: Any) -> set[int]:
    ends = getattr(model.generation_config, "eos_token_id", None)
    listed = ends if isinstance(ends, list) else [ends]
    return {end for end in [*listed, tokenizer.eos_token_id] if end is not None}
