"""What is kept of English from elsewhere is what is there."""

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from themata.languages import english


def test_the_list_kept_of_stop_words_is_scikit_learns() -> None:
    assert english._SCIKIT_LEARNS == ENGLISH_STOP_WORDS
