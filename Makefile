# Each target makes what it needs; a machine with make and Python 3.11 or newer is enough.
#   make serve ARGS="--port 9000"       passes options on
#   make serve PYTHON=python3.13        makes .venv with that Python (after `make clean`)

PYTHON ?= python3
BIN := .venv/bin
CONTENT := ontology data
SCRIPTS := $(wildcard assets/*.* assets/src/*.ts)

.DEFAULT_GOAL := help
.PHONY: help serve test check format bench clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

serve: .venv/.serve ## serve the graph, its pages and its SPARQL endpoint on this machine
	@$(MAKE) --no-print-directory .venv/.assets || echo 'Pages work without their scripts; serving so.' >&2
	@$(BIN)/iisgraph serve $(ARGS)

test: .venv/.dev .venv/.assets ## everything that must pass before a change lands
	@echo '== layout of the code: ruff format --check'
	@$(BIN)/ruff format --check
	@echo '== habits of the code: ruff check'
	@$(BIN)/ruff check
	@echo '== scripts of the pages: biome, tsc'
	@$(BIN)/python assets/build.py --check
	@echo '== types: mypy'
	@$(BIN)/mypy
	@echo '== behaviour: pytest'
	@$(BIN)/pytest $(ARGS)
	@$(MAKE) --no-print-directory check

check: .venv/.serve ## the ontology and data alone: layout, terms, shapes, house rules
	@echo '== layout of ontology and data: iisgraph fmt --check'
	@$(BIN)/iisgraph fmt --check $(CONTENT)
	@echo '== terms, literals, shapes, house rules: iisgraph check'
	@$(BIN)/iisgraph check

format: .venv/.dev .venv/.assets ## lay out code, ontology and data anew
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@$(BIN)/python assets/build.py --format
	@$(BIN)/iisgraph fmt $(CONTENT)

bench: .venv/.dev ## measure; what is written goes to bench/out
	@$(BIN)/python -m bench $(ARGS)

clean: ## remove .venv and everything made
	rm -rf .venv build dist bench/out assets/node_modules src/iisgraph/web/static/built .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests bench -type d -name __pycache__ -exec rm -rf {} + 2>/dev/null || true

# What is installed is as old as pyproject.toml; a newer one installs again.
.venv/.serve: pyproject.toml .ci/venv
	@PYTHON='$(PYTHON)' sh .ci/venv serve

.venv/.dev: .venv/.serve
	@PYTHON='$(PYTHON)' sh .ci/venv dev

.venv/.assets: .venv/.serve $(SCRIPTS)
	@PYTHON='$(PYTHON)' sh .ci/venv assets
