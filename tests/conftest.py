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


@pytest.fixture(scope="session")
def corpus() -> Sample:
    return sample()
