"""Models on the hub and back, against a server on this machine that speaks the hub's API."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpora import Sample, sample
from fake_hub import READER, WRITER, Hub, in_place_of_the_hub
from needing import needs
from themata import StoreError, TopicModel
from themata.core.part_descriptions import without_addresses

needs("huggingface_hub")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with in_place_of_the_hub(tmp_path) as hub:
        yield hub


@pytest.fixture(scope="module")
def fitted() -> tuple[TopicModel, Sample]:
    given = sample(120)
    model = TopicModel(embedder=None, random_state=1).fit(
        given.texts, given.embeddings, columns={"id": list(range(120))}
    )
    return model.relabel({0: "Mine | *all* <b>mine</b>"}), given


def test_what_was_pushed_comes_back_the_same(hub: Hub, fitted: tuple[TopicModel, Sample]) -> None:
    model, given = fitted
    url = model.push_to_hub("me/topics", token=WRITER, texts=True)
    assert url.startswith(f"{hub.address}/me/topics/commit/")
    files = hub.repositories["me/topics"].commits[hub.repositories["me/topics"].branches["main"]]
    assert set(files) - {".gitattributes"} == {
        "README.md", "model.json", "arrays.safetensors", "documents.parquet", "topics.json",
    }  # fmt: skip
    again = TopicModel.from_hub("me/topics")
    assert again.get_topic_info().equals(model.get_topic_info())
    assert again.get_document_info().equals(model.get_document_info())
    assert (
        again.transform(given.texts, given.embeddings)[0] == model.transform(given.texts, given.embeddings)[0]
    )
    assert TopicModel.load("hf:me/topics").topics_ == model.topics_


def test_texts_stay_at_home_unless_asked(hub: Hub, fitted: tuple[TopicModel, Sample]) -> None:
    model, given = fitted
    model.push_to_hub("me/topics", token=WRITER)
    files = hub.repositories["me/topics"].commits[hub.repositories["me/topics"].branches["main"]]
    assert not any(b"were discussed in report" in content for content in files.values())
    assert "texts of the documents are not shared" in files["README.md"].decode()
    again = TopicModel.from_hub("me/topics")
    assert (
        again.get_topic_info()
        .drop(columns="Representative_Docs")
        .equals(model.get_topic_info().drop(columns="Representative_Docs"))
    )
    assert again.documents_.columns["id"] == list(range(120))
    assert again.transform(given.texts, given.embeddings)[0] == model.topics_


def test_the_card_is_safe_whatever_topics_are_called(hub: Hub, fitted: tuple[TopicModel, Sample]) -> None:
    from markdown_it import MarkdownIt

    model, _ = fitted
    model.push_to_hub("me/topics", token=WRITER)
    repository = hub.repositories["me/topics"]
    page = repository.commits[repository.branches["main"]]["README.md"].decode()
    assert page.startswith("---\nlibrary_name: themata\n")
    shown = MarkdownIt("commonmark").enable("table").render(page.split("---\n", 2)[2])
    assert shown.count("<tr>") == model.result_.n_topics + 1
    assert "<td>Mine | *all* &lt;b&gt;mine&lt;/b&gt;</td>" in shown
    assert "<b>" not in shown
    assert "TopicModel.from_hub(&quot;me/topics&quot;)" in shown


def test_a_persons_card_stays_and_ours_is_renewed(hub: Hub, fitted: tuple[TopicModel, Sample]) -> None:
    model, _ = fitted
    model.push_to_hub("me/topics", token=WRITER)
    repository = hub.repositories["me/topics"]
    model.relabel({1: "Renamed"}).push_to_hub("me/topics", token=WRITER)
    model.undo()
    files = repository.commits[repository.branches["main"]]
    assert b"Renamed" in files["README.md"] and b"Renamed" in files["topics.json"]
    repository.commit("main", {**files, "README.md": b"my own words"}, "by hand")
    model.push_to_hub("me/topics", token=WRITER)
    files = repository.commits[repository.branches["main"]]
    assert files["README.md"] == b"my own words" and b"Renamed" not in files["topics.json"]


def test_revisions_and_proposals(hub: Hub, fitted: tuple[TopicModel, Sample]) -> None:
    model, _ = fitted
    model.push_to_hub("me/topics", token=WRITER)
    first = hub.repositories["me/topics"].branches["main"]
    model.relabel({1: "Later"}).push_to_hub(
        "me/topics", token=WRITER, revision="next", commit_message="Rename"
    )
    name = model.undo().result_.names[1]
    assert TopicModel.from_hub("me/topics", revision="next").result_.names[1] == "Later"
    assert TopicModel.load("hf:me/topics@next").result_.names[1] == "Later"
    assert TopicModel.from_hub(f"me/topics@{first}").result_.names[1] == name
    assert hub.repositories["me/topics"].branches["main"] == first
    url = model.push_to_hub("me/topics", token=READER, create_pr=True, model_card=False)
    assert url.endswith("/discussions/1")
    with pytest.raises(StoreError, match="no such model or revision"):
        TopicModel.from_hub("me/topics", revision="gone")


def test_private_models_need_a_token_and_none_is_told_to_others(
    hub: Hub,
    fitted: tuple[TopicModel, Sample],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG, logger="themata")
    model, _ = fitted
    model.push_to_hub("me/secret", token=WRITER, private=True)
    assert hub.repositories["me/secret"].private
    with pytest.raises(StoreError, match="nothing is there") as refused:
        TopicModel.from_hub("me/secret", token=False)
    with pytest.raises(StoreError, match="may not do that"):
        model.push_to_hub("me/secret", token=READER)
    with pytest.raises(StoreError, match="hf auth login"):
        model.push_to_hub("me/secret", token="hf_wrong_0123456789")
    assert TopicModel.from_hub("me/secret", token=READER).topics_ == model.topics_
    files = hub.repositories["me/secret"].commits[hub.repositories["me/secret"].branches["main"]]
    told = [caplog.text, *capfd.readouterr(), str(refused.value), *(path for _, path, _ in hub.log)]
    told += [content.decode("latin-1") for content in files.values()]
    for token in (WRITER, READER, "hf_wrong_0123456789"):
        assert not any(token in one for one in told)


def test_nothing_is_read_that_themata_does_not_write(
    hub: Hub, fitted: tuple[TopicModel, Sample], tmp_path: Path
) -> None:
    model, _ = fitted
    model.push_to_hub("me/topics", token=WRITER)
    repository = hub.repositories["me/topics"]
    files = repository.commits[repository.branches["main"]]
    repository.commit("main", {**files, "model.pkl": b"cos\nsystem\n", "config.py": b"raise"}, "add code")
    TopicModel.from_hub("me/topics")
    asked = {path.rpartition("/")[2] for verb, path, _ in hub.log if verb == "GET" and "/resolve/" in path}
    assert asked <= {"model.json", "arrays.safetensors", "documents.parquet", "topics.json", "README.md"}
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.suffix in (".pkl", ".py")]


def test_a_shared_model_chooses_no_server_for_whoever_loads_it(
    hub: Hub, fitted: tuple[TopicModel, Sample], caplog: pytest.LogCaptureFixture
) -> None:
    from themata import OpenAIEmbedder

    evil = OpenAIEmbedder("any", base_url="http://127.0.0.1:9/v1")
    given = fitted[1]
    model = TopicModel(embedder=evil, labeler=None).fit(given.texts, given.embeddings)
    model.push_to_hub("me/evil", token=WRITER)
    again = TopicModel.from_hub("me/evil")
    assert again.embedder is None
    assert "speaks to a server" in caplog.text
    nested = {
        "parts": {"a": [{"part": "x", "options": {"chat": {"part": "y", "options": {"u": "http://z"}}}}, 1]}
    }
    assert without_addresses(nested) == {"parts": {"a": [None, 1]}}


def test_a_folder_of_bertopics_is_read_from_the_hub(hub: Hub, tmp_path: Path) -> None:
    from store.test_bertopic import write

    folder = write(tmp_path / "theirs")
    hub.put("them/topics", {path.name: path.read_bytes() for path in folder.iterdir()})
    model = TopicModel.from_hub("them/topics")
    assert model.transform(["a"], np.array([[1, 0, 0]]))[0] == [0]


def test_the_familiar_names_share_and_load(hub: Hub, tmp_path: Path) -> None:
    from store.test_bertopic import write
    from themata.familiar import BERTopic

    model = BERTopic.load(write(tmp_path / "theirs"))
    assert "/me/topics/commit/" in model.push_to_hf_hub("me/topics", token=WRITER, private=False)
    again = BERTopic.load("me/topics")
    assert again.get_topic_info().equals(model.get_topic_info())
    assert again.get_topics() == model.get_topics()


def test_a_repository_without_a_model_and_a_hub_that_is_away_are_clear_errors(
    hub: Hub, monkeypatch: Any
) -> None:
    hub.put("them/nothing", {"README.md": b"---\n---\n"})
    with pytest.raises(StoreError, match=re.compile("no saved model")):
        TopicModel.from_hub("them/nothing")
    with pytest.raises(StoreError, match="the model not a name cannot be had"):
        TopicModel.from_hub("not a name")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(StoreError, match="cannot be had from the hub"):
        TopicModel.from_hub("them/nothing")
