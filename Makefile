# The commands of the README. Everything runs in .venv; what Debian lacks is installed when it may be.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup demo test check bench storm walk year lock
.DEFAULT_GOAL := help

help:
	@echo "make demo   the whole house with the demo county; prints the addresses to open"
	@echo "make test   the whole gate: format, lint, types, floors, tests on SQLite and on PostgreSQL"
	@echo "make check  its fast half: format, lint, types, floors, tests without browser and storm"
	@echo "make walk   the secretary's week in a real browser: clicks and times of each step, one JSON line at the end"
	@echo "make bench  the benchmark table;  make storm  the crash-and-fault tests at full length"
	@echo "make year   the demo county through a simulated year [SEED=n]; ends with one JSON line"

setup: $(STAMP)

$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { sh tools/debian python3-venv && $(PYTHON) -m venv $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(STAMP)

demo: setup
	@$(BIN)/python -m bot.demo

check: setup
	@sh tools/gate check

test: setup
	@sh tools/debian postgresql chromium fonts-noto-cjk
	@sh tools/gate test

bench: setup
	@sh tools/debian postgresql
	@$(BIN)/python -m tests.bench

storm: setup
	@sh tools/debian postgresql
	@$(BIN)/python -m tests.storm

year: setup
	@$(BIN)/python -m tests.year

walk: setup
	@sh tools/debian chromium fonts-noto-cjk
	@$(BIN)/python -m tests.walk $(PICTURES)

lock:
	@test -x .uv/bin/uv || { $(PYTHON) -m venv .uv && .uv/bin/python -m pip install --quiet --disable-pip-version-check uv; }
	.uv/bin/uv pip compile pyproject.toml --extra scale --group dev --universal --generate-hashes --no-emit-index-url --no-header -o requirements.lock
