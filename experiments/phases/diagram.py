"""Certified phase diagrams: made, stored, read, and compared with the game that they name.

The file (schema gametheory.phases/1) holds the polynomials, the phases and a quad-tree of cells; `gametheory
check` judges it with the standard library alone (docs/phase-diagrams.md).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import gametheory
from experiments.phases.curves import Curve, boundary_curves
from experiments.phases.problem import Axis, Phase, Problem
from experiments.phases.questions import pose
from experiments.phases.search import MAX_DEPTH, UNDECIDED, grow, leaf_at, leaves
from gametheory.errors import CertificateError, InvalidParameter, require
from gametheory.exact import is_integer
from proofs.checker.check import digest
from proofs.checker.phases import SCHEMA

STATED: Final = ("game", "question", "options", "axes", "signs", "gains")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An open rectangle, and its phase if that is proved.

    Attributes
    ----------
    low, high : (Fraction, Fraction)
        Its corners.
    phase : str
        Name of the phase; "" where undecided.
    """

    low: tuple[Fraction, Fraction]
    high: tuple[Fraction, Fraction]
    phase: str


@dataclass(frozen=True, kw_only=True)
class PhaseDiagram:
    """A rectangle of two parameters cut into cells, each proved to be one phase or undecided.

    Attributes
    ----------
    problem : Problem
        The question, as polynomials.
    phases : tuple of Phase
        What the cells refer to by number.
    tokens : tuple of str
        The quad-tree, in the order of its branches (`experiments.phases.search.Tree`).
    curves : tuple of Curve
        Exact curves on which every boundary lies. Derived, not judged by `gametheory check`.
    curves_complete : bool
        False if a gain had too high a degree for its discriminant, or a double root everywhere.
    depth : int
        Halvings of each parameter that were allowed.
    seconds : float
        That making it took.
    """

    problem: Problem
    phases: tuple[Phase, ...]
    tokens: tuple[str, ...]
    curves: tuple[Curve, ...]
    curves_complete: bool
    depth: int
    seconds: float = 0.0

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell; they tile the rectangle."""
        x, y = self.problem.axes
        found = []
        for level, i, j, token in leaves(self.tokens):
            step = x.width / 2**level, y.width / 2**level
            low = x.low + i * step[0], y.low + j * step[1]
            found.append(Cell(low=low, high=(low[0] + step[0], low[1] + step[1]), phase=self.name_of(token)))
        return tuple(found)

    @cached_property
    def areas(self) -> dict[str, Fraction]:
        """Share of the rectangle that is proved to be each phase, by name; of "", what is undecided."""
        found: dict[str, Fraction] = {phase.name: Fraction(0) for phase in self.phases}
        found[""] = Fraction(0)
        for level, _, _, token in leaves(self.tokens):
            found[self.name_of(token)] += Fraction(1, 4**level)
        return found

    @property
    def area_undecided(self) -> Fraction:
        """Share of the rectangle that is not proved to be one phase."""
        return self.areas[""]

    @property
    def area_proved(self) -> Fraction:
        """Share of the rectangle that is."""
        return 1 - self.area_undecided

    def phase_at(self, x: Any, y: Any) -> str | None:
        """The phase that is proved at an exact point; None where it is undecided, or on the edge of a cell.

        Raises
        ------
        InvalidParameter
            If the point is outside the rectangle, or given in floats.
        """
        first, second = self.problem.axes
        spots = []
        for axis, value in ((first, x), (second, y)):
            point = Axis(name=axis.name, low=value, high=axis.high + 1).low
            require(axis.low <= point <= axis.high, axis.name, str(point), f"in [{axis.low}, {axis.high}]")
            spots.append(point)
        x, y = ((v - axis.low) / axis.width for v, axis in zip(spots, (first, second), strict=True))
        token = leaf_at(self.tokens, x, y)
        return (token is not None and self.name_of(token)) or None

    def name_of(self, token: str) -> str:
        """The name of the phase of a leaf of the tree; "" if it is undecided."""
        return "" if token == UNDECIDED else self.phases[int(token.partition(":")[0])].name

    def to_dict(self) -> dict[str, Any]:
        """The document that `save` writes."""
        body: dict[str, Any] = {
            "schema": SCHEMA,
            **self.problem.statement(),
            "phases": [
                {
                    "name": phase.name,
                    "meaning": phase.meaning,
                    "signs": {str(k): mark for k, mark in phase.signs.items()},
                    "sequences": {str(k): text for k, text in phase.sequences.items()},
                }
                for phase in self.phases
            ],
            "cells": " ".join(self.tokens),
            "proved": str(self.area_proved),
            "undecided": str(self.area_undecided),
            "curves": [{"equation": c.equation, "explicit": c.explicit, "origin": c.origin} for c in self.curves],
            "method": f"gametheory {gametheory.__version__}, depth {self.depth}",
        }
        return {**body, "digest": digest(body)}

    def save(self, path: str | Path) -> Path:
        """Write the diagram as JSON; `load_phases` and `gametheory check` read it."""
        path = Path(path)
        path.write_text(json.dumps(self.to_dict(), indent=1) + "\n", encoding="ascii")
        return path


def certified_phases(
    game: Any,
    *,
    x: tuple[str, Any, Any],
    y: tuple[str, Any, Any],
    question: str = "rest_points",
    depth: int = 8,
    **options: Any,
) -> PhaseDiagram:
    """Cut a rectangle of two parameters into cells, each proved to be one phase.

    Parameters
    ----------
    game : game
        Exact, such as `PublicGoodsGame`; what it has for the two parameters does not matter.
    x, y : (str, exact number, exact number)
        Parameter, low end, high end. Parameters are numbers of the game, or (for conditions) options.
    question : str
        "conditions": which of `gametheory.conditions` hold. "equilibria": which symmetric equilibria there are.
        "rest_points": which rest points of the replicator dynamics, and of which type. The latter two for two
        strategies with any payoffs, and three with payoffs affine in the counts.
    depth : int
        How often each parameter may be halved, 0 to 16; the undecided area falls as 2^-depth.
    **options
        For conditions: punishers, discount_factor, action_error.

    Returns
    -------
    PhaseDiagram

    Raises
    ------
    InvalidParameter
        See `experiments.phases.pose`.

    Examples
    --------
    The published example: four punishers deter iff p times the fine reaches 1/10.

    >>> from gametheory import PublicGoodsGame
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, punishment_cost='3/10')
    >>> axes = {"x": ("punishment_probability", 0, 1), "y": ("fine", 0, 1)}
    >>> diagram = certified_phases(game, **axes, question="equilibria", depth=6)
    >>> [curve.explicit for curve in diagram.curves], float(diagram.area_undecided)
    (['fine = 1/(10*punishment_probability)'], 0.028076171875)
    >>> diagram.phase_at('3/5', '3/7')
    'all D, part of C-P at P'
    """
    start = perf_counter()
    ok = is_integer(depth) and 0 <= depth <= MAX_DEPTH
    require(ok, "depth", depth, f"an integer from 0 to {MAX_DEPTH}")
    for name, ends in (("x", x), ("y", y)):
        triple = isinstance(ends, tuple | list) and len(ends) == 3 and isinstance(ends[0], str)
        require(triple, name, ends, "(parameter, low, high)")
    first, second = (Axis(name=name, low=low, high=high) for name, low, high in (x, y))
    problem = pose(game, axes=(first, second), question=question, options=options)
    tree = grow(problem, int(depth))
    curves, complete = boundary_curves(problem, tree.tokens)
    return PhaseDiagram(
        problem=problem,
        phases=tuple(tree.phases),
        tokens=tuple(tree.tokens),
        curves=curves,
        curves_complete=complete,
        depth=int(depth),
        seconds=perf_counter() - start,
    )


def certified_diagram(
    game: Any, axes: Mapping[str, tuple[Any, Any]], question: str, *, depth: int = 8, **options: Any
) -> PhaseDiagram:
    """`certified_phases` with the two axes as a mapping of parameter to its two ends, x first."""
    two = isinstance(axes, Mapping) and len(axes) == 2
    require(two, "axes", list(axes), "two parameters (a certified diagram is a rectangle)")
    x, y = ((name, *ends) for name, ends in axes.items())
    return certified_phases(game, x=x, y=y, question=question, depth=depth, **options)


def certified_sweep(specification: Mapping[str, Any]) -> PhaseDiagram:
    """The diagram that a specification with mode "certified" asks for.

    Parameters
    ----------
    specification : mapping
        ``game`` (a game, or its table as in a file), ``quantity`` (the question), ``axes`` (two parameters with
        ``start`` and ``stop``), and perhaps ``depth`` and ``options``. ``mode`` is passed over.

    Raises
    ------
    InvalidParameter
        If a key is missing or not known, or what it says is outside its domain.

    Examples
    --------
    >>> made = certified_sweep({"mode": "certified", "quantity": "rest_points", "depth": 5,
    ...     "game": {"kind": "collective-risk", "group_size": 6, "threshold": 3, "risk": 1, "contribution": "1/10"},
    ...     "axes": {"contribution": {"start": 0, "stop": 1}, "risk": {"start": 0, "stop": 1}}})
    >>> made.curves[0].explicit
    'risk = 625*contribution/216'
    """
    known = {"mode", "game", "quantity", "axes", "depth", "options"}
    surplus = sorted(set(specification) - known)
    require(not surplus, "specification", surplus, "only " + ", ".join(sorted(known)))
    for key in ("game", "quantity", "axes"):
        require(key in specification, key, None, "to be given for a certified diagram")
    game = specification["game"]
    if isinstance(game, Mapping):
        from gametheory.files import game_from_dict

        game = game_from_dict(game)
    axes = {}
    for name, ends in dict(specification["axes"]).items():
        fits = isinstance(ends, Mapping) and set(ends) == {"start", "stop"}
        require(fits, f"axes.{name}", ends, "{ start, stop } (cells find their own points)")
        axes[name] = (ends["start"], ends["stop"])
    options = dict(specification.get("options", {}))
    return certified_diagram(game, axes, specification["quantity"], depth=specification.get("depth", 8), **options)


def load_phases(path: str | Path) -> PhaseDiagram:
    """Read a stored diagram: the checker judges it, and its game gives its polynomials again.

    Raises
    ------
    CertificateError
        If the checker refuses it, or its polynomials or meanings are not those of the game that it names.
    InvalidParameter
        If there is no such file, or it is no JSON.
    """
    from proofs.checking import read_phases

    document = read_phases(path)
    problem = phases_of(document, where=str(path))
    tree = document["cells"].split(" ")
    curves, complete = boundary_curves(problem, tree)
    return PhaseDiagram(
        problem=problem,
        phases=tuple(_phase(entry) for entry in document["phases"]),
        tokens=tuple(tree),
        curves=curves,
        curves_complete=complete,
        depth=max((level for level, _, _, _ in leaves(tree)), default=0),
    )


def _phase(entry: Mapping[str, Any]) -> Phase:
    signs, sequences = ({int(k): v for k, v in entry[key].items()} for key in ("signs", "sequences"))
    return Phase(name=entry["name"], meaning=entry["meaning"], signs=signs, sequences=sequences)


def phases_of(document: Mapping[str, Any], *, where: str = "phases") -> Problem:
    """Pose a stored diagram's question to the game that it names again, and compare polynomials and phases.

    `gametheory check` says that the cells' signs and sequences are true of the stored polynomials; this says that
    those are the game's.

    Raises
    ------
    CertificateError
        If the game gives other polynomials, or signs and sequences make a phase of another name or meaning.
    """
    from gametheory.files import game_from_dict

    try:
        x, y = (Axis(name=a["name"], low=a["low"], high=a["high"]) for a in document["axes"])
        game = game_from_dict(document["game"])
        problem = pose(game, axes=(x, y), question=document["question"], options=document["options"])
    except InvalidParameter as error:
        raise CertificateError(f"{where}: {error}") from None
    stated = problem.statement()
    different = [key for key in STATED if stated[key] != document[key]]
    if different:
        raise CertificateError(f"{where}: the game that it names gives another {', '.join(different)}")
    for entry in document["phases"]:
        phase = _phase(entry)
        marks = {"+": 1, "-": -1, "0": 0}
        signs = {k: marks[mark] for k, mark in phase.signs.items()}
        made = problem.phase(signs.get, phase.sequences.get)
        if made is None or (made.name, made.meaning) != (phase.name, phase.meaning):
            raise CertificateError(f"{where}: signs and sequences make no phase {phase.name!r} of that meaning")
    return problem
