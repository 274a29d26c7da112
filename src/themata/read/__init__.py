"""Files of documents, in whatever form they come: read, checked row by row, and the bad rows set aside."""

from themata.read.corpus import Corpus, Rejected, read
from themata.read.passages import split

__all__ = ["Corpus", "Rejected", "read", "split"]
