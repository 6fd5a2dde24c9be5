# `make help` lists the targets. `make install` puts everything into the checkout.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv/bin
# Set to move the local clouds to other ports, for example `make up PORTS="--edge-port 9443"`.
PORTS ?=
# Test processes in parallel. Most tests spend most of their time waiting for an engine.
JOBS ?= 4

export PATH := $(CURDIR)/.local/bin:$(CURDIR)/$(VENV):$(PATH)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: install
install: ## Install everything into the checkout
	@$(PYTHON) local/install.py

.PHONY: up
up: install ## Start the local clouds and run `pulumi up` on the local stack
	@$(VENV)/python -m local up $(PORTS)

.PHONY: down
down: ## Run `pulumi destroy`, then stop the local clouds
	@test -x $(VENV)/python || { echo "nothing is installed, so nothing is running"; exit 0; } && $(VENV)/python -m local down

.PHONY: env
env: ## Print `export` lines with addresses and credentials: eval "$(make env)"
	@$(VENV)/python -m local env

.PHONY: status
status: ## Show each process with its address and memory
	@$(VENV)/python -m local status

.PHONY: generate
generate: ## Rebuild the ClickHouse Cloud client from the pinned OpenAPI spec, or from FROM=a file or URL
	@$(VENV)/python -m clickhouse_api.generator $(if $(FROM),--from $(FROM))

.PHONY: docs
docs: ## Rebuild docs/resources/ and README's table of config keys from resources/
	@$(VENV)/python -m docs

.PHONY: lock
lock: ## Pin the newest Python packages that pyproject.toml allows
	uv pip compile pyproject.toml --group generate --group local --group dev --universal \
	  --generate-hashes --no-header --no-annotate --quiet --output-file requirements.lock

.PHONY: lint
lint: ## Check format, style and types of Python and TypeScript, and the English of both
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy .
	$(VENV)/python -m docs.english
	npm --prefix worker run --silent lint
	npm --prefix worker run --silent typecheck

.PHONY: test
test: install lint ## Run every check and test
	$(VENV)/python -m tests.versions.install
	npm --prefix worker run --silent test
	$(VENV)/python -m pytest -m "not alone" --numprocesses $(JOBS) --dist loadfile
	$(VENV)/python -m pytest -m alone

.PHONY: test-versions
test-versions: install ## Run the worker's statements on five versions of ClickHouse (2.6 GB)
	CLICKHOUSE_VERSIONS=all $(VENV)/python -m tests.versions.install
	CLICKHOUSE_VERSIONS=all $(VENV)/python -m pytest tests/versions

.PHONY: test-chaos
test-chaos: install ## Test random changes, faults and kills, 200 rounds (CHAOS_SEED, CHAOS_ROUNDS)
	CHAOS_SEED=$${CHAOS_SEED:-$$RANDOM} CHAOS_ROUNDS=$${CHAOS_ROUNDS:-200} \
	  $(VENV)/python -m pytest tests/chaos

.PHONY: test-fuzz
test-fuzz: install ## Send 10,000 damaged OTLP bodies between valid ones (FUZZ_SEED, FUZZ_BODIES)
	FUZZ_SEED=$${FUZZ_SEED:-$$RANDOM} FUZZ_BODIES=$${FUZZ_BODIES:-10000} \
	  $(VENV)/python -m pytest tests/worker/hostile/test_fuzz.py

.PHONY: bench
bench: install ## Measure `pulumi up`, imports, the control plane and ingest, in an hour on two idle cores
	$(VENV)/python -m bench.up
	$(VENV)/python -m bench.import_cost
	$(VENV)/python -m bench.control_plane
	$(VENV)/python -m bench.ingest
	$(VENV)/python -m bench.ingest.cost --check

.PHONY: clean
clean: down ## Remove the installed packages and the local clouds' data
	rm -rf .local .venv worker/dist worker/node_modules local/node_modules
