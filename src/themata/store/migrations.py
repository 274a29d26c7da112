"""Older formats of saved models, brought to the newest one step at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from themata._version import __version__
from themata.core.errors import StoreError

FORMAT = 5

# The files in which format 1 found the parts of a model. They may have moved since: only the names stay
_FILES_OF_1 = """
weighting:Weighting parts.embed.sentence:Sentence parts.embed.static:Static
parts.embed.openai:OpenAIEmbedder parts.embed.lexical:Lexical parts.embed.image:Clip
parts.words.vectorizer:Words parts.relate.two_views:TwoViews parts.group.communities:Communities
parts.group.reduce_then_cluster:ReduceThenCluster parts.group.given:Given parts.reduce.umap:UMAP
parts.reduce.pca:PCA parts.cluster.hdbscan:HDBSCAN parts.cluster.kmeans:KMeans parts.seed.zero_shot:ZeroShot
parts.seed.words:SeedWords parts.seed.classes:Classes parts.seed.both:Both parts.represent.keybert:KeyBERT
parts.represent.mmr:MMR parts.represent.pos:PartOfSpeech parts.represent.chain:Chain
parts.label.phrases:Phrases parts.label.labeler:LLM parts.label.ask:Ask parts.label.examples:Example
parts.layout.multilevel:Multilevel parts.layout.umap:UMAPLayout parts.chat.transformers:Transformers
parts.chat.openai:OpenAIChat parts.chat.llamacpp:LlamaCpp parts.chat.vllm:VLLM parts.chat.litellm:LiteLLM
parts.chat.called:Called parts.chat.echo:Echo familiar.representation.chains:LangChain
familiar.representation.keywords:KeyBERTInspired familiar.representation.keywords:MaximalMarginalRelevance
familiar.representation.keywords:PartOfSpeech familiar.representation.keywords:ZeroShotClassification
familiar.representation.local:LlamaCPP familiar.representation.local:TextGeneration
familiar.representation.servers:Cohere familiar.representation.servers:LiteLLM
familiar.representation.servers:OpenAI familiar.representation.visual:VisualRepresentation
familiar.representation.base:BaseRepresentation
""".split()


def _public(described: Any) -> Any:
    """Format 1's descriptions of parts, each class by its public name instead of its file."""
    if isinstance(described, list):
        return [_public(entry) for entry in described]
    if not isinstance(described, dict):
        return described
    return {
        key: _NAMES_OF_1.get(entry, entry) if key == "part" and isinstance(entry, str) else _public(entry)
        for key, entry in described.items()
    }


def _weighed(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Format 3's parameters, c-TF-IDF said by name: it was what a model weighed keywords by that was told nothing."""
    plain = {"part": "themata:Weighting", "options": {}}
    return {**parameters, "weighting": parameters.get("weighting") or plain}


def _name_of_1(file: str) -> str:
    module, _, name = file.partition(":")
    return f"themata.familiar.representation:{name}" if module.startswith("familiar.") else f"themata:{name}"


_NAMES_OF_1 = {f"themata.{file}": _name_of_1(file) for file in _FILES_OF_1}
_NAMES_OF_1["themata.familiar.road:ClassicRoad"] = "themata.familiar.part_mapping:ClassicRoad"


def _typed(described: Any) -> Any:
    """Format 2's descriptions, where tuples were lists and further options of a part lay one level down."""
    if isinstance(described, list):
        return [_typed(entry) for entry in described]
    if not isinstance(described, dict):
        return described
    made = {key: _typed(entry) for key, entry in described.items()}
    for name in _TUPLES_OF_2:
        if isinstance(made.get(name), list):
            made[name] = {"tuple": made[name]}
    options = made.get("options")
    if made.get("part") in _MORE_OF_2 and isinstance(options, dict):
        further = options.pop("options", None) or {}
        options.update(further.get("parts", {}))
    return made


def label_of_4(values: Mapping[str, str]) -> dict[str, Any]:
    """A label of format 4, whose origin was a text, as values.

    >>> label_of_4({"name": "Cats · Dogs …", "summary": "", "source": "children (llama failed: no connection)"})["parts"]
    ['Cats', 'Dogs']
    """
    name, source = values["name"], values["source"]
    failed = _FAILED_OF_4.fullmatch(source)
    author = failed["author"] if failed else source
    listed = author == "children" and (" · " in name or name.endswith(" …"))
    return {
        "name": name,
        "summary": values["summary"],
        "author": author,
        "failure": {"model": failed["model"], "reason": failed["reason"]} if failed else None,
        "parts": name.removesuffix(" …").split(" · ") if listed else [],
    }


_FAILED_OF_4 = re.compile(r"(?P<author>\S+) \((?P<model>.+?) failed: (?P<reason>.*)\)", re.DOTALL)
_TUPLES_OF_2 = ("ngram_range", "n_gram_range", "name_words")
_MORE_OF_2 = ("themata:UMAP", "themata:HDBSCAN", "themata:UMAPLayout")

# {format: what turns its manifest into the next format's}
STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: lambda manifest: {**manifest, "parameters": _public(manifest["parameters"])},
    2: lambda manifest: {**manifest, "parameters": _typed(manifest["parameters"])},
    3: lambda manifest: {**manifest, "parameters": _weighed(manifest["parameters"])},
    4: dict,  # but for its labels, see label_of_4
}


def upgraded(manifest: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The manifest in the format of this themata; a StoreError says which themata can read one that this cannot.

    >>> upgraded({"format": 1, "parameters": {}}, "folder")
    {'format': 5, 'parameters': {'weighting': {'part': 'themata:Weighting', 'options': {}}}}
    """
    made = dict(manifest)
    version = made["format"]
    if not isinstance(version, int) or isinstance(version, bool):
        raise TypeError(f"its format is {version!r}, not a number")
    if version > FORMAT:
        raise StoreError(
            f"{where} has format {version}, made by themata {made.get('themata')}; this is themata {__version__}, "
            f"which reads up to format {FORMAT}: pip install --upgrade themata"
        )
    while made["format"] < FORMAT:
        step = STEPS.get(made["format"])
        if step is None:
            raise StoreError(
                f"{where} has format {version}, which no themata reads: fit and save the model again"
            )
        made = {**step(made), "format": made["format"] + 1}
    return made
