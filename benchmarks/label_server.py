"""200 topics named through a server that takes 300 ms for each answer, for several numbers of requests at once.

python benchmarks/label_server.py      measures each in its own process, and writes results/label_server.json
The ideal is the latency times the rounds that so many requests at once need. Measured is the whole naming: briefs,
prompts, answers, checks and the cache on disk.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from common import ROOT, in_own_process, timed, write

N_TOPICS, LATENCY = 200, 0.3
SERVER = """
import re, sys, time
sys.path.insert(0, sys.argv[1])
from chat_server import Reply, serving

def behave(number, body):
    row = re.findall(r"subject(\\d+)", body["messages"][-1]["content"])[0]
    return Reply(f"Label: Subject{row} things\\nSummary: All about subject{row}.", silent=float(sys.argv[2]))

with serving(behave) as server:
    print(server.url, flush=True)
    sys.stdin.read()
    print(len(server.asked), server.most, flush=True)
"""


def measure(concurrency: str) -> dict[str, float]:
    from sklearn.feature_extraction.text import CountVectorizer

    from themata.documents import Documents
    from themata.parts.chat.openai import OpenAIChat
    from themata.parts.label.labeler import LLM
    from themata.pipeline.describe import Description, describe
    from themata.topics import Topics

    texts = [f"subject{row} thing{row} report {i} " * 30 for row in range(N_TOPICS) for i in range(20)]
    vectorizer = CountVectorizer()
    terms = vectorizer.fit_transform(texts)
    docs = Documents(texts, terms=terms, vocabulary=vectorizer.get_feature_names_out())
    topics = describe(Topics.of(docs, np.repeat(np.arange(N_TOPICS), 20)), docs, Description())
    told = [sys.executable, "-c", SERVER, str(ROOT.parent / "tests"), str(LATENCY)]
    server = subprocess.Popen(told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    with tempfile.TemporaryDirectory() as folder:
        chat = OpenAIChat("m", base_url=url, concurrency=int(concurrency))
        labeler = LLM(chat, cache=Path(folder) / "answers.sqlite")
        labels, seconds = timed(lambda: labeler.label(topics, docs))
    n_asked, most = server.communicate("")[0].split()
    named = sum(bool(re.fullmatch(rf"Subject{row} things", label.name)) for row, label in enumerate(labels))
    ideal = -(-N_TOPICS // int(concurrency)) * LATENCY
    return {
        "seconds": seconds,
        "ideal": round(ideal, 2),
        "times_ideal": round(seconds / ideal, 2),
        "requests": int(n_asked),
        "most_at_once": int(most),
        "named": named,
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
    else:
        found = {str(n): in_own_process(__file__, str(n)) for n in (4, 16, 64)}
        write("label_server", {"n_topics": N_TOPICS, "latency": LATENCY, "by_concurrency": found})
        print(json.dumps(found, indent=2))
