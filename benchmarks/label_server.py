"""200 topics named through a server that takes 300 ms for each answer, for several numbers of requests at once.

python benchmarks/label_server.py      measures each in its own process, and writes results/label_server.json
The ideal is the latency times the rounds that so many requests at once need. Measured is the whole naming: briefs,
prompts, answers, checks and the cache on disk. Bare is a client that sends the same number of requests of the same size over
plain sockets and does nothing else: what the server, which has a process of its own, and the machine allow at this moment.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

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

    from themata.chat.openai_server import OpenAIChat
    from themata.core.documents import Documents
    from themata.core.topics import Topics
    from themata.naming.llm.llm_labeler import LLM
    from themata.pipeline.describe import Description, describe

    texts = [f"subject{row} thing{row} report {i} " * 30 for row in range(N_TOPICS) for i in range(20)]
    vectorizer = CountVectorizer()
    terms = vectorizer.fit_transform(texts)
    docs = Documents(texts, terms=terms, vocabulary=vectorizer.get_feature_names_out())
    topics = describe(Topics.of(docs, np.repeat(np.arange(N_TOPICS), 20)), docs, Description())
    told = [sys.executable, "-c", SERVER, str(ROOT.parent / "tests"), str(LATENCY)]
    server = subprocess.Popen(told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    bare = timed(lambda: asyncio.run(bare_client(url, int(concurrency))))[1]
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
        "bare_seconds": bare,
        "times_bare": round(seconds / bare, 2),
        "requests": int(n_asked) - N_TOPICS,
        "most_at_once": int(most),
        "named": named,
    }


async def bare_client(url: str, concurrency: int) -> None:
    body = json.dumps({"messages": [{"role": "user", "content": "subject1 " + "report " * 800}]}).encode()
    parts = urlsplit(url)
    head = f"POST {parts.path}/chat/completions HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(body)}\r\n\r\n"
    waiting = iter(range(N_TOPICS))

    async def work() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for _ in waiting:
            writer.write(head.encode() + body)
            answered = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.findall(rb"(?i)content-length: (\d+)", answered)[0]))
        writer.close()

    await asyncio.gather(*(work() for _ in range(concurrency)))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
    else:
        found = {str(n): in_own_process(__file__, str(n)) for n in (4, 16, 64)}
        write("label_server", {"n_topics": N_TOPICS, "latency": LATENCY, "by_concurrency": found})
        print(json.dumps(found, indent=2))
