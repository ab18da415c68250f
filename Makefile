# Everything a person does with Vitrine. `make` alone lists it.

# The manifest looks for libtorch, and SwiftPM remembers what it found until an environment variable changes: this one does.
SWIFT_ENVIRONMENT = LIBTORCH_HEADERS="$$(ls $${TORCH_HOME:-/usr}/include/torch/csrc/api/include/torch/version.h 2>/dev/null)"
SWIFT = $(SWIFT_ENVIRONMENT) swift
PORT ?= 8080

# Warnings of a module that imports what its target does not name are errors in every build.
BUILD_FLAGS = --explicit-target-dependency-import-check error

# Tests at the same time. Without a bound all begin at once: thousands of threads and open files, and each test so slow that
# its time limits mean nothing.
TEST_FLAGS = --disable-xctest --experimental-maximum-parallelization-width 12

# libtorch's waiting threads sleep instead of spinning, which other programs on the same cores notice.
export OMP_WAIT_POLICY ?= passive

SWIFT_PLACES = Package.swift Sources Tests $(wildcard Benchmarks Examples Fuzz)

.DEFAULT_GOAL := help
.PHONY: help bootstrap demo train test test-full test-torch kills bench bench-vectors peers bench-pictures peers-items peers-boxes peers-panorama peers-panorama-viewers mobile check format docs fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap: ## install what is missing for the tests (apt and pip)
	@Scripts/bootstrap test

demo: ## start a shop with sample conversations and print where to look (PORT=8080; DEMO_EXIT=1: check and stop)
	@Scripts/bootstrap demo
	$(SWIFT) build -c release --product vitrine $(BUILD_FLAGS)
	@python3 Scripts/demo --port $(PORT) $(if $(DEMO_EXIT),--exit)

train: ## build the program that trains, and train FIT=configuration.json if one is named (Documentation/Training.md)
	@Scripts/bootstrap test
	$(SWIFT) build -c release --product vitrine-train $(BUILD_FLAGS)
	$(if $(FIT),.build/release/vitrine-train fit "$(FIT)",@echo "built: .build/release/vitrine-train --help")

test: ## run all tests that take seconds
	@Scripts/bootstrap test
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	@$(SWIFT_ENVIRONMENT) Scripts/run-tests swift test --skip-build $(TEST_FLAGS)

test-full: ## run all tests, those that take minutes too
	@Scripts/bootstrap test
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	@VITRINE_FAULT_FULL=1 VITRINE_HISTORIES=60 $(SWIFT_ENVIRONMENT) Scripts/run-tests swift test --skip-build $(TEST_FLAGS)

test-torch: ## run the tests of training on the newer libtorch of Python's package (.venv-torch, a build folder of its own)
	@Scripts/bootstrap test
	@Scripts/bootstrap torch
	@export TORCH_HOME="$$(echo "$(CURDIR)"/.venv-torch/lib/python3*/site-packages/torch)"; \
		swift build --scratch-path .build/torch --build-tests $(BUILD_FLAGS) \
		&& swift test --scratch-path .build/torch --skip-build $(TEST_FLAGS) --filter LearningTests

kills: ## kill imports, hygiene and re-embedding of catalogues 440 times with kill -9 and compare what they leave
	@Scripts/bootstrap test
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	@VITRINE_FAULT_FULL=1 $(SWIFT_ENVIRONMENT) Scripts/run-tests swift test --skip-build $(TEST_FLAGS) --filter 'ImportKillTests|JobKillTests'

bench: ## measure Vitrine alone with the load program of Benchmarks/peers
	@Scripts/bootstrap peers
	$(SWIFT) build -c release --product vitrine $(BUILD_FLAGS)
	.venv-peers/bin/python Benchmarks/peers/run_messaging.py --servers vitrine

peers: ## measure Vitrine beside Synapse and Prosody in the same minute and print the ratios
	@Scripts/bootstrap peers
	$(SWIFT) build -c release --product vitrine $(BUILD_FLAGS)
	.venv-peers/bin/python Benchmarks/peers/run_messaging.py

bench-pictures: ## measure pictures beside Pillow, OpenCV, libvips and libjpeg-turbo (PICTURES=folder of photographs)
	@Scripts/bootstrap peers
	$(SWIFT) build -c release --product vitrine $(BUILD_FLAGS)
	.venv-peers/bin/python Benchmarks/peers/pictures.py $(if $(PICTURES),--tiles "$(PICTURES)")
	.venv-peers/bin/python Benchmarks/peers/dedup.py $(if $(PICTURES),--images "$(PICTURES)")

