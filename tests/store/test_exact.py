"""What a saved model must not lose or change, however odd, and what a crash must not break."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy import sparse

from themata import Documents, Label, Origin, StoreError, Topics
from themata.store import document_table, migrations
from themata.store.model_folder import Saved, load, save

TEXTS = ["", "\x00", "\ud800 lone", "🧑🏽‍🚀", "a\r\nb\tc", "ü" * (1 << 20), "ﷺ", "\ufeff"]


def there_and_back(docs: Documents, folder: Path, **topics: Any) -> Saved:
    save(folder / "model", Saved(docs, Topics.of(docs, [0] * docs.n_docs).having(**topics)))
    return load(folder / "model")


@pytest.fixture(params=["with pyarrow", "without"])
def either_table(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are saved as Parquet, and as lines."""
    if request.param == "without":
        monkeypatch.setattr(document_table, "find_spec", lambda name: None)


@pytest.mark.usefixtures("either_table")
def test_texts_come_back_to_the_byte(tmp_path: Path) -> None:
    assert list(there_and_back(Documents(TEXTS), tmp_path).documents.texts) == TEXTS


@pytest.mark.usefixtures("either_table")
@pytest.mark.parametrize("unit", ["ns", "us", "s", "D", "Y"])
def test_times_keep_their_unit_and_reach(unit: str, tmp_path: Path) -> None:
    times = np.array(["0812-01-01", "NaT", "3000-01-01"], dtype="datetime64[D]")
    if unit == "ns":
        times[:] = "2020-02-29"
    times = times.astype(f"datetime64[{unit}]")
    found = there_and_back(Documents(["a", "b", "c"], times=times), tmp_path).documents.times
    assert found is not None
    assert found.dtype == times.dtype
    np.testing.assert_array_equal(found, times)


COLUMNS: dict[str, Any] = {
    "id": [1, None, 2**40],
    "title": ["a", None, "ü"],
    "surrogate": ["\udfff", "b", None],
    "mixed": [1, "1", 1.5],
    "flags": [True, False, None],
    "large": [2**70, -1, 0],
    "dates": [date(2020, 1, 2), None, datetime(1999, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))],
    "nested": [{"a": [1, (2, 3)]}, {"$": "dict"}, {1: b"\x00\xff"}],
    "numpy": np.array([1, 2, 3], dtype=np.uint8),
    "half": np.array([0.1, np.nan, 3], dtype=np.float16),
    "moments": np.array(["2020", "NaT", "2021"], dtype="datetime64[M]"),
    "objects": np.array(["a", None, 3], dtype=object),
    "text": ["not", "the", "text"],
    "times": ["not", "the", "times"],
    "": ["no", "name", "."],
    "\ud800": ["a", "b", "c"],
}


@pytest.mark.usefixtures("either_table")
@pytest.mark.parametrize("name", COLUMNS)
def test_columns_come_back_as_they_were(name: str, tmp_path: Path) -> None:
    found = there_and_back(Documents(["a", "b", "c"], columns={name: COLUMNS[name]}), tmp_path)
    values, wanted = found.documents.columns[name], COLUMNS[name]
    assert type(values) is type(wanted)
    if isinstance(wanted, np.ndarray):
        assert values.dtype == wanted.dtype
        np.testing.assert_array_equal(values, wanted)
    else:
        assert values == wanted
        assert [type(value) for value in values] == [type(value) for value in wanted]


def test_columns_keep_their_order_and_stay_readable_to_others(tmp_path: Path) -> None:
    found = there_and_back(Documents(["a", "b", "c"], columns=COLUMNS), tmp_path)
    assert list(found.documents.columns) == list(COLUMNS)
    table = pq.read_table(tmp_path / "model" / "documents.parquet")
    assert table["title"].to_pylist() == ["a", None, "ü"]
    assert table["id"].to_pylist() == [1, None, 2**40]


