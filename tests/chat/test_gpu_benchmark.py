"""The benchmark for a graphics card, which few machines have, in a tiny shape on the processor."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from needing import needs

needs("torch", "transformers", "bitsandbytes")


@pytest.fixture(scope="module")
def told() -> Any:
    folder = str(Path(__file__).parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    try:
        module = importlib.import_module("gpu")
        return module.main(
            ["--shape", "tiny", "--device", "cpu", "--topics", "3", "--tokens", "4", "--into", ""]
        )
    finally:
        sys.path.remove(folder)


def test_the_benchmark_for_a_card_measures_every_topic_both_ways(told: dict[str, Any]) -> None:
    for way in ("batched", "one_by_one"):
        assert told[way]["topics"] == 3 and told[way]["answer_tokens"] > 0
        assert told[way]["topics_per_second"] > 0


def test_the_linear_layers_are_of_four_bits(told: dict[str, Any]) -> None:
    assert told["bytes_of_an_inner_weight"] == pytest.approx(0.5, abs=0.01)
