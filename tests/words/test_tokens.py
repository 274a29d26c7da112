from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from themata.words.tokens import _ASCII_WORD, _bare, words

MARKED = "c++ f# .net .NET #tag @name covid-19 well-known - don't dog's ' l'etat word X a_b 2 . , + # @ ( a@b"
PIECES = st.sampled_from([*MARKED.split(), " ", "\t", "\x1f"])


@given(st.lists(PIECES | st.characters(max_codepoint=127), max_size=12).map("".join))
def test_what_is_faster_finds_the_same_words(text: str) -> None:
    assert words(text, list) == [_bare(word) for word in _ASCII_WORD.findall(text)]
