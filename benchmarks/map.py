"""The report of very many titles in headless Chromium without a graphics card: python benchmarks/map.py [n_docs ...]

The titles have published places and layers of topics. There are 117,592 of them: further ones are those again, a little
beside their place, with their words in another order, so that no two are alike.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import DATA, RESULTS, write

from themata import Documents, Label, Topics
from themata.report.page import Page, report

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

# A machine without a graphics card: WebGL in software, either for the points alone or for the whole page
SOFTWARE = ("enable-unsafe-swiftshader", "disable-gpu-compositing")
# All points are on the screen when a pixel can be read
SEEN = (
    "paint(); marks.gl.readPixels(300, 300, 1, 1, marks.gl.RGBA, marks.gl.UNSIGNED_BYTE, new Uint8Array(4))"
)
PAN = """
const done = arguments[arguments.length - 1], frames = [], seen = [], begin = performance.now();
let last = begin;
function go(now) {
  frames.push(now - last); last = now; seen.push(drawn.points / n);
  // A hand that drags: 600 pixels a second, back and forth over the width of the screen, and up and down
  const at = (now - begin) / 1000;
  view.left = from[0] + 600 * Math.abs(((at + 1) % 4) - 2) - 600; view.top = from[1] + 200 * Math.sin(2 * at); moved();
  if (now - begin < 6000) return requestAnimationFrame(go);
  const kept = frames.slice(10), mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  done({ frames_per_second: Math.round(10000 / mean(kept)) / 10,
    slowest_of_twenty_ms: Math.round(kept.sort((a, b) => a - b)[Math.floor(0.95 * kept.length)]),
    slowest_ms: Math.round(kept[kept.length - 1]), share_of_points_shown: Math.round(100 * mean(seen.slice(10))) / 100 });
}
const from = [view.left, view.top];
requestAnimationFrame(go);"""


def given(n: int) -> tuple[Documents, Topics]:
    """So many titles with places, dates and a column, in the published topics and three layers above them."""
    import gzip

    with gzip.open(DATA / "arxiv_ml117k_titles.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rng, known = np.random.default_rng(0), len(rows)
    taken = np.concatenate([rng.permutation(known) for _ in range(-(-n // known))])[:n]
    jitter = rng.normal(0, 0.12, (n, 2)) * (np.arange(n) >= known)[:, None]
    coords = np.array([row["xy"] for row in rows])[taken] + jitter
    titles = [rows[row]["title"] for row in taken.tolist()]
    titles[known:] = [" ".join(rng.permutation(title.split())) for title in titles[known:]]
    layers = np.array([row["layers"] for row in rows], dtype=object)[taken]
    names = sorted(set(layers[:, 0]) - {"Unlabelled", ""})
    place = {name: row for row, name in enumerate(names)}
    assignment = np.array([place.get(name, -1) for name in layers[:, 0]])
    docs = Documents(
        titles,
        coords=coords.astype(np.float32),
        times=np.datetime64("2015-01-01") + rng.integers(0, 3000, n).astype("timedelta64[D]"),
        columns={"field": layers[:, 3].tolist()},
    )
    groups, labels = _nested(layers[:, 1:4], assignment, len(names))
    topics = Topics.of(docs, assignment, n_topics=len(names), layers=groups)
    members = np.argsort(assignment, kind="stable")
    starts = np.searchsorted(assignment[members], np.arange(len(names)))
    return docs, topics.having(
        labels=tuple(map(Label, names)),
        layers=groups,
        layer_labels=labels,
        strength=rng.random(n).astype(np.float32),
        exemplars=tuple(members[start : start + 3] for start in starts.tolist()),
    ).with_aspect("Main", [[(word.lower(), 1.0) for word in name.split()] for name in names])


def _nested(layers: Any, assignment: Any, n_topics: int) -> tuple[Any, Any]:
    """Each layer's groups as (n,) numbers, a topic whole in one group and a group whole in one of the next; their names."""
    found, labels, below = [], [], np.arange(n_topics)
    for column in layers.T:
        names, codes = np.unique(column.astype(str), return_inverse=True)
        times = np.zeros((below.max() + 1, len(names)), dtype=np.int64)
        inside = assignment >= 0
        np.add.at(times, (below[assignment[inside]], codes[inside]), 1)
        times[:, names == "Unlabelled"] = 0
        below = times.argmax(axis=1)[below]
        found.append(np.append(below, -1)[assignment])
        labels.append({int(group): Label(str(names[group])) for group in set(below.tolist())})
    return tuple(found), tuple(labels)


def measured(path: Path) -> dict[str, Any]:
    """Seconds until the map is drawn and until a search has been answered, and how the map moves."""
    from chromium import WEBGL, chromium

    with chromium(*WEBGL) as browser:
        browser.set_script_timeout(120)
        browser.get("about:blank")
        begin = time.perf_counter()
        browser.get(f"file://{path}")
        _wait(browser, "return document.body.dataset.drawn === 'true' && !view.pending")
        browser.execute_script(SEEN)
        measures = {"seconds_to_open": round(time.perf_counter() - begin, 2)}
        heap = "return Math.round(performance.memory.usedJSHeapSize / 1e6)"
        measures["megabytes_of_memory"] = browser.execute_script(heap)
        measures["moving"] = {"composited by WebGL": _moving(browser)}
        for name, words in (("first", "neural translation"), ("second", "translation model")):
            begin = time.perf_counter()
            browser.execute_script(f"box.value = '{words}'; return search()")
            measures[f"seconds_of_{name}_search"] = round(time.perf_counter() - begin, 2)
    with chromium(*SOFTWARE) as browser:
        browser.set_script_timeout(120)
        browser.get(f"file://{path}")
        _wait(browser, "return document.body.dataset.drawn === 'true' && !view.pending")
        measures["moving"]["composited by the processor"] = _moving(browser)
    return measures


def _moving(browser: Any) -> dict[str, Any]:
    """Frames while the map is dragged, all of it and a sixth of its width."""
    time.sleep(1)
    far = browser.execute_async_script(PAN)
    browser.execute_script("home(); zoom(6)")
    time.sleep(1)
    return {"far": far, "near": browser.execute_async_script(PAN)}


def _wait(browser: Any, script: str) -> None:
    end = time.monotonic() + 120
    while not browser.execute_script(script):
        if time.monotonic() > end:
            raise TimeoutError(script)
        time.sleep(0.02)


def main() -> None:
    """Sizes that are measured take the place of what was known of them; others stay."""
    path = RESULTS / "map.json"
    results = json.loads(path.read_text(encoding="utf-8"))["measured"] if path.exists() else {}
    for n in [int(size) for size in sys.argv[1:]] or [200_000, 1_000_000]:
        docs, topics = given(n)
        begin = time.perf_counter()
        page = Page(report(docs, topics, title=f"{n:,} titles", language="en"))
        seconds = round(time.perf_counter() - begin, 1)
        with tempfile.TemporaryDirectory() as folder:
            path = page.save(Path(folder) / "report.html")
            measures = {
                "seconds_to_write": seconds,
                "megabytes": round(len(page.text) / 1e6, 1),
                **measured(path),
            }
        results[str(n)] = measures
        print(n, json.dumps(measures))
    write("map", results)


if __name__ == "__main__":
    main()
