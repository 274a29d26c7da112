"""A real corpus that every machine has: the docstrings of the installed Python packages."""

from __future__ import annotations

import ast
import inspect
import random
import re
import sysconfig
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from themata.core.graph import n_workers
from themata.core.protocols import Progress

MIN_WORDS = 12
OF_A_FILE = 5  # docstrings that a file gives in its turn, so that none makes a topic of its own
MORE = 1.3  # are read than are wanted: some turn out to be boilerplate
APART_FROM = 500  # files from which it is quicker to read them by several processes
AT_ONCE = 256  # files read before it is looked at whether more are needed
REPEATED = 3  # documents that say a sentence, names and numbers aside, from which it is boilerplate
Record = dict[str, str]

_RULE = re.compile(r"^[-=~^*]{3,}$")
# Where the prose ends: sections of parameters and the like in every style, and sessions of the interpreter
_SECTION = re.compile(
    r"^(?:>>>|[*`]*\w+[*`]* ?\((?:[^()]|\([^()]*\))*\) ?:|[*`]*\w+[*`]* : \S|[:@]\w+|\.\. |!!! |(?:optional |keyword |other )?(?:arguments?|args|parameters?|params)\b.{0,12}$"
    r"|(?:optional |keyword |other )?(?:arguments?|args|parameters?|params|returns?|yields?|raises?|examples?|usage|notes?"
    r"|attributes|references|see also|aliases|inputs?|outputs?|explanation)\s*:+(?:\s|$)"
    r"|(?:returns|yields|raises|examples?|usage|notes|attributes|references|see also)$)",
    re.IGNORECASE,
)
# Placeholders that a program fills in; roles and links of reStructuredText and Markdown, of which the text is left
_MARKUP = re.compile(
    r"%\(\w+\)[sdr]|:[\w:]+:`~?(?:[\w.]+\.)?(?P<role>[^`<]*)(?:<[^`>]*>)?`|\[(?P<link>[^\]]+)\]\([^)\s]*\)|<https?://[^>]*>"
)
_SENTENCE = re.compile(r"(?<=[.!?:]) +(?=[A-Z(\['\"-])")
_NAMED = re.compile(r"['\"\[(][^'\"\])]*['\"\])]|\b\w*[\d_.]\w+\b|\b\w+[A-Z]\w*\b|\W+")


def docstrings(n_docs: int = 8000, *, seed: int = 42, progress: Progress | None = None) -> list[Record]:
    """Docstrings of modules, classes and public functions, drawn from all installed packages in turn.

    Turns keep the largest packages from drowning the others; sentences that many documents share are left out.

    n_docs : how many at most
    seed : the same seed and packages, the same documents
    progress : told how many are read, and of how many
    returns : up to n_docs of {"id": "package.module.name", "name": "name", "text": docstring, "label": package}
    """
    by_place: dict[str, Record] = {}
    ids: set[str] = set()
    for record in _in_turns(random.Random(seed)):
        if record["text"] not in by_place and record["id"] not in ids:  # the same again teaches nothing
            by_place[record["text"]] = record
            ids.add(record["id"])
        if progress is not None and len(by_place) % 100 == 0:
            progress(min(len(by_place), round(MORE * n_docs)), round(MORE * n_docs))
        if len(by_place) >= MORE * n_docs:
            break
    records = _without_boilerplate(list(by_place.values()))[:n_docs]  # earlier turns are more even
    return sorted(records, key=lambda record: (record["id"], record["text"]))


