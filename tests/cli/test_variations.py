"""What is known beforehand, and documents that come later, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from command_line import themata
from corpora import SUBJECTS, sample
from themata import TopicModel

GIVEN = sample(160)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("known")
    kinds = [list(SUBJECTS)[label] if row % 3 else "" for row, label in enumerate(GIVEN.labels)]
    for name, rows in (("docs", range(120)), ("more", range(120, 160))):
        lines = [json.dumps({"id": r, "text": GIVEN.texts[r], "which": kinds[r]}) for r in rows]
        (place / f"{name}.jsonl").write_text("\n".join(lines))
        np.save(place / f"{name}.npy", GIVEN.embeddings[list(rows)])
    (place / "words.txt").write_text("# seeds\nrocket, moon, orbit\ngarlic soup\n")
    (place / "empty.txt").write_text("\n# nothing\n")
    return place


def fit(folder: Path, out: str, *more: object):
    given = ("--embeddings", folder / "docs.npy", "--out", folder / out)
    return themata("fit", folder / "docs.jsonl", *given, *more)


def test_classes_name_topics_and_more_documents_join_them(folder: Path) -> None:
    done = fit(folder, "run", "--class", "which", "--supervised")
    assert done.returncode == 0, done.stderr
    names = pd.read_csv(folder / "run" / "topics.csv")["CustomName"]
    assert set(SUBJECTS) <= set(names)
    done = themata("update", folder / "run", folder / "more.jsonl", "--embeddings", folder / "more.npy")
    assert done.returncode == 0, done.stderr
    assert "40 documents added" in done.stdout and "160 documents in all" in done.stdout
    assert len(pd.read_parquet(folder / "run" / "documents.parquet")) == 160
    model = TopicModel.load(folder / "run" / "model")
    assert model.documents_.n_docs == 160 and np.isfinite(model.documents_.coords).all()


def test_seed_words_and_names_come_from_files(folder: Path) -> None:
    done = fit(folder, "words", "--seed-topics", folder / "words.txt")
    assert done.returncode == 0, done.stderr
    model = TopicModel.load(folder / "words" / "model")
    assert model.seeder.topics == [["rocket", "moon", "orbit"], ["garlic", "soup"]]
    done = fit(folder, "names", "--zero-shot", folder / "words.txt")
    assert done.returncode == 1 and "names of zero-shot topics must be embedded" in done.stderr


def test_what_does_not_go_together_is_a_clear_error(folder: Path) -> None:
    done = fit(folder, "none", "--supervised", "--seed-topics", folder / "words.txt")
    assert done.returncode == 1 and "--supervised goes with neither" in done.stderr
    done = fit(folder, "none", "--seed-topics", folder / "empty.txt")
    assert done.returncode == 1 and "has no topics" in done.stderr
    done = fit(folder, "none", "--zero-shot", folder / "nowhere.txt")
    assert done.returncode == 1 and "cannot be read" in done.stderr
    done = fit(folder, "other", "--supervised")
    assert done.returncode == 1 and "name it by --class" in done.stderr
