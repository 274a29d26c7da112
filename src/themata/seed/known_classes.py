"""Topics known for some documents, or for all: documents of a class share a topic, no two classes share one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.errors import AlignmentError
from themata.core.topics import Label

if TYPE_CHECKING:
    from themata.core.documents import Documents
    from themata.core.protocols import Embedder, Seeds


@dataclass(eq=False, repr=False)
class Classes:
    """Known classes of documents.

    classes : (n_docs,) numbers or names; -1, None, NaN and "" are unknown. None: those given to `fit(y=)`
    named : classes that are names name their topics, as if a person had done it

    A class for every document gives exactly these topics.
    """

    classes: Sequence[Any] | np.ndarray[Any, Any] | None = None
    named: bool = True

    needs_embedder = False

    def given(self, classes: Any) -> Classes:
        """The same seeder for these classes."""
        return Classes(classes, self.named)

    def settled(self) -> Classes:
        """The same seeder without the classes, which the topics have by now."""
        return Classes(None, self.named)

    def state(self) -> dict[str, np.ndarray[Any, Any]]:
        """Nothing: the topics have the classes."""
        return {}

    def with_state(self, state: Mapping[str, np.ndarray[Any, Any]]) -> Classes:
        """The same seeder: it has no state."""
        return self

    def seed(self, docs: Documents, embedder: Embedder | None = None) -> Seeds:
        """Hand the classes on; a seed's id is the class itself where classes are numbers.

        >>> from themata.core.documents import Documents
        >>> Classes(["cats", None, "dogs", "cats"]).seed(Documents(["a", "b", "c", "d"])).assignment.tolist()
        [0, -1, 1, 0]
        """
        from themata.core.protocols import Seeds

        values = [None] * docs.n_docs if self.classes is None else _plain(self.classes)
        if len(values) != docs.n_docs:
            raise AlignmentError(
                f"one class per document is needed: {docs.n_docs} documents came with {len(values)} classes"
            )
        known = sorted(
            {value for value in values if value is not None}, key=lambda value: (str(type(value)), value)
        )
        place = {value: row for row, value in enumerate(known)}
        numbers = all(isinstance(value, int) for value in known)
        return Seeds(
            assignment=np.array([-1 if v is None else place[v] for v in values], dtype=np.int64),
            ids=np.array(known if numbers else range(len(known)), dtype=np.int64),
            names=tuple(None if numbers or not self.named else Label(str(value)) for value in known),
            hold="together",
        )


def _plain(classes: Any) -> list[Any]:
    """Python's own values, None for what is unknown."""
    values = classes.tolist() if hasattr(classes, "tolist") else list(classes)
    return [_value(value) for value in values]


def _value(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        value = None if np.isnan(value) else int(value) if value.is_integer() else str(value)
    if value is None or isinstance(value, bool):
        return None if value is None else int(value)
    if isinstance(value, int):
        return value if value >= 0 else None
    text = str(value)
    return text if text.strip() else None
