"""Check a phase diagram: exact integers, the standard library, no search. docs/phase-diagrams.md says what one is.

Its claim: throughout each open cell with a phase, the polynomials that the phase lists have the signs that it
lists, and the gains that it lists have the signs that it lists between their roots in 0 < t < 1, all simple or of
odd order.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import comb, lcm
from typing import Any

from proofs.checker.check import digest
from proofs.checker.formulas import NAME, Tree, expect, read
from proofs.checker.limits import MAX_BITS, Rejected, demand, spend, start
from proofs.checker.rules import number_in

SCHEMA = "gametheory.phases/1"
STATED = ["game", "question", "options", "axes", "signs", "gains", "phases"]
KEYS = ["schema", *STATED, "cells", "proved", "undecided", "curves", "method", "digest"]
MAX_LEVEL, MAX_HALVINGS, MAX_DEGREE, MAX_GROUP = 16, 24, 24, 200  # of a quad-tree, of shares, in a parameter, of a gain
MAX_PHASES, MAX_SIGNS, MAX_WORK, MAX_AXIS_BITS = 500, 100, 40_000_000, 128
MARK, SEQUENCE = re.compile(r"[-+0]"), re.compile(r"-?(\+-)*\+?(?<=.)")  # of a phase; the latter: signs in turn
Polynomial = dict[tuple[int, int], Fraction]  # by the powers of the two parameters
Table = list[list[list[int]]]  # Bernstein coefficients by share, first and second parameter; a sign has one share


class Phases:
    """What was verified, with the areas as shares of the rectangle."""

    def __init__(self) -> None:
        self.cells = self.undecided_cells = 0
        self.proved = self.undecided = Fraction(0)
        self.work = 0

    def spend(self, steps: int) -> None:
        """Refuse once too much was done."""
        self.work += steps
        demand(self.work <= MAX_WORK, f"the diagram takes more than {MAX_WORK} steps")


def check_phases(document: Any) -> Phases:
    """What a stored phase diagram proves; raises `Rejected` if a cell is not what it says."""
    start()
    try:
        return _check(document)
    except RecursionError:
        raise Rejected("the diagram is too deep") from None


def _check(document: Any) -> Phases:
    demand(isinstance(document, dict) and list(document) == KEYS, f"the keys are not {', '.join(KEYS)}, in this order")
    demand(document["schema"] == SCHEMA, f"the schema is not {SCHEMA}")
    body = {name: entry for name, entry in document.items() if name != "digest"}
    demand(document["digest"] == digest(body), "the digest does not match: the file was changed")
    demand(isinstance(document["game"], dict) and isinstance(document["options"], dict), "game and options are objects")
    demand(
        all(isinstance(document[key], str) for key in ("question", "method", "cells")), "question and method are text"
    )
    _check_curves(document["curves"])
    axes = _axes(document["axes"])
    names = tuple(axes)
    signs = [_over(axes, [_polynomial(e["polynomial"], names)]) for e in _entries(document["signs"], "polynomial")]
    gains = []
    for entry in _entries(document["gains"], "values"):
        values = entry["values"]
        demand(isinstance(values, list) and 1 <= len(values) <= MAX_GROUP, "a gain has a list of values")
        gains.append(_over(axes, _without_ends([_polynomial(value, names) for value in values])))
    demand(len(signs) + len(gains) <= MAX_SIGNS, "too many polynomials")
    found = Phases()
    _walk(found, document["cells"].split(" "), _phases(document["phases"], signs, gains), signs, gains)
    for key, area in (("proved", found.proved), ("undecided", found.undecided)):
        demand(document[key] == str(area), f"the area {key} is not {area}")
    return found


def _check_curves(curves: Any) -> None:
    """Curves are for readers and not judged; they have to be text."""
    keys = ["equation", "explicit", "origin"]
    fits = isinstance(curves, list) and all(isinstance(c, dict) and list(c) == keys for c in curves)
    demand(fits and all(isinstance(c[key], str) for c in curves for key in keys), "a curve is not made of text")


def _axes(data: Any) -> dict[str, tuple[Fraction, Fraction]]:
    demand(isinstance(data, list) and len(data) == 2, "a diagram has two axes")
    found: dict[str, tuple[Fraction, Fraction]] = {}
    for axis in data:
        demand(isinstance(axis, dict) and list(axis) == ["name", "low", "high"], "an axis has a name, low and high")
        name = axis["name"]
        demand(isinstance(name, str) and NAME.fullmatch(name) and name != "t", "an axis has no name of the language")
        low, high = (number_in(axis[end]) for end in ("low", "high"))
        demand(low < high, "an axis is empty")
        bits = max(part.bit_length() for end in (low, high) for part in (end.numerator, end.denominator))
        demand(bits <= MAX_AXIS_BITS, "an end of an axis is too long a number")
        found[name] = (low, high)
    demand(len(found) == 2, "two axes have one name")
    return found


def _entries(data: Any, key: str) -> list[Any]:
    fits = isinstance(data, list) and all(isinstance(e, dict) and list(e) == ["name", key] for e in data)
    demand(fits and all(isinstance(e["name"], str) for e in data), f"an entry has a name and {key}")
    demand(len(data) <= MAX_SIGNS, "too many polynomials")
    return list(data)


def _polynomial(text: Any, names: tuple[str, ...]) -> Polynomial:
    found = _expanded(expect(read(text, {}), False), names)
    for c in found.values():
        demand(c.denominator == 1, "a coefficient is not an integer")
        demand(c.numerator.bit_length() <= MAX_BITS, "a number is too large")
    return found


def _expanded(tree: Tree, names: tuple[str, ...]) -> Polynomial:
    match tree:
        case ("num", value):
            return {(0, 0): value} if value else {}
        case ("var", name) if name in names:
            return {(1 - names.index(name), names.index(name)): Fraction(1)}
        case ("neg", a):
            return {powers: -c for powers, c in _expanded(a, names).items()}
        case ("+" | "-" as sign, a, b):
            total = dict(_expanded(a, names))
            spend(1 + len(total) // 8)
            for powers, c in _expanded(b, names).items():
                total[powers] = total.get(powers, Fraction(0)) + (c if sign == "+" else -c)
            return {powers: c for powers, c in total.items() if c}
        case ("*", a, b):
            return _product(_expanded(a, names), _expanded(b, names))
        case ("**", ("var", _) as a, ("num", value)) if value.denominator == 1 and 0 <= value <= MAX_DEGREE:
            ((powers, c),) = _expanded(a, names).items()
            return {(powers[0] * int(value), powers[1] * int(value)): c}
    raise Rejected("not a polynomial in the two parameters")


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    total: Polynomial = {}
    spend(1 + 4 * len(left) * len(right))
    for p, a in left.items():
        for q, b in right.items():
            powers = p[0] + q[0], p[1] + q[1]
            demand(max(powers) <= MAX_DEGREE, f"a degree in a parameter above {MAX_DEGREE}")
            total[powers] = total.get(powers, Fraction(0)) + a * b
    return {powers: c for powers, c in total.items() if c}


def _without_ends(values: list[Polynomial]) -> list[Polynomial]:
    """Bernstein coefficients of the gain divided by the powers of t and 1 - t that divide it."""
    degree = len(values) - 1
    first, last = 0, degree
    while first < last and not values[first]:
        first += 1
    while last > first and not values[last]:
        last -= 1
    found = []
    for k in range(first, last + 1):
        factor = Fraction(comb(degree, k), comb(last - first, k - first))
        found.append({powers: factor * c for powers, c in values[k].items()})
    return found


def _over(axes: dict[str, tuple[Fraction, Fraction]], values: list[Polynomial]) -> Table:
    """Bernstein coefficients over the rectangle, times one positive number."""
    degrees = [max((powers[k] for value in values for powers in value), default=0) for k in (0, 1)]
    changes = [_change(low, high, n) for (low, high), n in zip(axes.values(), degrees, strict=True)]
    bits = max(max(abs(n), d).bit_length() for ends in axes.values() for n, d in (e.as_integer_ratio() for e in ends))
    weight = 4 + bits * sum(degrees) // 64
    tables = []
    for value in values:
        table = [[Fraction(0)] * (degrees[1] + 1) for _ in range(degrees[0] + 1)]
        spend(weight * (1 + len(value)) * (degrees[0] + 1) * (degrees[1] + 1))
        for (i, j), c in value.items():
            for a, left in enumerate(changes[0][i]):
                for b, right in enumerate(changes[1][j]):
                    table[a][b] += c * left * right
        tables.append(table)
    scale = lcm(*(v.denominator for table in tables for row in table for v in row))
    return [[[int(v * scale) for v in row] for row in table] for table in tables]


@lru_cache(maxsize=8)
def _change(low: Fraction, high: Fraction, degree: int) -> list[list[Fraction]]:
    """For each power of z, Bernstein coefficients over low..high: z is low (1 - u) + high u, and 1 is (1 - u) + u."""
    found = []
    for power in range(degree + 1):
        line = [Fraction(1)]  # coefficients of u^k (1 - u)^(n - k)
        for step in range(degree):
            left, right = (low, high) if step < power else (Fraction(1), Fraction(1))
            longer = [Fraction(0)] * (len(line) + 1)
            for k, c in enumerate(line):
                longer[k] += c * left
                longer[k + 1] += c * right
            line = longer
        found.append([c / comb(degree, k) for k, c in enumerate(line)])
    return found


def _phases(data: Any, signs: list[Table], gains: list[Table]) -> list[Any]:
    """For each phase its signs and sequences by number."""
    demand(isinstance(data, list) and len(data) <= MAX_PHASES, f"more than {MAX_PHASES} phases")
    found = []
    for phase in data:
        keys = ["name", "meaning", "signs", "sequences"]
        demand(isinstance(phase, dict) and list(phase) == keys, f"a phase has the keys {', '.join(keys)}")
        demand(all(isinstance(phase[key], str) for key in keys[:2]), "name and meaning are text")
        wanted: list[dict[int, str]] = []
        for key, known, form in (("signs", signs, MARK), ("sequences", gains, SEQUENCE)):
            demand(isinstance(phase[key], dict), f"{key} are no object")
            numbers = {str(k): k for k in range(len(known))}
            listed = all(k in numbers and isinstance(v, str) and form.fullmatch(v) for k, v in phase[key].items())
            demand(listed, f"{key} of what is not there, or none")
            wanted.append({numbers[k]: v for k, v in phase[key].items()})
        found.append(wanted)
    return found


def _walk(found: Phases, tokens: list[str], phases: list[Any], signs: list[Table], gains: list[Table]) -> None:
    """Go through the cells in the order of the tree; what is proved on a cell is proved on its quarters."""
    stack: list[tuple[int, dict[int, str], dict[int, Table], dict[int, Table]]] = [
        (0, {}, dict(enumerate(signs)), dict(enumerate(gains)))
    ]
    for token in tokens:
        demand(stack, "more cells than the tree has")
        level, known, open_signs, tables = stack.pop()
        known, still = dict(known), {}
        for k, table in open_signs.items():
            mark = sign_on(table)
            if mark:
                known[k] = mark
            else:
                still[k] = table
        found.spend(1 + len(known) + sum(len(table[0]) * len(table[0][0]) for table in open_signs.values()))
        if token == "/":
            demand(level < MAX_LEVEL, f"cells deeper than {MAX_LEVEL}")
            parts = [{k: _quarters(t, found) for k, t in group.items()} for group in (still, tables)]
            for q in (3, 2, 1, 0):
                lower = [{k: entry[q] for k, entry in group.items()} for group in parts]
                stack.append((level + 1, known, lower[0], lower[1]))
        elif token == "?":
            found.undecided += Fraction(1, 4**level)
            found.undecided_cells += 1
        else:
            _cell(found, token, phases, known, tables)
            found.proved += Fraction(1, 4**level)
            found.cells += 1
    demand(not stack, "fewer cells than the tree has")
    demand(found.proved + found.undecided == 1, "the cells do not fill the rectangle")


def _cell(found: Phases, token: str, phases: list[Any], known: dict[int, str], tables: dict[int, Table]) -> None:
    number, *pieces = token.split(":")
    numbers = {str(k): k for k in range(len(phases))}
    demand(number in numbers, f"a cell is not '/', '?' or the number of a phase: {token[:40]!r}")
    signs, sequences = phases[numbers[number]]
    where = f"cell {found.cells + found.undecided_cells}"
    demand(all(known.get(k) == mark for k, mark in signs.items()), f"{where}: a sign is not proved")
    demand(len(pieces) == len(sequences), f"{where}: not one list of pieces for each sequence")
    for (k, sequence), text in zip(sequences.items(), pieces, strict=True):
        demand(_sequence(tables[k], text, found) == sequence, f"{where}: the pieces do not prove the sequence")


def sign_on(table: Table) -> str:
    """The sign on the open box if the coefficients prove one: "+", "-" or "0"; else ""."""
    numbers = [v for slab in table for row in slab for v in row]
    low, high = min(numbers), max(numbers)
    if low >= 0:
        return "+" if high > 0 else "0"
    return "-" if high <= 0 else ""


def _sequence(table: Table, text: str, found: Phases) -> str:
    """The signs of a gain between its roots, by pieces of 0 <= t <= 1; "" if they do not tell.

    A "+" ("-") piece has that sign throughout, ends included. The gain rises along a "u" piece and falls along a
    "d" one, and so does it along neighboring ones of the same kind: one root at most, and exactly one iff the
    signs at the ends differ.
    """
    signs = sign_on(table[:1])
    kind = ""
    stack = [(table, 0)]
    for letter in text:
        if not stack:
            return ""
        part, halved = stack.pop()
        if letter == "/":
            demand(halved < MAX_HALVINGS, "an interval of shares is halved too often")
            low, high = _halves(part, 0, found)
            stack += [(high, halved + 1), (low, halved + 1)]
            continue
        if kind and letter != kind:
            signs = _passed(signs, sign_on(part[:1]))
        if not _holds(part, letter) or not signs:
            return ""
        kind = letter if letter in "ud" else ""
        if not stack and kind:
            signs = _passed(signs, sign_on(part[-1:]))
    return "" if stack or "0" in signs else signs


def _passed(signs: str, end: str) -> str:
    """The signs after a run of rising or falling pieces that ends with this sign."""
    if end not in ("+", "-") or not signs:
        return ""
    return signs if end == signs[-1] else signs + end


def _holds(part: Table, letter: str) -> bool:
    if letter in "+-":
        ends = sign_on(part[:1]), sign_on(part[-1:])
        return sign_on(part) == letter and ends == (letter, letter)
    steps = [
        [[b - a for a, b in zip(low, high, strict=True)] for low, high in zip(one, other, strict=True)]
        for one, other in pairwise(part)
    ]
    return bool(steps) and letter in "ud" and sign_on(steps) == {"u": "+", "d": "-"}[letter]


def _quarters(table: Table, found: Phases) -> list[Table]:
    """Over low-low, high-low, low-high, high-high of the two parameters."""
    low, high = _halves(table, 1, found)
    (a, b), (c, d) = _halves(low, 2, found), _halves(high, 2, found)
    return [a, c, b, d]


def _halves(table: Table, direction: int, found: Phases) -> tuple[Table, Table]:
    """Coefficients over the two halves of a box in one direction, times one positive number."""
    size = len(table) * len(table[0]) * len(table[0][0])
    found.spend(size * (len(table), len(table[0]), len(table[0][0]))[direction])
    if direction == 0:
        low, high = _split(
            table, lambda one, other: [_sums(a, b) for a, b in zip(one, other, strict=True)], _twice_slab
        )
        return low, high
    if direction == 1:
        pairs = [_split(slab, _sums, _twice_row) for slab in table]
    else:
        rows = [[_split(row, lambda a, b: a + b, lambda a, n: a << n) for row in slab] for slab in table]
        pairs = [([low for low, _ in slab], [high for _, high in slab]) for slab in rows]
    return [low for low, _ in pairs], [high for _, high in pairs]


def _split(line: list[Any], add: Callable[[Any, Any], Any], shift: Callable[[Any, int], Any]) -> tuple[Any, Any]:
    """De Casteljau's scheme at one half, with sums for means: 2^n times the coefficients over the two halves."""
    degree = len(line) - 1
    low, high = [], []
    for step in range(degree + 1):
        low.append(shift(line[0], degree - step))
        high.append(shift(line[-1], degree - step))
        line = [add(a, b) for a, b in pairwise(line)]
    return low, high[::-1]


def _sums(left: list[int], right: list[int]) -> list[int]:
    return [a + b for a, b in zip(left, right, strict=True)]


def _twice_row(row: list[int], times: int) -> list[int]:
    return [v << times for v in row]


def _twice_slab(slab: list[list[int]], times: int) -> list[list[int]]:
    return [_twice_row(row, times) for row in slab]
