"""Which token comes next: the likeliest, or one drawn; of all, or of those that a schema allows."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from themata.chat.constrained_decoding import Guide


@dataclass(frozen=True)
class Settings:
    """stop: texts that end an answer; batch_size: None finds it."""

    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    repetition_penalty: float = 1.0
    batch_size: int | None = None
    random_state: int = 42


class Choice:
    """The next token of each prompt: the likeliest, or one drawn by a seed of the prompt's own.

    rooms : tokens of each answer at most
    guides : what holds each to its schema, or None

    A prompt is answered the same in any batch.
    """

    def __init__(
        self,
        settings: Settings,
        prompts: Sequence[list[int]],
        rooms: Sequence[int],
        guides: Sequence[Guide | None],
    ) -> None:
        import torch

        self.settings = settings
        self.guides = [
            None if guide is None else guide.begin(n) for guide, n in zip(guides, rooms, strict=True)
        ]
        self.seen: Any = None
        if settings.repetition_penalty != 1.0:
            self.seen = [torch.tensor(sorted(set(prompt))) for prompt in prompts]
        if settings.temperature > 0:
            seeds = [zlib.crc32(repr(prompt).encode()) ^ settings.random_state for prompt in prompts]
            self.generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def of(self, logits: Any, rows: Sequence[int], done: Sequence[bool]) -> list[int]:
        """logits : (len(rows), vocabulary) float32, changed in place"""
        alive = [(i, row) for i, row in enumerate(rows) if not done[row]]
        for i, row in alive:
            if self.seen is not None:
                self._penalize(logits[i], self.seen[row])
            guide = self.guides[row]
            if guide is not None:
                guide.hold(logits[i])
        chosen: list[int] = logits.argmax(dim=-1).tolist()
        if self.settings.temperature > 0:
            shares = (logits / self.settings.temperature).softmax(dim=-1).cpu()
            for i, row in alive:
                chosen[i] = int(shares[i].multinomial(1, generator=self.generators[row]))
        for i, row in alive:
            self._saw(row, chosen[i])
        return chosen

    def ended(self, row: int) -> bool | None:
        """Whether the schema allows nothing more; None where none holds the answer."""
        guide = self.guides[row]
        return None if guide is None else guide.ended

    def hurried(self, row: int) -> bool:
        """Whether the limit of tokens made an answer end that a schema holds."""
        guide = self.guides[row]
        return guide is not None and guide.hurried

    def _saw(self, row: int, token: int) -> None:
        import torch

        if self.seen is not None:
            self.seen[row] = torch.unique(torch.cat([self.seen[row], torch.tensor([token])]))
        guide = self.guides[row]
        if guide is not None:
            guide.take(token)

    def _penalize(self, logits: Any, seen: Any) -> None:
        """Tokens seen already made less likely (Keskar et al. 2019, as transformers does it)."""
        import torch

        index, penalty = seen.to(logits.device), self.settings.repetition_penalty
        values = logits[index]
        logits[index] = torch.where(values < 0, values * penalty, values / penalty)
