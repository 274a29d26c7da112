"""`themata doctor --measure`: how fast each way of embedding is here."""

from __future__ import annotations

import json

import pytest

from command_line import themata
from themata.cli import embedding_speed
from themata.cli.embedding_speed import embedding_speeds


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_speed, "SECONDS", 0.05)
    monkeypatch.setattr(embedding_speed, "BATCH", 4)


def test_every_way_of_embedding_that_is_installed_is_measured() -> None:
    speeds = {speed.way: speed for speed in embedding_speeds(40)}
    assert {"lexical", "minilm, float32 by NumPy", "minilm, float32 by torch"} <= speeds.keys()
    assert all(speed.docs_per_second for speed in speeds.values())


def test_a_way_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def encode(self, texts: list[str]) -> None:
            raise RuntimeError("out of memory\nand more")

    monkeypatch.setattr(embedding_speed, "_ways", lambda: iter([("broken", Broken())]))
    (speed,) = embedding_speeds(10)
    assert speed.docs_per_second is None
    assert speed.failed == "out of memory"


def test_doctor_tells_documents_per_second_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [embedding_speed.Speed("a way", 1234.0), embedding_speed.Speed("another", None, "no memory")]
    monkeypatch.setattr("themata.cli.doctor.embedding_speeds", lambda: found)
    shown = themata("doctor", "--measure").stdout
    assert "1,234 documents a second" in shown and "no memory" in shown
    told = json.loads(themata("doctor", "--measure", "--json", "--quiet").stdout)
    assert told["documents_per_second"] == {"a way": 1234.0, "another": None}
    assert "documents_per_second" not in json.loads(themata("doctor", "--json").stdout)
