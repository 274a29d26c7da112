"""What each group of rules of phrase naming brings, by leaving it out: python benchmarks/phrase_rules.py measure [CORPUS ...]

Of the same topics, found once and kept, so that only names change. `pairs N` then draws, of each group, N topics whose names differ and
writes them without saying which name is which; a person fills in judged.json ("A", "B" or "=" for each number), and
`table` adds both up.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import keywords
import labels
import numpy as np
import regex
from common import CACHE, DATA, corpus, embedded, write

from themata import TopicModel
from themata.core.documents import Documents
from themata.core.graph import unit_rows
from themata.core.topics import Topics
from themata.embed.sentence_transformer import Sentence
from themata.evaluate.labels import label_scores, name_agreement
from themata.languages.catalog import first_of, languages_of
from themata.naming.phrases import candidates, nouns, phrase_counts, ranking
from themata.naming.phrases.nouns import Grammar
from themata.naming.phrases.phrase_labeler import Phrases
from themata.naming.phrases.sentences import Reader
from themata.words.stop_words import stop_words
from themata.words.word_boundaries import cutter

PROSE = ["arxiv", "titles", "clinc150", "sib13:eng_Latn", "bbc", "lee"]
SOFTWARE = [
    "changelogs",
    "packages",
    "manuals",
]  # of the Debian that it runs on; no rule is of use in news only
OTHERS = [
    f"sib13:{language}"
    for language in "arb_Arab deu_Latn fra_Latn hin_Deva jpn_Jpan kor_Hang rus_Cyrl spa_Latn tha_Thai tur_Latn vie_Latn zho_Hans".split()
]
ENGLISH = [*PROSE, *SOFTWARE]
KINDS = {"english": ENGLISH, "others_by_words": OTHERS}
FOLDER = CACHE / "phrase-rules"
MOST = 2_000  # texts of the Debian
_NOTHING = regex.compile("(?!)")
Change = tuple[Any, str, Any]


def _speaking(**fields: Any) -> list[Change]:
    """A Grammar that knows something else of its languages."""
    return [
        (nouns, "first_of", lambda codes: replace(first_of(codes), **fields)),
        (nouns, "languages_of", lambda codes: [replace(one, **fields) for one in languages_of(codes)]),
    ]


def _share(self: Grammar, word: str) -> float:
    """Grammar._share without the root of an English third person."""
    uses = self._of(word)
    things = uses.things + 0.5 * uses.last + 1.5
    deeds = uses.deeds + uses.objects + 0.5 * any(form.search(word) for form in self._may_be_verbs)
    return things / (things + deeds)


def _whole_without(condition: Callable[[tuple[str, ...]], bool], worth: float) -> Change:
    """Grammar.whole with another worth for some phrases."""
    whole = Grammar.whole
    return Grammar, "whole", lambda self, phrase: worth if condition(phrase) else whole(self, phrase)


def _never_continued() -> Change:
    meet = Grammar.meet

    def changed(self: Grammar, phrases: Any, said: Any) -> None:
        meet(self, phrases, said)
        self._met.update({phrase: [*self._met[phrase][:2], 0, 0] for phrase in phrases})

    return Grammar, "meet", changed


def _no_cues(self: Grammar, said: phrase_counts.Numbered) -> Any:
    return said.among(()), said.among(()), said.among(())


def _apart(*_: Any) -> bool:
    return True


# Each group: the lines of the product that go with it, and what stands in its place
GROUPS: dict[str, tuple[int, list[Change]]] = {
    "words around a word tell nouns from verbs": (120, [(Grammar, "_cue_words", _no_cues)]),
    "light words": (6, _speaking(light_words=frozenset())),
    "prepositions, articles and conjunctions inside": (34, [(phrase_counts, "_LINKS", frozenset())]),
    "a verb with an article (flip a coin)": (
        6,
        [_whole_without(lambda phrase: len(phrase) > 1 and phrase[1] in phrase_counts.ARTICLES, 0.0)],
    ),
    "imperatives": (32, _speaking(is_imperative=None)),
    "third person -s": (
        12,
        [*_speaking(is_verb_by_use=None), (Grammar, "_share", _share)],
    ),
    "English endings -ly -ed -ing": (6, _speaking(may_be_verb=None, adverb=None, not_noun=None)),
    "names with all their capitals": (32, [(candidates, "_titled", lambda hits, forms: forms)]),
    "most usual casing": (24, [(candidates, "usual", lambda word, casing: word)]),
    "writers' capitals at the beginning": (7, [(candidates, "CAPITALS", 9.0)]),
    "plural of single words": (34, [(Grammar, "plain", lambda self, word: word)]),
    "cases of Russian": (
        165,
        _speaking(
            cases=(), is_oblique=None, looks_like_verb=None
        ),
    ),
    "Arabic and Hebrew verbs": (5, _speaking(is_verb=None)),
    "verbs last": (14, _speaking(verbs_last=False)),
    "particles of Japanese and Korean": (12, _speaking(after_nouns=frozenset())),
    "Chinese and Thai dictionaries": (18, [(Grammar, "_other_than_nouns", frozenset())]),
    "capitals of German nouns": (8, _speaking(capital_nouns=False, shorter_forms=None, is_inflected_adjective=None)),
    "code words": (5, [(nouns, "_CODE", _NOTHING)]),
    "measures and units": (
        8,
        [(phrase_counts, "_UNITS", frozenset()), (phrase_counts, "_MEASURE", regex.compile(r"^\d+$"))],
    ),
    "words bound to their neighbors": (4, [(nouns, "_bound", lambda beside, total: 1.0)]),
    "phrases said of what follows": (3, [_never_continued()]),
    "joined names": (58, [(ranking, "_pairs", lambda *_: [])]),
    "nearness to the centroid": (20, [(ranking, "_central", lambda near: 1.0)]),
    "cohesion and longer phrases": (22, [(ranking, "_cohesion", lambda phrase, counts, longer: 1.0)]),
    "a phrase before a word": (18, [(ranking, "_fuller", lambda ranked: ranked)]),
    "length": (4, [(ranking, "_LENGTHS", dict.fromkeys(range(1, 6), 1.0))]),
    "weight of keywords": (10, [(ranking, "_weight", lambda phrase, anchors: 1.0)]),
    "what all topics say": (20, [(ranking, "_said_by_all", lambda usage: set()), (ranking, "_apart_from", _apart)]),
    "hyphens, possessives and what hangs on": (24, [(candidates, "_usual_part", lambda *_: "")]),
}  # fmt: skip

# Corpora that a group says something of, by what their names hold, where it does not of all
_ONLY = {
    "imperatives": "eng arxiv titles clinc150 bbc lee changelogs packages manuals",
    "third person -s": "eng arxiv titles clinc150 bbc lee changelogs packages manuals",
    "English endings -ly -ed -ing": "eng arxiv titles clinc150 bbc lee changelogs packages manuals",
    "cases of Russian": "rus",
    "Arabic and Hebrew verbs": "arb",
    "verbs last": "hin jpn kor tur",
    "particles of Japanese and Korean": "jpn kor",
    "Chinese and Thai dictionaries": "zho tha jpn",
    "capitals of German nouns": "deu",
}


@contextmanager
def without(group: str) -> Iterator[None]:
    with ExitStack() as changes:
        for where, name, value in GROUPS[group][1] if group else []:
            changes.enter_context(patch.object(where, name, value))
        yield


def fitted(name: str) -> TopicModel:
    """Topics of a corpus; of SIB in another language by the embeddings of the same sentences in English."""
    if name == "arxiv":
        return labels.fitted(name)[0]
    if name in PROSE:
        return keywords.fitted(name)
    folder = CACHE / f"phrases-{name.replace(':', '_')}"
    if name in SOFTWARE and not folder.exists():
        texts = software(name)
        model = TopicModel(random_state=42, labeler=None, layout=None)
        model.fit(texts, embedded(name, texts)).save(folder)
    if not folder.exists():
        with gzip.open(DATA / "sib13.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        language = name.partition(":")[2]
        by_id = {row["id"]: row["text"] for row in rows if row["lang"] == language}
        order = [
            row["id"].replace("eng_Latn", language)
            for row in rows
            if row["lang"] == "eng_Latn" and row["label"] != "oos"
        ]
        points = corpus("sib13:eng_Latn")[1]
        model = TopicModel(random_state=42, labeler=None, layout=None)
        model.fit([by_id[key] for key in order], points).save(folder)
    return TopicModel.load(folder)


def software(name: str) -> list[str]:
    """Entries of changelogs, descriptions of packages, or what manual pages say that a thing is."""
    found: list[str] = []
    if name == "packages":
        listed = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
        found = [line.partition(": ")[2] for line in listed.splitlines() if line.startswith("Description: ")]
    elif name == "changelogs":
        for path in sorted(Path("/usr/share/doc").glob("*/changelog.Debian.gz")):
            entries = re.split(r"\n  \* ", gzip.decompress(path.read_bytes()).decode("utf-8", "replace"))[1:9]
            found += [" ".join(re.split(r"\n\s*\n| -- ", entry)[0].split()) for entry in entries]
    else:
        for path in sorted(Path("/usr/share/man").glob("man[1-8]/*.gz")):
            page = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
            said = re.search(r'\.SH "?NAME"?\s+.*?\\?-+ (.+)', page)
            found += [re.sub(r"\\[&fBIRP-]*|\.B[IR]* ", "", said[1])] if said else []
    found = sorted({text for text in found if len(text.split()) > 2})
    rows = np.random.default_rng(0).permutation(len(found))[:MOST]
    return [found[row] for row in rows]


class Cached:
    """An embedder that embeds each name once."""

    def __init__(self) -> None:
        self.embedder = Sentence("minilm")
        self.points: dict[str, Any] = {}

    def encode(self, texts: Sequence[str]) -> Any:
        unknown = [text for text in dict.fromkeys(texts) if text not in self.points]
        if unknown:
            self.points.update(zip(unknown, self.embedder.encode(unknown), strict=True))
        return np.stack([self.points[text] for text in texts])


def measured(name: str, embedder: Cached) -> dict[str, Any]:
    """Names without each group, and their figures."""
    model = fitted(name)
    docs: Documents = model.documents_
    topics: Topics = model.result_.having(labels=(None,) * model.result_.n_topics)
    labeler = Phrases()
    people = labels.human_names(model, corpus(name)[2]) if name == "clinc150" else []
    known = [i for i, human in enumerate(people) if human]
    told: dict[str, Any] = {}
    for group in ["", *GROUPS]:
        if group in _ONLY and not any(part in name for part in _ONLY[group].split()):
            told[group] = told[""]
            continue
        with without(group):
            names = [label.name for label in labeler.label(topics, docs) if label]
        scores = label_scores(topics, docs, embedder if name in ENGLISH else None, names=names)
        told[group] = {"names": names, **scores.summary}
        if known:
            found = name_agreement([names[i] for i in known], [people[i] for i in known], embedder)
            told[group]["agreement"] = found.summary
    keywords_of = [[word for word, _ in row[:8]] for row in topics.keywords]
    examples = [[docs.texts[i][:160] for i in rows[:2]] for rows in topics.exemplars]
    return {"names": told, "keywords": keywords_of, "examples": examples}


def rated(embedder: Cached) -> dict[str, float]:
    """Mean rating by people of the candidate that the score takes, as far as it needs no documents, without each group.

    How words are used is heard in news and abstracts.
    """
    with gzip.open(DATA / "topic_labels_netl.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [
        text
        for name in ("bbc", "lee", "sib13:eng_Latn", "arxiv")
        for text in keywords.fitted(name).documents_.texts[:2500]
    ]
    reader = Reader(texts, cutter(["en"], frozenset()))
    taken = candidates.PhraseSample([np.arange(len(texts))], [[reader.read(i) for i in range(len(texts))]])
    cut = cutter(["en"], frozenset())
    told = {}
    for group in ["", *GROUPS]:
        with without(group):
            grammar = Grammar(taken, stop_words(["en"]), ["en"])
            of_label = {one["label"]: tuple(cut(one["label"])) for row in rows for one in row["candidates"]}
            grammar.meet(
                [phrase for phrase in of_label.values() if 0 < len(phrase) <= phrase_counts.MOST],
                grammar.said,
            )
            picks = []
            for row in rows:
                center = unit_rows(embedder.encode(row["terms"]).mean(axis=0)[None])[0]
                anchors = {term: 1 - place / 10 for place, term in enumerate(row["terms"])}
                scored = []
                for one in row["candidates"]:
                    phrase = of_label[one["label"]]
                    near = float(unit_rows(embedder.encode([one["label"]]))[0] @ center)
                    score = grammar.whole(phrase) * ranking._central(near) * ranking._length(phrase)
                    scored.append((score * (0.3 + ranking._weight(phrase, anchors)), one["mean"]))
                picks.append(max(scored)[1])
            told[group] = float(np.mean(picks))
    return told


def pairs(most: int, groups: Sequence[str]) -> None:
    """Draw topics whose names differ, so many of each of the groups, and keep apart which name is which.

    Pairs drawn before stay as they are, and those drawn now come after them.
    """
    files = {name: _file(name) for name in [*ENGLISH, *OTHERS]}
    results = {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}
    before = FOLDER / "key.json"
    key: list[dict[str, Any]] = json.loads(before.read_text()) if before.exists() else []
    read = {(pair["corpus"], pair["topic"], pair["without"]): pair for pair in key}
    rng = np.random.default_rng(14 + len(key))
    drawn: dict[tuple[str, int, str], list[str]] = {}
    for group in groups:
        changed = []
        for name, result in results.items():
            of_all, of_group = result["names"][""]["names"], result["names"][group]["names"]
            differ = [
                row for row, (one, other) in enumerate(zip(of_all, of_group, strict=True)) if one != other
            ]
            changed += [
                (turn, rng.random(), name, differ[i]) for turn, i in enumerate(rng.permutation(len(differ)))
            ]
        n_read = sum(group in pair["groups"] for pair in key)
        for _, _, name, row in sorted(changed):  # one of each corpus, then the second of each
            asked = (name, row, results[name]["names"][group]["names"][row])
            if asked in read and group not in read[asked]["groups"]:
                read[asked]["groups"].append(group)
                n_read += 1
            elif asked not in read and n_read < most:
                drawn.setdefault(asked, []).append(group)
                n_read += 1
    shown = []
    for place in rng.permutation(len(drawn)):
        (name, row, other), of_groups = list(drawn.items())[place]
        full, first = results[name]["names"][""]["names"][row], bool(rng.random() < 0.5)
        a, b = (full, other) if first else (other, full)
        words, texts = results[name]["keywords"][row], results[name]["examples"][row]
        shown += [f"{len(key)} {name[:10]} A: {a} | B: {b}", f"   {', '.join(words)}"]
        shown += [f"   - {' '.join(text.split())[:100]}" for text in texts]
        told = {"corpus": name, "topic": row, "groups": of_groups, "without": other}
        key.append({**told, "all_rules": "A" if first else "B", "A": a, "B": b})
    (FOLDER / "pairs.txt").write_text("\n".join(shown) + "\n", encoding="utf-8")
    before.write_text(json.dumps(key, ensure_ascii=False, indent=1), encoding="utf-8")


def table() -> None:
    results = {name: json.loads(_file(name).read_text()) for name in [*ENGLISH, *OTHERS]}
    ratings = json.loads(_file("rated").read_text())
    key = json.loads((FOLDER / "key.json").read_text())
    judged: list[str] = json.loads((FOLDER / "judged.json").read_text())
    told: dict[str, Any] = {}
    for group in ["", *GROUPS]:
        read = Counter(
            "equal" if said == "=" else "all_rules" if said == pair["all_rules"] else "without"
            for pair, said in zip(key, judged, strict=True)
            if group in pair["groups"]
        )
        told[group or "all rules"] = {
            "lines": GROUPS[group][0] if group else None,
            "changed": {
                name: _changed(result, group) for name, result in results.items() if _changed(result, group)
            },
            **{
                f"{measure}_{kind}": _mean(results, names, group, measure)
                for kind, names in KINDS.items()
                for measure in ("hits_at_1", "mrr", "distinct")
            },
            "agreement": results["clinc150"]["names"][group]["agreement"],
            "rating": ratings[group],
            "read": dict(read),
        }
    write(
        "phrase_rules",
        {"groups": told, "pairs": [{**pair, "judged": said} for pair, said in zip(key, judged, strict=True)]},
    )
    for group, row in told.items():
        figures = [row[f"{measure}_{kind}"] for measure in ("hits_at_1", "mrr") for kind in KINDS]
        agreed, read = row["agreement"], row["read"]
        cells = [
            group,
            row["lines"] or "",
            sum(row["changed"].values()),
            "{:.3f}, {:.3f}".format(*figures[:2]),
            "{:.3f}, {:.3f}".format(*figures[2:]),
            f"{row['distinct_english']:.3f}",
            f"{agreed['hits_at_1']:.2f}, {agreed['cosine']:.3f}",
            f"{row['rating']:.2f}",
            f"{read.get('all_rules', 0)} : {read.get('without', 0)} ({read.get('equal', 0)})",
        ]
        print("|", " | ".join(map(str, cells)), "|")


def _changed(result: dict[str, Any], group: str) -> int:
    return sum(
        one != other
        for one, other in zip(result["names"][""]["names"], result["names"][group]["names"], strict=True)
    )


def _mean(results: dict[str, Any], names: Sequence[str], group: str, measure: str) -> float:
    """Over all topics of the corpora."""
    sizes = [len(results[name]["keywords"]) for name in names]
    return float(np.average([results[name]["names"][group][measure] for name in names], weights=sizes))


def _file(name: str) -> Any:
    return FOLDER / f"{name.replace(':', '_')}.json"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:2] == ["pairs"]:
        pairs(int(sys.argv[2]), sys.argv[3:] or list(GROUPS))
    elif sys.argv[1:2] == ["table"]:
        table()
    else:
        minilm = Cached()
        for name in sys.argv[2:] or [*ENGLISH, *OTHERS, "rated"]:
            result = rated(minilm) if name == "rated" else measured(name, minilm)
            _file(name).write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
            print(name, flush=True)
