#!/bin/sh
# Makes the virtual environment and installs the locked packages; does nothing when that is done already.
# usage: [VENV=.venv] [PYTHON=python3] sh scripts/setup.sh runtime|development|spark
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
kind=${1:-runtime}

say() { printf '%s\n' "$*"; }
fail() { printf '\n' >&2; printf '  ! %s\n' "$@" >&2; printf '\n' >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
        if has "$candidate" && fits "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
}

# A virtual environment needs the system's ensurepip; Debian keeps it in a package of its own.
make_venv() {
    python=$(find_python)
    if [ -z "$python" ]; then
        if has uv && uv venv --quiet --python 3.12 "$venv"; then return; fi
        fail "Segportal needs Python 3.11, 3.12, 3.13 or 3.14, and none was found." \
            "Install one (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.12)," \
            "or name it: make run PYTHON=/path/to/python3"
    fi
    say "Making $venv with $("$python" --version)"
    rm -rf "$venv"
    if "$python" -m venv "$venv" >/dev/null 2>&1; then return; fi
    rm -rf "$venv"
    if has uv && uv venv --quiet --python "$python" "$venv"; then return; fi
    rm -rf "$venv"
    if [ "$(id -u)" = 0 ] && has apt-get; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        say "Installing python$version-venv, which this Python needs to make virtual environments"
        (apt-get update -qq && apt-get install -y -qq --no-install-recommends "python$version-venv") >/dev/null 2>&1 || true
        if "$python" -m venv "$venv" >/dev/null 2>&1; then return; fi
        rm -rf "$venv"
    fi
    # Without ensurepip, the pip of the system can install into the environment.
    if "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --without-pip "$venv" >/dev/null 2>&1; then
        if "$python" -m pip --python "$venv/bin/python" --version >/dev/null 2>&1; then return; fi
    fi
    rm -rf "$venv"
    fail "$python cannot make a virtual environment." \
        "Install the missing part (Debian, Ubuntu: apt-get install python3-venv), or install uv, and try again."
}

pip_install() {
    if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --quiet --only-binary :all: "$@"
    elif python=$(find_python) && "$python" -m pip --python "$venv/bin/python" --version >/dev/null 2>&1; then
        "$python" -m pip --python "$venv/bin/python" install --disable-pip-version-check --no-input --quiet \
            --only-binary :all: "$@"
    else
        fail "There is no pip in $venv. Remove it with \`make clean\` and try again."
    fi
}

# uv is much faster, but does not read pip's settings (a mirror, for instance): pip has the last word.
install() {
    if has uv && uv pip install --quiet --python "$venv/bin/python" --only-binary :all: "$@" 2>/dev/null; then
        return
    fi
    pip_install "$@"
}

stamp_of() {
    "$venv/bin/python" -c 'import hashlib, sys
print(sys.argv[1], hashlib.sha256(open(sys.argv[1], "rb").read() + sys.version.encode()).hexdigest())' "$1"
}
installed() { [ -f "$venv/installed" ] && grep -qxF "$(stamp_of "$1")" "$venv/installed"; }
remember() { stamp_of "$1" >>"$venv/installed"; }

case "$kind" in
runtime) lock=requirements.txt ;;
development) lock=requirements-dev.txt ;;
spark) lock=requirements-spark.txt ;;
*) fail "usage: setup.sh runtime|development|spark" ;;
esac

if ! fits "$venv/bin/python"; then make_venv; fi

if ! installed "$lock"; then
    say "Installing the packages of $lock (some minutes on a slow connection)"
    # What is installed is unknown until this has succeeded; Spark stands apart and touches nothing else.
    if [ "$kind" = spark ]; then set -- --no-binary pyspark; else rm -f "$venv/installed" && set --; fi
    if ! install "$@" --require-hashes -r "$lock"; then
        fail "The packages could not be installed. The reason stands above; what was fetched is kept for the next try." \
            "No connection to a package registry? Set PIP_INDEX_URL to one that can be reached."
    fi
    remember "$lock"
    # The development packages hold all of the portal's.
    if [ "$kind" = development ]; then remember requirements.txt; fi
fi

if ! installed requirements-demo.txt; then
    if install --no-deps --require-hashes -r requirements-demo.txt; then
        remember requirements-demo.txt
    else
        printf '\n  ! The demonstration data could not be installed; the portal will start without it.\n\n' >&2
    fi
fi
