"""Estimates that are kept as they are made, so that a run that was cut goes on where it was.

One JSON file an experiment, written beside its place and moved there. It is taken again only if everything that the
estimate depends on is the same: the experiment's parameters, the seed, the confidence, and the version of this package.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import gametheory
from experiments.cases import Case
from experiments.predictions import Estimate
from gametheory.errors import require


def stored_estimate(folder: Path, case: Case, conditions: Mapping[str, Any]) -> Estimate | None:
    """What is kept of a case run under these conditions, or None."""
    path = _path(folder, case)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        names = {field.name for field in fields(Estimate)}
        if kept["key"] != _key(case, conditions) or set(kept["estimate"]) != names:
            return None
        numbers = kept["estimate"]
        plain = all(isinstance(numbers[name], int | float) for name in ("value", "level", "tolerance", "seconds"))
        if not plain or not all(isinstance(numbers[name], int) for name in ("seeds", "seed")):
            return None
        return Estimate(**numbers | {"interval": (float(numbers["interval"][0]), float(numbers["interval"][1]))})
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def keep_estimate(folder: Path, case: Case, conditions: Mapping[str, Any], estimate: Estimate) -> None:
    """Write an estimate to its file, all of it or nothing.

    Raises
    ------
    InvalidParameter
        If the folder is a file.
    """
    require(not folder.exists() or folder.is_dir(), "store", str(folder), "a folder")
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, case)
    part = path.with_suffix(f".{os.getpid()}.part")
    document = {"key": _key(case, conditions), "estimate": asdict(estimate)}
    part.write_text(json.dumps(document, indent=1), encoding="utf-8")
    os.replace(part, path)


def _path(folder: Path, case: Case) -> Path:
    return folder / f"{case.prediction.id}.json"


def _key(case: Case, conditions: Mapping[str, Any]) -> str:
    """A digest of everything that the estimate depends on."""
    measure: Any = case.measure
    text = repr((gametheory.__version__, case.prediction.id, _described(measure), sorted(conditions.items())))
    return sha256(text.encode()).hexdigest()


def _described(measure: Any) -> Any:
    """The arguments of a partial function, inner ones too."""
    if not hasattr(measure, "func"):
        return getattr(measure, "__qualname__", repr(measure))
    inner = [_described(value) if hasattr(value, "func") or callable(value) else repr(value) for value in measure.args]
    named = {key: repr(value) for key, value in sorted(measure.keywords.items())}
    return _described(measure.func), inner, named
