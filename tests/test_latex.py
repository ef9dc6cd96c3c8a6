"""Formulas as they are drawn mean what was written; numbers keep what is exact; every answer has its LaTeX."""

import re
from collections.abc import Iterator
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st

mpl.use("Agg")

from matplotlib.mathtext import MathTextParser

from dynamics import rest_points
from gametheory import (
    CollectiveRiskGame,
    PublicGoodsGame,
    bimatrix_equilibria,
    conditions,
    game_from_payoffs,
    normal_form_game,
    pure_profiles,
    symmetric_equilibria,
)
from gametheory.algebra.roots import AlgebraicNumber, roots_inside
from gametheory.files import KINDS
from gametheory.latex import formula_latex, name_latex, number_latex, point_latex, upright
from gametheory.layout import Digits, Fenced, Layout, Mark, Name, Power, Quotient, Row, Words, layout
from gametheory.mathml import formula_mathml
from proofs import Claim, builtin_claims, verify

PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
VALUES = {"x": Fraction(3, 7), "fine": Fraction(-5, 3), "beta": Fraction(2), "u_C": Fraction(-1, 4)}


# --- a reader of layouts: takes them as they look, by the conventions of mathematics, not by how they are nested ---


def flat(drawn: Layout) -> Iterator[Layout]:
    if isinstance(drawn, Row):
        for item in drawn.items:
            yield from flat(item)
    else:
        yield drawn


class Reader:
    """A recursive descent over what stands in a line."""

    def __init__(self, drawn: Layout) -> None:
        self.items = list(flat(drawn))

    def peek(self) -> str:
        return self.items[0].kind if self.items and isinstance(self.items[0], Mark) else ""

    def everything(self) -> Any:
        value = self.implication()
        assert not self.items
        return value

    def implication(self) -> Any:
        left = self.connected("or", lambda: self.connected("and", self.negation))
        if self.peek() in ("implies", "iff"):
            word = self.items.pop(0).kind  # type: ignore[union-attr]
            right = self.connected("or", lambda: self.connected("and", self.negation))
            assert self.peek() not in ("implies", "iff"), "two arrows in a line can be read in two ways"
            return (not left or right) if word == "implies" else left == right
        return left

    def connected(self, word: str, inner: Any) -> Any:
        value = inner()
        while self.peek() == word:
            self.items.pop(0)
            other = inner()
            value = (value and other) if word == "and" else (value or other)
        return value

    def negation(self) -> Any:
        if self.peek() == "not":
            self.items.pop(0)
            return not self.negation()
        return self.comparison()

    def comparison(self) -> Any:
        left, held, some = self.sum(), True, False
        tests = {"eq": "__eq__", "ne": "__ne__", "lt": "__lt__", "le": "__le__", "gt": "__gt__", "ge": "__ge__"}
        while self.peek() in tests:
            test = tests[self.items.pop(0).kind]  # type: ignore[union-attr]
            right = self.sum()
            held, some, left = held and getattr(left, test)(right), True, right
        return held if some else left

    def sum(self) -> Any:
        value = self.signed()
        while self.peek() in ("plus", "minus"):
            sign = -1 if self.items.pop(0).kind == "minus" else 1  # type: ignore[union-attr]
            assert self.peek() != "negative", "two signs in a row"
            value = value + sign * self.product()
        return value

    def signed(self) -> Any:
        if self.peek() == "negative":
            self.items.pop(0)
            assert self.peek() != "negative", "two signs in a row"
            return -self.product()
        return self.product()

    def product(self) -> Any:
        value = self.factor()
        while self.peek() in ("times", "apply"):
            juxtaposed = self.items.pop(0).kind == "apply"  # type: ignore[union-attr]
            assert not (juxtaposed and isinstance(self.items[0], Digits | Quotient)), "2 3 reads as 23"
            value = value * self.factor()
        return value

    def factor(self) -> Any:
        match self.items.pop(0):
            case Digits(text=text):
                return Fraction(text)
            case Name(letters=letters, below=below):
                return VALUES[letters + (f"_{below}" if below else "")]
            case Fenced(body=body, brackets="()"):
                return Reader(body).everything()
            case Quotient(above=above, below=below, ruled=True):
                return Reader(above).everything() / Reader(below).everything()
            case Power(base=base, exponent=exponent):
                assert isinstance(base, Name | Digits | Fenced)
                return Reader(base).everything() ** int(Reader(exponent).everything())
        raise AssertionError


