"""Files of documents, in whatever form they come: read, checked row by row, and the bad rows set aside."""

from themata.read.boilerplate import Boilerplate, boilerplate
from themata.read.corpus import Corpus, Rejected, read
from themata.read.markup import Cleaned, clean
from themata.read.passages import split

__all__ = ["Boilerplate", "Cleaned", "Corpus", "Rejected", "boilerplate", "clean", "read", "split"]
