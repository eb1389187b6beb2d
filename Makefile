# Every target sets up .venv by itself; nothing else is needed than Python >= 3.11, git and make.
VARIABLES := SWEEP CLUSTER SET RUN RETRY DETACH ONE_FILE PORT DATA DIR LABELS MODEL OF FORMAT MAX_DROP CALIBRATION_IMAGES
KNOWN     := $(VARIABLES) ARGUMENTS HASHES TORCH PYTHON CHAOS_KILLS CHAOS_SEED SCALE_RUNS REQUIRE_SLURM REQUIRE_BROWSER

# A variable that is misspelt, or a SET without its quotes, would silently run something else.
UNKNOWN := $(strip $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(filter-out $(KNOWN) MAKEFLAGS,$(name)))))
$(if $(UNKNOWN),$(error unknown variable $(UNKNOWN); there are $(KNOWN), and several assignments stand in quotes: SET="a=1 b=2"))

# What the shell exports under such a name (CLUSTER, DIR) was meant for another program.
FOREIGN := $(strip $(foreach name,SWEEP CLUSTER SET RETRY DETACH,$(if $(filter environment,$(firstword $(origin $(name)))),$(name))))
$(if $(FOREIGN),$(error $(FOREIGN) stands in the environment; write it behind make, as in: make sweep $(firstword $(FOREIGN))=…))
$(foreach name,RUN ONE_FILE PORT DATA DIR LABELS MODEL OF FORMAT MAX_DROP CALIBRATION_IMAGES,$(if $(filter environment,$(firstword $(origin $(name)))),$(eval override $(name) :=)))

# The values reach the recipes through the environment, byte for byte: neither make nor the shell reads a quote, a
# dollar or a backquote in them.
$(foreach name,$(VARIABLES),$(eval override $(name) := $$(value $(name))))
$(if $(CLUSTER),,$(eval override CLUSTER := local))
$(if $(PORT),,$(eval override PORT := 8000))
export $(VARIABLES)

# Nor is a word that is no target, of which make would say, after the others are made, that there is nothing to do.
TARGETS = $(shell sed -n 's/^\([a-z-]*\): .*\#\#.*/\1/p' $(firstword $(MAKEFILE_LIST))) .venv/.run .venv/.dev .venv/.onnx .venv/.zoo
STRAY  := $(if $(MAKECMDGOALS),$(filter-out $(TARGETS),$(MAKECMDGOALS)))
$(if $(STRAY),$(error no target $(STRAY); make help lists them, and a sweep is named as in: make sweep SWEEP=$(firstword $(STRAY))))

PYTHON  ?= python3
BIN     := .venv/bin
HARNESS := $(BIN)/python -m harness
PYTEST  := $(BIN)/python -m pytest --dist loadgroup
FAST_TESTS   := not (slow or thorough or browser or slurm)
CHOSEN_TESTS := essential or $(FAST_TESTS)
CHOSEN  := --sweep "$$SWEEP" --set "$$SET"
YES     := 1 yes true on
$(foreach name,RETRY DETACH ONE_FILE HASHES,$(if $(filter-out $(YES) 0 no false off,$($(name))),$(error $(name)=$($(name)): give 1 or 0)))
$(if $(filter-out cpu cuda,$(TORCH)),$(error TORCH=$(TORCH): give cpu or cuda))

.DEFAULT_GOAL := help
.PHONY: help sweep check plan layers split profile status why cancel report index publish paper export serve test test-fast test-rest test-zoo test-all contract chaos scale bench bench-gpu lint structure reference docs clean

help:           ## list the targets
	@echo 'make TARGET [SWEEP=quickstart] [CLUSTER=local] [SET="search.num_trials=50 student.epochs=30"]'
	@sed -n 's/^\([a-z-]*\): *[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  %-10s %s\n", $$1, $$2}'

# HASHES=1: every package but torch is one of those that locks/ names by their hashes. TORCH=cpu or cuda: that build of
# torch; without it PyTorch's CPU build where neither a GPU nor SLURM nor a package index of one's own is to be seen.
HASHED  := $(filter $(YES),$(HASHES))
INSTALL := $(PYTHON) locks/install.py $(if $(HASHED),--hashes) $(if $(TORCH),--torch $(TORCH))
PIP     := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.venv/.run: pyproject.toml constraints.txt $(if $(TORCH),.venv/.torch-$(TORCH))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	@$(INSTALL) run
	@touch $@

# Left by the installer where that build is there; without it the installer looks.
.venv/.torch-cpu .venv/.torch-cuda: ;

.venv/.onnx: .venv/.run
	@$(INSTALL) onnx
	@touch $@

.venv/.dev: .venv/.run
	@$(INSTALL) dev
	@touch $@

# Apart, and alone: beside a CPU build of torch, torchvision's wheel cannot be imported, and transformers with it.
.venv/.zoo: .venv/.dev
	$(PIP) --no-deps --upgrade --target .venv/zoo $(if $(HASHED),--require-hashes -r locks/zoo.txt,-c constraints.txt timm torchvision)
	@touch $@

sweep: .venv/.run    ## start, continue, re-attach to or repair a sweep (RETRY=1: failed runs too; DETACH=1: in the background)
	@$(HARNESS) sweep $(CHOSEN) --cluster "$$CLUSTER" $(if $(filter $(YES),$(RETRY)),--retry-failed) $(if $(filter $(YES),$(DETACH)),--detach)

check: .venv/.run    ## try out every model of a sweep, and say what input it gets; trains nothing
	@$(HARNESS) check $(CHOSEN) --cluster "$$CLUSTER"