numbers = st.sampled_from(["0", "1", "2", "0.3", "17"]).map(lambda text: (text, Fraction(text)))
names = st.sampled_from(sorted(VALUES)).map(lambda name: (name, VALUES[name]))


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    @st.composite
    def one(draw: st.DrawFn) -> tuple[str, Fraction]:
        operator = draw(st.sampled_from(["+", "-", "*", "/", "neg", "**"]))
        left, first = draw(inner)
        if operator == "neg":
            return f"-({left})", -first
        if operator == "**":
            exponent = draw(st.integers(0, 3))
            assume(abs(first) < 10**6)
            return f"({left})**{exponent}", first**exponent
        right, second = draw(inner)
        assume(operator != "/" or second != 0)
        value = {"+": first + second, "-": first - second, "*": first * second}.get(operator)
        return f"({left}){operator}({right})", first / second if value is None else value

    return one()


terms = st.recursive(numbers | names, combined, max_leaves=8)


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[str, bool]:
    (left, first), (right, second) = draw(terms), draw(terms)
    sign = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
    value = {
        "<": first < second,
        "<=": first <= second,
        ">": first > second,
        ">=": first >= second,
        "==": first == second,
        "!=": first != second,
    }[sign]
    return f"{left} {sign} {right}", value


def connected(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    @st.composite
    def one(draw: st.DrawFn) -> tuple[str, bool]:
        word = draw(st.sampled_from(["and", "or", "not", "implies", "iff"]))
        left, first = draw(inner)
        if word == "not":
            return f"not ({left})", not first
        right, second = draw(inner)
        if word in ("and", "or"):
            return f"({left}) {word} ({right})", (first and second) if word == "and" else (first or second)
        return f"{word}({left}, {right})", (not first or second) if word == "implies" else first == second

    return one()


formulas = st.recursive(comparisons(), connected, max_leaves=5)


@given(terms)
def test_a_term_reads_as_it_was_written(pair: tuple[str, Fraction]) -> None:
    text, value = pair

    assert Reader(layout(text)).everything() == value


@given(formulas)
def test_a_formula_reads_as_it_was_written(pair: tuple[str, bool]) -> None:
    text, value = pair

    assert Reader(layout(text)).everything() == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x - -x*2", VALUES["x"] * 3),
        ("2 - 3 - 4", -5),
        ("2*3/4*5", Fraction(15, 2)),
        ("-2**2", -4),
        ("x - (-x)", Fraction(6, 7)),
    ],
)
def test_python_s_own_precedence_is_kept(text: str, value: Fraction) -> None:
    assert Reader(layout(text)).everything() == value


@given(formulas)
def test_latex_is_balanced_and_typeset_by_matplotlib(pair: tuple[str, bool]) -> None:
    latex = formula_latex(pair[0])

    balanced(latex)
    MathTextParser("path").parse(f"${latex}$")


def balanced(latex: str) -> None:
    depth = 0
    for found in re.finditer(r"\\.|[{}]", latex):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        assert depth >= 0, latex
    assert depth == 0, latex
    assert len(re.findall(r"\\left\b", latex)) == len(re.findall(r"\\right\b", latex)), latex
    assert latex.count(r"\begin{array}") == latex.count(r"\end{array}"), latex