def test_what_only_pandas_knows_is_saved_too(tmp_path: Path) -> None:
    columns = {"when": pd.Series([pd.Timestamp("2020-01-02"), pd.NaT]), "class": pd.Series(["x", "y"])}
    found = there_and_back(Documents(["a", "b"], columns=columns), tmp_path).documents.columns
    assert found["when"][0] == datetime(2020, 1, 2)
    assert np.isnat(found["when"][1])
    assert list(found["class"]) == ["x", "y"]


def test_a_table_that_others_wrote_as_parquet_says_what_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = Documents(["a", "b"])
    save(tmp_path / "model", Saved(docs, Topics.of(docs, [0, 0])))
    monkeypatch.setattr(document_table, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"themata\[parquet\]"):
        load(tmp_path / "model")


def test_a_table_that_was_not_saved_with_the_model_is_not_read(tmp_path: Path) -> None:
    docs = Documents(["a", "b"])
    save(tmp_path / "model", Saved(docs, Topics.of(docs, [0, 0])))
    (tmp_path / "model" / "documents.jsonl").write_text('[[]]\n["other"]\n')
    assert list(load(tmp_path / "model").documents.texts) == ["a", "b"]


def test_topics_come_back_with_everything_people_gave_them(tmp_path: Path) -> None:
    docs = Documents(["a", "b", "c"])
    topics = Topics.of(docs, [0, 1, -1]).having(
        labels=(Label("A \ud800", "Sum.", Origin.by_model("some/model")), None),
        aspects={"Z": ((("b", np.float32(0.1)),), ()), "Main": ((("ü", 1.0), ("a", 0.5)), (("c", 0.25),))},
        exemplars=(np.array([2, 0]), np.empty(0, dtype=np.int64)),
        origin={np.int64(7): np.int64(1), -5: 0},
        layers=(np.array([0, 1, -1], dtype=np.int32),),
    )
    save(tmp_path / "model", Saved(docs, topics))
    found = load(tmp_path / "model").topics
    assert found.labels == topics.labels
    assert list(found.aspects) == ["Z", "Main"]
    assert found.aspects["Main"] == topics.aspects["Main"]
    assert found.aspects["Z"][0][0][1] == np.float32(0.1)
    assert [rows.tolist() for rows in found.exemplars] == [[2, 0], []]
    assert found.origin == {7: 1, -5: 0}
    assert found.layers[0].dtype == np.int32


def test_arrays_keep_dtype_and_shape_and_vocabularies_may_differ(tmp_path: Path) -> None:
    docs = Documents(["a", "b"])
    topics = Topics.of(
        docs.having(terms=sparse.csr_matrix(np.eye(2, dtype=np.int32)), vocabulary=np.array(["x", "y"])),
        [0, 0],
    )
    states = {
        "embedder": {"idf": np.asfortranarray(np.arange(6.0).reshape(2, 3)), "k#.": np.array(3)},
        "a.b": {},
        "half": {"x": np.zeros((0, 4), dtype=np.float16), "yes": np.array([True])},
    }
    docs = docs.having(terms=sparse.csr_matrix((2, 5), dtype=np.int8), vocabulary=np.array(list("vwxyz")))
    save(tmp_path / "model", Saved(docs, topics, parameters={"n": None}, states=states))
    found = load(tmp_path / "model")
    assert found.documents.terms is not None and found.documents.vocabulary is not None
    assert (found.documents.terms.shape, found.documents.terms.dtype) == ((2, 5), np.int8)
    assert found.documents.vocabulary.tolist() == list("vwxyz")
    assert found.topics.vocabulary.tolist() == ["x", "y"]
    assert list(found.states) == list(states)
    for part, state in states.items():
        for name, array in state.items():
            assert found.states[part][name].shape == array.shape
            assert found.states[part][name].dtype == array.dtype
            np.testing.assert_array_equal(found.states[part][name], array)


