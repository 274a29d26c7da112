"""Which of the names that are at hand do people like best? 228 topics, 4,332 names that people rated from 0 to 3 (NETL).

python benchmarks/rank_names.py QWEN.gguf [SMOLLM2.gguf]    writes results/rank_names.json

Each way scores the names of a topic and picks one; it is measured by people's mean rating of the pick, beside likeness alone.
By likeness (MiniLM), by letters in common, by a language model: how likely a name is after the keywords, how much likelier than
without (PMI), and the keywords after the name; whether it says yes when asked, which number from 0 to 3 it gives, and which of two
names it takes, in both orders.
Mixtures are learned on other topics than they are tried on: four times ten folds, and each kind of text by the three others.

"best" chooses by the very ratings it is measured with, so that it is higher than anybody can reach: see `by_people`. Nothing of
this is in the product: what picks better than likeness does so by less than three standard errors, and its simplest form, likeness
to the three nearest keywords, makes names of our own corpora worse (README.md).
"""

from __future__ import annotations

import copy
import gzip
import json
import sys
import time
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import numpy as np
from common import CACHE, DATA, write
from scipy.stats import rankdata, spearmanr
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import KFold

from themata.chat.model_loading import load_model
from themata.core.words_of_names import stem, words
from themata.embed.sentence_transformer import Sentence

Features = dict[str, list[np.ndarray]]
N_FOLDINGS = 4  # ways to cut the topics into ten folds


