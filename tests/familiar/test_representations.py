"""Representations: ours, the user's own, and BERTopic's, alone, in chains and side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import CountVectorizer

from chat_server import ChatServer, Reply, refusal, serving
from corpora import SUBJECTS, Sample
from llama import build
from themata import InputError, Refused
from themata.familiar import BERTopic
from themata.familiar.representation import (
    BaseRepresentation,
    Cohere,
    KeyBERTInspired,
    LangChain,
    LlamaCPP,
    MaximalMarginalRelevance,
    OpenAI,
    PartOfSpeech,
    TextGeneration,
    ZeroShotClassification,
)


class Shouting(BaseRepresentation):
    """As the documentation of BERTopic tells its users to write one."""

    def extract_topics(self, topic_model: Any, documents: pd.DataFrame, c_tf_idf: Any, topics: Any) -> Any:
        self.seen = (topic_model, documents, c_tf_idf, topics)
        mapping, _, _, ids = topic_model._extract_representative_docs(c_tf_idf, documents, topics, 500, 2)
        self.docs, self.ids = mapping, ids
        return {
            topic: [(word.upper(), weight) for word, weight in words[:10]] for topic, words in topics.items()
        }


class Broken(BaseRepresentation):
    def extract_topics(self, topic_model: Any, documents: Any, c_tf_idf: Any, topics: Any) -> Any:
        raise KeyError("content")


def which(text: str) -> str:
    """The subject that a text is about."""
    return max(SUBJECTS, key=lambda name: sum(text.count(word) for word in SUBJECTS[name].split()))


def subjects(model: BERTopic, few: Sample) -> dict[int, str]:
    names = list(SUBJECTS)
    return {
        topic: names[few.labels[model.topics_.index(topic)]] for topic in set(model.topics_) if topic >= 0
    }


def test_a_representation_of_the_users_own_gets_what_bertopic_would_give_it(fit: Any, few: Sample) -> None:
    own = Shouting()
    model = fit(representation_model={"Loud": own}, vectorizer_model=CountVectorizer())
    given, documents, c_tf_idf, topics = own.seen
    assert given is model and list(documents.columns) == ["Document", "Topic", "ID", "Image"]
    assert documents.Document.tolist() == few.texts and c_tf_idf.shape[0] == len(topics) == 4
    assert all(len(words) == 30 for words in topics.values())
    assert set(own.docs) == set(topics) and all(len(docs) == 2 for docs in own.docs.values())
    assert [few.texts[row] for row in own.ids[0]] == own.docs[0]
    assert model.topic_aspects_["Loud"][0][0][0] == model.get_topic(0)[0][0].upper()


def test_an_error_in_it_costs_its_answers_and_not_the_topics(fit: Any, caplog: Any) -> None:
    model = fit(representation_model={"Broken": Broken()})
    assert model.get_topic(0, full=True)["Broken"][:10] == model.get_topic(0)[:10]
    assert "Broken failed" in caplog.text


def test_one_representation_takes_the_place_of_the_keywords(fit: Any) -> None:
    plain, by_meaning = fit(), fit(representation_model=KeyBERTInspired())
    assert by_meaning.topic_aspects_ == {}
    assert by_meaning.get_topic(0) != plain.get_topic(0) and "the" not in dict(by_meaning.get_topic(0))


def test_a_list_is_a_chain_and_a_mapping_gives_aspects(fit: Any) -> None:
    model = fit(
        representation_model={
            "Main": KeyBERTInspired(),
            "MMR": [KeyBERTInspired(top_n_words=20), MaximalMarginalRelevance(diversity=0.5, top_n_words=5)],
        },
        outliers=True,
    )
    assert list(model.get_topic(-1, full=True)) == ["Main", "MMR"]
    assert {len(words) for words in model.topic_aspects_["MMR"].values()} == {5}
    assert list(model.get_topic_info().columns)[3:] == ["Representation", "MMR", "Representative_Docs"]


def test_patterns_of_speech_are_those_of_spacys_matcher() -> None:
    found = PartOfSpeech(pos_patterns=[[{"POS": "ADJ"}, {"POS": "NOUN"}], [{"POS": "VERB"}]])._patterns()
    assert found == [["ADJ", "NOUN"], ["VERB"]]
    with pytest.raises(InputError, match="'LEMMA'"):
        PartOfSpeech(pos_patterns=[[{"LEMMA": "be"}]])._patterns()


def test_names_of_a_list_take_the_place_of_keywords_where_the_model_is_sure(fit: Any) -> None:
    def classifier(texts: list[str], names: list[str], multi_label: bool = False) -> list[dict[str, Any]]:
        scores = [[0.9 if which(text) == name else 0.1 for name in names] for text in texts]
        order = [np.argsort([-s for s in row]) for row in scores]
        return [
            {"labels": [names[i] for i in o], "scores": [row[i] for i in o]}
            for o, row in zip(order, scores, strict=True)
        ]

    model = fit(representation_model=ZeroShotClassification(["space", "cooking"], model=classifier))
    found = {words[0] for words in model.get_topics().values() if words[0][1] == 0.9}
    assert found == {("space", 0.9), ("cooking", 0.9)}
    assert {len(words) for words in model.get_topics().values()} == {10}


def test_names_of_a_list_by_a_pipeline_of_transformers(fit: Any, few: Sample) -> None:
    """A Bert of random weights: what it finds is nonsense, what the pipeline returns is not."""
    transformers = pytest.importorskip("transformers")
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {
        "[UNK]": 0,
        "[PAD]": 1,
        "[SEP]": 2,
        **{w: 3 + i for i, w in enumerate(" ".join(few.texts).lower().split())},
    }
    bare = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    bare.pre_tokenizer = pre_tokenizers.Whitespace()
    marks = {"unk_token": "[UNK]", "pad_token": "[PAD]", "sep_token": "[SEP]"}
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=bare, model_max_length=64, **marks)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        pad_token_id=1, id2label={0: "contradiction", 1: "neutral", 2: "entailment"},
        label2id={"contradiction": 0, "neutral": 1, "entailment": 2},
    )  # fmt: skip
    bert = transformers.BertForSequenceClassification(config).eval()
    pipeline = transformers.pipeline("zero-shot-classification", model=bert, tokenizer=tokenizer)
    for n_topics in (1, 4):  # a pipeline answers one text in another shape
        sure = ZeroShotClassification(["space", "cooking"], model=pipeline, min_prob=0.0)
        model = fit(hdbscan_model=KMeans(n_topics, random_state=0), representation_model={"Names": sure})
        for words_of in model.topic_aspects_["Names"].values():
            assert words_of[0][0] in ("space", "cooking") and words_of[1:] == [("", 0)] * 9
    both = ZeroShotClassification(["space", "cooking"], pipeline, {"multi_label": True}, min_prob=0.0)
    assert {word for word, _ in fit(representation_model={"N": both}).topic_aspects_["N"][0][:2]} == {
        "space",
        "cooking",
    }


# Language models

PROMPT = "Documents:\n[DOCUMENTS]\nKeywords: [KEYWORDS]. Give a label as: topic: <label>"


def named(number: int, body: dict[str, Any]) -> Reply:
    return Reply("topic: " + which(body["messages"][-1]["content"]))


def client(server: ChatServer) -> Any:
    return pytest.importorskip("openai").OpenAI(base_url=server.url, api_key="none")


def test_openai_names_all_topics_through_the_users_client(fit: Any, few: Sample) -> None:
    with serving(named) as server:
        asking = OpenAI(client(server), model="tiny", prompt=PROMPT, generator_kwargs={"seed": 7})
        model = fit(representation_model={"LLM": asking})
    expected = {topic: [(name, 1)] for topic, name in subjects(model, few).items()}
    assert model.topic_aspects_["LLM"] == expected
    assert len(server.asked) == 4 and all(
        body["seed"] == 7 and body["model"] == "tiny" for body in server.asked
    )
    assert all("stop" not in body for body in server.asked)  # B11
    assert asking.generator_kwargs == {"seed": 7} and len(asking.prompts_) == 4


def test_an_asynchronous_client_is_asked_as_well(fit: Any, few: Sample) -> None:
    openai = pytest.importorskip("openai")
    with serving(named) as server:
        asking = OpenAI(openai.AsyncOpenAI(base_url=server.url, api_key="none"), prompt=PROMPT)
        model = fit(representation_model={"LLM": asking})
        model.update_topics(
            few.texts, representation_model={"Again": OpenAI(asking.client, "other", prompt=PROMPT)}
        )
    assert {words[0][0] for words in model.topic_aspects_["Again"].values()} == set(SUBJECTS)


def test_a_pipeline_of_another_kind_of_model_is_called_as_it_is(fit: Any, few: Sample) -> None:
    def text2text(prompts: list[str], max_new_tokens: int) -> list[dict[str, str]]:
        return [{"generated_text": f"{which(prompt)}"} for prompt in prompts]

    model = fit(representation_model={"T5": TextGeneration(text2text, PROMPT, {"max_new_tokens": 5})})
    assert model.topic_aspects_["T5"][0] == [(subjects(model, few)[0], 1), *[("", 0)] * 9]


def test_without_a_prompt_the_engine_names_and_outliers_are_not_asked_about(fit: Any) -> None:
    def answer(number: int, body: dict[str, Any]) -> Reply:
        return Reply(f"Label: {which(body['messages'][-1]['content']).title()} Reports")

    with serving(answer) as server:
        model = fit(representation_model=OpenAI(client(server)), outliers=True)
        asked = len(server.asked)
        info = model.get_topic_info()
        model.merge_topics(None, [0, 1])
        model.undo()
    assert info.Representation[0] == ["Outliers"] and info.Name[0] == "-1_Outliers"
    assert all(words[0][0].endswith(" Reports") for topic, words in model.get_topics().items() if topic >= 0)
    assert "outlier" not in str(server.asked).lower()
    assert len(server.asked) < 2 * asked  # a merge asks about the merged topic, no answer is paid for twice


def about(number: int, body: dict[str, Any]) -> Reply:
    """Answers by what is asked, late enough for all that is asked together to be there at once."""
    asked = body["messages"][-1]["content"]
    said = "Tone: calm" if "calm" in asked else f"Label: {which(asked).title()} Reports"
    return Reply(said, silent=0.3)


def test_aspects_that_ask_one_model_ask_it_as_one_batch(fit: Any) -> None:
    tone = "[DOCUMENTS] [KEYWORDS] calm or angry?"
    with serving(about) as server:
        one, other = client(server), client(server)
        aspects = {
            "Main": OpenAI(one, "tiny"),
            "Tone": OpenAI(one, "tiny", prompt=tone, nr_docs=2, doc_length=9, tokenizer="whitespace"),
            "Again": [OpenAI(one, "tiny", prompt=tone, nr_docs=1)],
            "Other": OpenAI(other, "tiny", prompt=PROMPT),
        }
        model = fit(representation_model=aspects)
        assert len(server.asked) == 16 and server.most == 8, (
            "two aspects share a client; a chain has its turn"
        )
        model.merge_topics(None, [0, 1])
        told = server.asked[16:]
        assert sum("calm" in body["messages"][-1]["content"] for body in told) == 2
    assert {words[0][0] for words in model.topic_aspects_["Tone"].values()} == {"Tone: calm"}
    assert all(words[0][0].endswith(" Reports") for words in model.get_topics().values())
    assert len(aspects["Tone"].prompts_[0].split()) < len(aspects["Main"].prompts_[0].split())


def test_a_local_model_of_several_aspects_is_loaded_once(fit: Any, few: Sample, tmp_path: Path) -> None:
    folder = str(build(tmp_path / "tiny-llama", few.texts, context=2048))
    prompts = {"A": "[KEYWORDS] name?", "B": "[KEYWORDS] why?", "C": "[KEYWORDS] <|user|>"}
    parts = {name: TextGeneration(folder, prompt, {"max_new_tokens": 3}) for name, prompt in prompts.items()}
    model = fit(representation_model=parts)
    assert all(model.topic_aspects_[name] for name in prompts)
    chats = {name: part._shared_chat.asked for name, part in parts.items()}
    assert chats["A"] is chats["B"], "and loaded once"
    assert chats["C"] is not chats["A"], "a prompt with a template of its own is not put into the model's"


class Never:
    """A reducer and a clusterer that must not be asked."""

    def fit(self, points: Any, y: Any = None) -> Any:
        raise AssertionError("hours of fitting have begun")

    fit_transform = fit


def test_a_model_that_is_not_there_is_said_before_the_fit(few: Sample, tmp_path: Path) -> None:
    missing = TextGeneration(str(tmp_path / "no-llama"), prompt=PROMPT)
    for given in (missing, {"LLM": [missing]}):
        with pytest.raises(Refused, match="no-llama' cannot be loaded"):
            BERTopic(representation_model=given, umap_model=Never(), hdbscan_model=Never()).fit(
                few.texts, few.embeddings
            )


@pytest.mark.parametrize("where", ["Main", "LLM"])
def test_a_model_that_fails_costs_its_answers_and_not_the_topics(fit: Any, where: str) -> None:
    with serving(lambda number, body: refusal(401, "bad key")) as server:
        model = fit(representation_model={where: OpenAI(client(server), prompt=PROMPT)})
    words = model.get_topic(0, full=True)[where]
    assert words and words[0][0]
    assert model.result_.n_topics == 4 and len(model.get_topic_info()) == 4


def test_any_client_with_the_same_method_will_do(fit: Any) -> None:
    from types import SimpleNamespace as Thing

    def create(**body: Any) -> Any:
        said = named(0, body).text
        return Thing(choices=[Thing(message=Thing(content=said))])

    fake = Thing(chat=Thing(completions=Thing(create=create)))
    model = fit(representation_model={"LLM": OpenAI(fake, prompt=PROMPT)})
    assert {words[0][0] for words in model.topic_aspects_["LLM"].values()} == set(SUBJECTS)


def test_cohere_langchain_and_llamacpp_are_asked_their_own_way(fit: Any) -> None:
    from types import SimpleNamespace as Thing

    class Client:
        def chat(
            self, *, model: str, preamble: Any, message: str, max_tokens: int, stop_sequences: Any
        ) -> Any:
            return Thing(text=which(message) + "\n")

    class Chain:
        def batch(self, inputs: list[dict[str, Any]], config: Any = None) -> list[dict[str, str]]:
            assert all(len(one["input_documents"]) == 4 for one in inputs)
            return [{"output_text": which(one["question"])} for one in inputs]

    class Llama:
        model_path = "/models/tiny.gguf"

        def create_chat_completion(self, messages: Any, max_tokens: int) -> Any:
            return {"choices": [{"message": {"content": which(messages[-1]["content"])}}]}

    model = fit(
        representation_model={
            "Cohere": Cohere(Client(), prompt=PROMPT),
            "LangChain": LangChain(Chain()),
            "LlamaCPP": LlamaCPP(Llama(), prompt=PROMPT, pipeline_kwargs={"max_tokens": 9}),
        }
    )
    for aspect in ("Cohere", "LangChain", "LlamaCPP"):
        rows = model.topic_aspects_[aspect]
        assert {words[0][0] for words in rows.values()} == set(SUBJECTS)
        assert {len(words) for words in rows.values()} == {10} and rows[0][1] == ("", 0)


def test_documents_are_cut_by_any_tokenizer(fit: Any) -> None:
    class Commas:
        def encode(self, text: str) -> list[str]:
            return text.split("and")

        def decode(self, pieces: list[str]) -> str:
            return "and".join(pieces)

    with serving(named) as server:
        for tokenizer in ("whitespace", Commas(), str.split):  # B12: a function, too
            asking = OpenAI(client(server), prompt=PROMPT, doc_length=3, tokenizer=tokenizer)
            fit(representation_model={"LLM": asking})
            shown = asking.prompts_[0].split("<doc>")[1].split("</doc>")[0]
            assert shown.endswith("…") and len(shown.split()) < 10
    with pytest.raises(InputError, match="belong together"):
        OpenAI(None, doc_length=3)
    with pytest.raises(InputError, match="tokenizer must be"):
        TextGeneration("a/model", doc_length=3, tokenizer="characters")


POLITE = 'Sure! Here is a short label: **"NAME"**. Let me know if you need anything else.'
THINKING = "Okay, so the user wants a label. Let me think about"


class Polite:
    """Answers as they come from clients, chains and models of every kind."""

    def __init__(self, said: str) -> None:
        self.said = said

    def __call__(self, text: str) -> str:
        return self.said.replace("NAME", which(text))

    def parts(self, client_of: Any) -> dict[str, Any]:
        from types import SimpleNamespace as Thing

        def chat(*, message: str, stop_sequences: Any, **others: Any) -> Any:
            return Thing(text=self(message))

        def chat_v2(*, messages: Any, stop_sequences: Any, **others: Any) -> Any:
            return Thing(message=Thing(content=[Thing(text=self(messages[-1]["content"]))]))

        def batch(inputs: list[dict[str, Any]], config: Any = None) -> list[Any]:
            return [Thing(content=self(one["question"])) for one in inputs]

        def completion(messages: Any) -> Any:
            return {"choices": [{"message": {"content": self(messages[-1]["content"])}}]}

        def pipeline(prompts: list[str]) -> list[dict[str, str]]:
            return [{"generated_text": self(prompt)} for prompt in prompts]

        class ClientV2:
            chat = staticmethod(chat_v2)

        return {
            "OpenAI": OpenAI(client_of, prompt=PROMPT),
            "Cohere": Cohere(Thing(chat=chat), prompt=PROMPT),
            "CohereV2": Cohere(ClientV2(), prompt=PROMPT),
            "LangChain": LangChain(Thing(batch=batch)),
            "LlamaCPP": LlamaCPP(Thing(create_chat_completion=completion), prompt=PROMPT),
            "TextGeneration": TextGeneration(pipeline, prompt=PROMPT),
        }


@pytest.mark.parametrize(
    "said", [POLITE, '```json\n{"label": "NAME"}\n```', "**NAME**", "Label - NAME", "1. NAME\n2. Else"]
)
def test_politeness_and_form_round_a_name_are_read_on_every_road(fit: Any, said: str) -> None:
    polite = Polite(said)
    with serving(lambda number, body: Reply(polite(body["messages"][-1]["content"]))) as server:
        model = fit(representation_model=polite.parts(client(server)))
    for aspect, rows in model.topic_aspects_.items():
        assert {words[0][0] for words in rows.values()} == set(SUBJECTS), aspect


@pytest.mark.parametrize("said", [THINKING, "<think>They tell of", '{"label":""}', "null"])
def test_thoughts_and_empty_answers_are_names_on_no_road(fit: Any, said: str) -> None:
    with serving(lambda number, body: Reply(said)) as server:
        model = fit(representation_model=Polite(said).parts(client(server)))
    for aspect, rows in model.topic_aspects_.items():
        for words in rows.values():
            assert not words or not any(part in words[0][0] for part in ("Okay", "think", "label", "null")), (
                aspect
            )


def test_a_client_whose_server_knows_no_system_message_names_all(fit: Any) -> None:
    def behave(number: int, body: dict[str, Any]) -> Reply:
        return (
            refusal(400, '"system" role unsupported')
            if body["messages"][0]["role"] == "system"
            else named(number, body)
        )

    class Llama:
        def create_chat_completion(self, messages: Any) -> Any:
            if messages[0]["role"] == "system":
                raise ValueError("System role not supported")
            return {"choices": [{"message": {"content": which(messages[-1]["content"])}}]}

    with serving(behave) as server:
        asking = OpenAI(client(server), prompt=PROMPT, system_prompt="Be brief.")
        local = LlamaCPP(Llama(), prompt=PROMPT, system_prompt="Be brief.")
        model = fit(representation_model={"OpenAI": asking, "Llama": local})
    for aspect in ("OpenAI", "Llama"):
        assert {words[0][0] for words in model.topic_aspects_[aspect].values()} == set(SUBJECTS)


def test_documents_measured_by_a_users_tokenizer_still_fit_a_small_window(fit: Any, few: Sample) -> None:
    def behave(number: int, body: dict[str, Any]) -> Reply:
        n = sum(len(message["content"]) for message in body["messages"])
        return refusal(400, "at most 500 characters are taken") if n > 500 else named(number, body)

    with serving(behave) as server:
        asking = OpenAI(client(server), prompt=PROMPT, doc_length=500, tokenizer="char")
        model = fit(representation_model={"LLM": asking})
        assert {words[0][0] for words in model.topic_aspects_["LLM"].values()} == set(SUBJECTS)
