"""Importing themata is quick, and brings in nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import themata
from themata.core import errors, protocols
from themata.core.public_names import ERRORS, HOMES, PROMISES

ROOT = Path(themata.__file__).parents[1]

# What takes long to import, or is not installed for everyone
ANY_TIME = {"numpy", "scipy", "sklearn", "pandas", "igraph", "pyarrow"}
EXTRAS = {
    "torch", "transformers", "sentence_transformers", "model2vec", "umap", "hdbscan", "numba", "spacy", "openai",
    "litellm", "datasets", "huggingface_hub", "bitsandbytes", "bertopic", "matplotlib", "gensim", "pytest",
}  # fmt: skip


def loaded_by(code: str) -> set[str]:
    told = subprocess.check_output(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"], text=True
    )
    return set(told.split())


def test_import_brings_in_nothing_heavy() -> None:
    assert not loaded_by("import themata") & {*ANY_TIME, *EXTRAS, "plotly"}


def test_the_familiar_names_bring_in_no_extra() -> None:
    assert not loaded_by("from themata.familiar import BERTopic") & {*EXTRAS, "plotly", "igraph"}


def test_the_suites_and_the_command_line_bring_in_no_extra() -> None:
    assert not loaded_by("import themata.testing, themata.cli.main") & {*EXTRAS, "plotly"}


def test_a_fit_with_embeddings_given_imports_no_torch_and_no_numba() -> None:
    code = """
import sys
import numpy as np
from themata import TopicModel
points = np.random.default_rng(0).standard_normal((60, 16))
TopicModel().fit([f"cats and dogs number {i}" for i in range(60)], points).visualize_documents()
print(sorted({"torch", "numba", "transformers", "umap", "hdbscan"} & set(sys.modules)))
"""
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def seconds_of(code: str) -> float:
    """Of the processor, for importing alone. A clock would count what runs beside it."""
    timed = f"import time; began = time.process_time(); {code}; print(time.process_time() - began)"
    return float(subprocess.check_output([sys.executable, "-c", timed], text=True).split()[-1])


def test_import_takes_less_than_the_blink_of_an_eye() -> None:
    assert any(seconds_of("import themata") < 0.05 for _ in range(3)), "in one of three runs"


def test_the_familiar_names_cost_what_scikit_learn_costs() -> None:
    usual = "import sklearn.base, sklearn.feature_extraction.text, scipy.sparse, pandas"
    ours = "from themata.familiar import BERTopic"
    assert any(seconds_of(ours) < 2 * seconds_of(usual) for _ in range(3)), "in one of three runs"


def test_every_public_name_can_be_had() -> None:
    assert [name for name in themata.__all__ if getattr(themata, name, None) is None] == []
    assert set(themata.__all__) <= set(dir(themata))


def test_type_checkers_are_told_the_same_names() -> None:
    tree = ast.parse(Path(themata.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    told = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom) and node.module
        whole = [home for home in HOMES if HOMES[home] == node.module] if node.names[0].name == "*" else None
        told |= dict.fromkeys(whole or [str(name.asname) for name in node.names], node.module)
    assert told == HOMES


def test_every_error_and_every_promise_is_public() -> None:
    promises = {
        name for name, one in vars(protocols).items()
        if isinstance(one, type) and one.__module__ == protocols.__name__
    }  # fmt: skip
    assert ({*errors.__all__}, promises) == ({*ERRORS}, {*PROMISES})
    assert {*ERRORS, *PROMISES} <= set(themata.__all__)


def imports_of(module: str, path: Path) -> set[str]:
    """The modules that importing one imports first; what functions and type checkers import comes later, or never."""
    known = {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in ROOT.rglob("*.py")}
    named = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            named |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
    return (named & known) - {module}


def test_no_module_imports_one_that_imports_it() -> None:
    graph = {
        (module := ".".join(path.relative_to(ROOT).with_suffix("").parts)): imports_of(module, path)
        for path in ROOT.rglob("*.py")
    }
    assert len(list(TopologicalSorter(graph).static_order())) > 200


def test_the_contract_of_imports_covers_every_package() -> None:
    contracts = tomllib.loads((ROOT.parent / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    whole = next(contract for contract in contracts if contract["containers"] == ["themata"])
    rooms = {name for layer in whole["layers"] for name in layer.split(" | ")}
    there = {
        path.stem
        for path in (ROOT / "themata").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert whole["exhaustive"] and rooms == there - {"__init__"}
