# The door to everything. `make help` lists what there is; every target installs what it lacks.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo dev edge test test-rust test-python test-node test-hosts lint bench clean setup

ADDR ?= 127.0.0.1:8787
DATA ?= .dev/native
VENV := .venv
PYTHON := $(VENV)/bin/python
SERVER := target/release/bearlumen
WHEELS := target/wheels
PACKAGES := target/npm
RUST_SOURCES := $(shell find core service server -name '*.rs' -o -name '*.toml' -o -name '*.sql' 2>/dev/null | grep -v '/target/') Cargo.toml Cargo.lock
step = @printf '\033[1m== %s\033[0m\n' $(1)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup $(SERVER) $(WHEELS)/.built $(PACKAGES)/.built ## The main job once: responses tracked by both SDKs, delivered, priced, reported
	$(call step,"Tracking provider responses through the built wheel and the built npm package")
	@cargo xtask demo

dev: setup $(SERVER) ## Run the native server on $(ADDR), its data in $(DATA); the first start prints a key
	@mkdir -p $(DATA)
	@exec $(SERVER) serve --addr $(ADDR) --data $(DATA)

edge: setup ## Run the same API as wasm on workerd on $(ADDR); the first start prints a key
	@cargo xtask edge-toolchain
	@exec cargo xtask edge --addr $(ADDR)

test: lint test-rust test-python test-node test-hosts ## Run all tests of all languages and both hosts

test-rust: setup ## Tests of the Rust crates
	$(call step,"Rust: unit tests$(comma) vectors$(comma) recorded corpus where it is present")
	@cargo test --quiet --workspace --exclude bearlumen-worker --exclude bearlumen-python --exclude bearlumen-node

test-python: setup $(WHEELS)/.built ## Tests of the built wheel in a clean virtual environment
	$(call step,"Python: the built wheel in a clean virtual environment")
	@cargo xtask test-python

test-node: setup $(PACKAGES)/.built ## Tests of the built npm package in a clean folder
	$(call step,"Node: the built npm package in a clean folder")
	@cargo xtask test-node

test-hosts: setup $(SERVER) $(VENV)/.installed ## HTTP vectors and crash tests on the native server and on workerd
	$(call step,"Both hosts: HTTP vectors$(comma) duplicates$(comma) kill -9")
	@cargo xtask edge-toolchain
	@cargo build --quiet --package xtask
	@$(PYTHON) -m pytest -q -p no:cacheprovider tests/conformance

lint: setup ## Formatting and lints
	$(call step,"Formatting and lints")
	@cargo fmt --all --check
	@cargo clippy --quiet --workspace --exclude bearlumen-worker --all-targets -- -D warnings

bench: setup $(SERVER) $(WHEELS)/.built $(PACKAGES)/.built $(VENV)/.installed ## Measure, each figure beside its floor
	@cargo xtask edge-toolchain
	@cargo run --quiet --release --package bearlumen-bench

clean: ## Remove what was built, but no data
	cargo clean
	rm -rf $(VENV) .tools worker/build bindings-node/node_modules bindings-node/dist tests/edge/node_modules

setup:
	@sh xtask/bootstrap.sh

comma := ,

$(SERVER): $(RUST_SOURCES) | setup
	$(call step,"Building the native server (a few minutes the first time)")
	@cargo build --release --package bearlumen-server
	@touch $@

$(VENV)/.installed: tests/requirements.txt bindings-python/requirements-dev.txt | setup
	$(call step,"Installing the Python tools into $(VENV)")
	@python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt -r bindings-python/requirements-dev.txt
	@touch $@
