"""`themata search`: documents and topics that match words."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import typer

from themata.cli.app import app
from themata.cli.console import AsJson, RunArgument, cell, out, print_json
from themata.cli.run_model import open_run
from themata.core.text_layout import cut
from themata.model import TopicModel

LEAST = 0.005  # a score below is 0.00 and matches nothing


@app.command("search")
def search_command(
    run: RunArgument,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What to look for.")],
    top: Annotated[int, typer.Option("--top", "-n", min=1, help="So many documents.")] = 10,
    json: AsJson = False,
) -> None:
    """Print the topics and the documents that match words, best first."""
    model = open_run(run)
    numbers, scores = model.find_topics(words, top_n=3)
    table = model.search(words, n=top)
    names = model.result_.names
    topics = [
        {"id": n, "name": names[n], "score": round(s, 4)}
        for n, s in zip(numbers, scores, strict=True)
        if s >= LEAST
    ]
    documents = [
        {
            "row": int(row["Row"]),
            "topic": int(row["Topic"]),
            "name": row["Name"],
            "score": round(float(row["Score"]), 4),
            "text": model.documents_.shown(int(row["Row"])),
        }
        for _, row in table.iterrows()
        if row["Score"] >= LEAST
    ]
    if json:
        print_json({"query": words, "topics": topics, "documents": documents})
        return
    for topic in topics:
        out.print(
            f"[bold cyan]{cell(str(topic['name']))}[/]  [dim]topic {topic['id']}, {topic['score']:.2f}[/]"
        )
    for document in documents:
        shown = cut(" ".join(document["text"].split()), 160)
        out.print(f"  {document['score']:.2f}  {cell(shown)}  [dim]{cell(document['name'])}[/]")
    if not documents and not topics:
        out.print(f"nothing matches {cell(words)}{_instead(words, model)}")


def _instead(words: str, model: TopicModel) -> str:
    """Words of the documents that are written almost like those asked for; without them the largest topics."""
    vocabulary = [str(word) for word in model.result_.vocabulary]
    near = [match for word in words.lower().split() for match in get_close_matches(word, vocabulary, n=3)]
    if near:
        return f"; perhaps you meant {cell(', '.join(dict.fromkeys(near)))}"
    topics = model.result_
    largest = sorted(range(topics.n_topics), key=lambda row: -topics.sizes[row])[:5]
    return (
        f"; the largest topics are {cell('; '.join(topics.names[row] for row in largest))}" if largest else ""
    )
