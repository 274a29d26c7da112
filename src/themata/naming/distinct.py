"""No two topics with one name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from themata.core.topics import Topics
from themata.core.words_of_names import key
from themata.naming.llm.answers import Reading

if TYPE_CHECKING:
    from themata.naming.llm.rounds import Case


@dataclass(eq=False, repr=False)
class Distinct:
    """The names in use: those that topics had before, and those of the cases that have one."""

    topics: Topics
    cases: Sequence[Case]

    def keywords(self, row: int) -> list[str]:
        """The keywords that tell a topic from others best come first."""
        brief = next((case.brief for case in self.cases if case.topic == row), None)
        return list(brief.keywords) if brief else [word for word, _ in self.topics.keywords[row]]

    def alike(self) -> list[tuple[Case, list[int]]]:
        """The cases whose name another topic has too, and the rows of those others."""
        rows = self._rows()
        pairs = []
        for case in self.cases:
            others = [] if case.failed else [row for row in rows[self._key(case)] if row != case.topic]
            if others:
                pairs.append((case, others))
        return pairs

    def has(self, name: str) -> bool:
        return key(name) in self._rows()

    def settle(self) -> None:
        """Add a keyword to names that are still alike; the largest topic keeps its name as it is."""
        alike = [case for case, _ in self.alike()]
        fixed = {key(label.name) for label in self.topics.labels if label is not None}
        for case in sorted(alike, key=lambda case: (-int(self.topics.sizes[case.topic]), case.topic)):
            if self._key(case) in fixed:
                case.reading = Reading(self._longer(case.topic, case.reading.name), case.reading.summary)
                case.patched = True
            fixed.add(self._key(case))

    def unlike(self, row: int, name: str) -> str:
        """A stand-in's name, with a keyword if another topic has it already."""
        return self._longer(row, name) if self.has(name) else name

    def _longer(self, row: int, name: str) -> str:
        for word in self.keywords(row):
            option = f"{name}: {word}"
            if key(word) not in key(name) and not self.has(option):
                return option
        return f"{name} ({row})"

    def _key(self, case: Case) -> str:
        return key(case.reading.name)

    def _rows(self) -> dict[str, list[int]]:
        """Rows of the topics by the key of their name."""
        rows_of_name: dict[str, list[int]] = {}
        for row, label in enumerate(self.topics.labels):
            if label is not None:
                rows_of_name.setdefault(key(label.name), []).append(row)
        for case in self.cases:
            if not case.failed:
                rows_of_name.setdefault(self._key(case), []).append(case.topic)
        return rows_of_name
