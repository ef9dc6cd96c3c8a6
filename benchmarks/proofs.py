"""Polynomial inequalities and systems: certificates found and checked, against z3's answer without one."""

import json
import random
import re
from collections.abc import Iterator
from itertools import combinations_with_replacement
from time import perf_counter
from typing import Any, Final

import z3
from sympy import Matrix, discriminant, expand, symbols

from proofs import Claim, verify
from proofs.checker.check import check
from proofs.facts import Algebra

BUDGET: Final = 20.0  # seconds
PEERS_BUDGET: Final = 10.0
MOTZKIN: Final = "x**4*y**2 + x**2*y**4 - 3*x**2*y**2 + 1"
MIXED: Final = "(x**4*y**2 + x**2*y**4 + x**4*z**2 + x**2*z**4 + y**4*z**2 + y**2*z**4)"
ROBINSON: Final = f"x**6 + y**6 + z**6 - {MIXED} + 3*x**2*y**2*z**2"
CHOI_LAM: Final = "x**4*y**2 + y**4*z**2 + z**4*x**2 - 3*x**2*y**2*z**2"
SQUARE: Final = ("0 <= x", "x <= 1", "0 <= y", "y <= 1")
CUBE: Final = (*SQUARE, "0 <= z", "z <= 1")
OCTANT: Final = ("x >= 0", "y >= 0", "z >= 0")


def rows() -> list[dict[str, Any]]:
    """One row for each of `cases`."""
    return [_row(claim) for claim in cases()]


def cases() -> Iterator[Claim]:
    """The claims."""
    yield from _touching()
    yield from _near_misses()
    yield from _means()
    yield from _schur()
    yield from _discriminants()
    yield from _random_ones()
    yield from _systems()
    yield from _on_domains()


def _claim(key: str, names: str, conclusion: str, *assumptions: str, expected: str = "proved") -> Claim:
    sorts = dict.fromkeys(names.split(), "real")
    return Claim(
        id=key,
        statement=key,
        source="-",
        variables=sorts,
        assumptions=assumptions,
        conclusion=conclusion,
        expected=expected,
    )


def _touching() -> Iterator[Claim]:
    """Not negative, zero somewhere, and no sum of squares."""
    yield _claim("motzkin", "x y", f"{MOTZKIN} >= 0")
    yield _claim("motzkin-form", "x y z", "x**4*y**2 + x**2*y**4 - 3*x**2*y**2*z**2 + z**6 >= 0")
    yield _claim("motzkin-above", "x y", f"{MOTZKIN} + 1/1000 > 0")
    yield _claim("choi-lam-quartic", "x y z", "1 + x**2*y**2 + y**2*z**2 + z**2*x**2 - 4*x*y*z >= 0")
    yield _claim("choi-lam-sextic", "x y z", f"{CHOI_LAM} >= 0")
    yield _claim("robinson", "x y z", f"{ROBINSON} >= 0")
    yield _claim("zeros-at-roots", "x y", "(x**2 - 2)**2 + (y**2 - 3)**2*(x*y - 1)**2 >= 0")


def _near_misses() -> Iterator[Claim]:
    """A millionth below zero."""
    yield _claim("motzkin-below", "x y", f"{MOTZKIN} >= 1/1000000", expected="refuted")
    yield _claim("robinson-below", "x y z", f"{ROBINSON} + z**4 >= 1/1000000", expected="refuted")
    roots = "(x**2 - 2)**2 + (y**2 - 3)**2 + (x*y - z)**2"
    yield _claim("roots-below", "x y z", f"{roots} >= 1/1000000", expected="refuted")
    yield _claim("roots-at", "x y z", f"{roots} >= 0")


