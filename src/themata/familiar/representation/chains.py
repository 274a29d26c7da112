"""Names by a chain of LangChain."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

from themata.chat.server_dialect import content_text
from themata.core.documents import Documents
from themata.core.topics import Topics
from themata.familiar.representation.llm_batch import DOC_LENGTH, Asking, measure_of
from themata.naming.llm.answers import read_freely
from themata.naming.llm.brief import Shape, briefs
from themata.naming.llm.prompt_templates import filled, values

log = logging.getLogger(__name__)

QUESTION = (
    "What are these documents about? Their keywords are: [KEYWORDS]. Answer with a label of two to six words."
)


@dataclass(eq=False, repr=False)
class LangChain(Asking):
    """A chain of LangChain, asked for all topics with one `batch`.

    chain : takes {"input_documents": documents, "question": text} and gives a text, a message, or a mapping with
        "output_text"
    prompt : the question, where [KEYWORDS] stands for the topic's; the documents go beside it
    """

    chain: Any
    prompt: str | None = None
    nr_docs: int = 4
    diversity: float | None = None
    doc_length: int | None = None
    tokenizer: Any = None
    chain_config: Any = None

    def check(self) -> None:
        """A chain is its maker's to know."""

    def joins(self, other: Any) -> bool:
        """Never: a chain is asked in its own way."""
        return False

    def _answers(self, topics: Topics, docs: Documents) -> list[str]:
        shape = Shape(self.nr_docs, self.doc_length or DOC_LENGTH, self.diversity)
        made = briefs(topics, docs, range(topics.n_topics), shape, measure_of(self.tokenizer, None))
        self.prompts_ = [filled(self.prompt or QUESTION, values(brief)) for brief in made]
        inputs = [
            {"input_documents": [_document(text) for text in brief.documents], "question": question}
            for brief, question in zip(made, self.prompts_, strict=True)
        ]
        keeps = "return_exceptions" in inspect.signature(self.chain.batch).parameters
        outputs = self.chain.batch(
            inputs, config=self.chain_config, **({"return_exceptions": True} if keeps else {})
        )
        failed = [answer for answer in outputs if isinstance(answer, Exception)]
        if failed:
            log.warning("%d of %d answers did not come: %s", len(failed), len(outputs), failed[0])
        question = self.prompt or QUESTION
        return [
            "" if isinstance(answer, Exception) else read_freely(_output(answer), question)
            for answer in outputs
        ]


def _output(answer: Any) -> str:
    """The text in what a chain gives."""
    if isinstance(answer, Mapping):
        answer = answer["output_text"]
    said = getattr(answer, "content", answer)
    return "" if said is None else content_text(said) or str(said)


def _document(text: str) -> Any:
    """A document as LangChain's chains take it."""
    if find_spec("langchain_core") is None:
        return SimpleNamespace(page_content=text, metadata={})
    from langchain_core.documents import Document

    return Document(page_content=text)
