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
from themata.testing.sample_corpus import ODD, Letters, promise, promised, sample, untouched

_LABEL = {
    "type": "object",
    "properties": {"label": {"type": "string"}},
    "required": ["label"],
    "additionalProperties": False,
}


def check_vectorizer(part: Any) -> None:
    """A vectorizer: whole counts, a row per text by itself, and a name for every column."""
    names_hold = promised(part, "get_feature_names_out")
    fit_transform_holds = promised(part, "fit_transform")
    transform_holds = promised(part, "transform")
    texts = list(sample(30).documents.texts)
    counts = validation.counts(part, part.fit_transform(texts), len(texts))
    names = [str(name) for name in part.get_feature_names_out()]
    names_hold(len(names) == counts.shape[1], f"{len(names)} names", f"{counts.shape[1]}")
    names_hold(len(set(names)) == len(names), "names twice", "different ones")
    fit_transform_holds(counts.nnz and (counts.data > 0).all(), "no or negative counts", "counts")
    fit_transform_holds((counts.data == np.round(counts.data)).all(), "fractions", "whole numbers")
    again = _counted(part, texts, counts.shape[1])
    transform_holds((counts != again).nnz == 0, "other counts than fit_transform", "the same")
    single = sparse.vstack([_counted(part, [text], counts.shape[1]) for text in texts[:5]])
    fault = "other counts for a text alone"
    transform_holds((single != counts[:5]).nnz == 0, fault, "no term across documents")
    unknown = _counted(part, ["", "zzzqqq"], counts.shape[1])
    transform_holds(unknown.nnz == 0, "counts of unknown words", "empty rows")
    _counted(part, ODD, counts.shape[1])


def check_representer(part: Any) -> None:
    """A representer: different words for each topic, heaviest first; the topics it was given unchanged."""
    holds = promised(part, "represent")
    for n_topics in (3, 1, 0):
        made = sample(n_topics=n_topics)
        before = untouched(made.topics.term_counts.data, made.documents.embeddings)
        rows = validation.aspect(
            part, part.represent(made.topics, made.documents, embedder=None), made.topics
        )
        after = untouched(made.topics.term_counts.data, made.documents.embeddings)
        holds(after == before, "changed topics or documents", "what it was given left alone")
        for words in rows:
            shown = [word for word, _ in words]
            weights = np.array([weight for _, weight in words])
            holds(shown and all(word.strip() for word in shown), f"{shown}", "words for each topic")
            holds(len(set(shown)) == len(shown), f"{shown}", "different words")
            holds(np.isfinite(weights).all(), "NaN or infinity", "finite weights")
            holds((np.diff(weights) <= 1e-9).all(), f"weights {weights}", "heaviest first")


def check_labeler(part: Any) -> None:
    """A labeler: a Label or None per topic, no two names alike, a person's never given to another topic."""
    holds = promised(part, "label")
    made = sample()
    for topics in (made.topics, made.topics.relabel({1: "By hand"}), sample(n_topics=1).topics):
        labels = validation.labels(part, part.label(topics, made.documents), topics)
        names = [label.name for label in labels if isinstance(label, Label)]
        holds(all(name.strip() and name == name.strip() for name in names), f"{names}", "clean names")
        holds(len(set(names)) == len(names), f"{names}", "different names")
        theirs = {row: label.name for row, label in enumerate(topics.labels) if label}
        taken = [
            row
            for row, label in enumerate(labels)
            if label and label.name in theirs.values() and row not in theirs
        ]
        holds(not taken, "a person's name for another topic", "another name")
    none = Topics.of(made.documents, np.full(made.documents.n_docs, -1))
    holds(len(part.label(none, made.documents)) == 0, "labels for no topics", "none")


def check_layer_labeler(part: Any) -> None:
    """A labeler of layers: a Label or None per group, and one that has a label keeps it."""
    holds = promised(part, "label_layer")
    made = sample()
    below = made.topics.relabel({0: "Rockets", 1: "Recipes", 2: "Goals"})
    groups = below.regroup([0, 0, 1])
    given = groups.labels
    labels = validation.labels(part, part.label_layer(groups, made.documents, below, [[0, 1], [2]]), groups)
    kept = all(old is None or label is None or label == old for old, label in zip(given, labels, strict=True))
    holds(kept, "another name for a named group", "the name it had")
    names = [label.name for label in labels if label]
    holds(len(set(names)) == len(names), f"{names}", "different names")


