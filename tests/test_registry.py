from __future__ import annotations

import json

import pytest

import themata
from themata import LLM, PCA, Example, InputError, TwoViews, UnknownPartError, Weighting, Words
from themata.core.part_descriptions import describe, public_name, restore
from themata.core.registry import _OURS, known, make
from themata.familiar.representation import KeyBERTInspired


@pytest.mark.parametrize("kind", sorted(_OURS))
def test_every_name_leads_to_a_class(kind: str) -> None:
    from importlib import import_module

    for place in known(kind).values():
        module, _, attribute = place.partition("=")[0].partition(":")
        assert isinstance(getattr(import_module(module), attribute), type), place


def test_a_part_that_is_no_name_is_itself() -> None:
    part = TwoViews()
    assert make("relater", part) is part


def test_an_unknown_name_says_which_was_perhaps_meant() -> None:
    with pytest.raises(UnknownPartError, match="did you mean 'two_views'"):
        make("relater", "twoviews")


def test_a_name_that_lacks_its_model_says_how_it_is_written() -> None:
    with pytest.raises(InputError, match="needs its model: openai:MODEL"):
        make("chat", "openai:")
    with pytest.raises(UnknownPartError, match="a model is named by a folder that is there"):
        make("chat", "nowhere")


def test_a_part_described_and_restored_has_the_same_parameters() -> None:
    again = restore(describe(PCA(7, random_state=3)))
    assert (type(again), again.n_components, again.random_state) == (PCA, 7, 3)


def test_a_file_cannot_make_just_any_class(caplog: pytest.LogCaptureFixture) -> None:
    assert restore({"part": "subprocess:Popen", "options": {"args": ["true"]}}) is None
    assert "subprocess:Popen" in caplog.text


def test_secrets_are_never_described() -> None:
    class Client:
        def __init__(self, model: str, api_key: str) -> None:
            self.model, self.api_key = model, api_key

    assert describe(Client("m", "hidden"))["options"] == {"model": "m"}


def test_a_file_makes_nothing_but_our_parts() -> None:
    assert restore({"part": "themata:PCA", "options": {"n_components": 3}}).n_components == 3
    for place in (
        "os:system",
        "json:loads",
        "themata:TopicModel",  # public, and no part
        "themata:StoreError",
        "themata:distill",
        "themata:import_module",
        "themata.core.registry:import_module",
        "themata.reduce.pca:PCA",  # a file's path is no name
        "themata.embed.static:Path",
        "themata.chat.connections:Wire",
        "themata.familiar.vectorizers:CountVectorizer",
        "themata.familiar.representation:base",
    ):
        assert restore({"part": place, "options": {}}) is None, place


def test_a_description_holds_no_path_of_a_file() -> None:
    labeler = LLM("echo", examples=[Example(["oven"], ["How to bake"], "Baking")])
    told = json.dumps(describe([labeler, KeyBERTInspired(), Weighting(), Words("en"), TwoViews()]))
    assert "themata:LLM" in told and "themata:Example" in told and "themata:Echo" in told
    assert "themata.familiar.representation:KeyBERTInspired" in told
    assert "themata.parts" not in told and "keywords:" not in told


@pytest.mark.parametrize("kind", sorted(_OURS))
def test_every_part_with_a_name_can_be_saved_by_it(kind: str) -> None:
    for place in known(kind).values():
        name = place.partition("=")[0]
        made = getattr(themata, name.partition(":")[2])
        assert name == f"themata:{made.__name__}" == public_name(made)
