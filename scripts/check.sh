#!/bin/sh
# Everything that can be judged without running the portal. All checks run; the exit status is 1 if any failed.
# usage: [VENV=.venv] sh scripts/check.sh
set -eu
cd "$(dirname "$0")/.."
bin=${VENV:-.venv}/bin
export DJANGO_SETTINGS_MODULE=segportal.settings.test
failed=""

check() {
    title=$1
    shift
    if output=$("$@" 2>&1); then
        printf '  ok    %s\n' "$title"
    else
        printf '  FAIL  %s\n%s\n' "$title" "$output"
        failed="$failed, $title"
    fi
}

api_unchanged() {
    mkdir -p var
    "$bin/python" manage.py spectacular --fail-on-warn --validate --file var/openapi.yaml || return 1
    if ! diff -u docs/openapi.yaml var/openapi.yaml; then
        echo "The API differs from docs/openapi.yaml. If that is meant: make openapi, and say so in CHANGELOG.md."
        return 1
    fi
}

check "ruff check" "$bin/ruff" check .
check "ruff format" "$bin/ruff" format --check .
check "mypy" "$bin/mypy" .
check "djlint" "$bin/djlint" templates --lint --quiet
check "import contracts" "$bin/lint-imports"
check "migrations up to date" "$bin/python" manage.py makemigrations --check --dry-run
check "system checks" "$bin/python" manage.py check --fail-level ERROR
check "API snapshot" api_unchanged

if [ -n "$failed" ]; then
    printf '\nFailed: %s\n' "${failed#, }"
    exit 1
fi
