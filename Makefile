# make demo: set up, assess the sample workforce, write tables, pictures and a report
# make test: set up what is missing and run everything
# make soak: compare a million random people with the slow evaluator; PEOPLE=, MINUTES=20 at most, SEED=
# make sanitize: the C++ and the Python tests under AddressSanitizer, UBSan and ThreadSanitizer
# make fuzz: the Arrow consumer, the plan compiler, texts and columns under libFuzzer; FUZZ_SECONDS=60 each
# make mutate: plant faults in the framework file and in the core, and see the tests catch them
# make test-browser: run the notebooks and reports in JupyterLab in Chromium; pictures in output/browser
# make test-distributed: run the tests on Spark (which needs Java) and Dask
# make pictures: draw anew the pictures that tests compare with, after a change that is meant
# make notebook: open the notebooks in JupyterLab
# make docs: build the site, build/docs/html/index.html
# make bench: compare with DuckDB, polars, chDB, NumPy and numba, and write docs/benchmarks.md; some 25 minutes
# make bench BENCH=--quick: the same in three minutes, into build/bench/quick
# make bench-check: count the core's instructions, and say where they changed; RENEW=1 keeps the new counts

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= output
CPP_BUILD := build/release
PEOPLE ?= 1000000
MINUTES ?= 20
FUZZ_SECONDS ?= 60
CLANG ?= clang++-16
# the Python tests that drive the core: records of every form in, every answer out
SANITIZED := $(addprefix tests/python/test_,$(addsuffix .py,against_slow assessment batches compare coverage \
  delimited explain forecast fuzz_intake gap intake laws ledger long_runs other_field question supply \
  suppress trend unknown))
SITE = $(shell $(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")

PREFIX = $(SITE);$(SITE)/pybind11/share/cmake/pybind11;$(abspath $(VENV))/catch2/usr

PACKAGE_SOURCES := CMakeLists.txt pyproject.toml LICENSE NOTICE README.md \
  $(shell find cpp python data/frameworks data/workforce -type f -not -path '*/__pycache__/*')
CPP_SOURCES := CMakeLists.txt CMakePresets.json $(shell find cpp tests/cpp tests/fuzz/*pp -type f)

.PHONY: bench bench-check demo notebook docs pictures test test-cpp test-python test-browser test-distributed \
  soak fuzz mutate sanitize sanitize-cpp sanitize-threads sanitize-python lint schema clean

demo: $(VENV)/.installed
	$(BIN)/tassei demo --out $(OUT)

notebook: $(VENV)/.jupyter
	$(BIN)/jupyter lab notebooks/01_quickstart.ipynb

docs: $(VENV)/.sphinx
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python docs/build.py

test: test-cpp test-python

test-cpp: $(CPP_BUILD)/.built
	ctest --test-dir $(CPP_BUILD) --output-on-failure

test-python: $(VENV)/.installed
	$(BIN)/ruff check --quiet python tests/python tests/browser tests/distributed tests/awkward tools docs benchmarks
	$(BIN)/python -m pytest -q -n auto --doctest-modules --pyargs tassei tests/python

bench: $(VENV)/.bench
	$(BIN)/python benchmarks/bench.py $(BENCH)

bench-check: $(VENV)/.installed
	$(BIN)/python benchmarks/instructions.py $(if $(RENEW),--renew)

sanitize: sanitize-cpp sanitize-threads sanitize-python

sanitize-cpp: build/asan/.built
	build/asan/tassei_tests

sanitize-threads: build/tsan/.built
	build/tsan/tassei_tests

# The interpreter is not instrumented: the sanitizer's library and the one it wraps are loaded before it,
# and what Python itself keeps to the end is no leak.
sanitize-python: $(VENV)/.installed build/asan/.built
	rm -rf build/asan/site
	cp -r python build/asan/site
	$(BIN)/cmake --install build/asan --prefix build/asan/site
	PYTHONPATH=build/asan/site ASAN_OPTIONS=detect_leaks=0 \
	  LD_PRELOAD="$$(g++ -print-file-name=libasan.so) $$(g++ -print-file-name=libstdc++.so)" \
	  $(BIN)/python -m pytest -q -p no:cacheprovider $(SANITIZED)

# New inputs go to build/fuzz/found; what is worth keeping is copied to tests/fuzz/corpus by hand.
fuzz: build/fuzz/.built
	for target in arrow plan text; do \
	  mkdir -p build/fuzz/found/$$target && build/fuzz/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	    -rss_limit_mb=3000 -print_final_stats=1 -verbosity=1 -artifact_prefix=build/fuzz/failed-$$target- \
	    build/fuzz/found/$$target tests/fuzz/corpus/$$target || exit 1; \
	done

build/fuzz/.built: export CXX := $(CLANG)

mutate: $(VENV)/.installed $(VENV)/.catch2
	PATH="$(abspath $(BIN)):$$PATH" python tools/mutate.py framework
	PATH="$(abspath $(BIN)):$$PATH" python tools/mutate.py core --prefix "$(PREFIX)"

soak: $(VENV)/.installed
	$(BIN)/python tests/soak.py --people $(PEOPLE) --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

pictures: $(VENV)/.installed
	TASSEI_PICTURES=renew $(BIN)/python -m pytest -q tests/python/test_pictures.py

test-browser: $(VENV)/.browser
	$(BIN)/python -m pytest -q tests/browser

test-distributed: $(VENV)/.distributed
	$(BIN)/python -m pytest -q tests/distributed

# The JSON Schema with which editors complete and check framework files.
schema: $(VENV)/.installed
	$(BIN)/python -m tassei.schema > data/schema/framework.schema.json

$(VENV)/.tools: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group build --group test
	touch $@

$(VENV)/.installed: $(VENV)/.tools $(PACKAGE_SOURCES)
	$(BIN)/python -m pip install --quiet --no-build-isolation ".[plot,fonts]"
	touch $@

$(VENV)/.jupyter: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet "jupyterlab>=4"
	touch $@

$(VENV)/.sphinx: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group docs
	touch $@

$(VENV)/.bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group bench
	touch $@

$(VENV)/.browser: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group browser
	touch $@

$(VENV)/.distributed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group distributed
	touch $@

$(VENV)/.catch2: | $(VENV)/.tools
	PATH="$(abspath $(BIN)):$$PATH" sh tools/get-catch2.sh "$(abspath $(VENV))/catch2"
	touch $@

# the presets of CMakePresets.json
build/%/.built: $(VENV)/.catch2 $(CPP_SOURCES)
	PATH="$(abspath $(BIN)):$$PATH" cmake --preset $* -DPython_EXECUTABLE="$(abspath $(BIN))/python" \
	  -DCMAKE_PREFIX_PATH="$(PREFIX)"
	PATH="$(abspath $(BIN)):$$PATH" cmake --build --preset $*
	touch $@

clean:
	rm -rf build $(OUT) $(VENV)
