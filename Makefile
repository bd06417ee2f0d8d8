# make demo    set up, ingest the sample archive, ask it three questions, trace a claim
# make serve   open the page on the sample archive
# make test    everything CI runs: lint, format, types, layers, tests
# make check   the same without the tests (seconds)
# make clean   remove what make made: the environment and the sample archive

PYTHON ?= python3
ARCHIVE ?= .attest-demo
VENV := .venv
BIN := $(VENV)/bin
export CMAKE_BUILD_PARALLEL_LEVEL ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# The stamp names what was installed, so a change of either file installs again and nothing else does.
HASH := $(shell cat pyproject.toml constraints.txt | $(PYTHON) -c \
	'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest()[:12])' 2>/dev/null)
STAMP := $(VENV)/.installed-$(HASH)

.PHONY: demo serve test check setup clean
.DEFAULT_GOAL := demo

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || \
		{ echo "No $(PYTHON) was found; install Python 3.11 or newer, or name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$$($(PYTHON) --version) was found and 3.11 or newer is needed; name one: make PYTHON=python3.12" >&2; exit 1; }
	@command -v "$${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || \
		{ echo "No C++ compiler was found and llama-cpp-python is built from source; install one, such as g++ (Debian:" \
		"apt-get install g++)" >&2; exit 1; }
	@echo "Installing Attest and what it needs (torch, gradio, llama-cpp-python and others) into $(VENV). The first time takes"
	@echo "several minutes: on Linux torch is some gigabytes, and llama-cpp-python is built here, during which pip is silent."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@rm -f $(VENV)/.installed-*
	@touch $@

demo: $(STAMP)
	$(BIN)/attest ingest eval/sample/articles --archive $(ARCHIVE)
	@echo
	$(BIN)/attest ask "How much sand was dredged from around the bow of the Ever Given?" --archive $(ARCHIVE)
	@echo
	$(BIN)/attest ask "Which university's researchers produced the figure of 2,975 deaths from Hurricane Maria?" --archive $(ARCHIVE)
	@echo
	@echo "And one the articles do not answer:"
	$(BIN)/attest ask "Who was the referee of the 2022 World Cup final?" --archive $(ARCHIVE)
	@echo
	@echo "A claim, traced to what the articles say:"
	$(BIN)/attest trace "Hurricane Maria led to 64 deaths in Puerto Rico" --archive $(ARCHIVE)
	@echo
	@echo "Open the same archive as a page, where a citation shows its passage in the article: make serve"

serve: $(STAMP)
	$(BIN)/attest ingest eval/sample/articles --archive $(ARCHIVE)
	$(BIN)/attest serve --archive $(ARCHIVE) --examples eval/sample/questions.jsonl || [ $$? -eq 130 ]  # Ctrl-C ends it

test: check
	$(BIN)/python -m pytest

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) $(ARCHIVE)
