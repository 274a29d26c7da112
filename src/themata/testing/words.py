"""Checks of parts that count, describe, name and answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.errors import ChatError, ThemataError
from themata.core.protocols import Answer, Prompt
from themata.core.topics import Label, Topics
from themata.pipeline import validation
from themata.testing.sample_corpus import ODD, Letters, promise, sample, untouched

_LABEL = {
    "type": "object",
    "properties": {"label": {"type": "string"}},
    "required": ["label"],
    "additionalProperties": False,
}


def check_vectorizer(part: Any) -> None:
    """A vectorizer: whole counts, a row per text by itself, and a name for every column."""
    texts = list(sample(30).documents.texts)
    counts = validation.counts(part, part.fit_transform(texts), len(texts))
    names = [str(name) for name in part.get_feature_names_out()]
    promise(
        len(names) == counts.shape[1],
        part,
        "get_feature_names_out",
        f"{len(names)} names",
        f"{counts.shape[1]}",
    )
    promise(len(set(names)) == len(names), part, "get_feature_names_out", "names twice", "different ones")
    promise(counts.nnz and (counts.data > 0).all(), part, "fit_transform", "no or negative counts", "counts")
    promise((counts.data == np.round(counts.data)).all(), part, "fit_transform", "fractions", "whole numbers")
    again = _counted(part, texts, counts.shape[1])
    promise((counts != again).nnz == 0, part, "transform", "other counts than fit_transform", "the same")
    single = sparse.vstack([_counted(part, [text], counts.shape[1]) for text in texts[:5]])
    fault = "other counts for a text alone"
    promise((single != counts[:5]).nnz == 0, part, "transform", fault, "no term across documents")
    unknown = _counted(part, ["", "zzzqqq"], counts.shape[1])
    promise(unknown.nnz == 0, part, "transform", "counts of unknown words", "empty rows")
    _counted(part, ODD, counts.shape[1])


def check_representer(part: Any) -> None:
    """A representer: different words for each topic, heaviest first; the topics it was given unchanged."""
    for n_topics in (3, 1, 0):
        made = sample(n_topics=n_topics)
        before = untouched(made.topics.term_counts.data, made.documents.embeddings)
        rows = validation.aspect(
            part, part.represent(made.topics, made.documents, embedder=None), made.topics
        )
        after = untouched(made.topics.term_counts.data, made.documents.embeddings)
        promise(
            after == before, part, "represent", "changed topics or documents", "what it was given left alone"
        )
        for words in rows:
            shown = [word for word, _ in words]
            weights = np.array([weight for _, weight in words])
            promise(
                shown and all(word.strip() for word in shown),
                part,
                "represent",
                f"{shown}",
                "words for each topic",
            )
            promise(len(set(shown)) == len(shown), part, "represent", f"{shown}", "different words")
            promise(np.isfinite(weights).all(), part, "represent", "NaN or infinity", "finite weights")
            promise(
                (np.diff(weights) <= 1e-9).all(), part, "represent", f"weights {weights}", "heaviest first"
            )


def check_labeler(part: Any) -> None:
    """A labeler: a Label or None per topic, no two names alike, a person's never given to another topic."""
    made = sample()
    for topics in (made.topics, made.topics.relabel({1: "By hand"}), sample(n_topics=1).topics):
        labels = validation.labels(part, part.label(topics, made.documents), topics)
        names = [label.name for label in labels if isinstance(label, Label)]
        promise(
            all(name.strip() and name == name.strip() for name in names),
            part,
            "label",
            f"{names}",
            "clean names",
        )
        promise(len(set(names)) == len(names), part, "label", f"{names}", "different names")
        theirs = {row: label.name for row, label in enumerate(topics.labels) if label}
        taken = [
            row
            for row, label in enumerate(labels)
            if label and label.name in theirs.values() and row not in theirs
        ]
        promise(not taken, part, "label", "a person's name for another topic", "another name")
    none = Topics.of(made.documents, np.full(made.documents.n_docs, -1))
    promise(len(part.label(none, made.documents)) == 0, part, "label", "labels for no topics", "none")


def check_layer_labeler(part: Any) -> None:
    """A labeler of layers: a Label or None per group, and one that has a label keeps it."""
    made = sample()
    below = made.topics.relabel({0: "Rockets", 1: "Recipes", 2: "Goals"})
    groups = below.regroup([0, 0, 1])
    given = groups.labels
    labels = validation.labels(part, part.label_layer(groups, made.documents, below, [[0, 1], [2]]), groups)
    kept = all(old is None or label is None or label == old for old, label in zip(given, labels, strict=True))
    promise(kept, part, "label_layer", "another name for a named group", "the name it had")
    names = [label.name for label in labels if label]
    promise(len(set(names)) == len(names), part, "label_layer", f"{names}", "different names")


def check_asker(part: Any) -> None:
    """A representer that asks: it joins none but its like, and has prompts answered before it represents."""
    promise(part.joins(part) is True, part, "joins", "a refusal of itself", "True")
    promise(part.joins(object()) is False, part, "joins", "company of anything", "its like alone")
    made = sample()
    prompts = list(part.prompts(made.topics, made.documents))
    known = all(isinstance(prompt, Prompt) for prompt in prompts)
    promise(known and prompts, part, "prompts", f"{prompts!r:.60}", "Prompts")
    part.ask(prompts)
    again = list(part.prompts(made.topics, made.documents))
    promise(again == prompts, part, "prompts", "others once they are answered", "the same")
    check_representer(part)


