# What it takes on a machine: the Rust toolchain, Python 3.11 or later, make, and the registries
# (crates.io, PyPI); to look at the page of a back-test, node, npm and Debian's Chromium as well.
# Everything else is installed, pinned, under CACHE.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

CACHE ?= $(HOME)/.cache/lambda-cordon
# Outside the checkout: `sam build` copies the checkout, and a clean one finds what is built already.
export CARGO_TARGET_DIR ?= $(CACHE)/target
# No second entropy source at the first TLS handshake, which costs 70 ms; see DESIGN.md. Also in
# .cargo/config.toml, which `sam build` does not see.
export AWS_LC_SYS_NO_JITTER_ENTROPY = 1
export SAM_CLI_TELEMETRY = 0

EMULATOR_VENV := $(CACHE)/venv-emulator
TEMPLATE_VENV := $(CACHE)/venv-template
export CORDON_PYTHON ?= $(EMULATOR_VENV)/bin/python

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-18s %s\n", $$1, $$2 }'

# $(call venv,FOLDER,REQUIREMENTS[,PYTHON]): installs exactly what is pinned, unless that is there already.
define venv
	@if ! cmp -s $(2) $(1)/installed.txt; then \
		rm -rf $(1) && $(or $(3),python3) -m venv $(1) && \
		$(1)/bin/pip install --quiet --disable-pip-version-check -r $(2) && \
		cp $(2) $(1)/installed.txt; \
	fi
endef

.PHONY: setup setup-template
setup: ## Install what the tests and the demo need
	$(call venv,$(EMULATOR_VENV),tests/emulator/requirements.txt)

setup-template:
	$(call venv,$(TEMPLATE_VENV),tests/requirements-template.txt)

.PHONY: test test-format test-lint test-rust test-emulator test-page test-template test-package
test: test-format test-lint test-emulator test-rust test-page test-template test-package ## Everything

test-format:
	for manifest in Cargo.toml proof/Cargo.toml fuzz/Cargo.toml benches/hello-world/Cargo.toml; do \
		cargo fmt --check --manifest-path $$manifest; \
	done

# The function on its own too, and what decides without the SDK.
test-lint:
	cargo clippy --locked --lib --no-default-features -- --deny warnings
	cargo clippy --locked --bin bootstrap -- --deny warnings
	cargo clippy --locked --all-targets --features cli,evidence -- --deny warnings
	cargo clippy --locked --all-targets --manifest-path proof/Cargo.toml -- --deny warnings
	cargo clippy --locked --lib --features cli --manifest-path proof/Cargo.toml -- --deny warnings

test-emulator: setup
	$(EMULATOR_VENV)/bin/python -m unittest discover -s tests/emulator

test-rust: setup
	cargo test --locked --features cli,evidence
	@echo $(CARGO_TARGET_DIR)/debug/examples/demo; \
	shown=$$($(CARGO_TARGET_DIR)/debug/examples/demo) || { echo "$$shown"; exit 1; }

