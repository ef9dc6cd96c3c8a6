"""The body of `gametheory sweep`: read a file, run it, say what was done."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Final

from experiments.sweeps.parameters import Setting, unit_of
from experiments.sweeps.quantities import QUANTITIES, Quantity
from experiments.sweeps.running import Run, certified, run
from experiments.sweeps.specification import Specification, load_specification, read_sweep
from gametheory.errors import require
from gametheory.exact import to_text
from gametheory.files import game_to_dict

SCHEMA: Final = "gametheory.sweep/1"
LIST_SCHEMA: Final = "gametheory.quantities/1"


def command(
    file: Path | None,
    *,
    out: Path | None,
    workers: int,
    scheduler: str | None,
    block: int | None,
    listed: bool,
    as_json: bool,
) -> None:
    """Run the sweep of a file, or list what can be swept.

    Raises
    ------
    InvalidParameter, OSError
        One line for the command line to print.
    """
    if listed:
        _print_list(as_json)
        return
    require(file is not None, "SWEEP.toml", None, "given (or --list)")
    require(out is not None, "--out", None, "given: the folder of the store")
    assert file is not None
    assert out is not None
    data = read_sweep(file)
    if data["mode"] == "certified":
        _certify(data, out, as_json)
        return
    wanted = load_specification(file)
    said = f"gametheory sweep {file.name}"
    try:
        done = run(wanted, out=out, workers=workers, scheduler=scheduler, block=block, command=said)
    except Exception:
        raise
    except BaseException as stop:
        if not isinstance(stop, Exception):  # Ctrl-C, under whichever name
            print(f"gametheory: {out} keeps what is finished; the same command goes on from there", file=sys.stderr)
        raise
    for piece in done.damaged:
        print(f"gametheory: {out}: piece {piece} did not match its checksum and was computed again", file=sys.stderr)
    document = summary(wanted, done, out)
    if as_json:
        print(json.dumps(document, indent=1))
    else:
        _print_summary(document)


def _certify(data: Mapping[str, Any], out: Path, as_json: bool) -> None:
    """A certified diagram, saved as a JSON file that `gametheory check` reads."""
    begin = monotonic()
    diagram = certified(data)
    file = out if out.suffix == ".json" else out / "phases.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    diagram.save(file)
    proved, undecided = diagram.area_proved, diagram.area_undecided
    document = {
        "schema": SCHEMA,
        "store": str(file),
        "quantity": data["quantity"],
        "mode": "certified",
        "area_proved": to_text(proved),
        "area_undecided": to_text(undecided),
        "areas": {name: to_text(area) for name, area in diagram.areas.items()},
        "seconds": round(monotonic() - begin, 3),
    }
    if as_json:
        print(json.dumps(document, indent=1))
        return
    print(f"{data['quantity']}: {float(proved):.4%} of the rectangle proved, {float(undecided):.4%} undecided")
    for name, area in diagram.areas.items():
        print(f"    {float(area):.4%}  {name or 'undecided'}")
    print(f"written to {file}; `gametheory check` judges it")


def summary(wanted: Specification, done: Run, out: Path) -> dict[str, Any]:
    """What a run did, as `gametheory.sweep/1`."""
    quantity = wanted.quantity
    found = done.dataset
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "store": str(out),
        "quantity": quantity.name,
        "mode": wanted.mode,
        "seed": int(wanted.seed),
        "version": wanted.document()["version"],
        "game": game_to_dict(wanted.game),
        "axes": [
            {
                "name": axis.name,
                "unit": axis.unit,
                "points": len(axis.values),
                "first": float(axis.numbers[0]),
                "last": float(axis.numbers[-1]),
            }
            for axis in wanted.axes
        ],
        "variables": [
            {"name": v.name, "dims": [*(axis.name for axis in wanted.axes), *v.dims], "unit": v.unit}
            for v in quantity.variables
        ],
        "points": done.points,
        "evaluated": done.evaluated,
        "computed": done.computed,
        "damaged": list(done.damaged),
        "seconds": round(done.seconds, 3),
    }
    evaluated = found["evaluated"].values if "evaluated" in found else None
    for name, key, counted in (("converged", "not_converged", False), ("recomputed", "recomputed", True)):
        if name in found:
            values = found[name].values == counted
            document[key] = int((values if evaluated is None else values & evaluated).sum())
    return document


def _print_summary(document: Mapping[str, Any]) -> None:
    axes = " x ".join(f"{axis['name']} ({axis['points']})" for axis in document["axes"])
    print(f"{document['quantity']} over {axes}: {document['evaluated']} of {document['points']} points")
    kept = document["evaluated"] - document["computed"]
    print(f"{document['computed']} computed, {kept} were there; {document['seconds']:.1f} s")
    if document.get("not_converged"):
        print(f"{document['not_converged']} did not come to rest: NaN, and converged is false there")
    if document.get("recomputed"):
        print(f"{document['recomputed']} that floats did not decide were solved by themselves")
    print(f"written to {document['store']}; xarray.open_zarr reads it")


def _print_list(as_json: bool) -> None:
    if as_json:
        print(json.dumps({"schema": LIST_SCHEMA, "quantities": [_described(q) for q in QUANTITIES]}, indent=1))
        return
    for quantity in QUANTITIES:
        print(f"{quantity.name}: {quantity.summary}")
        for setting in quantity.settings:
            print(f"    parameter {setting.name}: {setting.summary}{_default(setting)}")
        for variable in quantity.variables:
            dims = "".join(f", {dim}" for dim in variable.dims)
            print(f"    {variable.name}(axes{dims}) [{variable.unit}]: {variable.summary}")


def _default(setting: Setting) -> str:
    if setting.default == "required":
        return " (required)"
    return "" if setting.default in (None, "") else f" ({setting.default})"


def _described(quantity: Quantity) -> dict[str, Any]:
    return {
        "name": quantity.name,
        "summary": quantity.summary,
        "games": quantity.games,
        "phases": list(quantity.phases),
        "parameters": [
            {
                "name": s.name,
                "summary": s.summary,
                "required": s.default == "required",
                "default": None if s.default == "required" else s.default,
                "unit": unit_of(s.name) if s.is_number else None,
                "axis": s.is_number,
            }
            for s in quantity.settings
        ],
        "variables": [
            {"name": v.name, "dims": list(v.dims), "unit": v.unit, "dtype": v.dtype, "summary": v.summary}
            for v in quantity.variables
        ],
    }
