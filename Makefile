# The everyday commands. Each installs what it lacks first (scripts/setup), and does nothing twice.
.DEFAULT_GOAL := help
.PHONY: help build demo test bench torture fuzz tsan docs format lint redaction-report

PRESET := $(if $(CI),ci,release)
FOLDER := build/release
JOBS := $(shell getconf _NPROCESSORS_ONLN)
CONFIGURE := cmake --preset $(PRESET)
COMPILE := cmake --build $(FOLDER) --parallel $(JOBS)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 25

build: ## the program, at build/release/qf-dataset
	@scripts/setup build
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target qf-dataset qf-classroom

demo: ## an invented school, and a dataset made from its logs, in demo/
	@scripts/setup demo
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target qf-dataset qf-classroom
	@scripts/demo

test: ## every test
	@scripts/setup test
	@$(CONFIGURE) -DQF_REQUIRE_TESTS=ON >/dev/null
	@$(COMPILE)
	@scripts/test

bench: ## the benchmarks, each checking its own result
	@scripts/setup test
	@$(CONFIGURE) >/dev/null
	@$(COMPILE)
	@scripts/bench

torture: ## every fault that can be tried; writes docs/reliability.md (an hour and a half)
	@scripts/setup test
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target qf-dataset qf-classroom
	@scripts/torture

fuzz: ## the fuzz targets, FUZZ_SECONDS each (600)
	@scripts/setup test
	@scripts/fuzz

tsan: ## a parallel build under the thread sanitizer
	@scripts/setup test
	@scripts/tsan

redaction-report: build ## how well people are masked, on the data that QF_EXTERNAL_PII names
	@scripts/redaction-report

docs: build ## the reference pages that the program writes about itself
	@scripts/docs

format: ## our sources in the house style
	@scripts/setup test
	@scripts/format

lint: ## style and static analysis; no warning is left
	@scripts/setup test
	@$(CONFIGURE) >/dev/null
	@scripts/lint
