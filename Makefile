# make demo: set up, assess the sample workforce, write tables, pictures and a report
# make test: set up what is missing and run everything
# make lint: style, types, and the extension's stub against the extension
# make coverage: which lines of the core and the package the tests run, and why the others are not run; needs Java
# make dist: build the sdist, and from it the wheel, into dist
# make check-dist: look into both, and run the quickstart where there is no compiler
# make test-lowest: run tests of the wheel with the lowest versions that pyproject.toml allows
# make soak: compare a million random people with the slow evaluator; PEOPLE=, MINUTES=20 at most, SEED=
# make sanitize: the C++ and the Python tests under AddressSanitizer, UBSan and ThreadSanitizer
# make fuzz: the Arrow consumer, the plan compiler, texts and columns under libFuzzer; FUZZ_SECONDS=60 each
# make mutate: plant faults in the framework file and in the core, and see the tests catch them
# make test-browser: run the notebooks and reports in JupyterLab in Chromium; pictures in output/browser
# make test-distributed: run the tests on Spark (which needs Java) and Dask
# make tidy: look for faults in the core with clang-tidy; .clang-tidy says which
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
LOWEST := build/lowest
# what meets the libraries: reading, frames out, reports, pictures; pictures are not compared by pixel
TESTS_LOWEST := $(addprefix tests/python/test_,$(addsuffix .py,assessment book cases cli compare delimited explain \
  forecast gap intake plot plot_edges report summary workforce))
CPP_BUILD := build/release
PEOPLE ?= 1000000
MINUTES ?= 20
FUZZ_SECONDS ?= 60
CLANG ?= clang++-16
# the Python tests that drive the core: records of every form in, every answer out
SANITIZED := $(addprefix tests/python/test_,$(addsuffix .py,against_slow assessment batches compare coverage \
  delimited explain forecast fuzz_intake gap intake laws ledger long_runs other_field question supply \
  suppress trend unknown))
# child processes have other folders
COVERAGE_FILE = $(CURDIR)/build/coverage/.coverage
COVERED = COVERAGE_FILE=$(COVERAGE_FILE) PYTHONPATH=$(CURDIR)/build/coverage/site \
  $(BIN)/python -m pytest -q -p no:cacheprovider --cov --cov-report=
