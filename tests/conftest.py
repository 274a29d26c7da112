"""What every test can ask for."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from corpora import Sample, sample

# the same examples in every run, so that a change is judged by what it changed; HYPOTHESIS_PROFILE=explore draws new ones
settings.register_profile("same", derandomize=True, database=None)
settings.register_profile("explore")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


# What takes ten seconds and more to import or to compile, in each process: BERTopic imports UMAP and LiteLLM
HEAVY = ("umap", "bertopic", "litellm")


def group_of(item: pytest.Item) -> str:
    return str(item.get_closest_marker("xdist_group").args[0])  # type: ignore[union-attr]


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deal tests out to workers by file, whose fixtures they share; the slow first, so that none is left at the end.

    What needs the heavy libraries goes to one worker, in which they are imported and compiled once.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            heavy = any(item.get_closest_marker(name) for name in HEAVY)
            item.add_marker(pytest.mark.xdist_group("heavy" if heavy else item.nodeid.partition("::")[0]))
    slow = {group_of(item) for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: group_of(item) not in slow)


@pytest.fixture(scope="session")
def corpus() -> Sample:
    return sample()
