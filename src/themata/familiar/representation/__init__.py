"""Ways to describe topics, under the names BERTopic's users know."""

from themata.familiar.representation.base import BaseRepresentation
from themata.familiar.representation.chains import LangChain
from themata.familiar.representation.keywords import (
    KeyBERTInspired,
    MaximalMarginalRelevance,
    PartOfSpeech,
    ZeroShotClassification,
)
from themata.familiar.representation.local import LlamaCPP, TextGeneration
from themata.familiar.representation.servers import Cohere, LiteLLM, OpenAI
from themata.familiar.representation.visual import VisualRepresentation

__all__ = [
    "BaseRepresentation",
    "Cohere",
    "KeyBERTInspired",
    "LangChain",
    "LiteLLM",
    "LlamaCPP",
    "MaximalMarginalRelevance",
    "OpenAI",
    "PartOfSpeech",
    "TextGeneration",
    "VisualRepresentation",
    "ZeroShotClassification",
]
