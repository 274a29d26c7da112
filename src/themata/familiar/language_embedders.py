"""The embedder that BERTopic's users ask for by a language."""

from __future__ import annotations

from typing import Any

from themata.core.errors import InputError, did_you_mean
from themata.languages.catalog import DEFAULT, language_of
from themata.languages.codes import code_of

# fmt: off
languages = [
    "arabic", "bulgarian", "catalan", "czech", "danish", "german", "greek", "english", "spanish", "estonian",
    "persian", "finnish", "french", "canadian french", "galician", "gujarati", "hebrew", "hindi", "croatian",
    "hungarian", "armenian", "indonesian", "italian", "japanese", "georgian", "korean", "kurdish", "lithuanian",
    "latvian", "macedonian", "mongolian", "marathi", "malay", "burmese", "norwegian bokmal", "dutch", "polish",
    "portuguese", "brazilian portuguese", "romanian", "russian", "slovak", "slovenian", "albanian", "serbian",
    "swedish", "thai", "turkish", "ukrainian", "urdu", "vietnamese", "chinese (simplified)", "chinese (traditional)",
]
# fmt: on
MULTILINGUAL = "sentence:paraphrase-multilingual-MiniLM-L12-v2"


def embedder_of_language(language: str | None) -> str:
    """The name of the embedder for a language; one that is none is an InputError.

    >>> embedder_of_language("English"), embedder_of_language("Icelandic") == MULTILINGUAL
    ('auto', True)
    """
    if language is not None and not isinstance(language, str):
        raise InputError(f"language is a name such as 'german' or 'multilingual', got {language!r:.80}")
    name = (language or "multilingual").strip().lower()
    try:
        code = None if name in languages and name != language_of(DEFAULT).name.lower() else code_of(name)
    except InputError as error:
        hint = did_you_mean(name, languages, f"it is one of {', '.join(languages)}, or 'multilingual'")
        raise InputError(f"no language {language!r} is known: {hint}") from error
    return "auto" if code == DEFAULT else MULTILINGUAL  # MiniLM reads the default language alone


def embedder_asked_for(model: Any, language: str | None) -> Any:
    """What embeds: the model that is given, else the language's.

    >>> embedder_asked_for(None, "english"), embedder_asked_for("LaBSE", "english")
    ('auto', 'LaBSE')
    """
    of_language = embedder_of_language(language)  # a misspelt one is told whether it decides or not
    return of_language if model is None else model
