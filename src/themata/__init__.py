"""themata: documents into topics a person can read, each named in plain language.

from themata import TopicModel

model = TopicModel(random_state=42).fit(texts)
model.topics_
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from themata._version import __version__
from themata.core.public_names import HOMES

if TYPE_CHECKING:  # the same names for mypy and editors; a test compares both
    from themata.analysis.by_class import ByClass as ByClass
    from themata.analysis.distribution import Mixture as Mixture
    from themata.analysis.hierarchy import Hierarchy as Hierarchy
    from themata.analysis.outliers import Moves as Moves
    from themata.analysis.over_time import Timeline as Timeline
    from themata.chat.echo import Echo as Echo
    from themata.chat.function_chat import Called as Called
    from themata.chat.litellm import LiteLLM as LiteLLM
    from themata.chat.llamacpp import LlamaCpp as LlamaCpp
    from themata.chat.openai_client import ClientChat as ClientChat
    from themata.chat.openai_server import OpenAIChat as OpenAIChat
    from themata.chat.transformers import Transformers as Transformers
    from themata.chat.vllm import VLLM as VLLM
    from themata.cli.docstrings import docstrings as docstrings
    from themata.cluster.hdbscan import HDBSCAN as HDBSCAN
    from themata.cluster.kmeans import KMeans as KMeans
    from themata.core.documents import Documents as Documents
    from themata.core.errors import *  # noqa: F403
    from themata.core.errors import NotFittedError as NotFittedError  # which the site does not see otherwise
    from themata.core.graph import NeighborGraph as NeighborGraph
    from themata.core.protocols import *  # noqa: F403
    from themata.core.table_of_contents import Contents as Contents
    from themata.core.topics import Failure as Failure
    from themata.core.topics import Label as Label
    from themata.core.topics import Namer as Namer
    from themata.core.topics import Origin as Origin
    from themata.core.topics import Surpassed as Surpassed
    from themata.core.topics import Topics as Topics
    from themata.core.weighting import Weighting as Weighting
    from themata.embed.clip import Clip as Clip
    from themata.embed.lexical import Lexical as Lexical
    from themata.embed.openai import OpenAIEmbedder as OpenAIEmbedder
    from themata.embed.precomputed import load_embeddings as load_embeddings
    from themata.embed.quantized import QuantizedEmbeddings as QuantizedEmbeddings
    from themata.embed.sentence_transformer import Sentence as Sentence
    from themata.embed.static import Static as Static
    from themata.embed.static import distill as distill
    from themata.embed.student import Fidelity as Fidelity
    from themata.embed.student import Student as Student
    from themata.evaluate.scores import Scores as Scores
    from themata.group.communities import Communities as Communities
    from themata.group.granularity import Granularity as Granularity
    from themata.group.known_labels import Given as Given
    from themata.group.reduce_then_cluster import ReduceThenCluster as ReduceThenCluster
    from themata.layout.multilevel import Multilevel as Multilevel
    from themata.layout.umap_layout import UMAPLayout as UMAPLayout
    from themata.model import TopicModel as TopicModel
    from themata.naming.llm.llm_labeler import LLM as LLM
    from themata.naming.llm.questions import Ask as Ask
    from themata.naming.llm.usage import LabelReport as LabelReport
    from themata.naming.llm.worked_examples import Example as Example
    from themata.naming.phrases.phrase_labeler import Phrases as Phrases
    from themata.reduce.pca import PCA as PCA
    from themata.reduce.umap import UMAP as UMAP
    from themata.relate.two_views import TwoViews as TwoViews
    from themata.represent.chain import Chain as Chain
    from themata.represent.keybert import KeyBERT as KeyBERT
    from themata.represent.mmr import MMR as MMR
    from themata.represent.part_of_speech import PartOfSpeech as PartOfSpeech
    from themata.seed.combined import Both as Both
    from themata.seed.known_classes import Classes as Classes
    from themata.seed.seed_words import SeedWords as SeedWords
    from themata.seed.zero_shot import ZeroShot as ZeroShot
    from themata.words.vectorizer import Words as Words

__all__ = ["__version__", *HOMES]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'themata' has no attribute {name!r}")
    value = getattr(import_module(HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
