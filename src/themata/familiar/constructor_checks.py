"""BERTopic's parameters, looked at before a fit begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from themata.core.errors import InputError
from themata.core.parameter_checks import between, flag, names, shown, whole, word_lists, word_range

FLAGS = ("low_memory", "calculate_probabilities", "verbose")
SERIALIZATIONS = ("safetensors", "pytorch", "pickle")


def check_parameters(given: Mapping[str, Any]) -> None:
    """Raise an InputError for the first parameter that makes no sense; parts are looked at where they are made.

    given : the parameters of the constructor by name
    """
    whole("top_n_words", given["top_n_words"])
    whole("min_topic_size", given["min_topic_size"], 2)
    word_range("n_gram_range", given["n_gram_range"])
    for name in FLAGS:
        flag(name, given[name])
    wanted = given["nr_topics"]
    if isinstance(wanted, str) and wanted != "auto":
        raise InputError(f"nr_topics must be a number from 1, 'auto' or None, got {shown(wanted)}")
    if wanted is not None and wanted != "auto":
        whole("nr_topics", wanted)
    if given["seed_topic_list"] is not None:
        word_lists("seed_topic_list", given["seed_topic_list"])
    if given["zeroshot_topic_list"] is not None:
        names("zeroshot_topic_list", given["zeroshot_topic_list"])
    between("zeroshot_min_similarity", given["zeroshot_min_similarity"], -1, 1)
