"""The tutorial's notebook on real abstracts, with a small real model in Llama 2's place, and with what each cell shows.

python benchmarks/tutorial.py FOLDER_OF_A_MODEL --documents 3000 --into /tmp/tutorial    writes tutorial.ipynb there, and report.html

FOLDER_OF_A_MODEL : as transformers writes one; smollm2 makes it from the installed package
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import nbformat
from common import DATA, drawn
from nbclient import NotebookClient

from themata.embed.packaged_weights import packaged_minilm

NOTEBOOK = Path(__file__).parents[1] / "docs" / "tutorial.ipynb"


def folder_of(model: str, here: Path) -> str:
    """A folder that transformers reads, made of a GGUF file where the model is one."""
    if Path(model).is_dir():
        return model
    from themata.chat.model_loading import load_model

    folder = here / "model"
    if not folder.exists():
        weights, tokenizer = load_model(model, None, "cpu")
        for part in (weights, tokenizer):
            part.save_pretrained(folder)
    return str(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--min-topic-size", type=int, default=30)
    parser.add_argument("--into", type=Path, default=Path("/tmp/tutorial"))
    given = parser.parse_args()
    data = given.into / "data"
    data.mkdir(parents=True, exist_ok=True)
    with gzip.open(DATA / "arxiv_ml.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    with (data / "train.jsonl").open("w", encoding="utf-8") as file:
        for place in drawn(len(rows), str(given.documents)):
            file.write(json.dumps({"title": rows[place]["title"], "abstract": rows[place]["text"]}) + "\n")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            parameters = {
                "DATA": str(data),
                "EMBEDDER": str(packaged_minilm()),
                "LLM": folder_of(given.model, given.into),
                "MIN_TOPIC_SIZE": given.min_topic_size,
            }
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    client = NotebookClient(notebook, timeout=1800, resources={"metadata": {"path": str(given.into)}})
    try:
        client.execute()
    finally:
        nbformat.write(notebook, given.into / "tutorial.ipynb")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shown = output.get("text") or output.get("data", {}).get("text/plain", "")
            print(f"--- {cell.source.splitlines()[0]}\n{shown[:3000]}", flush=True)


if __name__ == "__main__":
    main()
