"""Names by small language models on this machine: how well they find their topics, and what they cost.

python benchmarks/names.py --models smollm2 QWEN.gguf --corpora arxiv clinc150 titles demo    writes results/names.json
python benchmarks/names.py --models smollm2 --corpora demo --topics 8 --ways ours bertopic

phrases : themata's names without a model
ours : themata's labeler, with the prompt that the size of the model decides, whose names give way to phrases that fit better
alone : the same, whose names never give way: what the model itself says
bertopic : the model asked as BERTopic's TextGeneration does, one prompt at a time, with its default prompt
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from common import CACHE, RESULTS, corpus, embedded, write

from themata import LLM, TopicModel
from themata.chat.transformers import Transformers
from themata.core.topics import Namer
from themata.embed.sentence_transformer import Sentence
from themata.evaluate.labels import label_scores
from themata.naming.phrases.phrase_labeler import Phrases

WAYS = ("ours", "alone", "bertopic")
BERTOPIC_PROMPT = "I have a topic described by the following keywords: [KEYWORDS]. The name of this topic is:"
BERTOPIC_TOKENS = 20  # of an answer: more is not a name


def texts_of(name: str) -> tuple[list[str], np.ndarray]:
    """Texts and MiniLM embeddings of a corpus."""
    if name == "demo":
        from themata.cli.docstrings import docstrings

        texts = [record["text"] for record in docstrings(8000, seed=42)]
        return texts, embedded("names_demo", texts)
    texts, points, _ = corpus("titles:30000" if name == "titles" else name)
    return texts, points


def fitted(name: str) -> TopicModel:
    folder = CACHE / f"names-{name}"
    if not folder.exists():
        texts, points = texts_of(name)
        TopicModel(embedder=Sentence("minilm"), random_state=42).fit(texts, points).save(folder)
    return TopicModel.load(folder)


def first(model: TopicModel, n_topics: int | None) -> list[int]:
    """Rows of the topics that are named: all, or so many spread from the largest to the smallest."""
    every = list(range(model.result_.n_topics))
    if n_topics is None or n_topics >= len(every):
        return every
    return [int(row) for row in np.linspace(0, len(every) - 1, n_topics).round()]


def scored(model: TopicModel, rows: Sequence[int], names: Sequence[str], embedder: Any) -> dict[str, Any]:
    """names : of all topics"""
    scores = label_scores(model.result_, model.documents_, embedder, names=list(names))
    rank = scores.rank[list(rows)]
    return {
        "hits_at_1": round(float((rank == 1).mean()), 3), "mrr": round(float((1 / rank).mean()), 3),
        "own": round(float(scores.own[list(rows)].mean()), 3),
        "distinct": round(float(scores.distinct[list(rows)].mean()), 3),
        "words": round(float(scores.n_words[list(rows)].mean()), 2),
        "names": [names[row] for row in rows],
    }  # fmt: skip


def by_labeler(
    model: TopicModel,
    rows: Sequence[int],
    phrases: Sequence[str],
    chat: Any,
    embedder: Any,
    *,
    gives_way: bool,
    answers: Path | None = None,
) -> dict[str, Any]:
    labels = [None if row in set(rows) else label for row, label in enumerate(model.result_.labels)]
    topics = model.result_.having(labels=tuple(labels), layer_labels=tuple({} for _ in model.result_.layers))
    labeler = LLM(chat, embedder=embedder, gives_way=gives_way, cache=answers)
    started, began = time.perf_counter(), time.process_time()
    named = labeler.label(topics, model.documents_)
    seconds, worked = time.perf_counter() - started, time.process_time() - began
    origins = [named[row].origin for row in rows]
    report = labeler.report_
    return scored(model, rows, [label.name for label in named], embedder) | {
        "own_share": round(sum(origin.namer is Namer.MODEL for origin in origins) / len(rows), 3),
        "gave_way": report.gave_way, "failed": len(report.failed), "again": report.again, "apart": report.apart,
        "prompt_tokens": report.prompt_tokens, "answer_tokens": report.answer_tokens,
        "seconds": round(seconds, 1), "processor_seconds": round(worked, 1), "sources": [str(origin) for origin in origins],
    }  # fmt: skip


def by_bertopic(
    model: TopicModel, rows: Sequence[int], phrases: Sequence[str], chat: Any, embedder: Any
) -> dict[str, Any]:
    """As bertopic.representation.TextGeneration asks a pipeline, and reads what comes."""
    import torch

    decoder = chat._loaded()
    names, started = list(phrases), time.perf_counter()
    for row in rows:
        words = ", ".join(word for word, _ in model.result_.keywords[row][:10])
        prompt = BERTOPIC_PROMPT.replace("[KEYWORDS]", words)
        ids = decoder.tokenizer(prompt, return_tensors="pt").input_ids
        with torch.inference_mode():
            said = decoder.model.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=BERTOPIC_TOKENS, do_sample=False
            )
        text = decoder.tokenizer.decode(said[0, ids.shape[1] :], skip_special_tokens=True)
        names[row] = " ".join(text.split()) or "(nothing)"
    seconds = time.perf_counter() - started
    return scored(model, rows, names, embedder) | {"own_share": 1.0, "seconds": round(seconds, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["smollm2"])
    parser.add_argument("--corpora", nargs="+", default=["arxiv", "clinc150", "titles", "demo"])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--topics", type=int, help="so many of each corpus")
    parser.add_argument("--quantize")
    parser.add_argument("--into", default="names")
    parser.add_argument(
        "--answers", type=Path, help="keep what models say in this file; seconds then tell nothing"
    )
    given = parser.parse_args()

    kept = RESULTS / f"{given.into}.json"  # to which more is added
    told: dict[str, Any] = json.loads(kept.read_text())["measured"] if kept.exists() else {}
    embedder = Sentence("minilm")
    for path in given.models:
        started = time.perf_counter()
        chat = Transformers(path, device="cpu", quantize=given.quantize)
        chat.load()
        told.setdefault(chat.name, {})["loading"] = round(time.perf_counter() - started, 1)
        for name in given.corpora:
            model = fitted(name)
            rows = first(model, given.topics)
            phrases = [label.name for label in Phrases().label(_unnamed(model), model.documents_) if label]
            if told.get(name, {}).get("topics") != len(rows):
                told[name] = {"topics": len(rows), "phrases": scored(model, rows, phrases, embedder)}
            for way in given.ways:
                if way == "bertopic":
                    found = by_bertopic(model, rows, phrases, chat, embedder)
                else:
                    found = by_labeler(
                        model, rows, phrases, chat, embedder, gives_way=way == "ours", answers=given.answers
                    )
                told[chat.name][f"{name}, {way}"] = found
                print(
                    json.dumps({"model": chat.name, "corpus": name, "way": way, **found}, ensure_ascii=False),
                    flush=True,
                )
                if given.into:
                    write(given.into, told)
        chat.close()


def _unnamed(model: TopicModel) -> Any:
    return model.result_.having(labels=(None,) * model.result_.n_topics)


if __name__ == "__main__":
    Path(CACHE).mkdir(parents=True, exist_ok=True)
    main()