def _means() -> Iterator[Claim]:
    """Arithmetic and geometric means."""
    for names, power in (("a b c", 6), ("a b c d", 4), ("a b c d", 8), ("a b c d e f", 6)):
        letters = names.split()
        n = len(letters)
        root = "*".join(f"{v}**{power // n}" for v in letters)
        total = " + ".join(f"{v}**{power}" for v in letters)
        yield _claim(f"means-{n}-{power}", names, f"{total} >= {n}*{root}")
    for n in (3, 4, 5, 6):
        letters = list("abcdef"[:n])
        positive = [f"{v} >= 0" for v in letters]
        conclusion = f"({' + '.join(letters)})**{n} >= {n**n}*{'*'.join(letters)}"
        yield _claim(f"means-positive-{n}", " ".join(letters), conclusion, *positive)


def _schur() -> Iterator[Claim]:
    for t in (1, 2, 3):
        terms = "x**{0}*(x - y)*(x - z) + y**{0}*(y - x)*(y - z) + z**{0}*(z - x)*(z - y)"
        yield _claim(f"schur-{t}", "x y z", f"{terms.format(t)} >= 0", *OCTANT)
    sums = "x/(y + z) + y/(z + x) + z/(x + y) >= 3/2"
    yield _claim("nesbitt", "x y z", sums, "x > 0", "y > 0", "z > 0")


def _discriminants() -> Iterator[Claim]:
    a, b, c, d, e, f, t = symbols("a b c d e f t")
    form = Matrix([[a, d, e], [d, b, f], [e, f, c]]).charpoly(t).as_expr()
    yield _claim("discriminant-symmetric", "a b c d e f", f"{expand(discriminant(form, t))} >= 0")
    cauchy = "(a**2 + b**2 + c**2)*(d**2 + e**2 + f**2) >= (a*d + b*e + c*f)**2"
    yield _claim("cauchy", "a b c d e f", cauchy)
    cubic = discriminant((t - a) * (t - b) * (t - c), t)
    yield _claim("discriminant-of-roots", "a b c", f"{expand(cubic)} >= 0")
    yield _claim("discriminant-quadratic", "a b c x", "b**2 - 4*a*c >= 0", "a*x**2 + b*x + c == 0")


