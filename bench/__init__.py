"""Benchmarks against peers in the same run: `make bench` prints one JSON line each. See docs/performance.md."""
