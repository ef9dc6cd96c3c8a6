"""``python -m benchmarks [NAME ...] [--long] [--json]``: our code against a peer, answers compared first."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

# linear algebra on one thread, ours and theirs, before numpy is imported
for library in ("OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# NAME -> the module whose rows() gives its rows
BENCHMARKS: Final = {
    "bimatrix": "benchmarks.bimatrix",
    "equilibria": "benchmarks.equilibria",
    "finite": "benchmarks.finite",
    "learners": "benchmarks.learners",
    "mean": "benchmarks.mean",
    "proofs": "benchmarks.proofs",
    "repeated": "benchmarks.repeated",
    "solution-concepts": "benchmarks.solution_concepts",
    "structure": "benchmarks.structure",
    "sweeps": "benchmarks.sweeps",
}
COLUMNS: Final = ("name", "peer", "version", "ours_s", "peer_s", "ratio", "same_answer", "note")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, or all; return 1 if an answer differs, 0 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--long", action="store_true", help="also the rows that take minutes")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    options = parser.parse_args(argv)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"NAME must be one of {', '.join(BENCHMARKS)}, got {unknown[0]!r}")
    rows = []
    for name in options.names or BENCHMARKS:
        print(f"{name} ...", file=sys.stderr)
        module = import_module(BENCHMARKS[name])
        rows += module.rows()
        rows += getattr(module, "long_rows", list)() if options.long else []
    if options.json:
        print(json.dumps({"schema": "gametheory.benchmarks/1", "rows": rows}, indent=1))
    else:
        for row in rows:
            print(_line(row))
    return 1 if any(row["same_answer"] is False for row in rows) else 0


def _line(row: dict[str, Any]) -> str:
    """One row as text; a peer that is not installed, or none, has no time."""
    same = {True: "same answer", False: "ANSWERS DIFFER", None: "not compared"}[row["same_answer"]]
    peer = "" if row["peer_s"] is None else f" {row['peer_s']:10.3g} s   x {row['ratio']:.3g}"
    who = f"{row['peer']} {row['version']}".strip()
    return f"{row['name']:28s} {row['ours_s']:10.3g} s   {who}{peer}   {same}   {row['note']}"


if __name__ == "__main__":
    sys.exit(main())