bench-vectors: ## measure a vector index (VECTORS=base.npy QUERIES=q.npy [K=10] [JSON=out.json]; PEERS=1: with hnswlib, faiss, usearch)
	$(if $(PEERS),@Scripts/bootstrap peers)
	$(SWIFT) build -c release --product vitrine $(BUILD_FLAGS)
	$(if $(PEERS),.venv-peers/bin/python Benchmarks/peers/ann.py --vitrine) .build/release/vitrine $(if $(PEERS),,index bench) \
		--vectors "$(VECTORS)" --queries "$(QUERIES)" -k $(or $(K),10) $(if $(JSON),--json "$(JSON)")

peers-items: ## our item model beside OpenCV on the same photos (PHOTOS=folder of train.csv, test.csv and classes.csv)
	@Scripts/bootstrap peers
	$(if $(PHOTOS),,$(error PHOTOS=folder is needed: Documentation/Training.md))
	.venv-peers/bin/python Benchmarks/peers/item_peers.py Models/item-embed-s1 "$(PHOTOS)"

peers-boxes: ## our detector beside OpenCV's finders (PICTURES=folder BOXES=table of path, left, top, right, bottom)
	@Scripts/bootstrap test
	@Scripts/bootstrap peers
	$(if $(and $(PICTURES),$(BOXES)),,$(error PICTURES=folder and BOXES=table are needed: Documentation/Scan.md))
	$(SWIFT) build -c release --product vitrine $(BUILD_FLAGS)
	.venv-peers/bin/python Benchmarks/peers/item_boxes.py "$(PICTURES)" "$(BOXES)" --out .build/boxes
	.build/release/vitrine eval detect "$(PICTURES)" --boxes "$(BOXES)" $(foreach name,selective-search spectral fine-grained contours,\
		--found $(name)=.build/boxes/$(name).csv)

mobile: ## convert our models for ncnn, a runtime for phones, and compare them with ONNX Runtime (TO=folder)
	@Scripts/bootstrap mobile
	@for model in item-embed-s1 item-category-s1 item-detect-s1; do echo $$model; \
		.venv-mobile/bin/python Benchmarks/peers/item_mobile.py Models/$$model.onnx --to "$(or $(TO),.build/mobile)" || exit 1; done

peers-panorama: ## stitch SCENES=folder of folders and SPHERES="2:1 pictures" with Vitrine, OpenCV and Hugin [OUT=folder CAPS="512 256"]
	@Scripts/bootstrap peers
	$(SWIFT) build -c release --product vitrine $(BUILD_FLAGS)
	.venv-peers/bin/python Benchmarks/peers/panorama.py $(if $(SCENES),--scenes "$(SCENES)" --choices) \
		$(if $(SPHERES),--spheres $(SPHERES)) $(if $(CAPS),--caps $(CAPS)) $(if $(OUT),--out "$(OUT)")

peers-panorama-viewers: ## let exiftool, Pannellum in Chromium, Hugin, OpenCV and netpbm show panoramas of SPHERES="2:1 pictures" [OUT=folder]
	@Scripts/bootstrap viewers
	$(if $(SPHERES),,$(error SPHERES="2:1 pictures" is needed: Documentation/Panorama.md))
	$(SWIFT) build -c release --product vitrine $(BUILD_FLAGS)
	.venv-peers/bin/python Benchmarks/peers/panorama_viewers.py --spheres $(SPHERES) $(if $(OUT),--out "$(OUT)")

check: ## lint the format, run the tests of the repository about itself, build the examples
	@Scripts/bootstrap test
	$(SWIFT) format lint --strict --parallel --recursive $(SWIFT_PLACES)
	@for script in Scripts/bootstrap Scripts/docs Scripts/fuzz .ci/run; do bash -n $$script || exit 1; done
	python3 -m compileall -q -f Benchmarks Scripts Tests
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	$(SWIFT) test --skip-build $(TEST_FLAGS) --filter TidyTests
	$(SWIFT) build --package-path Examples

format: ## rewrite all Swift files in the project's format
	$(SWIFT) format --in-place --parallel --recursive $(SWIFT_PLACES)

docs: ## make the reference pages of the libraries in .build/documentation
	@Scripts/docs

fuzz: ## feed every parser random and mutated bytes for FUZZ_SECONDS each (10)
	@Scripts/fuzz

clean: ## remove what building left behind (data and virtual environments stay)
	$(SWIFT) package clean
