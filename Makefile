# 问策 WenCe: `make run` serves the shipped corpus, `make test` runs every check. Both are idempotent.
PYTHON ?= python3
CORPUS ?= corpus
INDEX  ?= var/index
HOST   ?= 127.0.0.1
PORT   ?= 8000

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run index test gate check format lock bench clean

help:            ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "需要 Python 3.11 或更新的版本；可用 make PYTHON=/path/to/python3.11 指定。" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml requirements.lock
	$(PIP) install --quiet --constraint requirements.lock --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(PIP) install --quiet --constraint requirements.lock --editable '.[test,eval,training]'
	@touch $@

index: $(VENV)/.installed  ## Index CORPUS into INDEX if it is missing or stale
	$(BIN)/python -m indexer build --corpus '$(CORPUS)' --index '$(INDEX)' --if-stale || [ $$? -eq 3 ]

run: index       ## Install, index if needed, serve on http://HOST:PORT
	$(BIN)/python -m service --index '$(INDEX)' --host '$(HOST)' --port '$(PORT)'

test: $(VENV)/.installed-test  ## Run every check: ruff, mypy --strict, tests
	@$(MAKE) --no-print-directory check
	@tests/browser.sh
	$(BIN)/python -m pytest -n auto --dist loadfile

gate: index $(VENV)/.installed-test  ## Ask the development questions over INDEX; fail where answers got worse
	$(BIN)/python -m eval gate --index '$(INDEX)'

check: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-test  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.installed-test  ## Pin what is installed now
	{ echo '# Every package that make installs, pinned. Made by: make lock'; \
	  $(PIP) freeze --exclude-editable | sed -E 's/^(torch==[0-9.]+)\+.*/\1/'; } > requirements.lock

clean:           ## Remove the virtual environment and the index
	rm -rf $(VENV) var
