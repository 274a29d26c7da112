"""themata: documents into topics a person can read, each named in plain language.

from themata import TopicModel

model = TopicModel(random_state=42).fit(texts)
model.topics_
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from themata._version import __version__
from themata.homes import HOMES

if TYPE_CHECKING:  # the same names for mypy and editors; a test compares both
    from themata.analysis.by_class import ByClass as ByClass
    from themata.analysis.distribution import Mixture as Mixture
    from themata.analysis.hierarchy import Hierarchy as Hierarchy
    from themata.analysis.outliers import Moves as Moves
    from themata.analysis.over_time import Timeline as Timeline
    from themata.cli.docstrings import docstrings as docstrings
    from themata.contents import Contents as Contents
    from themata.documents import Documents as Documents
    from themata.errors import AlignmentError as AlignmentError
    from themata.errors import BadAnswer as BadAnswer
    from themata.errors import ChatError as ChatError
    from themata.errors import Gated as Gated
    from themata.errors import InputError as InputError
    from themata.errors import MissingExtraError as MissingExtraError
    from themata.errors import NotFittedError as NotFittedError
    from themata.errors import PartError as PartError
    from themata.errors import PromptTooLong as PromptTooLong
    from themata.errors import RateLimited as RateLimited
    from themata.errors import Refused as Refused
    from themata.errors import StoreError as StoreError
    from themata.errors import ThemataError as ThemataError
    from themata.errors import UnknownPartError as UnknownPartError
    from themata.errors import UnknownTopicError as UnknownTopicError
    from themata.errors import Unreachable as Unreachable
    from themata.evaluate.scores import Scores as Scores
    from themata.graph import NeighborGraph as NeighborGraph
    from themata.model import TopicModel as TopicModel
    from themata.parts.chat.called import Called as Called
    from themata.parts.chat.echo import Echo as Echo
    from themata.parts.chat.litellm import LiteLLM as LiteLLM
    from themata.parts.chat.llamacpp import LlamaCpp as LlamaCpp
    from themata.parts.chat.openai import OpenAIChat as OpenAIChat
    from themata.parts.chat.transformers import Transformers as Transformers
    from themata.parts.chat.vllm import VLLM as VLLM
    from themata.parts.cluster.hdbscan import HDBSCAN as HDBSCAN
    from themata.parts.cluster.kmeans import KMeans as KMeans
    from themata.parts.embed.image import Clip as Clip
    from themata.parts.embed.lexical import Lexical as Lexical
    from themata.parts.embed.openai import OpenAIEmbedder as OpenAIEmbedder
    from themata.parts.embed.precomputed import load_embeddings as load_embeddings
    from themata.parts.embed.sentence import Sentence as Sentence
    from themata.parts.embed.static import Static as Static
    from themata.parts.embed.static import distill as distill
    from themata.parts.group.communities import Communities as Communities
    from themata.parts.group.given import Given as Given
    from themata.parts.group.granularity import Granularity as Granularity
    from themata.parts.group.reduce_then_cluster import ReduceThenCluster as ReduceThenCluster
    from themata.parts.label.ask import Ask as Ask
    from themata.parts.label.examples import Example as Example
    from themata.parts.label.labeler import LLM as LLM
    from themata.parts.label.phrases import Phrases as Phrases
    from themata.parts.label.report import LabelReport as LabelReport
    from themata.parts.layout.multilevel import Multilevel as Multilevel
    from themata.parts.layout.umap import UMAPLayout as UMAPLayout
    from themata.parts.reduce.pca import PCA as PCA
    from themata.parts.reduce.umap import UMAP as UMAP
    from themata.parts.relate.two_views import TwoViews as TwoViews
    from themata.parts.represent.chain import Chain as Chain
    from themata.parts.represent.keybert import KeyBERT as KeyBERT
    from themata.parts.represent.mmr import MMR as MMR
    from themata.parts.represent.pos import PartOfSpeech as PartOfSpeech
    from themata.parts.seed.both import Both as Both
    from themata.parts.seed.classes import Classes as Classes
    from themata.parts.seed.words import SeedWords as SeedWords
    from themata.parts.seed.zero_shot import ZeroShot as ZeroShot
    from themata.parts.words.vectorizer import Words as Words
    from themata.protocols import Answer as Answer
    from themata.protocols import Asker as Asker
    from themata.protocols import Assigner as Assigner
    from themata.protocols import Borrower as Borrower
    from themata.protocols import Chat as Chat
    from themata.protocols import Checkable as Checkable
    from themata.protocols import Clusterer as Clusterer
    from themata.protocols import Clusters as Clusters
    from themata.protocols import Embedder as Embedder
    from themata.protocols import Foreseer as Foreseer
    from themata.protocols import Grouper as Grouper
    from themata.protocols import Holding as Holding
    from themata.protocols import ImageEmbedder as ImageEmbedder
    from themata.protocols import Labeler as Labeler
    from themata.protocols import LayerLabeler as LayerLabeler
    from themata.protocols import Layout as Layout
    from themata.protocols import Learner as Learner
    from themata.protocols import Mixing as Mixing
    from themata.protocols import Placer as Placer
    from themata.protocols import Prompt as Prompt
    from themata.protocols import Reducer as Reducer
    from themata.protocols import Relater as Relater
    from themata.protocols import Representer as Representer
    from themata.protocols import Seeder as Seeder
    from themata.protocols import Seeds as Seeds
    from themata.protocols import Tokens as Tokens
    from themata.protocols import Vectorizer as Vectorizer
    from themata.protocols import WordEmbedder as WordEmbedder
    from themata.topics import Label as Label
    from themata.topics import Topics as Topics
    from themata.weighting import Weighting as Weighting

__all__ = ["__version__", *HOMES]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'themata' has no attribute {name!r}")
    value = getattr(import_module(HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
