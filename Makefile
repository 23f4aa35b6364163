# Two commands do everything on a machine with Python 3.11 or newer and make:
#   make demo    sets up .venv, runs an example build and opens the app on what it wrote
#   make test    sets up .venv with what the tests need, and runs every check
# While you work:
#   make check   the same without the slow tests
#   make docs    the documentation as pages, in docs/_build/html
#   make soak    only the tests with random input and random moments, with much more of both

# The first Python that is new enough and can make virtual environments; or say PYTHON=...
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  $$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    && echo $$python && break; done)
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
OPEN_CORE = resim-open-core==1.6.0
PYTEST_ARGS ?=
# Many processes: see tests/conftest.py. What PYTEST_ARGS says comes later and wins, such as "-n 0".
PYTEST = $(BIN)/python -m pytest -n auto --dist worksteal
CHECKED = $(wildcard resim_inspect runner examples tests benchmarks build_tools)
# What runs on Windows too: the app, and what it fetches with.
PORTABLE = resim_inspect runner/download runner/storage/publish.py runner/storage/lease.py \
  runner/api/client/client.py runner/api/client/transport.py runner/api/client/http11.py

# The tests start hundreds of interpreters, and each would compile the packages again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test tests ready check soak lint bench docs schema clean

demo: $(VENV)/.demo-needs
	@$(BIN)/resim-runner demo

# The official SDK is there for Linux and some Pythons; without it the demo says so.
$(VENV)/.demo-needs: $(VENV)/.installed
	@$(PIP) install --constraint tests/constraints.txt --only-binary :all: $(OPEN_CORE) 2>/dev/null || true
	@touch $@

test: ready
	@$(MAKE) --no-print-directory tests

tests: $(VENV)/.test-needs
	$(PYTEST) $(PYTEST_ARGS)

# Pytest compiles the modules of tests in a way of its own: the first time once, beside mypy,
# rather than in each of its processes.
ready: $(VENV)/.test-needs
	@test -e $(VENV)/.tests-compiled || { $(BIN)/python -m pytest --collect-only -q \
	  >$(VENV)/.tests-compiled 2>&1; } & $(MAKE) --no-print-directory lint && wait

check: lint
	$(PYTEST) -m "not slow" $(PYTEST_ARGS)

# How much more a test tries: SOAK=3 make soak.
SOAK ?= 10

soak: $(VENV)/.test-needs
	RESIM_SOAK=$(SOAK) $(PYTEST) -m soak --timeout 3000 $(PYTEST_ARGS)

lint: $(VENV)/.test-needs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@echo "mypy for this platform, and for Windows"
	@$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/windows $(PORTABLE) & windows=$$!; \
	  $(BIN)/mypy $(CHECKED) && wait $$windows
	$(BIN)/lint-imports

bench: $(VENV)/.test-needs
	$(BIN)/python -m benchmarks --record $(BENCH)

docs: $(VENV)/.test-needs
	$(BIN)/python -m sphinx -b html -W --keep-going -q docs docs/_build/html
	@echo "docs/_build/html/index.html"

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed; name it with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python pyproject.toml
	@echo "installing into $(VENV)" >&2
	@$(PIP) install --constraint tests/constraints.txt --editable .
	@touch $@

$(VENV)/.test-needs: $(VENV)/.installed tests/requirements.txt tests/constraints.txt
	@echo "installing what the tests need into $(VENV)" >&2
	@$(PIP) install --constraint tests/constraints.txt --requirement tests/requirements.txt
	@$(PIP) install --constraint tests/constraints.txt --only-binary :all: $(OPEN_CORE) \
	  || echo "$(OPEN_CORE) cannot be had here: the tests against the official code will be skipped" >&2
	@touch $@

# The compiler is old on purpose: what it writes runs with protobuf 5.27 and all later ones.
.venv-schema/.installed:
	@$(PYTHON) -m venv .venv-schema
	@.venv-schema/bin/python -m pip --disable-pip-version-check --quiet --quiet install grpcio-tools==1.65.5
	@touch $@

# Where the schema's module is written, for a comparison elsewhere than in the package.
SCHEMA_OUT ?= .

schema: .venv-schema/.installed
	.venv-schema/bin/python -m grpc_tools.protoc -I. --python_out=$(SCHEMA_OUT) --pyi_out=$(SCHEMA_OUT) \
	  resim_inspect/schema/metrics.proto

clean:
	rm -rf $(VENV) .venv-schema .venv-lowest .cache build dist *.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find resim_inspect $(wildcard runner examples tests benchmarks) -name __pycache__ -prune -exec rm -rf {} +
