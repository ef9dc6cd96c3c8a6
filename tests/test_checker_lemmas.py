"""Every lemma is a theorem: wherever its terms are defined and its conditions hold, its facts are defined and true."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from math import comb, factorial
from pathlib import Path
from typing import Any

import pytest
from mpmath import mp, mpf

from proofs.checker.branches import needs
from proofs.checker.formulas import Tree, names, read
from proofs.checker.intervals import exponential
from proofs.checker.lemmas import LEMMAS, lemma
from proofs.checker.limits import Rejected, Undefined, start
from proofs.checker.points import at_numbers, rational

SORTS = {"x": "real", "y": "real", "k": "integer", "m": "integer", "n": "integer", "s": "integer"}
REALS = [Fraction(v) for v in ("-5", "-1", "-1/3", "0", "1/2", "1", "3/2", "3")]
GRID: dict[str, list[Fraction]] = {name: REALS for name in "xy"} | {
    name: [Fraction(v) for v in range(-2, 4)] for name in "kmns"
}
mp.dps = 60


class NoValueHere(Exception):
    pass


def number(tree: Tree, point: dict[str, Any]) -> Any:
    """The value of a term, a Fraction where it is rational by its form and a float of 60 digits elsewhere."""
    kind, parts = tree[0], tree[1:]
    if kind == "num":
        return parts[0]
    if kind == "var":
        return point[parts[0]]
    if kind == "Sum":
        low, high = int(number(parts[1], point)), int(number(parts[2], point))
        return sum((number(parts[3], {**point, parts[0][1]: Fraction(k)}) for k in range(low, high + 1)), Fraction(0))
    values = [number(part, point) for part in parts]
    a, b = values[0], values[-1]
    defined: dict[str, Callable[[], bool]] = {
        "/": lambda: b != 0,
        "**": lambda: parts[1][0] == "num" or b >= 0,
        "sqrt": lambda: a >= 0,
        "log": lambda: a > 0,
        "binomial": lambda: a >= 0,
    }
    if kind in defined and not defined[kind]():
        raise NoValueHere
    table: dict[str, Callable[[], Any]] = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "neg": lambda: -a,
        "abs": lambda: abs(a),
        "min": lambda: min(values),
        "max": lambda: max(values),
        "**": lambda: Fraction(1) if b == 0 else a ** int(b),
        "binomial": lambda: Fraction(comb(int(a), int(b)) if b >= 0 else 0),
        "sqrt": lambda: mp.sqrt(real(a)),
        "exp": lambda: mp.exp(real(a)),
        "log": lambda: mp.log(real(a)),
    }
    return table[kind]()


def real(a: Any) -> Any:
    return mpf(a.numerator) / a.denominator if isinstance(a, Fraction) else a


def holds(tree: Tree, point: dict[str, Any]) -> bool:
    kind, parts = tree[0], tree[1:]
    if kind in ("and", "or"):
        return (all if kind == "and" else any)(holds(part, point) for part in parts)
    a, b = number(parts[0], point), number(parts[1], point)
    if not (isinstance(a, Fraction) and isinstance(b, Fraction)):
        a, b = real(a), real(b)
        a = b if abs(a - b) < mpf(10) ** -45 * (1 + abs(a)) else a
    return bool({"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[kind])


# terms that make the conditions hold now and then, exactly at their ends too
TERMS: dict[str, list[list[str]]] = {
    "min": [["min(x, y)"], ["min(x, y, 1)"]],
    "max": [["max(x, y)"], ["max(x, 2*y, 1)"]],
    "abs": [["x"], ["x - y"]],
    "sqrt": [["x"], ["x - y"]],
    "exp-taylor": [["x", str(n)] for n in (1, 3, 5, 7, 39)],
    "exp-interval": [["x", "-1", "1/2", "9/25", "33/20"], ["x*y", "0", "3", "1", "201/10"]],
    "log-interval": [["x", "1/3", "3", "-11/10", "11/10"], ["x", "1", "1", "0", "0"]],
    "same": [["abs(x)", "abs(y)"], ["x**n", "y**m"], ["binomial(n, k)", "binomial(m, n)"], ["max(x, y)", "max(y, x)"]],
    "sum-empty": [["Sum(k*x, k, m, n)"]],
    "sum-last": [["Sum(k*x + y, k, m, n)"], ["Sum(Sum(k*s, s, 0, k), k, m, n)"], ["Sum(1/(k - 9), k, m, n)"]],
    "sum-first": [["Sum(k*x + y, k, m, n)"], ["Sum(Sum(k*s, s, 0, k), k, m, n)"], ["Sum(x**(k + 2), k, m, n)"]],
    "sum-linear": [["Sum(k*x + y*k**2, k, m, n)", "Sum(k*x, k, m, n)", "Sum(s**2, s, m, n)", "y"]],
    "sum-shift": [["Sum(k*x + k**2, k, m, n)", "s"], ["Sum(binomial(k + 9, s), k, m, n)", "s + 1"]],
    "power-zero": [["x", "n"], ["x", "n - m"]],
}


def grid(free: set[str]) -> Iterator[dict[str, Fraction]]:
    listed = sorted(free)
    for values in product(*(GRID[name] for name in listed)):
        yield dict(zip(listed, values, strict=True))


def default(name: str) -> list[list[str]]:
    letters = LEMMAS[name][0]
    return [list(letters)]


NUMERIC = [name for name in LEMMAS if name not in ("count-roots", "root")]


@pytest.mark.parametrize("name", NUMERIC)
def test_the_facts_of_a_lemma_hold_wherever_its_conditions_do(name: str) -> None:
    held = 0
    for texts in TERMS.get(name, default(name)):
        start()
        terms = [read(text, {}) for text in texts]
        conditions, facts, _ = lemma(name, terms, SORTS)
        assert facts
        for point in grid(set().union(*map(names, terms))):
            try:
                for tree in terms:
                    number(tree, point)
                if not all(holds(condition, point) for condition in conditions):
                    continue
            except NoValueHere:
                continue
            held += 1
            for fact in facts:
                assert holds(fact, point), (name, texts, point, fact)
    assert held >= (1 if name in ("exp-zero", "log-interval") else 3)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("count_roots(t**2 - 2, t, 0, 2)", 1),
        ("count_roots(t**2 - 2, t, -2, 2)", 2),
        ("count_roots(t**2, t, -1, 1)", 1),
        ("count_roots(t**2, t, 0, 1)", 0),
        ("count_roots((t - 1)**3*(t + 1)**2, t, -1, 1)", 0),
        ("count_roots((t - 1)**3*(t + 1)**2*t, t, -2, 1)", 2),
        ("count_roots(5, t, 0, 1)", 0),
        ("count_roots(t/3 - 1/6, t, 0, 1)", 1),
        ("count_roots(t*(t - 1)*(t - 2)*(t - 3), t, 1/2, 7/2)", 3),
        ("count_roots(t**9 - t + 1/10, t, -2, 2)", 3),
    ],
)
def test_roots_are_counted_once_each_and_strictly_inside(text: str, count: int) -> None:
    start()
    conditions, facts, _ = lemma("count-roots", [read(text, {})], {})

    assert not conditions
    assert [fact[2] for fact in facts] == [("num", Fraction(count))]


def test_a_root_lies_where_the_sign_changes() -> None:
    start()
    tree = read("count_roots(t**3 - y, t, x, n)", {})
    conditions, facts, sorts = lemma("root", [tree], {**SORTS, "t_1": "integer"})

    assert conditions == [read("(x**3 - y)*(n**3 - y) <= 0", {})]
    assert facts == [read(text, {}) for text in ("t_2 >= x", "t_2 <= n", "t_2**3 - y == 0")]
    assert sorts["t_2"] == "real"
    assert list(sorts)[-1] == "t_2"


WRONG: dict[str, list[list[str]]] = {
    "power-step": [["x", "x"], ["x", "1/2"], ["x"], ["x", "n", "n"]],
    "power-sum": [["x", "y", "n"], ["x", "n", "y"]],
    "binomial-pascal": [["x", "k"], ["n", "x"], ["n/2", "k"]],
    "max": [["min(x, y)"], ["x"]],
    "min": [["max(x, y)"]],
    "exp-taylor": [["x", "2"], ["x", "41"], ["x", "-1"], ["x", "n"], ["x", "1.5"], ["x", "3 - 0"]],
    "exp-interval": [
        ["x", "0", "1", "1", "2.71828"],
        ["x", "0", "1", "1.0000000001", "3"],
        ["x", "1", "0", "0", "3"],
        ["x", "y", "1", "1", "3"],
        ["x", "0", "10**9", "1", "3"],
        ["x", "1/0", "1", "1", "3"],
    ],
    "log-interval": [
        ["x", "0", "1", "-1", "1"],
        ["x", "-1", "1", "-1", "1"],
        ["x", "1", "2", "0", "0.693"],
        ["x", "1", "2", "0.0000001", "1"],
        ["x", "2", "1", "0", "1"],
    ],
    "same": [["abs(x)", "sqrt(x)"], ["max(x, y)", "max(x, y, 0)"], ["x + 1", "y + 1"], ["x", "y"],
        ["Sum(k, k, 0, n)", "Sum(k, k, 0, m)"]],
    "sum-last": [["x"], ["count_roots(t, t, 0, 1)"]],
    "sum-linear": [
        ["Sum(k, k, 0, n)", "Sum(k, k, 0, m)", "Sum(k, k, 0, n)", "0"],
        ["Sum(k, k, 0, n)", "Sum(k, k, 1, n)", "Sum(k, k, 0, n)", "0"],
        ["Sum(k, k, 0, n)", "Sum(k, k, 0, n)", "Sum(k, k, 0, n)", "1"],
        ["Sum(k*k, k, 0, n)", "Sum(0, k, 0, n)", "Sum(k, k, 0, n)", "k"],
        ["Sum(k*x/x, k, 0, n)", "Sum(0, k, 0, n)", "Sum(k, k, 0, n)", "2"],
    ],
    "sum-shift": [["Sum(k, k, 0, n)", "x"], ["Sum(k, k, 0, n)", "k"]],
    "count-roots": [["count_roots(t - x, t, 0, 1)"], ["count_roots(t, t, 0, n)"],
        ["count_roots(sqrt(t), t, 0, 1)"], ["x"]],
    "root": [["count_roots(sqrt(t), t, 0, 1)"], ["Sum(k, k, 0, n)"]],
    "nothing": [[]],
    "exp-zero": [["x"]],
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_lemma_about_other_terms_is_refused(name: str) -> None:
    for texts in WRONG[name]:
        start()
        terms = [read(text, {}) for text in texts]
        with pytest.raises((Rejected, Undefined)):
            lemma(name, [tree for tree in terms if list(needs(tree, [], [], SORTS)) is not None], SORTS)


@pytest.mark.parametrize("name", [None, 1, [], {}, "", "ABS", "sum", "power-step "])
def test_a_lemma_that_there_is_not_is_refused(name: Any) -> None:
    start()
    with pytest.raises(Rejected, match="a lemma that there is not"):
        lemma(name, [], {})


def test_a_lemmas_bound_name_captures_nothing() -> None:
    start()
    terms = [read("j", {}), read("1 + j1", {}), read("n", {})]
    _, ((_, total, _),), _ = lemma("binomial-theorem", terms, {**SORTS, "j": "real", "j1": "real"})

    assert total[1] not in (("bind", "j", "integer"), ("bind", "j1", "integer"))
    point = {"j": Fraction(2), "j1": Fraction(1, 3), "n": Fraction(3)}
    assert rational(at_numbers(point).value(total)) == (2 + 1 + Fraction(1, 3)) ** 3


def test_taylors_polynomial_is_taylors() -> None:
    start()
    _, ((relation, _, series),), _ = lemma("exp-taylor", [read("x", {}), read("5", {})], SORTS)

    assert relation == ">="
    for x in REALS:
        assert rational(at_numbers({"x": x}).value(series)) == sum(x**i / Fraction(factorial(i)) for i in range(6))


def test_the_page_on_certificates_lists_the_lemmas_as_they_are() -> None:
    page = (Path(__file__).parent.parent / "docs" / "certificate.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    listed = {row[0]: row[1:] for row in rows if row[0] in LEMMAS}

    assert set(listed) == set(LEMMAS)
    for name, (letters, conditions, facts) in LEMMAS.items():
        terms, before, after = listed[name]
        if (
            name not in ("same", "exp-interval", "log-interval")
            and letters[:1] not in ("S", "R")
            and "P" not in "".join(facts)
        ):
            assert terms == " ".join(letters), name
            assert before == ", ".join(f"`{text}`" for text in conditions), name
            assert after == ", ".join(f"`{text}`" for text in facts), name


@pytest.mark.parametrize("text", ["0", "1", "-1", "1/3", "-7/2", "20", "999", "-1000", "1/1000000007", "1001"])
def test_bounds_of_exp_are_bounds_and_close(text: str) -> None:
    start()
    x = Fraction(text)
    if abs(x) > 1000:
        with pytest.raises(Rejected):
            exponential(x, up=True)
        return
    low, high = real(exponential(x, up=False)), real(exponential(x, up=True))
    mp.dps = 80
    exact = mp.exp(mpf(x.numerator) / x.denominator)
    mp.dps = 60

    assert low <= exact <= high
    assert high - low <= exact * mpf(2) ** -120
