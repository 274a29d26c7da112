"""Names that are about their topic, and names that only a document told the model to give."""

from __future__ import annotations

import pytest
from themed_corpus import THEMES, Corpus

from themata.chat.context_window import Guess
from themata.naming.llm.answers import Reading
from themata.naming.llm.brief import Shape, briefs
from themata.naming.llm.faithfulness import Faithfulness

HONEST = [
    "Whales and whaling",
    "Bread and dough",
    "Railway stations",
    "Chess gambits",
    "Hurricane damage",
    "Violins",
]


@pytest.mark.parametrize("with_embedder", [False, True])
def test_honest_names_pass(corpus: Corpus, with_embedder: bool) -> None:
    faithfulness = Faithfulness(corpus.topics, corpus.docs, corpus.embedder if with_embedder else None)
    made = briefs(corpus.topics, corpus.docs, range(6), Shape(), Guess())
    assert faithfulness.faults(made, [Reading(name) for name in HONEST]) == [""] * 6


def test_a_name_of_another_topic_is_found_by_its_meaning(corpus: Corpus) -> None:
    faithfulness = Faithfulness(corpus.topics, corpus.docs, corpus.embedder)
    made = briefs(corpus.topics, corpus.docs, range(6), Shape(), Guess())
    found = faithfulness.faults(made, [Reading(name) for name in HONEST[1:] + HONEST[:1]])
    assert all("is not what most documents" in fault for fault in found)


def test_an_abstract_name_of_the_models_own_words_passes_without_an_embedder(corpus: Corpus) -> None:
    faithfulness = Faithfulness(corpus.topics, corpus.docs)
    made = briefs(corpus.topics, corpus.docs, range(6), Shape(), Guess())
    assert faithfulness.faults(made, [Reading("Maritime mammals")] * 6) == [""] * 6


def test_a_name_in_another_language_is_not_held_against_an_embedder_that_may_not_know_it(
    corpus: Corpus,
) -> None:
    made = briefs(corpus.topics, corpus.docs, [0], Shape(), Guess(), language="German")
    german = [Reading("Walfang")]
    assert Faithfulness(corpus.topics, corpus.docs, corpus.embedder, language="German").faults(
        made, german
    ) == [""]
    assert Faithfulness(corpus.topics, corpus.docs, corpus.embedder).faults(made, german) != [""]


def test_the_documents_that_hold_a_name_are_known(corpus: Corpus) -> None:
    (brief,) = briefs(corpus.topics, corpus.docs, [0], Shape(), Guess())
    faithfulness = Faithfulness(corpus.topics, corpus.docs)
    word = "harpoon"
    assert word in THEMES["whales"]
    with_it = [row for row in brief.rows if word in corpus.docs.texts[row]]
    assert faithfulness.culprits(brief, "Harpoons") == with_it
