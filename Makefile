# One command each: `make demo` shows the package at work, `make test` proves it.
# Both set up their own virtual environment first, and both can be run again.
#
# Variables: PYTHON (interpreter for a new environment), VENV (its folder),
# PIP_ARGS (for example --extra-index-url https://download.pytorch.org/whl/cpu,
# which spares you the CUDA libraries on Linux), TEST_ARGS (for pytest).

PYTHON ?= python3
VENV ?= .venv
PIP_ARGS ?=
TEST_ARGS ?= -n 2
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet $(PIP_ARGS) -c constraints.txt
SETUP_FILES := setup.cfg pyproject.toml constraints.txt
CHECKED := spacy_bert_unsup tests benchmarks scripts

# Nothing here needs the model hub.
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo evaluate test lint types check starter starter-check clean

help:  ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed  ## Make the virtual environment and install the package

install-dev: $(VENV)/.installed-dev  ## The same, with the tools for development

demo: install  ## Tag the texts in examples/: a table here, a page in output/demo.html
	$(PY) -m spacy bert-unsup demo examples/texts/*.txt --html output/demo.html

evaluate: install  ## Score the tagger on the sentences in examples/gold
	$(PY) -m spacy bert-unsup evaluate examples/gold/*.conll --map examples/gold/map.json

starter: install  ## Embed another model: make starter MODEL=folder
	$(PY) scripts/embed_starter.py $(or $(MODEL),starter)

starter-check: install  ## Prove that the embedded model, its assets and its card fit
	$(PY) scripts/check_starter.py

test: install-dev  ## Run the tests
	$(PY) -m pytest $(TEST_ARGS)

lint: install-dev  ## Check style and formatting
	$(PY) -m ruff check $(CHECKED)
	$(PY) -m ruff format --check $(CHECKED)

types: install-dev  ## Check the type annotations
	$(PY) -m mypy

check: lint types test  ## Everything that has to pass before a commit

clean:  ## Remove the virtual environment and everything built
	rm -rf $(VENV) build dist output *.egg-info .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is older than 3.11: set PYTHON to a newer one" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(SETUP_FILES) | $(VENV)/bin/python
	$(PIP) torch
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: $(SETUP_FILES) | $(VENV)/.installed
	$(PIP) -e '.[dev,graph,package,plot]'
	@touch $@
