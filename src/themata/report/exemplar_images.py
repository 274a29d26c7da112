"""The images that show each topic best, small enough to travel inside the report."""

from __future__ import annotations

import logging
from typing import Any

from themata.core.documents import Documents
from themata.core.errors import InputError, MissingExtraError
from themata.core.images import IMAGE, thumbnail
from themata.core.topics import Topics

OF_EACH, OF_ALL = 6, 400  # images; 4 KB each, so that all of them are under 2 MB
TRIED = 3  # times as many are opened where some cannot be

log = logging.getLogger(__name__)


def pictures(docs: Documents, topics: Topics) -> list[list[dict[str, Any]]]:
    """Per topic, documents and their images as addresses that hold them: {"row": 3, "src": "data:image/jpeg;base64,..."}.

    A file that is gone leaves its place to the next one.
    """
    images = docs.columns.get(IMAGE)
    if images is None:
        return [[] for _ in range(topics.n_topics)]
    wanted = max(1, min(OF_EACH, OF_ALL // max(1, topics.n_topics)))
    tiles: list[list[dict[str, Any]]] = []
    for topic in range(topics.n_topics):
        rows = dict.fromkeys([*topics.exemplars[topic].tolist(), *topics.members(topic).tolist()])
        there = [row for row in rows if images[row] is not None][: TRIED * wanted]
        tiles_of_topic: list[dict[str, Any]] = []
        for row in there:
            if len(tiles_of_topic) == wanted:
                break
            try:
                tiles_of_topic.append({"row": row, "src": thumbnail(images[row])})
            except (InputError, MissingExtraError) as error:
                log.warning("the report shows no image of document %d: %s", row, error)
        tiles.append(tiles_of_topic)
    return tiles
