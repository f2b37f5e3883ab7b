# Two commands: `make demo` shows the shop, `make test` runs every check. Both install what is missing first.
# Everything is a small script in scripts/ that also runs alone.

PORT ?= 5173
CASES ?=
TIME ?= 600
TARGET ?=
SUITES ?=
PACKS ?=
export PORT CASES TIME TARGET SUITES PACKS

.NOTPARALLEL:
.PHONY: help demo news test build wasm hosts cli conformance scenarios evaluate bench fuzz clean

help:
	@echo "make demo                     the shop on http://localhost:$(PORT) (PORT=...)"
	@echo "make news                     other prices for the shop that make demo is serving"
	@echo "make test                     every check"
	@echo "make build                    pkg/ whole, and target/release/regulars"
	@echo "make conformance CASES=DIR    runs every case file in DIR"
	@echo "make scenarios                the shops of tests/scenarios, natively, in Node and in Chromium (PACKS=...)"
	@echo "make evaluate                 trains, predicts and measures on the real data, into target/evaluate"
	@echo "make bench                    figures, natively and beside the peers' in Chromium and Node, into benches/RESULTS.md (SUITES=...)"
	@echo "make fuzz TARGET=... TIME=600 one fuzz target for so many seconds; without TARGET lists them"

demo:
	@scripts/demo.sh

news:
	@scripts/demo-news.sh

test:
	@scripts/test.sh

build: wasm hosts cli

wasm:
	@scripts/build-wasm.sh

hosts: wasm
	@scripts/build-hosts.sh
	@scripts/build-no-webassembly.sh

cli:
	@scripts/build-cli.sh

conformance:
	@scripts/conformance.sh

scenarios:
	@scripts/scenarios.sh $(PACKS)

evaluate:
	@scripts/evaluate.sh

bench:
	@scripts/bench.sh

fuzz:
	@scripts/fuzz.sh

clean:
	rm -rf target pkg/wasm www/dist
