#!/bin/sh
# Sees to it that the browser tests find a Chromium: installs it where that is possible, else says so loudly.
set -eu
has() { command -v "$1" >/dev/null 2>&1; }
found() { has chromium || has chromium-browser || has google-chrome || [ -x "${CHROMIUM:-/nonexistent}" ]; }

found && exit 0
if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "Installing Chromium for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core) >/dev/null 2>&1 || true
fi
found && exit 0
echo
echo "  ! ---------------------------------------------------------------------------"
echo "  ! There is no Chromium on this machine: THE BROWSER TESTS WILL NOT RUN."
echo "  ! Install it (Debian: apt-get install chromium), or set CHROMIUM to its path."
echo "  ! ---------------------------------------------------------------------------"
echo
