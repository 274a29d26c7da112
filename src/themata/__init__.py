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
    from themata.core.errors import AlignmentError as AlignmentError
    from themata.core.errors import BadAnswer as BadAnswer
    from themata.core.errors import ChatError as ChatError
    from themata.core.errors import Gated as Gated
    from themata.core.errors import InputError as InputError
    from themata.core.errors import MissingExtraError as MissingExtraError
    from themata.core.errors import NotFittedError as NotFittedError
    from themata.core.errors import PartError as PartError
    from themata.core.errors import PromptTooLong as PromptTooLong
    from themata.core.errors import RateLimited as RateLimited
    from themata.core.errors import Refused as Refused
    from themata.core.errors import StoreError as StoreError
    from themata.core.errors import ThemataError as ThemataError
    from themata.core.errors import UnknownPartError as UnknownPartError
    from themata.core.errors import UnknownTopicError as UnknownTopicError
    from themata.core.errors import Unreachable as Unreachable
    from themata.core.graph import NeighborGraph as NeighborGraph
    from themata.core.protocols import AnalyzingVectorizer as AnalyzingVectorizer
    from themata.core.protocols import Answer as Answer
    from themata.core.protocols import AnswerKeepingLabeler as AnswerKeepingLabeler
    from themata.core.protocols import Asker as Asker
    from themata.core.protocols import Assigner as Assigner
    from themata.core.protocols import BatchLearner as BatchLearner
    from themata.core.protocols import Borrower as Borrower
    from themata.core.protocols import Chat as Chat
    from themata.core.protocols import Checkable as Checkable
    from themata.core.protocols import ChunkedEmbedder as ChunkedEmbedder
    from themata.core.protocols import ClassSeeder as ClassSeeder
    from themata.core.protocols import Clusterer as Clusterer
    from themata.core.protocols import Clusters as Clusters
    from themata.core.protocols import ConfigurablePart as ConfigurablePart
    from themata.core.protocols import CountedGrouper as CountedGrouper
    from themata.core.protocols import Deferring as Deferring
    from themata.core.protocols import Embedder as Embedder
    from themata.core.protocols import EmbeddingSeeder as EmbeddingSeeder
    from themata.core.protocols import EstimatingEmbedder as EstimatingEmbedder
    from themata.core.protocols import FadingVectorizer as FadingVectorizer
    from themata.core.protocols import Foreseer as Foreseer
    from themata.core.protocols import ForgettingVectorizer as ForgettingVectorizer
    from themata.core.protocols import GraphGrouper as GraphGrouper
    from themata.core.protocols import Grouper as Grouper
    from themata.core.protocols import GrowingVectorizer as GrowingVectorizer
    from themata.core.protocols import Holding as Holding
    from themata.core.protocols import IdentifiedChat as IdentifiedChat
    from themata.core.protocols import IgnoringVectorizer as IgnoringVectorizer
    from themata.core.protocols import ImageEmbedder as ImageEmbedder
    from themata.core.protocols import Labeler as Labeler
    from themata.core.protocols import LayerLabeler as LayerLabeler
    from themata.core.protocols import Layout as Layout
    from themata.core.protocols import LearnedEmbedder as LearnedEmbedder
    from themata.core.protocols import Learner as Learner
    from themata.core.protocols import LexicalRelater as LexicalRelater
    from themata.core.protocols import NamedPart as NamedPart
    from themata.core.protocols import NGramVectorizer as NGramVectorizer
    from themata.core.protocols import PaidRepresenter as PaidRepresenter
    from themata.core.protocols import Placer as Placer
    from themata.core.protocols import PreloadingEmbedder as PreloadingEmbedder
    from themata.core.protocols import PricedChat as PricedChat
    from themata.core.protocols import Prompt as Prompt
    from themata.core.protocols import RandomizedPart as RandomizedPart
    from themata.core.protocols import Reducer as Reducer
    from themata.core.protocols import Relater as Relater
    from themata.core.protocols import RelearningVectorizer as RelearningVectorizer
    from themata.core.protocols import ReportingLabeler as ReportingLabeler
    from themata.core.protocols import Representer as Representer
    from themata.core.protocols import ResolutionGrouper as ResolutionGrouper
    from themata.core.protocols import Seeder as Seeder
    from themata.core.protocols import Seeds as Seeds
    from themata.core.protocols import SettlingVectorizer as SettlingVectorizer
    from themata.core.protocols import ShowingVectorizer as ShowingVectorizer
    from themata.core.protocols import SizedChat as SizedChat
    from themata.core.protocols import SizedEmbedder as SizedEmbedder
    from themata.core.protocols import SizedGrouper as SizedGrouper
    from themata.core.protocols import StopWordVectorizer as StopWordVectorizer
    from themata.core.protocols import StoredEmbedder as StoredEmbedder
    from themata.core.protocols import StoredSeeder as StoredSeeder
    from themata.core.protocols import SuggestingLabeler as SuggestingLabeler
    from themata.core.protocols import TokenLimitedEmbedder as TokenLimitedEmbedder
    from themata.core.protocols import Tokens as Tokens
    from themata.core.protocols import TruncatingEmbedder as TruncatingEmbedder
    from themata.core.protocols import Vectorizer as Vectorizer
    from themata.core.protocols import Weigher as Weigher
    from themata.core.protocols import WordEmbedder as WordEmbedder
    from themata.core.protocols import WordSeeder as WordSeeder
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
