from __future__ import annotations

import sysconfig
from collections import Counter
from pathlib import Path

import pytest

from themata import docstrings

PROSE = "Mend the {noun} of every customer before the {other} comes home from {place} with a bag of apples."


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place where packages are installed, and nothing in it yet."""
    (tmp_path / "site").mkdir()
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / "site"))
    return tmp_path / "site"


def module(path: Path, *said: str, name: str = "mend") -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "".join(f'def {name}_{i}():\n    """{text}"""\n' for i, text in enumerate(said)), encoding="utf-8"
    )


def told(seed: int, n: int) -> list[str]:
    """Sentences that begin differently."""
    return [
        f"{'abcdefghij'[i % 10] * (2 + i // 10)}{'xyz'[seed % 3]} {PROSE.format(noun=f'n{i}', other=f'o{i}', place=seed)}"
        for i in range(n)
    ]


def test_a_large_package_does_not_drown_the_small_ones(installed: Path) -> None:
    for place in range(40):
        module(installed / "large" / f"m{place}.py", *[f"{text} {place}" for text in told(0, 5)])
    for place, small in enumerate(["one", "two"]):
        module(installed / small / "m.py", *told(place + 1, 5))
    counts = Counter(record["label"] for record in docstrings(15, seed=1))
    assert counts["one"] == counts["two"] == 5


def test_what_is_private_is_left_out(installed: Path) -> None:
    module(installed / "p" / "m.py", *told(0, 2), name="_hidden")
    module(installed / "q" / "m.py", *told(1, 2))
    assert {record["label"] for record in docstrings(10)} == {"q"}


def test_sentences_that_many_share_are_left_out(installed: Path) -> None:
    shared = "The value may be given as a number or as any of the words that stand in the long list below."
    module(installed / "p" / "m.py", *[f"{text} {shared}" for text in told(0, 4)])
    records = docstrings(10)
    assert len(records) == 4
    assert not any("number" in record["text"] for record in records)


def test_parameters_and_code_are_no_prose(installed: Path) -> None:
    prose = told(0, 1)[0]
    text = (
        f"{prose} So::\n\n        quux = mend(1)\n\n    loss (`torch.FloatTensor` of shape `(1,)`): quibble"
    )
    module(installed / "p" / "m.py", text)
    (record,) = docstrings(10)
    assert record["text"] == f"{prose} So:"