# The page of a back-test in a browser; SCREENSHOTS has what it looks like. Built as for `test-rust`.
PAGE := $(CACHE)/page
SCREENSHOTS ?= $(PAGE)/screenshots
test-page: ## Look at the page of a back-test in a browser; needs node and npm, and Debian's chromium
	@command -v node npm >/dev/null || { echo "test-page needs node (20 or later) and npm" >&2; exit 2; }
	@command -v /usr/bin/chromium >/dev/null || { \
		apt-get update --quiet=2 && apt-get install --quiet=2 --yes --no-install-recommends chromium fonts-dejavu-core >/dev/null; } || \
		{ echo "test-page needs /usr/bin/chromium, and could not install it" >&2; exit 2; }
	mkdir -p $(PAGE)
	cp tests/page/package.json tests/page/*.mjs $(PAGE)/
	cmp -s tests/page/package-lock.json $(PAGE)/installed.json || { \
		cp tests/page/package-lock.json $(PAGE)/ && \
		npm ci --silent --no-audit --no-fund --ignore-scripts --prefix $(PAGE) && \
		cp tests/page/package-lock.json $(PAGE)/installed.json; }
	cargo test --locked --quiet --features cli,evidence --test page pages_for_the_browser
	node $(PAGE)/look.mjs $(CARGO_TARGET_DIR)/tmp/page $(SCREENSHOTS)

test-template test-package: export AWS_DEFAULT_REGION = us-east-1
test-template: setup-template
	$(TEMPLATE_VENV)/bin/cfn-lint template.yaml global-events.yaml examples/rule-events.yaml
	$(TEMPLATE_VENV)/bin/sam validate --lint --template template.yaml

# The package as it is deployed: built by `sam build`, small enough, and loadable on provided.al2023.
test-package: setup-template
	$(TEMPLATE_VENV)/bin/sam build --template template.yaml --build-dir $(CACHE)/sam-build
	python3 tests/package.py $(CACHE)/sam-build/CordonFunction

# The policy analysis without the AWS SDK, in release: a hundred thousand cases take two minutes.
PROOF := --locked --release --manifest-path proof/Cargo.toml
CASES ?= 100000
QUESTIONS ?= 60000
SEED ?= 1

.PHONY: prove prove-oracle
prove: ## Check every property of the policy analysis, CASES times (SEED chooses which)
	PROPTEST_CASES=$(CASES) PROPTEST_RNG_SEED=$(SEED) cargo test $(PROOF) --lib

# Every call of a containment and of its restore, each refused, lost, and with the process killed at
# it. FAULT, OPERATION and ACT choose some by part of a name.
.PHONY: prove-crash
prove-crash: setup ## Let everything go wrong at every call, and look at how it ends
	cargo build --locked --features cli,evidence --bins
	CORDON_BINARIES=$(CARGO_TARGET_DIR)/debug \
		cargo bench --locked --profile dev --features cli,evidence --bench crash

# AGPL-licensed and a program of its own: installed under CACHE, run beside ours, part of neither
# the function nor the command line.
ORACLE := $(CACHE)/oracle
prove-oracle: ## Put QUESTIONS to the evaluator and to another implementation of IAM; needs node and npm
	@command -v node npm >/dev/null || { echo "prove-oracle needs node (20 or later) and npm" >&2; exit 2; }
	mkdir -p $(ORACLE)
	cp tests/oracle/package.json tests/oracle/simulate.mjs $(ORACLE)/
	cmp -s tests/oracle/package-lock.json $(ORACLE)/installed.json || { \
		cp tests/oracle/package-lock.json $(ORACLE)/ && \
		npm ci --silent --no-audit --no-fund --ignore-scripts --prefix $(ORACLE) && \
		cp tests/oracle/package-lock.json $(ORACLE)/installed.json; }
	cargo run $(PROOF) --quiet --bin oracle -- $(ORACLE)/simulate.mjs \
		tests/oracle/known-differences.json $(QUESTIONS) $(SEED)

# libFuzzer wants the compiler's own flags, which a stable compiler gives only when told so. Nothing
# in the analysis is unsafe, so that no sanitizer is needed.
FUZZ_SECONDS ?= 60
FUZZ := $(CACHE)/fuzz
.PHONY: fuzz
fuzz: ## Fuzz the policy analysis and event patterns, FUZZ_SECONDS for each target; needs a C++ compiler
	@command -v c++ >/dev/null || { echo "fuzz needs a C++ compiler, c++" >&2; exit 2; }
	cargo install --quiet --locked --version 0.13.2 --root $(FUZZ) cargo-fuzz
	for target in parse evaluate rewrite pattern control_policy; do \
		mkdir -p $(FUZZ)/corpus/$$target $(FUZZ)/failures; \
		dict=policy; seeds=fuzz/seeds; \
		if [ $$target = control_policy ]; then dict=control_policy; seeds=tests/messages; fi; \
		RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$(CARGO_TARGET_DIR)/fuzz PATH="$(FUZZ)/bin:$$PATH" \
			cargo fuzz run --fuzz-dir fuzz --sanitizer none $$target \
			$(FUZZ)/corpus/$$target $$seeds -- -dict=fuzz/$$dict.dict -max_len=20480 \
			-timeout=2 -rss_limit_mb=512 -max_total_time=$(FUZZ_SECONDS) -verbosity=0 \
			-print_final_stats=1 -artifact_prefix=$(FUZZ)/failures/$$target-; \
	done

# Changes one thing at a time in what decides, and looks whether a table notices: without the SDK, so that
# each takes seconds. SHARD=0/1 is all of them, some two hours; others are every so many-th.
MUTANTS := $(CACHE)/mutants
SHARD ?= 0/6
.PHONY: prove-mutants
prove-mutants: ## Change what decides, and look whether the decision tables notice; SHARD chooses some
	cargo install --quiet --locked --version 27.1.0 --root $(MUTANTS) cargo-mutants
	mkdir -p $(MUTANTS)/found
	env -u CARGO_TARGET_DIR PATH="$(MUTANTS)/bin:$$PATH" CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0 \
		cargo mutants --jobs 2 --shard $(SHARD) --sharding round-robin --timeout 90 --no-times \
		--file 'src/controls/**' --file src/controls.rs --file src/decision.rs \
		--no-default-features --features cli --cargo-arg=--test=decisions --output $(MUTANTS)/found

.PHONY: demo
demo: setup ## Show it at work against an emulated account
	cargo build --locked --features cli --bins --example demo
	$(CARGO_TARGET_DIR)/debug/examples/demo

BENCHES := bench-decide bench-behaviour bench-policy bench-exposure bench-patterns bench-footprint \
	bench-cold-start bench-memory bench-custodian bench-backtest
.PHONY: bench bench-cost $(BENCHES)
bench: $(BENCHES) ## Measure

bench-decide:
	cargo bench --locked --bench decide

# Without the SDK. What chooses how much, and which seed, stands in benches/behaviour/main.rs.
bench-behaviour: ## What the controls of behaviour find, miss and cost in a made-up account
	cargo bench --locked --no-default-features --bench behaviour

# The binary with the features of the package, so that both share what is built; the bench without the SDK. What
# chooses how much, and which seed, stands in benches/backtest/main.rs.
bench-backtest: ## How fast a back-test goes through an archive of CloudTrail, beside jq and Python
	@command -v jq >/dev/null || { echo "bench-backtest needs jq" >&2; exit 2; }
	cargo build --locked --release --features cli,evidence --bin cordon
	CACHE=$(CACHE) CORDON=$(CARGO_TARGET_DIR)/release/cordon \
		cargo bench --locked --no-default-features --features cli --bench backtest

# With the features the package is built with beside the function, so that both share what is built.
bench-policy: ## What the size of the control policy costs
	cargo bench --locked --features cli,evidence --bench policy

BENCH_VENV := $(CACHE)/venv-bench
bench-exposure: ## The policy analysis, beside Cloud Custodian's
	$(call venv,$(BENCH_VENV),proof/requirements-bench.txt)
	CORDON_BENCH_PYTHON=$(BENCH_VENV)/bin/python \
		cargo bench --locked --manifest-path proof/Cargo.toml --bench exposure

bench-patterns: ## Event patterns: an event beside 10, 100, 1,000 of them
	cargo bench --locked --manifest-path proof/Cargo.toml --bench patterns

bench-footprint: setup
	cargo build --locked --release --bin bootstrap
	CORDON_BINARIES=$(CARGO_TARGET_DIR)/release \
		cargo bench --locked --profile dev --features cli,evidence --bench footprint

# Copied, as a package is unpacked: the pages of a file that a linker wrote are smaller, and more of them
# have to be mapped.
FUNCTIONS := $(CACHE)/functions
define release-functions
	cargo build --locked --release --bin bootstrap
	cargo build --locked --release --manifest-path benches/hello-world/Cargo.toml
	mkdir -p $(FUNCTIONS)
	cp $(CARGO_TARGET_DIR)/release/bootstrap $(CARGO_TARGET_DIR)/release/hello-world $(FUNCTIONS)/
endef

bench-cold-start: setup ## What the first event of an environment waits for, beside a hello-world
	$(release-functions)
	CORDON_BINARIES=$(FUNCTIONS) \
		cargo bench --locked --profile dev --features cli,evidence --bench cold_start -- \
		$(FUNCTIONS)/bootstrap $(FUNCTIONS)/hello-world

# Without the SDK, which would only be built for it: what decides is the same.
bench-cost: ## What an event costs in instructions and allocations, against its budget; needs valgrind
	@command -v valgrind >/dev/null || { echo "bench-cost needs valgrind (apt-get install valgrind)" >&2; exit 2; }
	$(release-functions)
	cargo bench --locked --no-default-features --bench cost -- \
		$(FUNCTIONS)/bootstrap $(FUNCTIONS)/hello-world

bench-memory: setup ## Memory after 100,000 events (EVENTS), and what events cost by memory size
	cargo build --locked --release --bin bootstrap
	CORDON_BINARIES=$(CARGO_TARGET_DIR)/release \
		cargo bench --locked --profile dev --features cli,evidence --bench memory

# The distribution's Python, if it has one: built for speed, as Lambda's is, which pyenv's are not.
CUSTODIAN_VENV := $(CACHE)/venv-custodian
CUSTODIAN_PYTHON ?= $(firstword $(wildcard /usr/bin/python3.11) python3)
bench-custodian: setup ## What an answer costs and is worth, beside Cloud Custodian; RUNS, EVENTS
	$(call venv,$(CUSTODIAN_VENV),benches/custodian/requirements.txt,$(CUSTODIAN_PYTHON))
	$(CUSTODIAN_VENV)/bin/custodian validate --quiet benches/custodian/policy.json
	cargo build --locked --release --bin bootstrap
	CORDON_BINARIES=$(CARGO_TARGET_DIR)/release CORDON_CUSTODIAN_PYTHON=$(CUSTODIAN_VENV)/bin/python \
		cargo bench --locked --profile dev --features cli --bench custodian

.PHONY: check-policy
check-policy: ## Validate policy.yaml, and hold it against its tests, policy.tests.yaml
	cargo run --locked --quiet --features cli --bin cordon -- check policy.yaml
	cargo run --locked --quiet --features cli --bin cordon -- test policy.tests.yaml

.PHONY: install build deploy enforce
install: ## Install the operator's command line, `cordon`
	cargo install --locked --path . --features cli,s3 --bin cordon

build: setup-template ## Build the package
	$(TEMPLATE_VENV)/bin/sam build

deploy: build ## Build and deploy; asks for what it needs, and starts in dry run
	$(TEMPLATE_VENV)/bin/sam deploy --guided

enforce: build ## Build and deploy as before, and turn the responder on
	$(TEMPLATE_VENV)/bin/sam deploy --parameter-overrides Mode=enforce

# Called by `sam build`, for each function in a copy of the checkout of its own. What is built for one is kept
# under CACHE by what it is made of, so that it is not built again for the next. Another architecture:
# CORDON_TARGET=aarch64-unknown-linux-gnu with a toolchain that has it, or build on such a machine.
BUILT = $(CACHE)/built/$$({ rustc -vV; echo "$(CORDON_TARGET)"; \
	sha256sum Cargo.toml Cargo.lock $$(find src -type f | LC_ALL=C sort); } | sha256sum | cut -c1-40)
FOR_TARGET := $(if $(CORDON_TARGET),--target $(CORDON_TARGET))
RELEASE := $(CARGO_TARGET_DIR)/$(if $(CORDON_TARGET),$(CORDON_TARGET)/)release

# The command line runs here, whatever the functions run on; the collector shares what both are made of.
define built
	built=$(BUILT); \
	if [ ! -d $$built ]; then \
		cargo build --locked --release --bin bootstrap $(FOR_TARGET); \
		cargo build --locked --release --features cli,evidence --bin cordon --bin collector; \
		$(if $(CORDON_TARGET),cargo build --locked --release --features evidence --bin collector $(FOR_TARGET);) \
		rm -rf $(CACHE)/built; mkdir -p $$built.new; \
		cp $(RELEASE)/bootstrap $(RELEASE)/collector $(CARGO_TARGET_DIR)/release/cordon $$built.new/; \
		mv $$built.new $$built; \
	fi
endef

# Lambda starts `bootstrap`, whatever the binary is called here.
.PHONY: build-CordonFunction build-CordonListener build-CordonCollector
build-CordonFunction build-CordonListener:
	$(built); \
	cp $$built/bootstrap $(ARTIFACTS_DIR)/; \
	$$built/cordon check policy.yaml --compile $(ARTIFACTS_DIR)/policy.json

build-CordonCollector:
	$(built); cp $$built/collector $(ARTIFACTS_DIR)/bootstrap