def _random_ones() -> Iterator[Claim]:
    """Sums of random squares, and a little."""
    for variables, degree, number in ((2, 8, 4), (3, 6, 6), (4, 4, 8), (4, 6, 8), (5, 4, 6), (6, 4, 10), (3, 8, 8)):
        rng = random.Random(variables * degree)
        names = list("uvwxyz"[:variables])
        monomials = [
            "*".join(chosen) or "1"
            for size in range(degree // 2 + 1)
            for chosen in combinations_with_replacement(names, size)
        ]
        squares = []
        for _ in range(number):
            chosen = rng.sample(monomials, min(6, len(monomials)))
            squares.append("(" + " + ".join(f"({rng.randint(-3, 3)})*{m}" for m in chosen) + ")**2")
        polynomial = expand(" + ".join(squares))
        yield _claim(f"random-{variables}-{degree}", " ".join(names), f"{polynomial} + 1/100 > 0")


def _systems() -> Iterator[Claim]:
    """Facts that contradict each other."""
    yield _claim("disk-hyperbola", "x y", "x*y < 1", "x**2 + y**2 <= 1")
    yield _claim("sphere-pairs", "x y z", "x*y + y*z + z*x < 2", "x**2 + y**2 + z**2 == 1")
    yield _claim("parabolas", "x y", "x < y**2 - 3", "y + x**2 + 2 == 0")
    yield _claim("sphere-maximum", "x y z", "27*x**2*y**2*z**2 <= 1", "x**2 + y**2 + z**2 == 1")
    yield _claim("ball-cap", "x y z", "x**2*y**2 <= 49/1024", "x**2 + y**2 + z**2 <= 1", "z >= 3/4")
    yield _claim("three-circles", "x y", "x**2 + (y - 2)**2 > 1", "(x - 1)**2 + y**2 <= 1", "(x + 1)**2 + y**2 <= 1")
    yield _claim("trigonometric", "s c", "s*c <= 1/2", "s**2 + c**2 == 1")
    yield _claim("cubic-curve", "x y", "x**2 + y**2 > 1/4", "x**3 + y**3 + x*y == 1")


def _on_domains() -> Iterator[Claim]:
    """Narrow minima on boxes, simplices and half-lines."""
    yield _claim("box-narrow", "x y", "(x - 1/3)**2 + (y - 2/7)**2 + (x*y - 1/5)**4 > 0", *SQUARE)
    yield _claim("box-millionth", "x", "(x - 1/3)**2*(x + 1)**2 + 1/1000000 > 0", "0 <= x", "x <= 1")
    yield _claim("box-motzkin", "x y", f"{MOTZKIN} + 1/100 > 0", "-2 <= x", "x <= 2", "-2 <= y", "y <= 2")
    yield _claim("cube-narrow", "x y z", "(x*y - z/3)**2 + (y*z - x/5 - 1/7)**2 + 1/2000 > 0", *CUBE)
    yield _claim("cube-corner", "x y z", "x + y*z >= x*y*z", *CUBE)
    simplex = ("x >= 0", "y >= 0", "z >= 0", "x + y + z <= 1")
    yield _claim("simplex-product", "x y z", "27*x*y*z <= 1", *simplex)
    yield _claim("simplex-above", "x y z", "27*x*y*z < 1 + 1/100", *simplex)
    yield _claim("half-line", "x", "x**5 - 4*x**4 + 3*x**3 + 2*x**2 - x + 5 > 0", "x >= 0")


def _row(claim: Claim) -> dict[str, Any]:
    start = perf_counter()
    verdict = verify(claim, budget=BUDGET)
    ours = perf_counter() - start
    answer, theirs = _z3(claim)
    found = f"{verdict.word} by {verdict.method}"
    if verdict.certificate is not None:
        start = perf_counter()
        check(verdict.certificate)
        seconds = perf_counter() - start
        found += f", checked in {seconds:.2g} s, {len(json.dumps(verdict.certificate))} bytes"
    elif verdict.word == "proved":
        found += ", no certificate"
    decided = verdict.word if verdict.word in ("proved", "refuted") else None
    return {
        "name": f"proofs/{claim.id}",
        "peer": "z3 without a certificate",
        "version": z3.get_version_string(),
        "ours_s": ours,
        "peer_s": theirs,
        "ratio": None if theirs is None else theirs / ours,
        "same_answer": None if decided is None or answer is None else decided == answer,
        "note": f"{len(claim.variables)} variables, degree {_degree(claim)}: {found}"
        + ("" if decided else f" within {BUDGET:g} s"),
    }


def _degree(claim: Claim) -> int:
    """The largest degree of a fact to refute."""
    items = (*((tree, True) for tree in claim.assumed), (claim.concluded, False))
    algebra = Algebra(list(claim.variables))
    return max(int(sum(m)) for branch in algebra.branches(items) for fact in branch for m in fact.polynomial)


def _z3(claim: Claim) -> tuple[str | None, float | None]:
    """What z3 says of the claim, and in how many seconds; None where it does not within the budget."""
    names = {name: z3.Real(name) for name in claim.variables}
    solver = z3.Solver()
    solver.set("timeout", int(1000 * PEERS_BUDGET))
    for text in claim.assumptions:
        solver.add(_read(text, names))
    solver.add(z3.Not(_read(claim.conclusion, names)))
    start = perf_counter()
    answer = {"unsat": "proved", "sat": "refuted"}.get(str(solver.check()))
    return answer, (perf_counter() - start if answer else None)


def _read(text: str, names: dict[str, Any]) -> Any:
    """One comparison for z3, its numbers exact; only this module's own texts come here."""
    return eval(re.sub(r"(?<!\*\*)\b(\d+)\b", r"number(\1)", text), {"number": z3.RealVal}, names)
