"""Topics of images, alone or with text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import adjusted_mutual_info_score

from clip import drawn, tiny_clip
from themata import TopicModel
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError, PartError
from themata.core.graph import unit_rows
from themata.core.images import collage, opened_image
from themata.embed.clip import Clip
from themata.pipeline.multimodal import image_points, points_of

N = 60
KINDS = np.arange(N) % 3
WORDS = ["a red disc on white", "stripes of green paint", "blue squares stacked"]
TEXTS = [f"{WORDS[kind]} number {row}" for row, kind in enumerate(KINDS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny_clip(tmp_path_factory.mktemp("clip") / "model")


@pytest.fixture(scope="module")
def images() -> list[Any]:
    return [drawn(kind, row) for row, kind in enumerate(KINDS)]


@pytest.fixture(scope="module")
def paths(images: list[Any], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    place = tmp_path_factory.mktemp("images")
    named = [place / f"{row}.png" for row in range(N)]
    for path, image in zip(named, images, strict=True):
        image.save(path)
    return [str(path) for path in named]


@pytest.fixture(scope="module")
def alone(folder: str, paths: list[str]) -> TopicModel:
    return TopicModel(embedder=f"clip:{folder}", n_topics=3).fit(None, images=paths)


def test_images_alone_have_topics(alone: TopicModel, paths: list[str], images: list[Any]) -> None:
    assert alone.result_.n_topics == 3
    assert adjusted_mutual_info_score(KINDS, alone.topics_) > 0.5
    assert alone.documents_.columns["image"] == paths
    assert set(alone.get_topic_info()["Topic"]) - {-1} == {0, 1, 2} and len(set(alone.result_.names)) == 3
    topics, _ = alone.transform(None, images=images[:9])
    assert topics == alone.topics_[:9]


def test_image_exemplars_are_of_their_topic_and_make_a_collage(alone: TopicModel, paths: list[str]) -> None:
    for topic in range(3):
        shown = alone.image_exemplars(topic, 4)
        assert len(shown) == 4 and all(alone.topics_[paths.index(path)] == topic for path in shown)
    sheet = alone.collage(0, n=4, columns=2, size=50)
    assert sheet.size == (104, 104)
    red = np.asarray(opened_image(alone.image_exemplars(0, 1)[0]).resize((1, 1)))
    assert np.abs(np.asarray(sheet.crop((0, 0, 50, 50)).resize((1, 1)), dtype=int) - red).max() < 80


def test_topics_are_found_by_an_image(alone: TopicModel, images: list[Any]) -> None:
    found, cosines = alone.find_topics(image=images[1], top_n=3)
    assert found[0] == alone.topics_[1] and cosines == sorted(cosines, reverse=True)
    assert len(alone.find_topics("a red disc")[0]) == 3
    with pytest.raises(InputError, match="nothing to look for"):
        alone.find_topics()


def test_images_with_text_have_words_and_names(folder: str, images: list[Any], tmp_path: Path) -> None:
    model = TopicModel(embedder=Clip(folder)).fit(TEXTS, images=images)
    points = unit_rows(model.documents_.embeddings)
    clip = Clip(folder)
    halves = unit_rows(clip.encode(TEXTS[:1])), unit_rows(clip.encode_images(images[:1]))
    np.testing.assert_allclose(points[:1], unit_rows(halves[0] + halves[1]), atol=1e-3)
    assert all(words for words in model.result_.keywords)
    assert isinstance(model.documents_.columns["image"][0], bytes)
    model.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model")
    assert again.image_exemplars(0) == model.image_exemplars(0)
    assert again.transform(TEXTS[:5], images=images[:5])[0] == model.topics_[:5]
    again.merge([0, 1]).undo()
    assert again.topics_ == model.topics_


def test_batches_of_images_come_online(folder: str, images: list[Any]) -> None:
    model = TopicModel(embedder=Clip(folder), layout=None).partial_fit(TEXTS[:30], images=images[:30])
    model.partial_fit(TEXTS[30:], images=images[30:])
    assert len(model.topics_) == N == len(model.documents_.columns["image"])
    assert all(model.image_exemplars(row) for row in range(model.result_.n_topics))


def test_a_text_an_image_or_both_lie_in_one_space(folder: str, images: list[Any]) -> None:
    docs = Documents(["only text", "", "both"], columns={"image": [None, images[0], images[1]]})
    clip = Clip(folder)
    points = points_of(docs, clip)
    np.testing.assert_allclose(points[:1], clip.encode(["only text"]), atol=1e-5)
    np.testing.assert_allclose(points[1:2], clip.encode_images(images[:1]), atol=1e-5)
    assert abs(np.linalg.norm(points[2]) - 1) < 1e-5


class Mean:
    """The least that can embed images: their mean color."""

    def encode(self, images: Any) -> np.ndarray:
        return np.array([np.asarray(image).reshape(-1, 3).mean(axis=0) for image in images])


def test_any_object_that_encodes_images_will_do(images: list[Any]) -> None:
    model = TopicModel(embedder=Mean(), layout=None, n_topics=3).fit(None, images=images)
    assert adjusted_mutual_info_score(KINDS, model.topics_) > 0.3
    assert image_points(images[:2], Clip(Mean())).shape == (2, 3)


def test_what_cannot_be_seen_is_a_clear_error(folder: str, images: list[Any], tmp_path: Path) -> None:
    (tmp_path / "no.png").write_bytes(b"no image")
    for broken in (str(tmp_path / "no.png"), str(tmp_path / "none.png")):
        with pytest.raises(InputError, match="cannot be opened as an image"):
            TopicModel(embedder=Clip(folder)).fit(["a"], images=[broken])
    with pytest.raises(AlignmentError, match="one image per document"):
        TopicModel(embedder=Clip(folder)).fit(TEXTS, images=images[:3])
    with pytest.raises(InputError, match="no documents"):
        TopicModel().fit(None)
    with pytest.raises(InputError, match="put it in a list"):
        TopicModel().fit(None, images="a.png")
    with pytest.raises(InputError, match="takes no images"):
        TopicModel(embedder="lexical").fit(TEXTS, images=images)
    with pytest.raises(InputError, match="images must be embedded"):
        TopicModel(embedder=None).fit(TEXTS, images=images)
    with pytest.raises(PartError, match="a finite row per image"):
        image_points(images[:2], Wrong())
    with pytest.raises(InputError, match="have no images"):
        TopicModel(embedder=None, layout=None).fit(TEXTS).image_exemplars(0)


class Wrong:
    def encode_images(self, images: Any) -> np.ndarray:
        return np.zeros((1, 3))


def test_a_collage_keeps_shapes() -> None:
    sheet = collage([Image.new("RGB", (80, 20), "red"), Image.new("RGB", (20, 80), "blue")], size=40, gap=0)
    pixels = np.asarray(sheet)
    assert sheet.size == (80, 40)
    assert (pixels[0, 0] == 255).all() and tuple(pixels[20, 20]) == (255, 0, 0)
    assert tuple(pixels[20, 60]) == (0, 0, 255)
    with pytest.raises(InputError, match="got none"):
        collage([])
