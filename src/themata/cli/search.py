"""`themata search`: documents and topics that match words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from themata.cli.console import out, print_json
from themata.cli.main import app
from themata.cli.work import open_run


@app.command("search")
def search_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, or a saved model.")],
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What to look for.")],
    top: Annotated[int, typer.Option("--top", "-n", min=1, help="So many documents.")] = 10,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Print the topics and the documents that match words, best first."""
    model = open_run(run)
    numbers, scores = model.find_topics(words, top_n=3)
    found = model.search(words, n=top)
    names = model.result_.names
    topics = [{"id": n, "name": names[n], "score": round(s, 4)} for n, s in zip(numbers, scores, strict=True)]
    documents = [
        {
            "row": int(row["Row"]),
            "topic": int(row["Topic"]),
            "name": row["Name"],
            "score": round(float(row["Score"]), 4),
            "text": model.documents_.shown(int(row["Row"])),
        }
        for _, row in found.iterrows()
    ]
    if json:
        print_json({"query": words, "topics": topics, "documents": documents})
        return
    for topic in topics:
        out.print(
            f"[bold cyan]{escape(str(topic['name']))}[/]  [dim]topic {topic['id']}, {topic['score']:.2f}[/]"
        )
    for document in documents:
        shown = " ".join(document["text"].split())[:160]
        out.print(f"  {document['score']:.2f}  {escape(shown)}  [dim]{escape(document['name'])}[/]")
    if not documents:
        out.print("nothing matches")