def check_borrower(part: Any) -> None:
    """A labeler that borrows an embedder: nothing is embedded until it labels, and it labels as before."""
    lent = Letters()
    part.lend(lent)
    promise(not lent.asked, part, "lend", "texts to embed at once", "none until it labels")
    check_labeler(part)


def check_chat(part: Any) -> None:
    """A chat: an answer or a ChatError for every prompt, in their order, each told the moment it comes.

    In one batch each prompt gets as many tokens, and the schema, that it asks for.
    """
    promise(isinstance(part.name, str) and part.name, part, "name", repr(part.name), "the model's name")
    promise(list(part.complete([])) == [], part, "complete", "answers to nothing", "none")
    prompts = [Prompt.of(f"Keywords: whales, sea, ships {i}", system="Be brief.") for i in range(3)]
    prompts.append(
        Prompt((("user", "hello"), ("assistant", "yes?"), ("user", "<b>Keywords:</b> a, b, \ud800")))
    )
    prompts = [replace(prompt, max_tokens=8) for prompt in prompts]
    arrived: dict[int, Answer | ChatError] = {}
    answers = part.complete(prompts, on_answer=arrived.__setitem__)
    promise(len(answers) == len(prompts), part, "complete", f"{len(answers)} answers", f"{len(prompts)}")
    for answer in answers:
        known = isinstance(answer, Answer | ChatError)
        promise(known, part, "complete", type(answer).__name__, "an Answer or a ChatError in each place")
    promise(
        sorted(arrived) == list(range(len(prompts))),
        part,
        "complete",
        f"word of {sorted(arrived)}",
        "of each prompt",
    )
    same = all(arrived[place] is answer or arrived[place] == answer for place, answer in enumerate(answers))
    promise(same, part, "complete", "other answers on the way than in the end", "the same")
    _check_limits(part)


def check_holding(part: Any) -> None:
    """A chat that holds its model to a schema: what it says where one is given begins as JSON."""
    promise(isinstance(part.holds, bool), part, "holds", repr(part.holds), "True or False")
    (answer,) = part.complete([Prompt((("user", "Keywords: whales, sea, ships"),), 24, _LABEL)])
    text = answer.text.lstrip() if isinstance(answer, Answer) else ""
    wrong = part.holds and isinstance(answer, Answer) and not text.startswith("{")
    promise(not wrong, part, "complete", f"{text!r:.60} where a schema was given", "JSON that follows it")


def _check_limits(part: Any) -> None:
    """In one batch each prompt gets as many tokens, and the schema, that it would get alone."""
    messages = Prompt.of("Keywords: whales, sea, ships", system="Be brief.").messages
    asked = [Prompt(messages, 24), Prompt(messages, 2), Prompt(messages, 24, _LABEL)]
    for answer, prompt in zip(part.complete(asked), asked, strict=True):
        n, held = prompt.max_tokens, prompt.schema
        (alone,) = part.complete([prompt])
        same = type(answer) is type(alone)
        promise(same, part, "complete", f"{answer!r:.60}", f"what comes alone, {alone!r:.60}")
        if not isinstance(answer, Answer):
            continue
        n_said = answer.n_answer_tokens or 0
        if (alone.n_answer_tokens or 0) <= n:  # a server may count as it likes
            promise(n_said <= n, part, "complete", f"{n_said} tokens", f"{n} at most")
        promise(
            _is_object(answer.text) == _is_object(alone.text),
            part,
            "complete",
            f"{answer.text!r:.60}",
            f"an answer {'that follows its schema' if held else 'without a schema'}, as {alone.text!r:.60}",
        )


def check_checkable(part: Any) -> None:
    """A part that is checked: what is wrong is raised as an error of ours, the same each time, and nothing is returned."""
    first, again = _wrong(part), _wrong(part)
    promise(first == again, part, "check", f"{first!r:.60}, then {again!r:.60}", "the same twice")


def _wrong(part: Any) -> str:
    """What a check raises, as a sentence; empty where nothing is wrong."""
    try:
        fault = part.check()
    except ThemataError as error:
        return str(error)
    except Exception as error:  # the part's fault, whatever it is
        promise(False, part, "check", f"a {type(error).__name__}", "a ThemataError that says what to do")
    promise(fault is None, part, "check", repr(fault), "nothing: what is wrong is raised")
    return ""


def check_tokens(part: Any) -> None:
    """A chat that knows its tokens: cuts are beginnings, and no longer than asked."""
    promise(part.context > 0, part, "context", str(part.context), "a number of tokens")
    text = " ".join(["The rocket and the garlic soup, 😀 ünïcode."] * 12)
    whole = part.count(text)
    promise(whole > 1, part, "count", str(whole), "the tokens of a text")
    promise(part.cut(text, whole + 5) == text, part, "cut", "less than fits", "the whole text")
    for n in (0, 1, 7, whole // 2):
        cut = part.cut(text, n)
        promise(text.startswith(cut), part, "cut", f"{cut!r:.60}", "a beginning of the text")
        promise(part.count(cut) <= n, part, "cut", f"{part.count(cut)} tokens", f"{n} at most")


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _counted(part: Any, texts: list[str], n_terms: int) -> sparse.csr_matrix:
    counts = validation.counts(part, part.transform(texts), len(texts))
    promise(counts.shape[1] == n_terms, part, "transform", f"{counts.shape[1]} columns", f"{n_terms}")
    return counts
