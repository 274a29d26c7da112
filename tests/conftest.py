"""What every test can ask for."""

from __future__ import annotations

import pytest

from corpora import Sample, sample


@pytest.fixture(scope="session")
def corpus() -> Sample:
    return sample()