class Nesting(HTMLParser):
    """Holds that every element is closed in its turn, and collects which there are."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""
        self.numbers: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        if tag != "mspace":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open and self.open[-1] == "mn":
            self.numbers.append(data)


MATHML = set(["math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msup", "msub", "msqrt", "munderover"])


@given(formulas)
def test_mathml_is_well_formed_and_has_the_numbers_of_the_formula(pair: tuple[str, bool]) -> None:
    reader = Nesting()
    reader.feed(formula_mathml(pair[0]))

    assert reader.open == []
    assert reader.seen <= MATHML
    assert sorted(reader.numbers) == sorted(re.findall(r"\d+\.?\d*", pair[0]))


def test_everything_of_the_language_is_drawn() -> None:
    text = (
        "forall(y, implies(sqrt(y) <= abs(x), exists(k, not (exp(k) == log(x)) or min(x, y) != max(x, y)))) and "
        "Sum(binomial(n, k)*x**k, k, 0, n) == (1 + x)**n and count_roots(x**2 - 2, x, 0, 2) == 1"
    )
    reader = Nesting()
    reader.feed(formula_mathml(text))

    assert reader.seen <= MATHML
    assert {"munderover", "msqrt", "msup"} <= reader.seen
    for sign in "∀∃∑⇒≤≠#∈":
        assert sign in reader.text
    MathTextParser("path").parse(f"${formula_latex(text)}$")


def test_every_formula_of_the_catalogue_s_first_claims_is_drawn_as_one() -> None:
    for known in builtin_claims():
        texts = [*known.definitions.values(), *known.assumptions, known.conclusion]
        for text in texts:
            assert not isinstance(layout(text), Words), text
            balanced(formula_latex(text))


HOSTILE = [
    "<script>alert(1)</script>",
    "x' onload='y",
    "]]></math>",
    "__import__('os')",
    "x.y",
    "x[0]",
    "f(x)",
    "a if b else c",
    "x" * 30_000,
    "(" * 5000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_formula_is_harmless_text(text: str) -> None:
    assert isinstance(layout(text), Words)
    page = formula_mathml(text)
    reader = Nesting()
    reader.feed(page)
    assert reader.seen == {"code"}
    assert reader.text == text
    balanced(formula_latex(text))


@given(st.text(max_size=30))
def test_upright_text_is_never_latex(text: str) -> None:
    latex = upright(text)

    balanced(latex)
    assert not re.search(r"(?<!\\)[$&#%_^~]", latex[len(r"\mathrm{") : -1].replace(r"\hat{\;}", ""))


# --- numbers ---


@given(st.fractions())
def test_rationals_are_written_exactly(value: Fraction) -> None:
    latex = number_latex(value)

    found = re.fullmatch(r"(-?)(?:(\d+)|\\frac\{(\d+)\}\{(\d+)\})", latex)
    assert found is not None
    sign, whole, above, below = found.groups()
    size = Fraction(int(whole)) if whole else Fraction(int(above), int(below))
    assert (-size if sign else size) == value


def test_long_rationals_are_cut_and_say_so() -> None:
    latex = number_latex(Fraction(7**400, 3))

    assert len(latex) < 80
    assert r"\ldots" in latex
    assert str(7**400).startswith(latex.split("{")[1].split(r"\ldots")[0])


@given(st.lists(st.integers(-9, 9), min_size=3, max_size=5))
def test_decimals_of_algebraic_numbers_are_those_of_the_number(coefficients: list[int]) -> None:
    assume(coefficients[-1] != 0 and any(coefficients[:-1]))
    for root in roots_inside(tuple(map(Fraction, coefficients))):
        latex = number_latex(root)
        balanced(latex)
        if isinstance(root, AlgebraicNumber):
            digits = Fraction(latex.split(r"\ldots")[0])
            narrow = root.refined(Fraction(1, 10**20))
            assert digits <= narrow.low
            assert narrow.high <= digits + Fraction(1, 10**10)


def test_negative_algebraic_numbers_keep_their_sign() -> None:
    root = AlgebraicNumber((-2, 0, 1), Fraction(-2), Fraction(-1))

    assert number_latex(root).startswith(r"-1.4142135623\ldots")
    near_zero = AlgebraicNumber((-2, 0, 10**40), Fraction(-1), Fraction(0))
    assert number_latex(near_zero).startswith((r"\left[-", "-"))


@pytest.mark.parametrize(
    ("value", "latex"),
    [
        (0.5, "0.5"),
        (-2.5e-9, r"-2.5\cdot 10^{-9}"),
        (1e20, "10^{20}"),
        (float("inf"), r"\infty "),
        (np.float64(0.25), "0.25"),
        (sp.Symbol("r") / 2, r"\frac{r}{2}"),
        (None, r"\mathrm{-}"),
    ],
)
def test_other_numbers(value: Any, latex: str) -> None:
    assert number_latex(value) == latex


def test_names_are_letters_subscripts_or_words() -> None:
    assert name_latex("x1") == "x_{1}"
    assert name_latex("beta_max") == r"\beta_{\mathrm{max}}"
    assert name_latex("a b") == r"\mathrm{a\ b}"
    assert point_latex((1, 0), "CD").endswith(r"=\left(1,\, 0\right)")


# --- answers ---


def claim(conclusion: str, *assumptions: str) -> Claim:
    given: dict[str, Any] = {"id": "c", "statement": "-", "source": "-", "variables": {"x": "real"}}
    return Claim(**given, assumptions=assumptions, conclusion=conclusion)


def results() -> Iterator[tuple[str, Any]]:
    yield "equilibria", symmetric_equilibria(PUBLISHED)
    yield "component", symmetric_equilibria(PUBLISHED).components[1]
    yield "rest points", rest_points(PUBLISHED)
    risk = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution="1/10")
    yield "algebraic", symmetric_equilibria(risk)
    N, r = sp.symbols("N r", positive=True)
    symbols = PublicGoodsGame(group_size=N, multiplication_factor=r, fine=1)
    arrays = PublicGoodsGame(group_size=5, multiplication_factor=np.linspace(2, 3, 4), fine=1)
    for game in (PUBLISHED, symbols, arrays):
        yield "game", game
        yield from ((f"condition {c.name}", c) for c in conditions(game))
    yield "profile", pure_profiles(PUBLISHED)[0]
    yield "table", game_from_payoffs([[-1, 2], ["0.5", 1]], ["hawk", "dove"])
    yield "cases", risk
    stag = normal_form_game([[4, 0], [3, 3]], [[4, 3], [0, 3]], strategies=[["stag", "hare"]] * 2)
    yield "normal form", stag
    yield "three players", normal_form_game(*np.zeros((3, 2, 2, 2)))
    yield "bimatrix", bimatrix_equilibria(stag)
    yield "continuum", bimatrix_equilibria(normal_form_game([[1, 1], [1, 1]], [[1, 0], [1, 0]]))
    yield "claim", claim("x**2 > x", "x > 1")
    yield "verdict", verify(claim("x**2 > x", "x > 1"))
    yield "refuted", verify(claim("x > 0"))


def test_every_answer_has_balanced_latex() -> None:
    for name, result in results():
        latex = result._repr_latex_()

        assert latex[0] == latex[-1] == "$", name
        assert "$" not in latex[1:-1].replace(r"\$", ""), name
        balanced(latex)
        assert "Fraction(" not in latex, name


def test_equilibria_are_sets_with_exact_numbers() -> None:
    latex = symmetric_equilibria(PUBLISHED)._repr_latex_()

    assert r"\left(C,\, D,\, P\right)=\left(0,\, 1,\, 0\right)" in latex
    assert r"P>\frac{1}{10}" in latex
    assert "complete" in latex


def test_a_game_shows_its_payoffs_and_they_are_its_own() -> None:
    latex = PUBLISHED._repr_latex_()
    counts = sp.symbols("n_C n_D n_P")

    for name in "CDP":
        assert f"u_{{{name}}}={sp.latex(sp.expand(PUBLISHED.payoff(name, counts)))}" in latex


def test_every_kind_of_game_that_files_hold_shows_itself() -> None:
    assert all("_repr_latex_" in vars(kind) for kind in KINDS.values())


def test_a_condition_is_typeset_by_matplotlib() -> None:
    for condition in conditions(PUBLISHED):
        MathTextParser("path").parse(condition._repr_latex_().replace(r"\displaystyle ", ""))


def test_equilibria_of_two_players_are_products_of_hulls() -> None:
    stag = bimatrix_equilibria(normal_form_game([[4, 0], [3, 3]], [[4, 3], [0, 3]]))._repr_latex_()
    assert r"\left(\frac{3}{4},\, \frac{1}{4}\right)\times \left(\frac{3}{4},\, \frac{1}{4}\right)" in stag
    line = bimatrix_equilibria(normal_form_game([[1, 1], [1, 1]], [[1, 0], [1, 0]]))._repr_latex_()
    assert r"\mathrm{conv}\left\{" in line
    assert r"\times \left(1,\, 0\right)" in line


def test_a_refuted_claim_says_where() -> None:
    verdict: Any = verify(claim("x > 1"))

    latex = verdict._repr_latex_()

    assert r"\mathrm{refuted}" in latex
    assert f"x={number_latex(verdict.counterexample['x'])}" in latex
