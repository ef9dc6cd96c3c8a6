"""``python -m benchmarks [NAME ...] [--json]``: our code against a peer, answers compared first."""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

# NAME -> the module whose rows() gives its rows
BENCHMARKS: Final = {"learners": "benchmarks.learners"}
COLUMNS: Final = ("name", "peer", "version", "ours_s", "peer_s", "ratio", "same_answer", "note")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, or all; return 1 if an answer differs, 0 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    options = parser.parse_args(argv)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"NAME must be one of {', '.join(BENCHMARKS)}, got {unknown[0]!r}")
    rows = []
    for name in options.names or BENCHMARKS:
        print(f"{name} ...", file=sys.stderr)
        rows += import_module(BENCHMARKS[name]).rows()
    if options.json:
        print(json.dumps({"schema": "gametheory.benchmarks/1", "rows": rows}, indent=1))
    else:
        for row in rows:
            same = "same answer" if row["same_answer"] else "ANSWERS DIFFER"
            print(
                f"{row['name']:28s} {row['ours_s']:10.3g} s   {row['peer']} {row['version']} "
                f"{row['peer_s']:10.3g} s   x {row['ratio']:.3g}   {same}   {row['note']}"
            )
    return 0 if all(row["same_answer"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
