# The door to everything. `make help` lists what there is; every target installs what it lacks.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo dev edge torture test test-rust test-python test-node test-edge test-ruby test-kotlin test-swift test-hosts lint bench bindings catalog clean setup soak costlens-month

ADDR ?= 127.0.0.1:8787
DATA ?= .dev/native
# Linked by their languages' own loaders, so their tests are in those languages.
BINDINGS := bearlumen-python bearlumen-node bearlumen-wasm bearlumen-uniffi
VENV := .venv
PYTHON := $(VENV)/bin/python
# Most tests wait for something: two files of them at once take half the time.
BY_FILE := -n 2 --dist loadfile
SERVER := target/release/bearlumen
WHEELS := target/wheels
PACKAGES := target/npm
EDGE_PACKAGES := target/npm-edge
RUST_SOURCES := $(shell find core service server -name '*.rs' -o -name '*.toml' -o -name '*.sql' 2>/dev/null | grep -v '/target/') Cargo.toml Cargo.lock
PYTHON_SOURCES := $(shell find bindings-python -name '*.rs' -o -name '*.toml' -o -name '*.py' -o -name '*.pyi' 2>/dev/null | grep -v /tests/)
UNIFFI_SOURCES := $(shell find bindings-uniffi/src bindings-uniffi/Cargo.toml bindings-uniffi/uniffi.toml -type f 2>/dev/null)
NODE_SOURCES := $(shell find bindings-node/src bindings-node/shared bindings-node/scripts -type f 2>/dev/null) $(wildcard bindings-node/*.json) bindings-node/Cargo.toml
EDGE_SOURCES := $(shell find bindings-node/wasm/src -type f 2>/dev/null) bindings-node/wasm/Cargo.toml
step = @printf '\033[1m== %s\033[0m\n' $(1)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup $(SERVER) target/python/.installed target/node/.installed ## The main job once: responses tracked by both SDKs, delivered, priced, reported
	$(call step,"Tracking provider responses through the built wheel and the built npm package")
	@DEMO_NODE_HOME=$(CURDIR)/target/node/index.js target/python/bin/python demo/run.py

dev: setup $(SERVER) ## Run the native server on 127.0.0.1:8787 (ADDR=…), data in .dev/native (DATA=…); the first start prints a key
	@mkdir -p $(DATA)
	@exec $(SERVER) serve --addr $(ADDR) --data $(DATA)

edge: setup ## Run the same API as wasm on workerd on 127.0.0.1:8787 (ADDR=…); the first start prints a key
	@cargo xtask edge-toolchain
	@exec cargo xtask edge --addr $(ADDR)

test: lint test-rust test-python test-node test-edge test-ruby test-kotlin test-swift test-hosts ## Run all tests of all languages and both hosts

test-rust: setup ## Tests of the Rust crates
	$(call step,"Rust: unit tests$(comma) vectors$(comma) recorded corpus where it is present")
	@cargo test --quiet --workspace $(addprefix --exclude ,bearlumen-worker $(BINDINGS)) --features bearlumen-service/openapi

test-python: setup $(SERVER) target/python/.installed ## Tests of the built wheel in a clean virtual environment
	$(call step,"Python: the built wheel in a clean virtual environment$(comma) against the native server")
	@$(PYTHON) tests/conformance/with_service.py target/python/bin/python -m pytest -q -p no:cacheprovider $(BY_FILE) bindings-python/tests

test-node: setup $(SERVER) $(EDGE_PACKAGES)/.built $(VENV)/.installed ## Tests of the built npm package in a clean folder
	$(call step,"Node: the built npm package in a clean folder$(comma) against the native server")
	@cd bindings-node && BEARLUMEN_TEST_TARBALL=$$(ls $(CURDIR)/$(EDGE_PACKAGES)/*.tgz) $(CURDIR)/$(PYTHON) ../tests/conformance/with_service.py node test/run.mjs

test-edge: setup $(SERVER) $(EDGE_PACKAGES)/.built $(VENV)/.installed ## Tests of the built npm package where there is no Node: workerd, Chromium, Vercel, Deno, Bun
	@sh xtask/bootstrap.sh chromium || true
	$(call step,"Edge JavaScript: the built npm package in workerd$(comma) Chromium$(comma) Vercel's edge runtime$(comma) Deno and Bun$(comma) against the native server")
	@cd bindings-node && BEARLUMEN_TEST_TARBALL=$$(ls $(CURDIR)/$(EDGE_PACKAGES)/*.tgz) $(CURDIR)/$(PYTHON) ../tests/conformance/with_service.py node test/edge/run.mjs

test-ruby: setup $(SERVER) target/ruby/.installed $(VENV)/.installed ## Tests of the built gem in a clean folder
	$(call step,"Ruby: the built gem in a clean folder$(comma) against the native server")
	@for test in bindings-uniffi/ruby/test/*_test.rb; do \
	  GEM_PATH=$(CURDIR)/target/ruby:$$(ruby -e 'print Gem.path.join(":")') $(PYTHON) tests/conformance/with_service.py ruby -Ibindings-uniffi/ruby/test $$test || exit 1; done

test-kotlin: setup $(SERVER) target/uniffi/.built $(VENV)/.installed ## Tests of the Kotlin and Java package
	$(call step,"Kotlin and Java$(comma) against the native server")
	@sh xtask/bootstrap.sh java
	@cd bindings-uniffi/kotlin && $(CURDIR)/$(PYTHON) ../../tests/conformance/with_service.py mvn --quiet --batch-mode verify

test-swift: setup target/uniffi/.built ## Compile and test the Swift package, where there is a Swift toolchain
	@if command -v swift >/dev/null; then cd bindings-uniffi/swift && LD_LIBRARY_PATH=$(CURDIR)/target/release swift test; \
	else echo "skipped: test-swift, there is no Swift toolchain on this machine"; fi

test-hosts: setup $(SERVER) $(VENV)/.installed ## HTTP vectors and crash tests on the native server and on workerd
	@sh xtask/bootstrap.sh chromium || true
	$(call step,"Both hosts: HTTP vectors$(comma) duplicates$(comma) kill -9")
	@cargo xtask edge-toolchain
	@cargo xtask worker-build --if-stale
	@cargo build --quiet --package xtask
	@$(PYTHON) -m pytest -q -p no:cacheprovider $(BY_FILE) tests/conformance
	@$(PYTHON) -m pytest -q -p no:cacheprovider tests/torture

soak: setup $(SERVER) target/python/.installed $(EDGE_PACKAGES)/.built $(VENV)/.installed ## Keep both SDKs busy for half an hour (SECONDS=…): memory stays flat, nothing is lost
	@BEARLUMEN_SOAK_SECONDS=$(or $(SECONDS),1800) target/python/bin/python -m pytest -q -s -p no:cacheprovider bindings-python/tests/test_soak.py
	@cd bindings-node && BEARLUMEN_SOAK_SECONDS=$(or $(SECONDS),1800) BEARLUMEN_TEST_TARBALL=$$(ls $(CURDIR)/$(EDGE_PACKAGES)/*.tgz) node test/run.mjs soak

torture: setup $(SERVER) $(VENV)/.installed ## Kill both hosts 100 times each (BEARLUMEN_TORTURE_ROUNDS=…), lose answers, jump the clock, fill the disk
	@cargo xtask edge-toolchain
	@cargo xtask worker-build --if-stale
	@cargo build --quiet --package xtask
	@BEARLUMEN_TORTURE_ROUNDS=$${BEARLUMEN_TORTURE_ROUNDS:-100} $(PYTHON) -m pytest -q -s -p no:cacheprovider tests/torture

lint: setup ## Formatting and lints
	$(call step,"Formatting and lints")
	@cargo fmt --all --check
	@cargo clippy --quiet --workspace $(addprefix --exclude ,bearlumen-worker $(BINDINGS)) --all-targets --features bearlumen-service/openapi -- -D warnings
	@cargo xtask openapi --check
	@cargo clippy --quiet $(addprefix --package ,$(BINDINGS)) --lib -- -D warnings

bench: setup $(SERVER) target/bench-python/.installed target/node/.installed ## Measure, each figure beside its floor
	@cargo xtask edge-toolchain
	@cargo xtask worker-build --if-stale
	@cargo xtask edge-hello
	@cargo build --quiet --package xtask
	@npm ci --silent --no-audit --no-fund --prefix bench/languages
	@cargo run --quiet --release --package bearlumen-bench

target/bench-python/.installed: $(WHEELS)/.built bench/languages/requirements.txt
	$(call step,"Installing the wheel and whom it is measured beside into target/bench-python")
	@rm -rf target/bench-python && python3 -m venv target/bench-python
	@target/bench-python/bin/python -m pip install --quiet --disable-pip-version-check -r bench/languages/requirements.txt $(WHEELS)/*.whl
	@touch $@

bindings: setup target/python/.installed $(EDGE_PACKAGES)/.built target/ruby/.installed ## Write docs/bindings.md: what each binding adds to the core, measured
	@sh xtask/bootstrap.sh java && sh xtask/bootstrap.sh chromium
	@cd bindings-uniffi/kotlin && mvn --quiet --batch-mode compile
	@npm ci --silent --no-audit --no-fund --prefix bindings-node/test/edge/project
	@rm -rf target/bindings && mkdir -p target/bindings/node_modules/@bearlumen/node-sdk
	@tar -xzf $(EDGE_PACKAGES)/*.tgz --strip-components=1 -C target/bindings/node_modules/@bearlumen/node-sdk
	@$(PYTHON) bench/bindings/table.py > target/bindings/table.md && mv target/bindings/table.md docs/bindings.md
	@cat docs/bindings.md

costlens-month: setup $(SERVER) $(VENV)/.installed ## A month of a million runs (RUNS=…) through CostLens, its answers held against a separate computation
	@BEARLUMEN_HOSTS=native BEARLUMEN_COSTLENS_RUNS=$(or $(RUNS),1000000) $(PYTHON) -m pytest -q -p no:cacheprovider tests/conformance/test_costlens.py -k month_of_runs

catalog: setup ## Bring the price files up to date with the public catalogues, and say what changed
	@cargo xtask catalog

clean: ## Remove what was built, but no data
	cargo clean
	rm -rf $(VENV) .tools worker/build bindings-node/node_modules bindings-node/dist bindings-node/wasm/pkg bindings-node/test/edge/project/node_modules tests/edge/node_modules

setup:
	@sh xtask/bootstrap.sh

comma := ,

$(SERVER): $(RUST_SOURCES) | setup
	$(call step,"Building the native server (a few minutes the first time)")
	@cargo build --release --package bearlumen-server
	@touch $@

$(VENV)/.installed: tests/requirements.txt | setup
	$(call step,"Installing maturin and pytest into $(VENV)")
	@python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

$(WHEELS)/.built: $(RUST_SOURCES) $(PYTHON_SOURCES) | setup $(VENV)/.installed
	$(call step,"Building the Python wheel")
	@rm -rf $(WHEELS) && mkdir -p $(WHEELS)
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" maturin build --release --locked --manifest-path bindings-python/Cargo.toml --out $(WHEELS)
	@touch $@

target/python/.installed: $(WHEELS)/.built bindings-python/requirements-dev.txt
	$(call step,"Installing the wheel into a clean virtual environment$(comma) target/python")
	@rm -rf target/python && python3 -m venv target/python
	@target/python/bin/python -m pip install --quiet --disable-pip-version-check -r bindings-python/requirements-dev.txt $(WHEELS)/*.whl
	@touch $@

$(PACKAGES)/.built: $(RUST_SOURCES) $(NODE_SOURCES) | setup
	$(call step,"Building the Node package")
	@rm -rf $(PACKAGES) && mkdir -p $(PACKAGES)
	@cd bindings-node && npm ci --silent --no-audit --no-fund && npm run --silent addon && rm -rf dist && npm run --silent build
	@cd bindings-node && npm pack --silent --pack-destination $(CURDIR)/$(PACKAGES)
	@touch $@

# The same with the wasm beside the addon. Apart, since the wasm's tools take a while the first time.
$(EDGE_PACKAGES)/.built: $(PACKAGES)/.built $(EDGE_SOURCES) | setup
	@cargo xtask wasm-module
	$(call step,"Building the Node package with its files for the edge")
	@rm -rf $(EDGE_PACKAGES) && mkdir -p $(EDGE_PACKAGES)
	@cd bindings-node && npm run --silent edge && npm pack --silent --pack-destination $(CURDIR)/$(EDGE_PACKAGES)
	@touch $@

target/uniffi/.built: $(RUST_SOURCES) $(UNIFFI_SOURCES) | setup
	@cargo xtask uniffi
	@mkdir -p $(@D) && touch $@

target/ruby/.installed: target/uniffi/.built $(shell find bindings-uniffi/ruby -name '*.rb' -not -path '*/native/*' -o -name '*.gemspec')
	@sh xtask/bootstrap.sh ruby
	$(call step,"Building the gem and installing it into a clean folder$(comma) target/ruby")
	@rm -rf target/ruby && mkdir -p target/ruby
	@cd bindings-uniffi/ruby && gem build --quiet --output $(CURDIR)/target/ruby/bearlumen.gem bearlumen.gemspec
	@gem install --quiet --local --ignore-dependencies --no-document --install-dir target/ruby target/ruby/bearlumen.gem
	@touch $@

target/node/.installed: $(PACKAGES)/.built
	$(call step,"Installing the package into a clean folder$(comma) target/node")
	@rm -rf target/node && mkdir -p target/node && echo '{"private": true}' > target/node/package.json
	@npm install --silent --no-audit --no-fund --prefix target/node $(PACKAGES)/*.tgz
	@touch $@
