"""Commands as scripts call them, and in places where nothing can be written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from command_line import themata
from corpora import sample
from themata import TopicModel


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("Ünsere Läufe")
    given = sample(80)
    lines = [*(json.dumps({"id": f"d{i}", "text": text}) for i, text in enumerate(given.texts)), "{bad"]
    (folder / "docs.jsonl").write_text("\n".join(lines))
    np.save(folder / "points.npy", np.vstack([given.embeddings, given.embeddings[:1]]))
    model = TopicModel(embedder=None, labeler=None).fit(given.texts, given.embeddings)
    model.save(folder / "saved")
    return folder


def test_every_long_command_has_one_json_document_for_scripts(place: Path) -> None:
    done = themata("fit", "docs.jsonl", "--embeddings", "points.npy", "--out", "lauf 1", "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["run"], told["n_docs"], told["n_rejected"], told["n_topics"]) == ("lauf 1", 80, 1, 4)
    done = themata("map", "lauf 1", "--json", cwd=place)
    told = json.loads(done.stdout)
    assert told["n_docs"] == 80
    assert (place / told["map"]).exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["map", "saved", "--out", "nowhere/map.html"], "nowhere/map.html: No such file or directory"),
        (
            ["assign", "saved", "docs.jsonl", "--embeddings", "points.npy", "--out", "nowhere/a.csv"],
            "nowhere/a.csv: No such",
        ),
        (
            [
                "fit",
                "docs.jsonl",
                "--embedder",
                "none",
                "--n-topics",
                "30",
                "--min-topic-size",
                "10",
                "--out",
                "r",
            ],
            "lower n_topics",
        ),
        (["fit", "", "--out", "r"], "no file is named"),
        (["fit", "hf:", "--out", "r"], "expected hf:owner/name"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(arguments: list[str], told: str, place: Path) -> None:
    done = themata(*arguments, cwd=place)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("content", "told"), [(b"hello there", "begins with b'hello '"), (b"", "begins with b''")]
)
def test_embeddings_that_are_none_leave_nothing_behind(content: bytes, told: str, place: Path) -> None:
    (place / "bad.npy").write_bytes(content)
    done = themata("fit", "docs.jsonl", "--embeddings", "bad.npy", "--out", "never", cwd=place)
    assert done.returncode == 1
    assert told in done.stderr and "pickle" not in done.stderr
    assert not (place / "never").exists()