class Judge:
    """A language model that tells how likely texts are after others. What prompts begin with alike is read once."""

    def __init__(self, name: str) -> None:
        self.model, self.tokenizer = load_model(name, None, "cpu")
        self.model.eval()

    def read(self, text: str, after: Any = None) -> tuple[Any, Any]:
        """The cache of a text, after another one's, and the logarithms of the probabilities of the next token."""
        import torch

        ids = torch.tensor([self._ids(text)])
        with torch.inference_mode():
            output = self.model(ids, past_key_values=copy.deepcopy(after), use_cache=True, logits_to_keep=1)
        return output.past_key_values, output.logits[0, -1].float().log_softmax(-1)

    def likelihoods(self, context: tuple[Any, Any], texts: Sequence[str]) -> np.ndarray:
        """(len(texts), 2): logarithm of each text's probability after the context, and the number of its tokens."""
        cache, first = context
        rows = [self._ids(text) for text in texts]
        places = [(row, place) for row, ids in enumerate(rows) for place in range(len(ids) - 1)]
        next_tokens = [rows[row][place + 1] for row, place in places]
        sums = np.array([(first[ids[0]].item(), len(ids)) for ids in rows])
        for (row, _), logits, token in zip(
            places, self._after(cache, rows, places), next_tokens, strict=True
        ):
            sums[row, 0] += logits[token].item()
        return sums

    def endings(self, context: tuple[Any, Any], beginnings: Sequence[str], ending: str) -> np.ndarray:
        """(len(beginnings), tokens of the ending): logarithm of the probability of each token of one ending."""
        rows, last = [self._ids(text) for text in beginnings], self._ids(ending)
        places = [(row, len(ids) - 1 + step) for row, ids in enumerate(rows) for step in range(len(last))]
        logits = self._after(context[0], [[*ids, *last] for ids in rows], places)
        return np.asarray(logits[range(len(places)), last * len(rows)]).reshape(len(rows), len(last))

    def choices(self, context: tuple[Any, Any], texts: Sequence[str], answers: Sequence[str]) -> np.ndarray:
        """(len(texts), len(answers)): logarithm of the probability of the first token of each answer after each text."""
        rows = [self._ids(text) for text in texts]
        logits = self._after(context[0], rows, [(row, len(ids) - 1) for row, ids in enumerate(rows)])
        return np.asarray(logits[:, [self._ids(answer)[0] for answer in answers]])

    def chat(self, *turns: str) -> str:
        """Turns of user and assistant in the model's template, up to where the assistant is to speak."""
        roles = ("user", "assistant")
        messages = [{"role": roles[place % 2], "content": turn} for place, turn in enumerate(turns)]
        return str(self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _after(self, cache: Any, rows: Sequence[Sequence[int]], places: Sequence[tuple[int, int]]) -> Any:
        """(len(places), vocabulary): logarithms of the probabilities of the token after some tokens of the rows."""
        import torch

        longest, cache = max(map(len, rows)), copy.deepcopy(cache)
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
        mask = torch.ones(len(rows), cache.get_seq_length() + longest, dtype=torch.long)
        cache.batch_repeat_interleave(len(rows))
        with torch.inference_mode():
            states = self.model.model(ids, past_key_values=cache, attention_mask=mask).last_hidden_state
            chosen = torch.stack([states[row, place] for row, place in places])
            return self.model.lm_head(chosen).float().log_softmax(-1)


# What judges are asked, with worked examples of which no word is in the data
MEAT = "meat, beef, vegetarian, emissions, diet, livestock"
TITLING = "Keywords: KEYWORDS. Give one short title."
ASKING = (
    "Is the title good for documents with these keywords? Answer yes or no. Keywords: KEYWORDS. Title: NAME"
)
RATING = (
    "Rate the title for documents with these keywords. 3: very good. 2: fair. 1: related, but not good. 0: wrong. "
    "Keywords: KEYWORDS. Title: NAME"
)
TELLING = "Title: NAME. Which keywords do its documents have?"
COMPARING = "Which title is better for documents with these keywords, A or B? Keywords: KEYWORDS. NAME"
WORKED: dict[str, list[tuple[str, str, str]]] = {  # keywords, name, answer
    TITLING: [(MEAT, "", "Environmental impact of eating meat")],
    ASKING: [
        (MEAT, "Environmental impact of eating meat", "Yes"),
        ("orchestra, violin, concert, symphony, conductor", "Fiddle making", "No"),
    ],
    RATING: [
        (MEAT, "Environmental impact of eating meat", "3"),
        ("orchestra, violin, concert, symphony, conductor", "Fiddle making", "0"),
        ("glacier, ice, snow, sheet, melt, antarctic", "Polar regions of earth", "2"),
        ("bicycle, wheel, brake, rider, chain, pedal", "Motorcycle", "1"),
    ],
    COMPARING: [
        (MEAT, "A: Milk. B: Environmental impact of eating meat.", "B"),
        ("orchestra, violin, concert, symphony, conductor", "A: Classical music. B: Fiddle making.", "A"),
    ],
}
WORKED[TELLING] = [
    (MEAT, "Environmental impact of eating meat", MEAT),
    ("", "Classical music", "orchestra, violin, concert, symphony, conductor, piano"),
]
SHORTLIST = 4  # names, the nearest to their three nearest terms, that are compared in pairs


class Question:
    """One question with its worked examples, read once for all topics."""

    def __init__(self, judge: Judge, wording: str) -> None:
        turns = [
            turn
            for keywords, name, answer in WORKED[wording]
            for turn in (wording.replace("KEYWORDS", keywords).replace("NAME", name), answer)
        ]
        before, _, after = judge.chat(*turns, wording).rpartition("KEYWORDS")
        self.between, _, self.end = after.partition("NAME")
        self.judge, self.examples = judge, judge.read(before)[0]

    def answers(self, keywords: str, texts: Sequence[str], answers: Sequence[str]) -> np.ndarray:
        """(len(texts), len(answers)): logarithm of the probability of each answer where a text stands for NAME."""
        context = self.judge.read(keywords + self.between, self.examples)
        return self.judge.choices(context, [text + self.end for text in texts], answers)


def _titles(topic: Any) -> list[str]:
    return [candidate["label"][:1].upper() + candidate["label"][1:] for candidate in topic["candidates"]]


def likelihood_of_titles(judge: Judge) -> Callable[[Any, np.ndarray], dict[str, np.ndarray]]:
    question = Question(judge, TITLING)
    alone = judge.read("various" + question.between, question.examples)

    def of_topic(topic: Any, _: np.ndarray) -> dict[str, np.ndarray]:
        texts = [title + judge.tokenizer.eos_token for title in _titles(topic)]
        context = judge.read(", ".join(topic["terms"]) + question.between, question.examples)
        given = judge.likelihoods(context, texts)
        return {
            "after keywords": given[:, 0],
            "of itself": judge.likelihoods(alone, texts)[:, 0],
            "tokens": given[:, 1],
        }

    return of_topic


def yes_or_no(judge: Judge) -> Callable[[Any, np.ndarray], dict[str, np.ndarray]]:
    question = Question(judge, ASKING)

    def of_topic(topic: Any, _: np.ndarray) -> dict[str, np.ndarray]:
        shares = question.answers(", ".join(topic["terms"]), _titles(topic), ("Yes", "No"))
        return {"yes": shares[:, 0] - shares[:, 1]}

    return of_topic


def rating(judge: Judge) -> Callable[[Any, np.ndarray], dict[str, np.ndarray]]:
    """The expected value of a number from 0 to 3, as people were asked for."""
    question = Question(judge, RATING)

    def of_topic(topic: Any, _: np.ndarray) -> dict[str, np.ndarray]:
        shares = np.exp(question.answers(", ".join(topic["terms"]), _titles(topic), ("0", "1", "2", "3")))
        return {"rating": shares @ np.arange(4) / shares.sum(axis=1)}

    return of_topic


def pairs(judge: Judge) -> Callable[[Any, np.ndarray], dict[str, np.ndarray]]:
    """How often a name of the shortlist is better than another, asked in both orders; the rest of the names: the least."""
    question = Question(judge, COMPARING)

    def of_topic(topic: Any, likeness: np.ndarray) -> dict[str, np.ndarray]:
        titles, nearest = _titles(topic), np.argsort(-likeness, kind="stable")[:SHORTLIST]
        orders = list(permutations(nearest.tolist(), 2))
        texts = [f"A: {titles[first]}. B: {titles[second]}." for first, second in orders]
        shares = question.answers(", ".join(topic["terms"]), texts, ("A", "B"))
        wins = np.zeros(len(titles))
        for (first, second), odds in zip(orders, shares[:, 0] - shares[:, 1], strict=True):
            wins[first] += odds
            wins[second] -= odds
        others = np.setdiff1d(np.arange(len(titles)), nearest)
        wins[others] = wins[nearest].min() - 1e-6
        return {"pairs": wins}

    return of_topic


def likelihood_of_keywords(judge: Judge) -> Callable[[Any, np.ndarray], dict[str, np.ndarray]]:
    """How likely the keywords are after each name: the same keywords for all, so that no name is likely of itself."""
    turns = [turn for _, name, answer in WORKED[TELLING] for turn in (TELLING.replace("NAME", name), answer)]
    before, _, after = judge.chat(*turns, TELLING).rpartition("NAME")
    examples = judge.read(before)

    def of_topic(topic: Any, _: np.ndarray) -> dict[str, np.ndarray]:
        beginnings = [title + after for title in _titles(topic)]
        return {"keywords": judge.endings(examples, beginnings, ", ".join(topic["terms"])).sum(axis=1)}

    return of_topic


QUESTIONS = {
    "titles": likelihood_of_titles,
    "yes": yes_or_no,
    "rating": rating,
    "pairs": pairs,
    "keywords": likelihood_of_keywords,
}


def by_judge(topics: Sequence[Any], name: str, likeness: Sequence[np.ndarray]) -> Features:
    """What a language model makes of the names of every topic. Each topic is kept when it is done: a line of JSON."""
    features: Features = {}
    title, judge = name.rpartition("/")[2].removesuffix(".gguf"), None
    for key, question in QUESTIONS.items():
        kept = CACHE / f"rank-{title}-{key}.jsonl"
        done = kept.read_text().splitlines() if kept.exists() else []
        if len(done) < len(topics):
            judge = judge or Judge(name)
            of_topic = question(judge)
        for place, topic in enumerate(topics):
            if place >= len(done):
                values = of_topic(topic, likeness[place])
                with kept.open("a") as lines:
                    lines.write(json.dumps({name: row.tolist() for name, row in values.items()}) + "\n")
                if place % 20 == 0:
                    print(key, place, round(time.process_time()), file=sys.stderr, flush=True)
        for line in kept.read_text().splitlines():
            for feature, row in json.loads(line).items():
                features.setdefault(feature, []).append(np.array(row))
    given, alone = features["after keywords"], features["of itself"]
    features["pmi"] = [row - other for row, other in zip(given, alone, strict=True)]
    for feature, source in (("pmi per token", "pmi"), ("per token", "after keywords")):
        features[feature] = [row / n for row, n in zip(features[source], features["tokens"], strict=True)]
    return features


def by_likeness(topics: Sequence[Any], embedder: Any) -> Features:
    """Measures that need no language model: likeness by an embedder, and letters."""
    features: Features = {}
    wholes = _unit(embedder.encode([", ".join(topic["terms"]) for topic in topics]))
    subjects = _unit(embedder.encode([_documents_about(", ".join(topic["terms"])) for topic in topics]))
    center = embedder.encode(sorted({term for topic in topics for term in topic["terms"]})).mean(axis=0)

    def add(name: str, values: Any) -> None:
        features.setdefault(name, []).append(np.asarray(values, dtype=float))

    for place, topic in enumerate(topics):
        names, terms = [candidate["label"] for candidate in topic["candidates"]], topic["terms"]
        points = embedder.encode([*terms, *names])
        centered = _unit(points - center)
        single, named = np.split(_unit(points), [len(terms)])
        whole, likeness = wholes[place], np.sort(named @ single.T, axis=1)
        add("likeness", named @ whole)
        add("to the nearest term", likeness[:, -1])
        add("to the three nearest", likeness[:, -3:].mean(axis=1))
        from_center = np.sort(centered[len(terms) :] @ centered[: len(terms)].T, axis=1)
        add("to the three nearest, from the center", from_center[:, -3:].mean(axis=1))
        add("to the mean term", likeness.mean(axis=1))
        add("to the first terms", (named @ single[:3].T).mean(axis=1))
        add("weighed by the place of terms", (named @ single.T) @ (1 / np.arange(1, len(terms) + 1)))
        about = _unit(embedder.encode([_documents_about(name) for name in names]))
        add("documents about both", about @ subjects[place])
        add("to the other names", (named @ named.T).mean(axis=1))
        agreeing = (named * (named @ whole)[:, None]).mean(axis=0)
        add("to the other names that are like the topic", named @ agreeing)
        others = named @ np.delete(wholes, place, axis=0).T
        add("to all other topics", others.mean(axis=1))
        add(
            "lead over the nearest other topics", named @ whole - np.sort(others, axis=1)[:, -5:].mean(axis=1)
        )
        heads = _unit(embedder.encode([name.split(" (")[0].split()[-1] for name in names]))
        add("of its last word", heads @ whole)
        add("digits", [any(map(str.isdigit, name)) for name in names])
        stems = {stem(term) for term in terms}
        inside = [[stem(word) in stems for word in words(name)] for name in names]
        add("share of its words that are terms", [np.mean(known or [False]) for known in inside])
        add("terms in it", [sum(known) for known in inside])
        add("words", [len(name.split()) for name in names])
        add("letters", [len(name) for name in names])
        add("brackets", ["(" in name for name in names])
        letters, common = [_trigrams(name) for name in names], _trigrams(" ".join(terms))
        add(
            "letters in common",
            [len(trigrams & common) / (len(trigrams) * len(common)) ** 0.5 for trigrams in letters],
        )
    return features


def by_place(topics: Sequence[Any], embedder: Any, dim: int = 10) -> Features:
    """Where a name lies in the first directions of all names: whether people like names of some kind, whatever the topic."""
    names = sorted({candidate["label"] for topic in topics for candidate in topic["candidates"]})
    points = PCA(dim, random_state=0).fit_transform(_unit(embedder.encode(names)))
    place = dict(zip(names, points, strict=True))
    rows = [np.array([place[candidate["label"]] for candidate in topic["candidates"]]) for topic in topics]
    return {f"place {column}": [row[:, column] for row in rows] for column in range(dim)}


def _documents_about(text: str) -> str:
    return f"documents about {text}"


def _unit(points: Any) -> np.ndarray:
    rows = np.asarray(points, dtype=float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _trigrams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def picked(scores: Sequence[np.ndarray], ratings: Sequence[np.ndarray]) -> np.ndarray:
    """(n_topics,) mean rating of the name with the highest score; names that share it count alike."""
    return np.array(
        [rated[score >= score.max() - 1e-12].mean() for score, rated in zip(scores, ratings, strict=True)]
    )


def compared(picks: np.ndarray, usual: np.ndarray) -> dict[str, float]:
    """A way to pick beside likeness: its mean rating, and the mean and standard error of the differences over the topics."""
    differences = picks - usual
    return {
        "picked": round(float(picks.mean()), 3),
        "more than likeness": round(float(differences.mean()), 3),
        "standard error": round(float(differences.std(ddof=1) / len(differences) ** 0.5), 3),
    }


def standing(values: np.ndarray) -> np.ndarray:
    """Within a topic: values without their mean and spread, and ranks between 0 and 1."""
    spread = values.std() or 1.0
    return np.stack(
        [(values - values.mean()) / spread, (rankdata(values) - 1) / max(1, len(values) - 1)], axis=1
    )


def by_people(topics: Sequence[Any], n_draws: int = 20) -> dict[str, float]:
    """What people reach who are asked anew, and what is there to be reached.

    half of them : what half of the raters like best, as the other half rates it; measured
    all of them : what all raters like best, as as many others would rate it
    knowing : the name with the highest rating that endlessly many raters would give

    The last two are of ratings drawn from normal distributions with the variances that the data have between the names of a
    topic, without what raters differ by, and between the raters of a name. Drawn so, half of them reach 1.92 and the best
    name has 2.48, as measured.
    """
    rng = np.random.default_rng(0)
    ratings = [[np.array(candidate["ratings"]) for candidate in topic["candidates"]] for topic in topics]
    of_raters = float(np.mean([rated.var(ddof=1) for rows in ratings for rated in rows]))
    means = [np.array([rated.mean() for rated in rows]) for rows in ratings]
    noise = [np.array([of_raters / len(rated) for rated in rows]) for rows in ratings]
    of_names = float(
        np.mean([mean.var(ddof=1) - variance.mean() for mean, variance in zip(means, noise, strict=True)])
    )
    half, every, knowing = [], [], []
    for _ in range(n_draws):
        for rows, mean, variance in zip(ratings, means, noise, strict=True):
            orders = [rng.permutation(rated) for rated in rows]
            chosen = np.array([order[: len(order) // 2].mean() for order in orders])
            rest = np.array([order[len(order) // 2 :].mean() for order in orders])
            half.append(rest[chosen == chosen.max()].mean())
            truth = rng.normal(mean.mean(), of_names**0.5, len(rows))
            every.append(truth[rng.normal(truth, variance**0.5).argmax()])
            knowing.append(truth.max())
    names = ("half of them", "all of them", "knowing")
    return {
        name: round(float(np.mean(values)), 3)
        for name, values in zip(names, (half, every, knowing), strict=True)
    }


def best_elsewhere(features: Features, ratings: Sequence[np.ndarray]) -> np.ndarray:
    """(n_topics,) rating of the pick by the measure alone that does best on other topics: what choosing among them is worth."""
    picks = np.array([picked(scores, ratings) for scores in features.values()])
    chosen = []
    for seed in range(N_FOLDINGS):
        held_out = np.zeros(len(ratings))
        for train, test in KFold(10, shuffle=True, random_state=seed).split(ratings):
            held_out[test] = picks[picks[:, train].mean(axis=1).argmax(), test]
        chosen.append(held_out)
    return np.mean(chosen, axis=0)


def foldings(domains: Sequence[str]) -> dict[str, list[list[tuple[np.ndarray, np.ndarray]]]]:
    """Ways to learn on some topics and to try on others: ten folds, several times, and each kind of text by all others."""
    rows = np.arange(len(domains))
    kinds = np.array(domains)
    return {
        "": [list(KFold(10, shuffle=True, random_state=seed).split(rows)) for seed in range(N_FOLDINGS)],
        ", other kinds of text": [
            [(rows[kinds != kind], rows[kinds == kind]) for kind in sorted(set(domains))]
        ],
    }


def learned(
    features: Features, topics: Sequence[Any], ratings: Sequence[np.ndarray]
) -> dict[str, np.ndarray]:
    """Held out, (n_topics,) rating of the pick of each learner, and of all together, for each way to fold."""
    rows = [
        np.hstack([standing(features[name][topic]) for name in features]) for topic in range(len(ratings))
    ]
    weights = [np.array([candidate["n"] for candidate in topic["candidates"]], float) for topic in topics]
    targets = [rated - rated.mean() for rated in ratings]
    picks: dict[str, np.ndarray] = {}
    for title, ways in foldings([topic["label"] for topic in topics]).items():
        of_ways: dict[str, list[np.ndarray]] = {}
        for folds in ways:
            scores: dict[str, list[Any]] = {name: [None] * len(rows) for name in LEARNERS}
            for train, test in folds:
                for name, learn in LEARNERS.items():
                    score = learn(*([values[row] for row in train] for values in (rows, targets, weights)))
                    for topic in test:
                        scores[name][topic] = score(rows[topic])
            scores["all three"] = [
                sum(standing(scores[name][topic])[:, 0] for name in LEARNERS) for topic in range(len(rows))
            ]
            for name, values in scores.items():
                of_ways.setdefault(name + title, []).append(picked(values, ratings))
        picks.update({name: np.mean(values, axis=0) for name, values in of_ways.items()})
    return picks


Rows = Sequence[np.ndarray]
Score = Callable[[np.ndarray], np.ndarray]


def ridge(rows: Rows, targets: Rows, weights: Rows) -> Score:
    """Ratings, by a ridge that is chosen by leaving names out; weighed by how many people rated a name."""
    model = RidgeCV(np.logspace(-1, 5, 13))
    return model.fit(np.vstack(rows), np.concatenate(targets), sample_weight=np.concatenate(weights)).predict


def trees(rows: Rows, targets: Rows, weights: Rows) -> Score:
    model = ExtraTreesRegressor(150, min_samples_leaf=8, max_features=0.4, random_state=0)
    return model.fit(np.vstack(rows), np.concatenate(targets), sample_weight=np.concatenate(weights)).predict


def by_pairs(rows: Rows, targets: Rows, weights: Rows) -> Score:
    """Which of two names of a topic is liked better, by logistic regression on what they differ by; weighed by how much."""
    differences, margins = [], []
    for values, target in zip(rows, targets, strict=True):
        first, second = np.triu_indices(len(target), 1)
        differences.append(values[first] - values[second])
        margins.append(target[first] - target[second])
    values, margin = np.vstack(differences), np.concatenate(margins)
    model = LogisticRegression(C=0.002, fit_intercept=False, max_iter=500)
    model.fit(values, margin > 0, sample_weight=np.abs(margin))
    return lambda names: names @ model.coef_[0]


LEARNERS: dict[str, Callable[[Rows, Rows, Rows], Score]] = {
    "ridge": ridge,
    "trees": trees,
    "pairs": by_pairs,
}
FEW = [  # of the measures by likeness, for learners that 228 topics are enough for
    "likeness",
    "to the three nearest",
    "share of its words that are terms",
    "letters in common",
    "to the other names",
    "of its last word",
    "brackets",
    "words",
]


def main() -> None:
    with gzip.open(DATA / "topic_labels_netl.jsonl.gz", "rt", encoding="utf-8") as lines:
        topics = [json.loads(line) for line in lines]
    ratings = [np.array([candidate["mean"] for candidate in topic["candidates"]]) for topic in topics]
    embedder = Sentence("minilm")
    likeness = by_likeness(topics, embedder)
    usual = picked(likeness["likeness"], ratings)
    places = by_place(topics, embedder)
    few = {name: likeness[name] for name in FEW}
    mixtures = {"few": few, "few, and the name's place": {**few, **places}, "likenesses": likeness}
    judges: Features = {}
    for name in sys.argv[1:]:
        title = name.rpartition("/")[2].removesuffix(".gguf")
        answers = by_judge(topics, name, likeness["to the three nearest"])
        of_judge = {f"{title}: {key}": rows for key, rows in answers.items()}
        mixtures[f"few and {title}"] = {**few, **of_judge}
        mixtures[f"likenesses and {title}"] = {**likeness, **of_judge}
        mixtures[f"few, the name's place and {title}"] = {**few, **places, **of_judge}
        judges |= of_judge
    single = {}
    for name, scores in {**likeness, **judges}.items():
        ranks = [
            spearmanr(score, rated)[0]
            for score, rated in zip(scores, ratings, strict=True)
            if np.ptp(score) > 0
        ]
        single[name] = {
            **compared(picked(scores, ratings), usual),
            "within topics": round(float(np.mean(ranks)), 3),
        }
    measured = {
        "topics": len(topics),
        "best": round(float(np.mean([rated.max() for rated in ratings])), 3),
        "mean": round(float(np.mean([rated.mean() for rated in ratings])), 3),
        "people": by_people(topics),
        "kinds of text": {
            kind: round(
                float(np.mean([usual[row] for row, topic in enumerate(topics) if topic["label"] == kind])), 3
            )
            for kind in sorted({topic["label"] for topic in topics})
        },
        "single": single,
        "the best single one of other topics": compared(
            best_elsewhere({**likeness, **judges}, ratings), usual
        ),
        "mixtures": {
            f"{title}, {learner}": compared(picks, usual)
            for title, features in mixtures.items()
            for learner, picks in learned(features, topics, ratings).items()
        },
    }
    print(json.dumps(measured, indent=1))
    write("rank_names", measured)


if __name__ == "__main__":
    main()