SITE = $(shell $(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")

PREFIX = $(SITE);$(SITE)/pybind11/share/cmake/pybind11;$(abspath $(VENV))/catch2/usr

PACKAGE_SOURCES := CMakeLists.txt pyproject.toml LICENSE NOTICE README.md \
  $(shell find cpp python data/frameworks data/workforce -type f -not -path '*/__pycache__/*')
CPP_SOURCES := CMakeLists.txt CMakePresets.json $(shell find cpp tests/cpp tests/fuzz/*pp -type f)

# the package over the extension of a build
define site_of
rm -rf $(1)/site
cp -r python $(1)/site
$(BIN)/cmake --install $(1) --prefix $(1)/site
endef

.PHONY: bench bench-check check-dist clean coverage demo dist docs fuzz lint mutate notebook pictures sanitize \
  sanitize-cpp sanitize-python sanitize-threads schema soak test test-browser test-cpp test-distributed \
  test-lowest test-python tidy

demo: $(VENV)/.installed
	$(BIN)/tassei demo --out $(OUT)

notebook: $(VENV)/.jupyter
	$(BIN)/jupyter lab notebooks/01_quickstart.ipynb

docs: $(VENV)/.sphinx
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python docs/build.py

test: test-cpp test-python

test-cpp: $(CPP_BUILD)/.built
	$(BIN)/ctest --test-dir $(CPP_BUILD) --output-on-failure --parallel

test-python: $(VENV)/.installed
	$(BIN)/python -m pytest -q -n auto --doctest-modules --pyargs tassei tests/python

lint: $(VENV)/.lint
	$(BIN)/ruff check --quiet python tests/python tests/browser tests/distributed tests/awkward tools docs benchmarks
	$(BIN)/mypy
	$(BIN)/stubtest --mypy-config-file pyproject.toml tassei._core

# The package is measured over an extension that counts; both are told of in one table. What counts takes
# memory, so that how much is taken is not looked at.
coverage: $(VENV)/.coverage build/coverage/.built
	find build/coverage -name "*.gcda" -delete
	rm -f build/coverage/.coverage* build/coverage/core.json
	$(call site_of,build/coverage)
	$(BIN)/ctest --test-dir build/coverage --output-on-failure --parallel
	$(BIN)/python tools/show_coverage.py build/coverage --keep
	$(COVERED) -n auto --deselect tests/python/test_batches.py::test_ten_times_the_people_take_no_more_memory \
	  --doctest-modules --pyargs tassei tests/python
	$(COVERED) --cov-append tests/distributed
	COVERAGE_FILE=$(COVERAGE_FILE) $(BIN)/python tools/show_coverage.py build/coverage

dist: dist/.built

check-dist: dist/.built
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python tools/check_dist.py dist

# old versions among newer ones warn of one another
test-lowest: $(LOWEST)/.installed
	$(LOWEST)/bin/python --version
	$(LOWEST)/bin/python -m pip list --format=freeze | grep -iE "^(numpy|pandas|pyarrow|pydantic|pyyaml|click|matplotlib|polars)="
	$(LOWEST)/bin/python -m pytest -q -W ignore::DeprecationWarning -W ignore::PendingDeprecationWarning -W ignore::FutureWarning $(TESTS_LOWEST)

bench: $(VENV)/.bench
	$(BIN)/python benchmarks/bench.py $(BENCH)

bench-check: $(VENV)/.installed
	$(BIN)/python benchmarks/instructions.py $(if $(RENEW),--renew)

sanitize: sanitize-cpp sanitize-threads sanitize-python

sanitize-cpp: build/asan/.built
	$(BIN)/ctest --test-dir build/asan --output-on-failure --parallel

sanitize-threads: build/tsan/.built
	$(BIN)/ctest --test-dir build/tsan --output-on-failure --parallel

# The interpreter is not instrumented: the sanitizer's library and the one it wraps are loaded before it,
# and what Python itself keeps to the end is no leak.
sanitize-python: $(VENV)/.installed build/asan/.built
	$(call site_of,build/asan)
	PYTHONPATH=build/asan/site ASAN_OPTIONS=detect_leaks=0 \
	  LD_PRELOAD="$$(g++ -print-file-name=libasan.so) $$(g++ -print-file-name=libstdc++.so)" \
	  $(BIN)/python -m pytest -q -n auto -p no:cacheprovider $(SANITIZED)

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

tidy: $(VENV)/.tidy $(CPP_BUILD)/.built
	ls cpp/src/*.cpp | xargs -P $$(nproc) -n 1 $(BIN)/clang-tidy --quiet -p $(CPP_BUILD)

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

$(VENV)/.coverage: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group coverage
	touch $@

$(VENV)/.dist: $(VENV)/.tools
	$(BIN)/python -m pip install --quiet --group dist
	touch $@

# The wheel is built from the sdist, with nothing but the registry; its tag says which systems it runs on.
dist/.built: $(VENV)/.dist $(PACKAGE_SOURCES)
	rm -rf dist build/dist
	$(BIN)/python -m build --outdir build/dist .
	mkdir -p dist
	cp build/dist/*.tar.gz dist
	if [ "$$(uname)" = Linux ]; \
	  then PATH="$(abspath $(BIN)):$$PATH" $(BIN)/auditwheel repair --wheel-dir dist build/dist/*.whl; \
	  else cp build/dist/*.whl dist; fi
	touch $@

$(LOWEST)/.installed: dist/.built tools/lowest.py
	rm -rf $(LOWEST)
	$(BIN)/python -m venv $(LOWEST)
	$(BIN)/python tools/lowest.py > $(LOWEST)/constraints.txt
	$(LOWEST)/bin/python -m pip install --quiet --only-binary :all: --constraint $(LOWEST)/constraints.txt \
	  "$$(ls dist/*.whl)[plot,fonts,interactive,polars,excel,database]" pytest hypothesis openpyxl
	touch $@

$(VENV)/.lint: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group lint
	touch $@

$(VENV)/.tidy: $(VENV)/.tools
	$(BIN)/python -m pip install --quiet --group tidy
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
	rm -rf build dist $(OUT) $(VENV)