def test_arrays_of_strings_are_refused_by_name(tmp_path: Path) -> None:
    docs = Documents(["a"])
    with pytest.raises(StoreError, match=r"states.* expected numbers"):
        save(tmp_path / "m", Saved(docs, Topics.of(docs, [0]), states={"p": {"w": np.array(["x"])}}))
    assert list(tmp_path.iterdir()) == []


def test_texts_can_be_left_out(tmp_path: Path) -> None:
    docs = Documents(["secret one", "secret two"], columns={"id": [1, 2], "title": ["secret", "hidden"]})
    save(tmp_path / "model", Saved(docs, Topics.of(docs, [0, 0])), texts=False)
    found = load(tmp_path / "model").documents
    assert list(found.texts) == ["", ""]
    assert dict(found.columns) == {"id": [1, 2]}
    whole = b"".join(path.read_bytes() for path in (tmp_path / "model").iterdir())
    assert b"secret" not in whole
    assert b"hidden" not in whole


def test_others_may_read_what_the_umask_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        there_and_back(Documents(["a"]), tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "model").stat().st_mode) == 0o755
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "model").iterdir()} == {0o644}


def test_an_older_format_takes_each_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there_and_back(Documents(["a"]), tmp_path)
    written = migrations.FORMAT
    monkeypatch.setattr(migrations, "FORMAT", written + 2)
    with pytest.raises(StoreError, match="no themata reads"):
        load(tmp_path / "model")
    monkeypatch.setitem(migrations.STEPS, written, lambda made: {**made, "parameters": {"from": 1}})
    monkeypatch.setitem(
        migrations.STEPS, written + 1, lambda made: {**made, "parameters": [made["parameters"], 2]}
    )
    assert load(tmp_path / "model").parameters == [{"from": 1}, 2]


def test_a_crash_between_the_renames_loses_nothing(tmp_path: Path) -> None:
    old, new = Documents(["old"]), Documents(["new"])
    there_and_back(old, tmp_path)
    (tmp_path / "model").rename(tmp_path / ".model.old")  # where a kill leaves it
    assert list(load(tmp_path / "model").documents.texts) == ["old"]
    with pytest.raises(StoreError, match="overwrite=True"):
        save(tmp_path / "model", Saved(new, Topics.of(new, [0])))
    save(tmp_path / "model", Saved(new, Topics.of(new, [0])), overwrite=True)
    assert list(load(tmp_path / "model").documents.texts) == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


SCRIPT = """
import sys
from themata import Documents
from themata.store.model_folder import Saved, save
from themata import Topics
print("ready", flush=True)
for i in range(10_000):
    docs = Documents([str(i)] * 3)
    save(sys.argv[1], Saved(docs, Topics.of(docs, [0, 0, 0])), overwrite=True)
    print(i, flush=True)
"""


def test_killed_while_saving_there_is_always_a_whole_model(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    for wait in (0.05, 0.071, 0.097, 0.13):
        command = [sys.executable, "-c", SCRIPT, str(folder)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        while process.stdout.readline().strip() != "0":  # one model is there: start the clock
            pass
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        lines = process.stdout.read().split()
        process.wait()
        last = int(lines[-1]) if lines else 0
        assert list(load(folder).documents.texts) in ([str(last)] * 3, [str(last + 1)] * 3)


def test_what_a_killed_saving_left_is_swept_after_a_day(tmp_path: Path) -> None:
    fresh, stale = tmp_path / ".model.0a.part", tmp_path / ".model.0b.part"
    fresh.mkdir()
    stale.mkdir()
    os.utime(stale, (0, 0))
    there_and_back(Documents(["a"]), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [fresh.name, "model"]


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a place where nobody can write")
def test_a_place_that_cannot_be_written_is_a_clear_error() -> None:
    docs = Documents(["a"])
    with pytest.raises(StoreError, match="cannot be saved to /proc"):
        save("/proc/none/model", Saved(docs, Topics.of(docs, [0])))
