"""Rows of data sets of the Hugging Face hub, or of their copies on this machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from themata.core.errors import InputError, MissingExtraError, first_line
from themata.core.progress_reports import reported
from themata.read.row import Row

log = logging.getLogger(__name__)


def hub_rows(name: str) -> Iterator[Row]:
    """name : "owner/name" or "owner/name:split"; a folder that datasets can load, or has saved, will do too

    Without a split, "train" is read, else the first.
    """
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError(f"the data set hf:{name}", extra="hub") from error
    place, _, split = name.partition(":")
    if not place:
        raise InputError(f"no data set is named by hf:{name}: expected hf:owner/name")
    try:
        dataset: Any = _saved(datasets, place) if _is_saved(place) else datasets.load_dataset(place)
    except Exception as error:  # the library raises a dozen kinds, all of which mean this
        raise InputError(f"the data set hf:{name} cannot be loaded: {first_line(error)}") from error
    rows = _split(dataset, split, name)
    for number, values in enumerate(reported(rows, len(rows)), start=1):
        yield Row(number, values)


def _is_saved(place: str) -> bool:
    """Whether `save_to_disk` wrote it, which load_dataset does not read."""
    return any((Path(place) / name).exists() for name in ("dataset_dict.json", "state.json"))


def _saved(datasets: Any, place: str) -> Any:
    return datasets.load_from_disk(place)


def _split(dataset: Any, split: str, name: str) -> Any:
    if not isinstance(dataset, dict):
        if split:
            raise InputError(f"hf:{name}: this data set has no splits, expected hf:{name.partition(':')[0]}")
        return dataset
    if split and split not in dataset:
        raise InputError(f"hf:{name} has no split {split!r}: it has {', '.join(dataset)}")
    chosen = split or ("train" if "train" in dataset else next(iter(dataset)))
    if len(dataset) > 1 and not split:
        log.warning("hf:%s has the splits %s: reading %s", name, ", ".join(dataset), chosen)
    return dataset[chosen]
