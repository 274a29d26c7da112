"""What naming topics took: questions, tokens, money, time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from themata.core.errors import UNSENT
from themata.core.text_layout import several


@dataclass(frozen=True)
class LabelReport:
    """What naming topics took, or would take.

    n_topics, n_groups : topics, and groups of topics of coarser layers, to name
    n_questions : further questions about topics that were asked with their names
    asked : prompts sent; of a dry run, prompts that would be
    kept : prompts answered from the cache
    answered : prompts that an answer came to, whether it could be used or not; kept ones too
    again : topics asked a second time, for an answer that could not be used
    apart : topics asked once more since another had got the same name
    gave_way : names by the model that gave way to phrases that fit better
    failed : {"topic 3": why} of those that a stand-in names
    prompt_tokens, answer_tokens : of what was sent, estimated where the model does not tell
    seconds : from the first prompt to the last answer
    cost : in the currency of the price, None without a price
    dry : nothing was asked; one answer for each topic is reckoned
    """

    n_topics: int
    n_groups: int = 0
    asked: int = 0
    kept: int = 0
    again: int = 0
    apart: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)
    prompt_tokens: int = 0
    answer_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    dry: bool = False
    n_questions: int = 0
    answered: int = 0
    gave_way: int = 0

    def __add__(self, more: LabelReport) -> LabelReport:
        """What two namings took together."""
        money = [part.cost for part in (self, more) if part.cost is not None]
        return LabelReport(
            self.n_topics + more.n_topics,
            self.n_groups + more.n_groups,
            self.asked + more.asked,
            self.kept + more.kept,
            self.again + more.again,
            self.apart + more.apart,
            {**self.failed, **more.failed},
            self.prompt_tokens + more.prompt_tokens,
            self.answer_tokens + more.answer_tokens,
            sum(money) if money else None,
            self.seconds + more.seconds,
            self.dry or more.dry,
            self.n_questions + more.n_questions,
            self.answered + more.answered,
            self.gave_way + more.gave_way,
        )

    def __str__(self) -> str:
        """
        >>> print(LabelReport(3, asked=2, kept=1, prompt_tokens=900, answer_tokens=40, cost=0.012, seconds=1.25))
        3 topics: 2 prompts sent, 1 answered from the cache; 900 + 40 tokens, cost 0.0120; 1.2 s
        """
        parts = [f"{several(self.asked, 'prompt')} {'to send' if self.dry else 'sent'}"]
        parts += [f"{self.kept} answered from the cache"] if self.kept else []
        parts += [f"{self.again} asked again"] if self.again else []
        parts += [f"{self.apart} told apart"] if self.apart else []
        parts += [f"{self.gave_way} gave way to phrases that fit better"] if self.gave_way else []
        parts += (
            [f"{len(self.failed)} named by their own phrases since the model failed"] if self.failed else []
        )
        tokens = f"{'about ' if self.dry else ''}{self.prompt_tokens:,} + {self.answer_tokens:,} tokens"
        money = "" if self.cost is None else f", cost {self.cost:.4f}"
        time = "" if self.dry else f"; {self.seconds:.1f} s"
        what = [several(self.n_topics, "topic")]
        what += [f"{several(self.n_groups, 'group')} of topics"] if self.n_groups else []
        what += [several(self.n_questions, "further question")] if self.n_questions else []
        named = " and ".join([", ".join(what[:-1]), what[-1]]) if what[1:] else what[0]
        return f"{named}: {', '.join(parts)}; {tokens}{money}{time}"


def failures(failed: Mapping[str, str], shown: int = 3) -> list[str]:
    """A sentence per reason, which names those it struck.

    >>> failures({"topic 0": "no quota", "topic 1": f"{UNSENT}no quota", "topic 4": "refused"}, shown=1)
    ['topic 0 and 1 more: no quota', 'topic 4: refused']
    """
    lines = []
    for why, which in reasons(failed).items():
        more = f" and {len(which) - shown} more" if len(which) > shown else ""
        lines.append(f"{', '.join(which[:shown])}{more}: {why}")
    return lines


def reasons(failed: Mapping[str, str]) -> dict[str, list[str]]:
    """{why: those it struck}"""
    struck: dict[str, list[str]] = {}
    for what, why in failed.items():
        struck.setdefault(why.removeprefix(UNSENT), []).append(what)
    return struck


def cost(prompt_tokens: int, answer_tokens: int, price: tuple[float, float] | None) -> float | None:
    """price : of a million tokens of prompts and of answers"""
    return None if price is None else (prompt_tokens * price[0] + answer_tokens * price[1]) / 1e6
