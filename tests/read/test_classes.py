"""Classes from a file of their own, matched to documents by id or by order."""

from __future__ import annotations

from pathlib import Path

import pytest

from themata.core.errors import InputError
from themata.read.classes import read_classes


def test_rows_are_matched_by_id_whatever_their_order(tmp_path: Path) -> None:
    (tmp_path / "classes.csv").write_text("id,topic,class\n3,x,c\n1,x,a\n9,x,z\n2,x,\n")
    found = read_classes(str(tmp_path / "classes.csv"), ids=[1, 2, 3, 4], n_docs=4)
    assert found == ["a", None, "c", None]
    assert read_classes(str(tmp_path / "classes.csv"), ids=["1"], column="topic", n_docs=1) == ["x"]


def test_without_ids_the_order_counts_and_the_number_must_be_right(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("a\nb\n")
    assert read_classes(str(tmp_path / "classes.txt"), n_docs=2) == ["a", "b"]
    with pytest.raises(InputError, match=r"2 rows and the model 3 documents.*column 'id'"):
        read_classes(str(tmp_path / "classes.txt"), n_docs=3)


def test_a_column_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "classes.csv").write_text("one,two\n1,2\n")
    with pytest.raises(InputError, match="it has 'one', 'two'"):
        read_classes(str(tmp_path / "classes.csv"), column="three", n_docs=1)
    with pytest.raises(InputError, match="name one of 'one', 'two'"):
        read_classes(str(tmp_path / "classes.csv"), n_docs=1)
