"""What a phase diagram asks: polynomials in two parameters, and which phase their signs and roots make.

A *sign polynomial* has one sign in each phase. A *gain* is a polynomial in the share `t` of a strategy too, given by
its Bernstein coefficients in `t`: the payoff difference of two strategies for each number of co-players that play
the first. What counts of it is its *sequence*: its signs between its roots in 0 < t < 1, such as "-+-" for two
simple roots.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb, gcd, lcm
from typing import Any, Final, Protocol

from gametheory.errors import InvalidParameter, require
from gametheory.exact import Number, as_number, is_exact

Terms = tuple[tuple[tuple[int, int], int], ...]  # ((power of x, power of y), coefficient), none of them 0
SHARE: Final = "t"
MARKS: Final = {1: "+", -1: "-", 0: "0"}


class Unknown(Exception):
    """A sign or a sequence on which the phase hangs is not known in this cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A parameter and the range that a diagram covers.

    Parameters
    ----------
    name : str
        A parameter of the game, or an option of `gametheory.conditions`.
    low, high : exact number
        ``low < high``; int, Fraction or text such as '3/10'.

    Raises
    ------
    InvalidParameter
        If the ends are floats (what is proved has exact ends), or not in order.

    Examples
    --------
    >>> Axis(name="fine", low=0, high='1/2').width
    Fraction(1, 2)
    """

    name: str
    low: Number
    high: Number

    def __post_init__(self) -> None:
        for end in ("low", "high"):
            value = as_number(getattr(self, end), name=self.name)
            require(is_exact(value), self.name, value, "exact ends, such as 1 or '3/10' (a float proves nothing)")
            object.__setattr__(self, end, Fraction(value))
        require(self.low < self.high, self.name, (str(self.low), str(self.high)), "a low end below its high end")

    @property
    def width(self) -> Fraction:
        """Length of the range."""
        return Fraction(self.high - self.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPolynomial:
    """A polynomial with coprime integer coefficients; its sign is what matters.

    Attributes
    ----------
    name : str
        What it is the sign of.
    terms : tuple of ((int, int), int)
        Powers of the two parameters, and coefficient.
    """

    name: str
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What the first strategy earns more than the second, by Bernstein coefficients in its share `t`.

    Attributes
    ----------
    name : str
    values : tuple of Terms
        For 0, 1, ..., N - 1 co-players that play the first strategy; one common positive factor left out.
    """

    name: str
    values: tuple[Terms, ...]

    @property
    def reduced(self) -> tuple[Terms, ...]:
        """Bernstein coefficients without the powers of `t` and `1 - t` that divide the gain everywhere."""
        size = len(self.values)
        first = next((k for k in range(size) if self.values[k]), size)
        last = next((k for k in range(size, 0, -1) if self.values[k - 1]), first)
        degree, inner = size - 1, last - first - 1
        weights = [Fraction(comb(degree, k), comb(inner, k - first)) for k in range(first, last)]
        scale = lcm(*(w.denominator for w in weights))
        return tuple(
            tuple((powers, int(w * scale) * c) for powers, c in self.values[k])
            for k, w in zip(range(first, last), weights, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase, and the signs and sequences that make it, of those by number that it hangs on.

    Attributes
    ----------
    name : str
        Short; two phases of a diagram are the same iff their names are.
    meaning : str
        What holds in it.
    signs : mapping of int to "+", "-" or "0"
        By number of sign polynomial; "0": the zero polynomial.
    sequences : mapping of int to str
        By number of gain.
    """

    name: str
    meaning: str
    signs: Mapping[int, str]
    sequences: Mapping[int, str]


class Reader(Protocol):
    """What a question reads of a cell or a point."""

    def sign(self, index: int) -> int:
        """1, -1 or 0; raises `Unknown`."""
        ...

    def peek(self, index: int) -> int | None:
        """The sign, if it is known; the phase does not hang on it for that."""
        ...

    def sequence(self, index: int) -> str:
        """Signs of a gain between its roots; raises `Unknown`."""
        ...


class Recorder:
    """A reader that remembers what it was asked, since that is what the phase hangs on."""

    def __init__(self, sign: Callable[[int], int | None], sequence: Callable[[int], str | None]) -> None:
        self._sign, self._sequence = sign, sequence
        self.signs: dict[int, str] = {}
        self.sequences: dict[int, str] = {}

    def peek(self, index: int) -> int | None:
        """The sign, not remembered."""
        return self._sign(index)

    def sign(self, index: int) -> int:
        """The sign, remembered."""
        found = self._sign(index)
        if found is None:
            raise Unknown
        self.signs[index] = MARKS[found]
        return found

    def sequence(self, index: int) -> str:
        """The sequence, remembered."""
        found = self._sequence(index)
        if found is None:
            raise Unknown
        self.sequences[index] = found
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A question about a game over a rectangle of two parameters, as polynomials.

    Attributes
    ----------
    game : dict
        The game at the middle of the rectangle, as in its file.
    question : str
        "conditions", "equilibria" or "rest_points".
    options : dict of str to str
        Those of `gametheory.conditions` that were given.
    axes : tuple of two Axis
    signs : tuple of SignPolynomial
    gains : tuple of Gain
    describe : callable
        Takes a `Reader`, gives the name and the meaning of the phase, or raises `Unknown`.
    varying : tuple of str
        Conditions that hang on the two parameters.
    """

    game: dict[str, Any]
    question: str
    options: dict[str, str]
    axes: tuple[Axis, Axis]
    signs: tuple[SignPolynomial, ...]
    gains: tuple[Gain, ...]
    describe: Callable[[Reader], tuple[str, str]] = field(compare=False, repr=False)
    varying: tuple[str, ...] = ()

    def phase(self, sign: Callable[[int], int | None], sequence: Callable[[int], str | None]) -> Phase | None:
        """The phase that these signs and sequences make; None if one that it hangs on is not known."""
        reader = Recorder(sign, sequence)
        try:
            name, meaning = self.describe(reader)
        except Unknown:
            return None
        return Phase(
            name=name, meaning=meaning, signs=dict(sorted(reader.signs.items())), sequences=dict(reader.sequences)
        )

    def statement(self) -> dict[str, Any]:
        """The part of a stored diagram that says what it is about."""
        names = [axis.name for axis in self.axes]
        return {
            "game": self.game,
            "question": self.question,
            "options": self.options,
            "axes": [{"name": a.name, "low": str(a.low), "high": str(a.high)} for a in self.axes],
            "signs": [{"name": s.name, "polynomial": text_of(s.terms, names)} for s in self.signs],
            "gains": [{"name": g.name, "values": [text_of(v, names) for v in g.values]} for g in self.gains],
        }


def integer_terms(expressions: Sequence[Any], symbols: Sequence[Any]) -> list[Terms]:
    """Sympy expressions times one positive factor, as polynomials with integer coefficients that have no common
    divisor.

    Where there is a common denominator in the symbols, the factor is its square: positive wherever the expressions
    have values.

    Raises
    ------
    InvalidParameter
        If an expression is not rational in the symbols with rational coefficients.

    Examples
    --------
    >>> import sympy as sp
    >>> x, y = sp.symbols("x y")
    >>> integer_terms([4*x*y - sp.Rational(2, 5)], [x, y])
    [(((0, 0), -1), ((1, 1), 10))]
    """
    import sympy as sp

    fractions = [sp.fraction(sp.together(sp.S(e))) for e in expressions]
    below = sp.lcm_list([d for _, d in fractions]) if fractions else sp.S.One
    square = below * below if set(symbols) & below.free_symbols else abs(below)
    found = []
    for numerator, denominator in fractions:
        try:
            poly = sp.Poly(sp.cancel(square * numerator / denominator), *symbols, domain="QQ")
        except (sp.PolynomialError, sp.CoercionFailed, ValueError):
            shown = f"{numerator}/{denominator}"[:80]
            raise InvalidParameter("game", shown, "payoffs that are rational in the two parameters") from None
        found.append({powers: Fraction(int(c.p), int(c.q)) for powers, c in poly.terms() if c != 0})
    scale = lcm(*(c.denominator for terms in found for c in terms.values()))
    divisor = gcd(*(int(c * scale) for terms in found for c in terms.values())) or 1
    return [tuple((tuple(powers), int(c * scale) // divisor) for powers, c in sorted(t.items())) for t in found]


def text_of(terms: Terms, names: Sequence[str]) -> str:
    """A polynomial in the claims language.

    Examples
    --------
    >>> text_of((((0, 0), -1), ((1, 2), 10)), ["x", "y"])
    '10*x*y**2 - 1'
    """
    text = ""
    for powers, value in reversed(terms):
        factors = [n if k == 1 else f"{n}**{k}" for n, k in zip(names, powers, strict=True) if k]
        size = abs(value)
        body = "*".join([*([str(size)] if size > 1 or not factors else []), *factors])
        text += (f" {'-' if value < 0 else '+'} " if text else "-" if value < 0 else "") + body
    return text or "0"


def value_at(terms: Terms, x: Any, y: Any) -> Any:
    """A polynomial at a point, or at arrays of points."""
    total: Any = 0
    for (i, j), c in terms:
        total = total + c * x**i * y**j
    return total