def _in_turns(rng: random.Random) -> Iterator[Record]:
    """A few docstrings of one file of each package, then of the next file of each; at the end what was left over."""
    roots = frozenset(Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib"))
    waiting = [list(files) for files in _packages(roots)]
    for files in waiting:
        rng.shuffle(files)
    turns: list[tuple[Path, Path]] = []
    while waiting:
        rng.shuffle(waiting)
        turns += [files.pop() for files in waiting]
        waiting = [files for files in waiting if files]
    rest: list[Record] = []
    for records in _side_by_side(turns):
        rng.shuffle(records)
        yield from records[:OF_A_FILE]
        rest += records[OF_A_FILE:]
    rng.shuffle(rest)
    yield from rest


def _side_by_side(files: Sequence[tuple[Path, Path]]) -> Iterator[list[Record]]:
    """The records of each file in turn, and no further than asked for; after the first few, by as many processes as there
    are processors, which take seconds to start."""
    n_here = len(files) if len(files) < APART_FROM or n_workers() == 1 else AT_ONCE
    yield from (_of_file(*file) for file in files[:n_here])
    if n_here == len(files):
        return
    from joblib import Parallel, delayed

    with Parallel(n_jobs=n_workers(), batch_size=32) as pool:
        for start in range(n_here, len(files), AT_ONCE):
            yield from pool(delayed(_of_file)(*file) for file in files[start : start + AT_ONCE])


@cache
def _packages(roots: frozenset[Path]) -> tuple[tuple[tuple[Path, Path], ...], ...]:
    """The files of each package under these folders, with the folder; listing them takes seconds, so it is done once."""
    packages: dict[str, list[tuple[Path, Path]]] = defaultdict(list)
    for path in sorted({path for root in roots for path in _sources(root)}):
        root = max((root for root in roots if root in path.parents), key=lambda root: len(root.parts))
        packages[path.relative_to(root).parts[0]].append((path, root))
    return tuple(map(tuple, packages.values()))


def _sources(root: Path) -> Iterator[Path]:
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).parts
        if not any(
            part in ("test", "tests", "testing", "site-packages") or part.startswith("test_")
            for part in parts
        ):
            yield path


def _of_file(path: Path, root: Path) -> list[Record]:
    try:
        with warnings.catch_warnings():  # other people's invalid escapes are no news to our user
            warnings.simplefilter("ignore")
            tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError):  # a template, or a file for another Python
        return []
    module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    records = []
    for node in (tree, *_public(tree)):
        name = getattr(node, "name", module.rpartition(".")[2])
        text = _prose(ast.get_docstring(node) or "")
        if len(text.split()) >= MIN_WORDS and "copyright" not in text.lower():
            place = module if isinstance(node, ast.Module) else f"{module}.{name}"
            label = module.partition(".")[0]
            records.append({"id": place, "name": name, "text": text, "label": label})
    return records


def _public(node: ast.AST) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Classes and functions that others may use: of a module, of its classes, and under their conditions."""
    inside = (child for name in ("body", "orelse", "handlers") for child in getattr(node, name, ()))
    for child in inside:
        if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            if not child.name.startswith("_"):
                yield child
                yield from () if not isinstance(child, ast.ClassDef) else _public(child)
        elif isinstance(child, (ast.If, ast.Try, ast.ExceptHandler)):
            yield from _public(child)


def _prose(docstring: str) -> str:
    """The sentences before the first section: what the thing is for, without markup and code."""
    lines: list[str] = []
    code: int | None = None  # indentation of the line that announced code
    for line in inspect.cleandoc(docstring).splitlines():
        bare = line.strip()
        indent = len(line) - len(line.lstrip())
        if code is not None and (not bare or indent > code):
            continue
        code = None
        if _SECTION.match(bare) or bare.startswith("```"):
            if len(" ".join(lines).split()) >= MIN_WORDS or not bare.startswith("!!!"):
                break
            continue
        if _RULE.match(bare):  # under the title of a section, or of the whole
            title = lines.pop() if lines else ""
            if len(" ".join(lines).split()) >= MIN_WORDS:
                break
            bare = title
        if bare.endswith("::"):
            code, bare = indent, bare[:-1]
        lines.append(bare)
    text = " ".join(" ".join(lines).split())
    text = _MARKUP.sub(lambda markup: markup["role"] or markup["link"] or " ", text)
    return " ".join(text.replace("`", "").split())[:2000]


def _without_boilerplate(records: Sequence[Record]) -> list[Record]:
    """The records without sentences that several share; those of which too little is left go."""
    cut = [_SENTENCE.split(record["text"]) for record in records]
    seen = Counter(shape for parts in cut for shape in {_shape(part) for part in parts})
    kept = []
    for record, parts in zip(records, cut, strict=True):
        text = " ".join(part for part in parts if seen[_shape(part)] < REPEATED)
        if len(text.split()) >= MIN_WORDS:
            kept.append({**record, "text": text})
    return kept


def _shape(sentence: str) -> str:
    """A sentence's first words, without names and numbers."""
    return " ".join(_NAMED.sub(" ", sentence).lower().split()[:8])
