# 居住证助手. `make serve` and `make test` are each enough on a fresh machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q

.DEFAULT_GOAL := help

.PHONY: help install serve chat test lint types score fit ablation character-tables data screenshots bench endurance transcripts lock sizes clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

install: $(VENV)/.installed  ## install what serving needs into .venv

serve: install  ## serve on 127.0.0.1:8080
	$(BIN)/juzhuzheng serve

chat: install  ## chat in this terminal
	@$(BIN)/juzhuzheng chat

test: $(VENV)/.installed-dev system  ## install everything and run all checks and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/juzhuzheng data
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-dev  ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev  ## mypy strict
	$(BIN)/mypy

score: $(VENV)/.installed-dev  ## run the labelled questions and write docs/score.md
	$(BIN)/python -m tests.score

fit: $(VENV)/.installed-dev  ## fit the topic model anew
	$(BIN)/python -m tests.fit_topics

character-tables: $(VENV)/.installed-dev  ## make the tables of sounds and of traditional characters anew
	$(BIN)/python -m tests.character_tables

ablation: $(VENV)/.installed-dev  ## measure what each signal of understanding brings; writes docs/understanding.md
	$(BIN)/python -m tests.ablation

data: install  ## check the city data
	@$(BIN)/juzhuzheng data

bench: $(VENV)/.installed-dev system  ## measure speed beside its floors; writes docs/performance.md
	$(BIN)/python -m tests.bench

endurance: $(VENV)/.installed-dev system  ## what takes long: fuzzing and mutations; writes docs/endurance.md
	$(BIN)/python -m tests.endurance

screenshots: $(VENV)/.installed-dev system  ## take the screenshots of docs/ anew
	$(BIN)/python -m tests.screenshots

sizes: $(VENV)/.installed-dev  ## the ten longest modules and functions
	@$(BIN)/python -m tests.architecture.sizes

transcripts: $(VENV)/.installed-dev  ## rewrite what the assistant says in the plays; refused where law, dates or verdicts change
	$(BIN)/python -m tests.dialogs.rewrite

lock:  ## resolve the lock files anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --output-file requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra dev --output-file requirements-dev.lock pyproject.toml requirements-build.in
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --output-file requirements-build.lock requirements-build.in

.PHONY: system
system:
	@sh tests/system-packages.sh

$(VENV)/.python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "需要 Python 3.11 或更新；请装好后用 make PYTHON=python3.11 再试")'
	$(PYTHON) -m venv $(VENV)
	touch $@

# Build tools first and locked: some dependencies come as source and are built here, without fetching anything unlocked.
$(VENV)/.installed: $(VENV)/.python requirements.lock requirements-build.lock pyproject.toml
	$(PIP) install --require-hashes -r requirements-build.lock
	$(PIP) install --require-hashes --no-build-isolation -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --no-index -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(PIP) install --require-hashes --no-build-isolation -r requirements-dev.lock
	touch $@

clean:  ## remove what was installed and cached
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
