# Any Python from 3.8 will do here; a pyenv shim may be on PATH and still not run.
PYTHON := $(shell for p in python3 /usr/bin/python3 /usr/local/bin/python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1 && echo $$p && break; done)

.DEFAULT_GOAL := help
.PHONY: help setup run test check train clean

help:
	@echo "make setup   install everything into .venv (the other targets do it too)"
	@echo "make run     start Rapport: database, demo customers, model, service, phone page"
	@echo "make test    run the tests, two at a time; ARGS='-k inbox' picks some, ARGS=-n0 runs one at a time"
	@echo "make check   ruff and mypy"
	@echo "make train   train a model for the present training data"
	@echo "make clean   remove what setup and the tools made; the data folder stays"

setup:
	@test -n "$(PYTHON)" || { echo "setup: no working python3 (3.8 or newer) found; install one." >&2; exit 1; }
	@$(PYTHON) scripts/setup

run: setup
	@exec .venv/bin/rapport up

test: setup
	.venv/bin/python -m pytest -n 2 $(ARGS)

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

train: setup
	@exec .venv/bin/rapport train

clean:
	rm -rf .venv .uv models .rasa .mypy_cache .ruff_cache .pytest_cache .hypothesis
