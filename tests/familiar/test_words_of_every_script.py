"""Words of the familiar road: those that TopicModel finds, unless the caller counts otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer

from themata import TopicModel
from themata.familiar import BERTopic

CORPORA = {
    "hi": (
        ["वैज्ञानिकों ने नई दवा की खोज की", "डॉक्टर ने मरीज को दवा दी", "नई दवा से मरीज ठीक हुए"],
        ["टीम ने क्रिकेट मैच जीता", "खिलाड़ी ने क्रिकेट मैच में शतक बनाया", "क्रिकेट टीम का कप्तान बदला"],
        {"दवा", "क्रिकेट", "मैच"},
    ),
    "th": (
        ["นักวิทยาศาสตร์ค้นพบดาวเคราะห์ดวงใหม่", "ดาวเคราะห์โคจรรอบดวงอาทิตย์", "นักวิทยาศาสตร์ศึกษาดวงอาทิตย์"],
        ["ฟุตบอลทีมชาติชนะการแข่งขัน", "นักเตะยิงประตูในการแข่งขันฟุตบอล", "ทีมฟุตบอลฝึกซ้อมทุกวัน"],
        {"ฟุตบอล"},  # names that come together each time are one word
    ),
    "ja": (
        [
            "科学者が新しい惑星を発見しました",
            "惑星は太陽の周りを回っています",
            "科学者は太陽を研究しています",
        ],
        [
            "サッカーの試合で日本が勝ちました",
            "選手が試合でゴールを決めました",
            "サッカーの選手は毎日練習します",
        ],
        {"科学者", "惑星", "サッカー", "試合"},
    ),
    "zh": (
        ["科学家发现了新的行星", "行星围绕太阳运行", "科学家研究太阳和行星"],
        ["足球比赛中国队赢了", "球员在足球比赛中进球", "足球球员每天训练"],
        {"科学家", "行星", "太阳", "足球"},
    ),
}


def fitted(texts: list[str], **options: Any) -> BERTopic:
    parts = {"embedding_model": "lexical", "umap_model": PCA(2), "hdbscan_model": KMeans(2, random_state=0)}
    return BERTopic(**{**parts, **options}).fit(texts)


@pytest.mark.parametrize("language", CORPORA)
def test_words_of_every_script_are_those_of_topic_model(language: str) -> None:
    first, second, expected = CORPORA[language]
    texts = (first + second) * 5
    model = fitted(texts)
    assert set(model.result_.vocabulary) == set(TopicModel(embedder="lexical").fit(texts).result_.vocabulary)
    assert expected <= set(model.result_.vocabulary)
    again = model.update_topics(texts, n_gram_range=(1, 2))
    assert again is None and expected <= set(model.vectorizer_model.get_feature_names_out())


def test_a_vectorizer_of_the_callers_counts_as_it_is() -> None:
    texts = (CORPORA["hi"][0] + CORPORA["hi"][1]) * 5
    plain = CountVectorizer().fit(texts).get_feature_names_out().tolist()
    assert fitted(texts, vectorizer_model=CountVectorizer()).result_.vocabulary.tolist() == plain