def check_asker(part: Any) -> None:
    """A representer that asks: it joins none but its like, and has prompts answered before it represents."""
    joins_holds = promised(part, "joins")
    prompts_holds = promised(part, "prompts")
    joins_holds(part.joins(part) is True, "a refusal of itself", "True")
    joins_holds(part.joins(object()) is False, "company of anything", "its like alone")
    made = sample()
    prompts = list(part.prompts(made.topics, made.documents))
    known = all(isinstance(prompt, Prompt) for prompt in prompts)
    prompts_holds(known and prompts, f"{prompts!r:.60}", "Prompts")
    part.ask(prompts)
    again = list(part.prompts(made.topics, made.documents))
    prompts_holds(again == prompts, "others once they are answered", "the same")
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
    complete_holds = promised(part, "complete")
    promise(isinstance(part.name, str) and part.name, part, "name", repr(part.name), "the model's name")
    complete_holds(list(part.complete([])) == [], "answers to nothing", "none")
    prompts = [Prompt.of(f"Keywords: whales, sea, ships {i}", system="Be brief.") for i in range(3)]
    prompts.append(
        Prompt((("user", "hello"), ("assistant", "yes?"), ("user", "<b>Keywords:</b> a, b, \ud800")))
    )
    prompts = [replace(prompt, max_tokens=8) for prompt in prompts]
    arrived: dict[int, Answer | ChatError] = {}
    answers = part.complete(prompts, on_answer=arrived.__setitem__)
    complete_holds(len(answers) == len(prompts), f"{len(answers)} answers", f"{len(prompts)}")
    for answer in answers:
        known = isinstance(answer, Answer | ChatError)
        complete_holds(known, type(answer).__name__, "an Answer or a ChatError in each place")
    complete_holds(
        sorted(arrived) == list(range(len(prompts))), f"word of {sorted(arrived)}", "of each prompt"
    )
    same = all(arrived[place] is answer or arrived[place] == answer for place, answer in enumerate(answers))
    complete_holds(same, "other answers on the way than in the end", "the same")
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
    holds = promised(part, "complete")
    messages = Prompt.of("Keywords: whales, sea, ships", system="Be brief.").messages
    asked = [Prompt(messages, 24), Prompt(messages, 2), Prompt(messages, 24, _LABEL)]
    for answer, prompt in zip(part.complete(asked), asked, strict=True):
        n, held = prompt.max_tokens, prompt.schema
        (alone,) = part.complete([prompt])
        same = type(answer) is type(alone)
        holds(same, f"{answer!r:.60}", f"what comes alone, {alone!r:.60}")
        if not isinstance(answer, Answer):
            continue
        n_said = answer.n_answer_tokens or 0
        if (alone.n_answer_tokens or 0) <= n:  # a server may count as it likes
            holds(n_said <= n, f"{n_said} tokens", f"{n} at most")
        holds(
            _is_object(answer.text) == _is_object(alone.text),
            f"{answer.text!r:.60}",
            f"an answer {'that follows its schema' if held else 'without a schema'}, as {alone.text!r:.60}",
        )


def check_checkable(part: Any) -> None:
    """A part that is checked: what is wrong is raised as an error of ours, the same each time, and nothing is returned."""
    first, again = _wrong(part), _wrong(part)
    promise(first == again, part, "check", f"{first!r:.60}, then {again!r:.60}", "the same twice")


def _wrong(part: Any) -> str:
    """What a check raises, as a sentence; empty where nothing is wrong."""
    holds = promised(part, "check")
    try:
        fault = part.check()
    except ThemataError as error:
        return str(error)
    except Exception as error:  # the part's fault, whatever it is
        holds(False, f"a {type(error).__name__}", "a ThemataError that says what to do")
    holds(fault is None, repr(fault), "nothing: what is wrong is raised")
    return ""


def check_tokens(part: Any) -> None:
    """A chat that knows its tokens: cuts are beginnings, and no longer than asked."""
    cut_holds = promised(part, "cut")
    promise(part.context > 0, part, "context", str(part.context), "a number of tokens")
    text = " ".join(["The rocket and the garlic soup, 😀 ünïcode."] * 12)
    whole = part.count(text)
    promise(whole > 1, part, "count", str(whole), "the tokens of a text")
    cut_holds(part.cut(text, whole + 5) == text, "less than fits", "the whole text")
    for n in (0, 1, 7, whole // 2):
        cut = part.cut(text, n)
        cut_holds(text.startswith(cut), f"{cut!r:.60}", "a beginning of the text")
        cut_holds(part.count(cut) <= n, f"{part.count(cut)} tokens", f"{n} at most")


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _counted(part: Any, texts: list[str], n_terms: int) -> sparse.csr_matrix:
    counts = validation.counts(part, part.transform(texts), len(texts))
    promise(counts.shape[1] == n_terms, part, "transform", f"{counts.shape[1]} columns", f"{n_terms}")
    return counts
