"""The tutorial, row by row in its own order, as a user of BERTopic writes it with one changed import.

What is downloaded there is small and local here: 120 abstracts, MiniLM, and a Llama of random weights in four bits, whose
names are nonsense, which is all the same to the calls.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from downloads import Downloads
from needing import Late, needs
from themata import ChatError
from themata.familiar import BERTopic
from themata.familiar.representation import KeyBERTInspired, MaximalMarginalRelevance, TextGeneration

needs("datasets", "bitsandbytes")
umap, hdbscan = Late("umap"), Late("hdbscan")

pytestmark = [pytest.mark.umap, pytest.mark.slow]
NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorial.ipynb"

SYSTEM = "<s>[INST] <<SYS>>\nYou name topics. You are helpful, respectful and honest.\n<</SYS>>\n"
EXAMPLE = """
I have a topic of these documents:
- Meat, and beef above all, is a great source of emissions.
- Eating meat does not make you a bad person, but think of the climate.
It is described by the keywords: 'meat, beef, eat, eating, emissions, food, climate'.
Write a short label for it, and nothing else. [/INST] Environmental impacts of eating meat
"""
MAIN = """
[INST]
I have a topic of these documents:
[DOCUMENTS]
It is described by the keywords: '[KEYWORDS]'.
Write a short label for it, and nothing else.
[/INST]
"""


@pytest.fixture(scope="module")
def notebook() -> SimpleNamespace:
    """What the cells above have left."""
    return SimpleNamespace()


def test_data(notebook: SimpleNamespace, downloads: Downloads) -> None:
    from datasets import load_dataset

    dataset = load_dataset(downloads.data)["train"]
    notebook.abstracts, notebook.titles = dataset["abstract"], dataset["title"]
    assert len(notebook.abstracts) == len(notebook.titles) == 120
    assert notebook.abstracts[13].startswith("The ")


def test_licence_and_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that cannot be had says so when it is asked, in a sentence, and never costs a fit."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ChatError, match="not-there-Llama-2-13b-chat-hf"):
        TextGeneration(str(tmp_path / "not-there-Llama-2-13b-chat-hf")).chat().load()  # type: ignore[attr-defined]


def test_quantization_tokenizer_and_model(notebook: SimpleNamespace, downloads: Downloads) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

    four_bits = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    notebook.tokenizer = AutoTokenizer.from_pretrained(downloads.llm)
    notebook.model = AutoModelForCausalLM.from_pretrained(
        downloads.llm, quantization_config=four_bits, device_map="auto"
    )
    notebook.model.eval()
    assert notebook.model.is_loaded_in_4bit


def test_pipeline_and_trying_the_model(notebook: SimpleNamespace) -> None:
    import transformers

    notebook.generator = transformers.pipeline(
        model=notebook.model,
        tokenizer=notebook.tokenizer,
        task="text-generation",
        temperature=0.1,
        max_new_tokens=12,  # 500 there; random weights never end a sentence
        repetition_penalty=1.1,
    )
    said = notebook.generator("Could you explain to me how 4-bit quantization works?")
    assert said[0]["generated_text"].startswith("Could you explain")


def test_template_system_prompt_example_and_main_prompt(notebook: SimpleNamespace) -> None:
    notebook.prompt = SYSTEM + EXAMPLE + MAIN
    llama2 = TextGeneration(notebook.generator, prompt=notebook.prompt)
    chat: Any = llama2.chat()
    assert (chat.repetition_penalty, llama2.max_tokens()) == (1.1, 12)
    assert chat.temperature == 0  # greedy, so that names are the same every time
    notebook.llama2 = llama2


def test_embeddings(notebook: SimpleNamespace, downloads: Downloads) -> None:
    from sentence_transformers import SentenceTransformer

    notebook.embedding_model = SentenceTransformer(downloads.embedder)
    notebook.embeddings = notebook.embedding_model.encode(list(notebook.abstracts))
    assert notebook.embeddings.shape == (120, 384)


def test_reduction_clustering_and_the_plane(notebook: SimpleNamespace) -> None:
    common = {"n_neighbors": 15, "min_dist": 0.0, "metric": "cosine", "random_state": 42}
    notebook.umap_model = umap.UMAP(n_components=5, **common)
    notebook.hdbscan_model = hdbscan.HDBSCAN(
        min_cluster_size=10, metric="euclidean", cluster_selection_method="eom", prediction_data=True
    )
    notebook.reduced_embeddings = umap.UMAP(n_components=2, **common).fit_transform(notebook.embeddings)
    assert notebook.reduced_embeddings.shape == (120, 2)


def test_representations_and_training(notebook: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    representation_model = {
        "KeyBERT": KeyBERTInspired(),
        "Llama2": notebook.llama2,
        "MMR": MaximalMarginalRelevance(diversity=0.3),
    }
    notebook.topic_model = BERTopic(
        embedding_model=notebook.embedding_model,
        umap_model=notebook.umap_model,
        hdbscan_model=notebook.hdbscan_model,
        representation_model=representation_model,
        top_n_words=10,
        verbose=True,
    )
    before = notebook.embeddings.copy()
    topics, probs = notebook.topic_model.fit_transform(notebook.abstracts, notebook.embeddings)
    assert len(topics) == len(probs) == 120 and 4 <= len(set(topics) - {-1}) <= 12
    assert (notebook.embeddings == before).all()
    assert "describing topics" in capsys.readouterr().err
    asked = notebook.llama2.prompts_[0]
    assert "[DOCUMENTS]" not in asked and "[KEYWORDS]" not in asked and "Environmental impacts" in asked


def test_topics(notebook: SimpleNamespace) -> None:
    info = notebook.topic_model.get_topic_info()
    assert list(info.columns) == [
        "Topic", "Count", "Name", "Representation", "KeyBERT", "Llama2", "MMR", "Representative_Docs",
    ]  # fmt: skip
    assert info.Count.sum() == 120 and info.Topic.tolist() == sorted(info.Topic)


def test_one_topic(notebook: SimpleNamespace) -> None:
    topic = notebook.topic_model.get_topic(1, full=True)
    assert set(topic) == {"Main", "KeyBERT", "MMR", "Llama2"}
    assert len(topic["Main"]) == len(topic["KeyBERT"]) == len(topic["MMR"]) == len(topic["Llama2"]) == 10
    assert topic["Llama2"][1:] == [("", 0)] * 9 and topic["Llama2"][0][0].strip()


def test_labels(notebook: SimpleNamespace) -> None:
    model = notebook.topic_model
    labels = [label[0][0].split("\n")[0] for label in model.get_topics(full=True)["Llama2"].values()]
    model.set_topic_labels(labels)
    assert model.custom_labels_ == labels == model.get_topic_info().CustomName.tolist()


def test_picture(notebook: SimpleNamespace) -> None:
    figure = notebook.topic_model.visualize_documents(
        notebook.titles,
        reduced_embeddings=notebook.reduced_embeddings,
        hide_annotations=True,
        hide_document_hover=False,
        custom_labels=True,
    )
    shown = str(figure.to_dict())
    assert "On space, part" in shown
    first = notebook.topic_model.custom_labels_[-1]
    assert first[:10] in shown
    drawn = sum(len(trace.x) for trace in figure.data if trace.x is not None)
    assert drawn >= 120 and np.isfinite(notebook.reduced_embeddings).all()


def test_every_cell_of_the_notebook_runs(
    downloads: Downloads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cells = [cell for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] for cell in cells), "clear the outputs before committing"
    names: dict[str, Any] = {}
    for number, cell in enumerate(cells):
        exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
        if "parameters" in cell["metadata"].get("tags", []):
            assert (names["DATA"], names["LLM"]) == (
                "CShorten/ML-ArXiv-Papers",
                "meta-llama/Llama-2-13b-chat-hf",
            )
            names |= {"DATA": downloads.data, "EMBEDDER": downloads.embedder, "LLM": downloads.llm}
            names |= {"MIN_TOPIC_SIZE": 10}
    model = names["topic_model"]
    assert model.custom_labels_ == names["llama2_labels"] and all(names["llama2_labels"])
    assert (tmp_path / "report.html").stat().st_size > 10_000 and names["figure"].data
