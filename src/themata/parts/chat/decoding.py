"""Batched decoding of a causal language model, written for many short answers to prompts that begin alike."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from themata.protocols import Answer

log = logging.getLogger(__name__)

Told = Callable[[int, Answer], None]
LARGEST_BATCH = 64
SHORTEST_PREFIX = 16  # tokens; a shorter common beginning is not worth a cache of its own


@dataclass(frozen=True)
class Settings:
    """stop: texts that end an answer; batch_size: None finds it."""

    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    repetition_penalty: float = 1.0
    batch_size: int | None = None
    random_state: int = 42


class Decoder:
    """A loaded model and its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any, settings: Settings) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.settings = settings
        self.ends = _ends(model, tokenizer)

    def decode(self, tokens: Sequence[list[int]], places: Sequence[int], max_tokens: int, told: Told) -> None:
        """Answer the prompts at these places; `told` hears of each answer when its batch is done.

        Prompts of like length share a batch; what all of them begin with is computed once. A batch that does not fit
        the memory is halved, and so are those after it.
        """
        import torch

        waiting = sorted(places, key=lambda place: (len(tokens[place]), place))
        prefix = common_prefix([tokens[place] for place in waiting])
        with torch.inference_mode():
            cache = self._prefix_cache(prefix) if prefix else None
            size = self.settings.batch_size or self._batch_size(
                max((len(tokens[p]) for p in waiting), default=1) + max_tokens
            )
            while waiting:
                batch = waiting[:size]
                try:
                    answers = self._batch(
                        [tokens[place][len(prefix) :] for place in batch], cache, len(prefix), max_tokens
                    )
                except torch.OutOfMemoryError:
                    if size == 1:
                        raise
                    torch.cuda.empty_cache()
                    size = max(1, min(size, len(batch)) // 2)
                    log.warning("out of memory: going on with batches of %d", size)
                    continue
                for place, answer in zip(batch, answers, strict=True):
                    told(place, Answer(answer[0], len(tokens[place]), answer[1]))
                waiting = waiting[size:]

    def _prefix_cache(self, prefix: Sequence[int]) -> Any:
        import torch

        ids = torch.tensor([prefix], device=self.model.device)
        return self.model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values

    def _batch(
        self, rests: Sequence[list[int]], cache: Any, n_prefix: int, max_tokens: int
    ) -> list[tuple[str, int]]:
        """Texts and numbers of tokens of the answers, all written at once; a row that is done leaves the batch."""
        import copy

        import torch

        device, n = self.model.device, len(rests)
        width = max(len(rest) for rest in rests)
        pad = self.tokenizer.pad_token_id if self.tokenizer.pad_token_id is not None else 0
        ids = torch.tensor([[pad] * (width - len(rest)) + rest for rest in rests], device=device)
        mask = torch.tensor(
            [[1] * n_prefix + [0] * (width - len(rest)) + [1] * len(rest) for rest in rests], device=device
        )
        past = None
        if cache is not None:
            past = copy.deepcopy(cache)
            past.batch_repeat_interleave(n)
        positions = (mask.cumsum(1) - 1).clamp(min=0)[:, n_prefix:]
        out = self.model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=past,
            use_cache=True,
            logits_to_keep=1,
        )
        written: list[list[int]] = [[] for _ in range(n)]
        alive = list(range(n))
        generator = torch.Generator(device=device).manual_seed(self.settings.random_state)
        for step in range(max_tokens):
            logits = self._penalized(out.logits[:, -1].float(), [rests[row] + written[row] for row in alive])
            chosen = self._choose(logits, generator)
            for row, token in zip(alive, chosen.tolist(), strict=True):
                written[row].append(token)
            kept = [i for i, row in enumerate(alive) if not self._done(written[row])]
            if not kept or step == max_tokens - 1:
                break
            past = out.past_key_values
            if len(kept) < len(alive):  # rows that are done cost nothing more
                index = torch.tensor(kept, device=device)
                past.batch_select_indices(index)
                chosen, mask = chosen[index], mask[index]
                alive = [alive[i] for i in kept]
            mask = torch.cat([mask, mask.new_ones(len(alive), 1)], dim=1)
            positions = mask.sum(1, keepdim=True) - 1
            out = self.model(
                input_ids=chosen[:, None],
                attention_mask=mask,
                position_ids=positions,
                past_key_values=past,
                use_cache=True,
            )
        return [(self._text(tokens), len(tokens)) for tokens in written]

    def _choose(self, logits: Any, generator: Any) -> Any:
        import torch

        if self.settings.temperature <= 0:
            return logits.argmax(dim=-1)
        shares = torch.softmax(logits / self.settings.temperature, dim=-1)
        return torch.multinomial(shares, 1, generator=generator)[:, 0]

    def _penalized(self, logits: Any, seen: Sequence[list[int]]) -> Any:
        """Tokens seen already made less likely (Keskar et al. 2019, as transformers does it)."""
        import torch

        penalty = self.settings.repetition_penalty
        if penalty == 1.0:
            return logits
        for row, tokens in enumerate(seen):
            index = torch.tensor(sorted(set(tokens)), device=logits.device)
            values = logits[row, index]
            logits[row, index] = torch.where(values < 0, values * penalty, values / penalty)
        return logits

    def _done(self, tokens: list[int]) -> bool:
        if tokens[-1] in self.ends:
            return True
        if not self.settings.stop:
            return False
        text = self.tokenizer.decode(tokens, skip_special_tokens=True).lstrip()
        return bool(text) and any(stop in text for stop in self.settings.stop)

    def _text(self, tokens: Sequence[int]) -> str:
        text = self.tokenizer.decode(
            [t for t in tokens if t not in self.ends], skip_special_tokens=True
        ).strip()
        for stop in self.settings.stop:
            text = text.split(stop)[0]
        return text.strip()

    def _batch_size(self, length: int) -> int:
        """As many prompts as half of the free memory holds the keys and values of."""
        config = self.model.config
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        each = 2 * config.num_hidden_layers * heads * width * 4 * length
        return int(max(1, min(LARGEST_BATCH, free_memory(self.model.device.type) / 2 // each)))


def free_memory(device: str | None) -> float:
    """Bytes free on the graphics cards if they are to be used, else of main memory."""
    import torch

    if device != "cpu" and torch.cuda.is_available():
        return float(sum(torch.cuda.mem_get_info(i)[0] for i in range(torch.cuda.device_count())))
    if not hasattr(os, "sysconf"):
        return float("inf")
    return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))


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
