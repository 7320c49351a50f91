#!/bin/sh
# Sees to it that the tests of Spark SQL find Java and Spark: installs them where that is possible, else says so loudly.
# usage: [VENV=.venv] [SPARK=0] sh scripts/spark.sh
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
java_runs() { java -version >/dev/null 2>&1 || "${JAVA_HOME:-/nonexistent}/bin/java" -version >/dev/null 2>&1; }

[ "${SPARK:-1}" = 0 ] && exit 0
if ! java_runs && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Java for the tests of Spark SQL"
    export DEBIAN_FRONTEND=noninteractive
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless) >/dev/null 2>&1 || true
fi
if java_runs && VENV="$venv" sh scripts/setup.sh spark; then exit 0; fi
echo
echo "  ! ---------------------------------------------------------------------------"
echo "  ! There is no Java or no Spark here: THE TESTS OF SPARK SQL WILL NOT RUN."
echo "  ! Install Java 17 (Debian: apt-get install openjdk-17-jre-headless), try again."
echo "  ! ---------------------------------------------------------------------------"
echo
