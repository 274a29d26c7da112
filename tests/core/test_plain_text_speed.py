"""What spares most texts the slow search for addresses and codes never changes what is found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from themata.core import plain_text

PIECES = st.sampled_from(
    "www.x.org https://a.b/c?d=1 a@b.co and/or x.com/y WWW.Site.ORG/a mailto:me read.me/first 1/2 e.g. v1.0.2 com .net "
    "end.Next 3f2a9c1d deadbeef99 DEADBEEF 550e8400-e29b-41d4-a716-446655440000 abcdefab-cdef-abcd-efab-cdefabcdefab "
    "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0 covid-19 state-of-the-art ftp://x ü.com 東京https://x.jp/あ GPT-4".split()
)


def slowly(text: str) -> str:
    if "." in text or ":" in text:
        text = plain_text._SITE.sub(" ", plain_text._ADDRESS.sub(" ", text))
    text = plain_text._PARAMETERS.sub(" ", text) if "=" in text else text
    return plain_text._CODE.sub(" ", text)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES | st.text(" ./:@=-\u2028\u00a0abZ019", max_size=6), max_size=8),
    st.sampled_from([" ", "", "\n", ", "]),
)
def test_addresses_and_codes_are_those_of_the_whole_search(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    assert plain_text._without_codes(plain_text._without_addresses(text)) == slowly(text)


@pytest.mark.parametrize("text", ["see x.org/a", "MAILTO:someone", "WWW.x.de", "a\u2028deadbeef12"])
def test_an_address_in_any_case_is_taken_out(text: str) -> None:
    assert plain_text._without_codes(plain_text._without_addresses(text)) == slowly(text) != text
