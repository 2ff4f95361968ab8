# Thin: each target is one or two plain commands, and README.md says what they do.
PYTHON ?= python3
BIN := .venv/bin
# Each process has a database, a broker and a browser of its own.
AT_ONCE := -n auto --maxprocesses 4
# Settings of a real server: https, a key of its own, mail that is encrypted.
AS_DEPLOYED = BASE_URL=https://crm.example.com ALLOWED_HOSTS=crm.example.com \
  EMAIL_HOST=smtp.example.com EMAIL_FROM=crm@example.com

.PHONY: up test check check-types check-rest bench faults constraints clean

up:
	@$(PYTHON) config/install.py
	@exec $(BIN)/python manage.py up

test:
	@$(PYTHON) config/install.py dev
	@$(BIN)/python -m pytest $(AT_ONCE)
	@$(BIN)/python -m tests.postgres $(AT_ONCE)

check:  # two halves beside each other: types are half of the time
	@$(PYTHON) config/install.py dev
	@$(MAKE) --no-print-directory --output-sync -j2 check-types check-rest

check-types:
	$(BIN)/mypy config crm scoring

check-rest:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djade --check $$(git ls-files 'templates/*.html' 'templates/*.txt')
	$(BIN)/djlint --lint --quiet templates
	DATA_DIR=$$(mktemp -d) $(BIN)/python manage.py makemigrations --check --dry-run  # asks no running copy
	$(BIN)/python -m pytest -q -p no:randomly tests/config/test_translations.py tests/config/test_constraints.py
	$(AS_DEPLOYED) $(BIN)/python manage.py check --deploy --fail-level WARNING

bench:
	@$(PYTHON) config/install.py dev
	@$(BIN)/python -m tests.benchmarks.bench_speed

faults:  # an hour on two processors; SHORT=1 for minutes, POSTGRES=1, TO=file for a copy of the table
	@$(PYTHON) config/install.py dev
	@$(BIN)/python -m tests.faults $(if $(SHORT),--hasty) $(if $(POSTGRES),--postgres) $(if $(TO),--out $(TO))

constraints:  # after a change of pyproject.toml; needs uv
	uv pip compile --universal --all-extras --no-header --no-annotate --upgrade -o constraints.txt pyproject.toml

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache test-results
