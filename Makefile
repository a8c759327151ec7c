# Two commands matter: `make demo` shows the engine at work, `make test` runs every test.
# Both make their own environment in .venv on the first run and are quick afterwards.
# Another interpreter: make demo PYTHON=python3.13

PYTHON ?= python3
PORT   ?= 8000
# make demo SERVE=no plays the story and ends, as it does on machines that build (CI is set there).
SERVE  ?= $(if $(CI),no,yes)
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check clean

help:
	@echo "make demo    take a handful of partners through the whole process, then serve the pages until Ctrl-C"
	@echo "             (PORT=8000; SERVE=no only plays the story)"
	@echo "make test    run every test (ARGS='-k checklist' runs some)"
	@echo "make check   ruff, mypy, the floors of the house, the shipped workflows"
	@echo "make clean   remove the environment and everything built"

demo: $(VENV)/.installed
	@$(BIN)/review-engine demo
ifeq ($(SERVE),yes)
	@echo
	@$(BIN)/review-engine serve --demo --port $(PORT)
endif

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	$(BIN)/review-engine lint workflows/

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .grimp_cache .import_linter_cache .hypothesis
	find review_engine tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are newer than the files they were made from, so a second run installs nothing.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing review-engine into $(VENV) ..."
	@$(PIP) -e '.[web]'
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing review-engine and its test tools into $(VENV) ..."
	@$(PIP) -e '.[dev]'
	@touch $(VENV)/.installed $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  found=$$($(PYTHON) --version 2>/dev/null || echo "not installed"); \
	  echo "review-engine needs Python 3.11 or newer; '$(PYTHON)' is $$found." >&2; \
	  echo "Name another one, for example: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.13" >&2; \
	  exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); \
	  echo "'$(PYTHON) -m venv' failed. On Debian and Ubuntu the package python3-venv provides it." >&2; \
	  exit 1; }