plan: .venv/.run     ## what a sweep would run and what is done; submits nothing
	@$(HARNESS) plan $(CHOSEN) --cluster "$$CLUSTER"

layers: .venv/.run   ## the modules of a sweep's student or teacher, or of a model, with the shapes of their outputs: make layers OF=teacher (MODEL=NAME)
	@$(HARNESS) layers $(if $(MODEL),"$$MODEL",--sweep "$${SWEEP:-quickstart}" --of "$${OF:-student}" --set "$$SET")

status: .venv/.run   ## how far a sweep is
	@$(HARNESS) status $(CHOSEN)

why: .venv/.run      ## what became of a run: make why RUN=NAME
	@$(HARNESS) why $(CHOSEN) --run "$$RUN"

split: .venv/.run    ## divide a folder of images into train, val and test, as a list of files: make split DATA=folder:photos (DIR=… LABELS=…)
	@$(HARNESS) split "$$DATA" --dir "$$DIR" --labels "$$LABELS" --set "$$SET"

profile: .venv/.run  ## where the time of a sweep's runs goes, measured here on a few epochs
	@$(HARNESS) profile $(CHOSEN)

cancel: .venv/.run   ## stop a sweep; finished work is kept
	@$(HARNESS) cancel $(CHOSEN)

report: .venv/.run   ## rebuild the report from the result files (ONE_FILE=1: also as one file to mail)
	@$(HARNESS) report $(CHOSEN) $(if $(filter $(YES),$(ONE_FILE)),--one-file)

index: .venv/.run    ## rebuild the list of all sweeps, results/index.html, as every sweep and report does at its end
	@$(HARNESS) index

publish: .venv/.run  ## copy the report into a folder for GitHub Pages or any web space: make publish DIR=FOLDER
	@$(HARNESS) publish $(CHOSEN) --dir "$$DIR"

paper: .venv/.run    ## tables, figures and a main.tex for a LaTeX paper, in results/SWEEP/paper (DIR=FOLDER)
	@$(HARNESS) paper $(CHOSEN) --dir "$$DIR"

export: .venv/.onnx  ## the best student of a complete sweep as an ONNX file, measured on test: make export FORMAT=int8 (MAX_DROP=1 CALIBRATION_IMAGES=512)
	@$(HARNESS) export $(CHOSEN) --format "$${FORMAT:-fp32}" --max-drop "$${MAX_DROP:-1}" --calibration-images "$${CALIBRATION_IMAGES:-512}"

serve: .venv/.run    ## serve the report on the loopback address (PORT=8000)
	@$(HARNESS) serve $(CHOSEN) --port "$$PORT"

test: lint           ## lint, the fast tests, and one each of the slow ones (sweep, kill-and-resume, page): 6 to 10 minutes
	$(PYTEST) -n auto -m "$(CHOSEN_TESTS)"

test-fast: .venv/.dev   ## the fast tests: 5 to 9 minutes
	$(PYTEST) -n auto -m "$(FAST_TESTS)"

test-rest: .venv/.dev   ## what make test leaves out: corners, browser, real sweeps, kills, SLURM: 27 to 38 minutes
	$(PYTEST) -n "$$(( $$(getconf _NPROCESSORS_ONLN) + 1 ))" -m "not ($(CHOSEN_TESTS))"

test-zoo: .venv/.zoo ## timm's and torchvision's networks beside the libraries' own: 2 minutes
	PYTHONPATH=.venv/zoo $(BIN)/python -m pytest tests/kd/models/pretrained/test_timm_models.py tests/kd/models/pretrained/test_torchvision_models.py

test-all: test test-rest test-zoo ## every test once

chaos: .venv/.dev    ## a hundred random kills over a real sweep (CHAOS_KILLS=100 CHAOS_SEED=0)
	CHAOS_KILLS=$(or $(CHAOS_KILLS),100) $(BIN)/python -m pytest tests/chaos -s

contract: .venv/.dev ## what executors promise, case by case, on this machine, a fake SLURM and real ones (REQUIRE_SLURM=1)
	$(BIN)/python -m pytest tests/contract --contract-table

scale: .venv/.dev    ## the controller on a fake SLURM in simulated time: 10,000 runs on 500 slots (SCALE_RUNS=10000)
	SCALE_RUNS=$(or $(SCALE_RUNS),10000) $(BIN)/python -m pytest tests/scale -s

bench: .venv/.dev    ## measure ratios against plainer ways of doing the same (DATA=folder with mnist and cifar10: trials too)
	$(BIN)/python -m bench.overhead
	$(BIN)/python -m bench.scaling
	$(BIN)/python -m bench.pack
	$(BIN)/python -m bench.search
	$(BIN)/python -m bench.seeds
	$(if $(DATA),$(BIN)/python -m bench.speed "$$DATA")
	$(if $(DATA),$(BIN)/python -m bench.imbalance "$$DATA")

bench-gpu: .venv/.run ## ask a GPU all that is not known yet, in at most 9 minutes (ARGUMENTS="--stages speed,packs --budget-s 300")
	$(BIN)/python -m bench.gpu $(ARGUMENTS)

lint: .venv/.dev     ## ruff, mypy --strict, import contracts, unused dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/deptry .

structure: .venv/.dev ## files, imports, floors and circles of every folder; draws docs/architecture.md's picture again
	PYTHONPATH=. $(BIN)/python docs/structure.py --write

docs: .venv/.dev     ## the documentation as a site, in site/
	$(BIN)/zensical build

reference: .venv/.dev ## the tables of docs/sweep-file.md, clusters.md and scripting.md, from the program
	PYTHONPATH=. $(BIN)/python docs/reference.py --write

clean:               ## remove the environment and caches, never results
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
