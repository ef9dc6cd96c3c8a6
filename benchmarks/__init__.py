"""How fast, against what, and with the same answer: `python -m benchmarks`."""
