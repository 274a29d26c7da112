"""Which of the names that are at hand do people like best? 228 topics, 4,332 names that people rated from 0 to 3 (NETL).

python benchmarks/rank_names.py QWEN.gguf [SMOLLM2.gguf]    writes results/rank_names.json

Each way scores the names of a topic and picks one; told is people's mean rating of the pick. By likeness (MiniLM), by letters
in common, by a language model: how likely a name is after the keywords, how much likelier than without (PMI), and whether it
says yes when asked. Mixtures are learned on other topics than they are tried on: four times ten folds.

people : the best by half of a topic's raters, as the other half rates it; "best" chooses by the very ratings it is measured
    with, so that it is higher than anybody can reach
"""

from __future__ import annotations

import copy
import gzip
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from common import CACHE, DATA, write
from scipy.stats import rankdata, spearmanr
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold

from themata.chat.model_loading import load_model
from themata.core.words_of_names import stem, words
from themata.embed.sentence_transformer import Sentence

Features = dict[str, list[np.ndarray]]
N_FOLDINGS = 4  # ways to cut the topics into ten folds
EXAMPLE = ("meat, beef, vegetarian, emissions, diet, livestock", "Environmental impact of eating meat")


class Judge:
    """A language model that tells how likely texts are after others. What prompts begin with alike is read once."""

    def __init__(self, name: str) -> None:
        self.model, self.tokenizer = load_model(name, None, "cpu")
        self.model.eval()

    def begun(self, text: str, after: Any = None) -> tuple[Any, Any]:
        """What is kept of a text that was read, after another that was, and the logarithms of what may come next."""
        import torch

        ids = torch.tensor([self._ids(text)])
        with torch.inference_mode():
            read = self.model(ids, past_key_values=copy.deepcopy(after), use_cache=True, logits_to_keep=1)
        return read.past_key_values, read.logits[0, -1].float().log_softmax(-1)

    def likelihoods(self, begun: tuple[Any, Any], texts: Sequence[str]) -> np.ndarray:
        """(len(texts), 2): logarithm of each text's probability after what was read, and the number of its tokens."""
        cache, first = begun
        rows = [self._ids(text) for text in texts]
        places = [(row, place) for row, ids in enumerate(rows) for place in range(len(ids) - 1)]
        next_tokens = [rows[row][place + 1] for row, place in places]
        logits = self._after(cache, rows, places)
        told = np.array([(first[ids[0]].item(), len(ids)) for ids in rows])
        for (row, _), own, token in zip(places, logits, next_tokens, strict=True):
            told[row, 0] += own[token].item()
        return told

    def choices(self, begun: tuple[Any, Any], texts: Sequence[str], answers: Sequence[str]) -> np.ndarray:
        """(len(texts), len(answers)): logarithm of the probability of the first token of each answer after each text."""
        rows = [self._ids(text) for text in texts]
        logits = self._after(begun[0], rows, [(row, len(ids) - 1) for row, ids in enumerate(rows)])
        return np.asarray(logits[:, [self._ids(answer)[0] for answer in answers]])

    def chat(self, *turns: str) -> str:
        """Turns of user and assistant in the model's template, up to where the assistant is to speak."""
        roles = ("user", "assistant")
        messages = [{"role": roles[place % 2], "content": turn} for place, turn in enumerate(turns)]
        return str(self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _after(self, cache: Any, rows: Sequence[Sequence[int]], places: Sequence[tuple[int, int]]) -> Any:
        """(len(places), vocabulary): logarithms of what may come after some tokens of the rows."""
        import torch

        longest, cache = max(map(len, rows)), copy.deepcopy(cache)
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
        mask = torch.ones(len(rows), cache.get_seq_length() + longest, dtype=torch.long)
        cache.batch_repeat_interleave(len(rows))
        with torch.inference_mode():
            read = self.model.model(ids, past_key_values=cache, attention_mask=mask).last_hidden_state
            picked = torch.stack([read[row, place] for row, place in places])
            return self.model.lm_head(picked).float().log_softmax(-1)


NAMING = "Keywords: {}. Give one short title."
ASKING = "Is the title good for documents with these keywords? Answer yes or no. Keywords: {}. Title: {}"
SHOWN = [
    (ASKING.format(EXAMPLE[0], EXAMPLE[1]), "Yes"),
    (ASKING.format("orchestra, violin, concert, symphony, conductor", "Fiddle making"), "No"),
]


def by_judge(topics: Sequence[Any], judge: Judge) -> Features:
    """What a language model makes of the names of every topic."""
    told: Features = {name: [] for name in ("after keywords", "of itself", "yes", "tokens")}

    def halves(text: str) -> tuple[str, str]:
        before, _, after = text.partition("KEYWORDS")
        return before, after

    naming = halves(judge.chat(NAMING.format(EXAMPLE[0]), EXAMPLE[1], NAMING.format("KEYWORDS")))
    asking = halves(judge.chat(*(turn for shot in SHOWN for turn in shot), ASKING.format("KEYWORDS", "NAME")))
    to_name, to_ask = judge.begun(naming[0])[0], judge.begun(asking[0])[0]
    alone = judge.begun("various" + naming[1], to_name)
    before, _, after = asking[1].partition("NAME")
    for place, topic in enumerate(topics):
        terms, names = ", ".join(topic["terms"]), [candidate["label"] for candidate in topic["candidates"]]
        titled = [name[:1].upper() + name[1:] for name in names]
        ended = [name + judge.tokenizer.eos_token for name in titled]
        given = judge.likelihoods(judge.begun(terms + naming[1], to_name), ended)
        told["after keywords"].append(given[:, 0])
        told["tokens"].append(given[:, 1])
        told["of itself"].append(judge.likelihoods(alone, ended)[:, 0])
        shares = judge.choices(
            judge.begun(terms + before, to_ask), [name + after for name in titled], ("Yes", "No")
        )
        told["yes"].append(shares[:, 0] - shares[:, 1])
        if place % 20 == 0:
            print(place, round(time.process_time()), file=sys.stderr, flush=True)
    return told


def by_likeness(topics: Sequence[Any], embedder: Any) -> Features:
    told: Features = {}
    wholes = _unit(embedder.encode([", ".join(topic["terms"]) for topic in topics]))

    def tell(name: str, values: Any) -> None:
        told.setdefault(name, []).append(np.asarray(values, dtype=float))

    for place, topic in enumerate(topics):
        names = [candidate["label"] for candidate in topic["candidates"]]
        points = _unit(embedder.encode([", ".join(topic["terms"]), *topic["terms"], *names]))
        n = len(topic["terms"])
        whole, single, named = points[0], points[1 : n + 1], points[n + 1 :]
        likeness = np.sort(named @ single.T, axis=1)
        tell("likeness", named @ whole)
        tell("to the nearest term", likeness[:, -1])
        tell("to the three nearest", likeness[:, -3:].mean(axis=1))
        tell("to the mean term", likeness.mean(axis=1))
        tell("to the first terms", (named @ single[:3].T).mean(axis=1))
        tell("to the other names", (named @ named.T).mean(axis=1))
        tell(
            "to the other names that are like the topic",
            named @ (named * (named @ whole)[:, None]).mean(axis=0),
        )
        others = named @ np.delete(wholes, place, axis=0).T
        tell("to all other topics", others.mean(axis=1))
        tell(
            "lead over the nearest other topics", named @ whole - np.sort(others, axis=1)[:, -5:].mean(axis=1)
        )
        heads = _unit(embedder.encode([name.split(" (")[0].split()[-1] for name in names]))
        tell("of its last word", heads @ whole)
        tell("digits", [any(map(str.isdigit, name)) for name in names])
        stems = {stem(term) for term in topic["terms"]}
        inside = [[stem(word) in stems for word in words(name)] for name in names]
        tell("share of its words that are terms", [np.mean(known or [False]) for known in inside])
        tell("terms in it", [sum(known) for known in inside])
        tell("words", [len(name.split()) for name in names])
        tell("letters", [len(name) for name in names])
        tell("brackets", ["(" in name for name in names])
        letters = [_trigrams(name) for name in names]
        common = _trigrams(" ".join(topic["terms"]))
        tell("letters in common", [len(own & common) / (len(own) * len(common)) ** 0.5 for own in letters])
    return told


def _unit(points: Any) -> np.ndarray:
    rows = np.asarray(points, dtype=float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _trigrams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def picked(scores: Sequence[np.ndarray], ratings: Sequence[np.ndarray]) -> float:
    """Mean rating of the name with the highest score; names that share it count alike."""
    return float(
        np.mean(
            [own[score >= score.max() - 1e-12].mean() for score, own in zip(scores, ratings, strict=True)]
        )
    )


def standing(values: np.ndarray) -> np.ndarray:
    """Within a topic: values without their mean and spread, and ranks between 0 and 1."""
    spread = values.std() or 1.0
    return np.stack(
        [(values - values.mean()) / spread, (rankdata(values) - 1) / max(1, len(values) - 1)], axis=1
    )


def by_people(topics: Sequence[Any], n_halvings: int = 20) -> float:
    """What half of the raters choose, as the other half rates it."""
    rng, told = np.random.default_rng(0), []
    for _ in range(n_halvings):
        for topic in topics:
            halves = []
            for candidate in topic["candidates"]:
                own = rng.permutation(candidate["ratings"])
                if len(own) > 1:
                    halves.append((own[: len(own) // 2].mean(), own[len(own) // 2 :].mean()))
            chosen, rated = np.array(halves).T
            told.append(rated[chosen == chosen.max()].mean())
    return round(float(np.mean(told)), 3)


def learned(
    features: Features, ratings: Sequence[np.ndarray], weights: Sequence[np.ndarray]
) -> dict[str, tuple[float, float]]:
    """Held out mean rating of the pick of each learner and of all together, and its spread over the ways to fold.

    weights : how many people rated each name
    """
    rows = [
        np.hstack([standing(features[name][topic]) for name in features]) for topic in range(len(ratings))
    ]
    told: dict[str, list[float]] = {}
    for seed in range(N_FOLDINGS):
        scores: dict[str, list[Any]] = {name: [None] * len(rows) for name in LEARNERS}
        for train, test in KFold(10, shuffle=True, random_state=seed).split(rows):
            known = np.vstack([rows[topic] for topic in train])
            rated = np.concatenate([ratings[topic] - ratings[topic].mean() for topic in train])
            weight = np.concatenate([weights[topic] for topic in train])
            for name, make in LEARNERS.items():
                model = make().fit(known, rated, sample_weight=weight)
                for topic in test:
                    scores[name][topic] = model.predict(rows[topic])
        scores["both"] = [
            sum(standing(scores[name][topic])[:, 0] for name in LEARNERS) for topic in range(len(rows))
        ]
        for name, values in scores.items():
            told.setdefault(name, []).append(picked(values, ratings))
    return {
        name: (round(float(np.mean(values)), 3), round(float(np.std(values)), 3))
        for name, values in told.items()
    }


LEARNERS: dict[str, Callable[[], Any]] = {
    "ridge": lambda: RidgeCV(np.logspace(-1, 5, 13)),
    "trees": lambda: HistGradientBoostingRegressor(
        max_iter=120, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=40, random_state=0
    ),
}


def main() -> None:
    with gzip.open(DATA / "topic_labels_netl.jsonl.gz", "rt", encoding="utf-8") as lines:
        topics = [json.loads(line) for line in lines]
    ratings = [np.array([candidate["mean"] for candidate in topic["candidates"]]) for topic in topics]
    sets: dict[str, Features] = {"likeness": by_likeness(topics, Sentence("minilm"))}
    for name in sys.argv[1:]:
        called = name.rpartition("/")[2].removesuffix(".gguf")
        kept = CACHE / f"rank-{called}.json"
        if not kept.exists():
            found = by_judge(topics, Judge(name))
            kept.write_text(json.dumps({key: [row.tolist() for row in rows] for key, rows in found.items()}))
        judged = {key: [np.array(row) for row in rows] for key, rows in json.loads(kept.read_text()).items()}
        given, alone = judged["after keywords"], judged["of itself"]
        judged["pmi"] = [one - two for one, two in zip(given, alone, strict=True)]
        judged["pmi per token"] = [one / n for one, n in zip(judged["pmi"], judged["tokens"], strict=True)]
        judged["per token"] = [one / n for one, n in zip(given, judged["tokens"], strict=True)]
        sets[called] = {f"{called}: {key}": rows for key, rows in judged.items()}
    told: dict[str, Any] = {
        "topics": len(topics),
        "best": round(float(np.mean([own.max() for own in ratings])), 3),
        "mean": round(float(np.mean([own.mean() for own in ratings])), 3),
        "people": by_people(topics),
    }
    weights = [np.array([candidate["n"] for candidate in topic["candidates"]], float) for topic in topics]
    for features in sets.values():
        for name, scores in features.items():
            ranks = [spearmanr(score, own)[0] for score, own in zip(scores, ratings, strict=True)]
            told[name] = {
                "picked": round(picked(scores, ratings), 3),
                "within topics": round(float(np.nanmean(ranks)), 3),
            }
    mixtures = {
        "likeness": ["likeness"],
        **{f"likeness and {name}": ["likeness", name] for name in list(sets)[1:]},
    }
    if len(sets) > 2:
        mixtures["all"] = list(sets)
    for title, names in mixtures.items():
        features = {key: rows for name in names for key, rows in sets[name].items()}
        for learner, found in learned(features, ratings, weights).items():
            told[f"mixture of {title}, {learner}"] = found
    print(json.dumps(told, indent=1))
    write("rank_names", told)


if __name__ == "__main__":
    main()
