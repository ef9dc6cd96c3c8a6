r"""Numbers of the field that one real algebraic number t generates: polynomials in t, signed exactly.

With :math:`p` irreducible over the rationals and t its root in an interval, every number of :math:`\mathbb{Q}(t)` is
one polynomial in t of smaller degree; it is 0 iff that polynomial is, and its inverse comes from the extended Euclidean
algorithm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from gametheory.algebra.roots import AlgebraicNumber, evaluate, sign_at, trimmed
from proofs.enclosures import Unclear

Coefficients = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Surd:
    """An irrational number as a polynomial in an algebraic number.

    Attributes
    ----------
    coefficients : tuple of Fraction
        Constant first, of degree 1 at least and below that of the root's polynomial.
    root : AlgebraicNumber
        t; its polynomial is irreducible.

    Examples
    --------
    >>> t = Surd((Fraction(0), Fraction(1)), AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2)))
    >>> t * t, str(1 / (t - 1))
    (Fraction(2, 1), '1 + t, t**2 = 2 in (1, 2)')
    """

    coefficients: Coefficients
    root: AlgebraicNumber

    def __add__(self, other: "Surd | Fraction | int") -> "Surd | Fraction":
        return self._with(other, _sum)

    __radd__ = __add__

    def __neg__(self) -> "Surd | Fraction":
        return self._made(tuple(-c for c in self.coefficients))

    def __sub__(self, other: "Surd | Fraction | int") -> "Surd | Fraction":
        return self._with(other, lambda a, b: _sum(a, tuple(-c for c in b)))

    def __rsub__(self, other: Fraction | int) -> "Surd | Fraction":
        return -self + other

    def __mul__(self, other: "Surd | Fraction | int") -> "Surd | Fraction":
        return self._with(other, _product)

    __rmul__ = __mul__

    def __truediv__(self, other: "Surd | Fraction | int") -> "Surd | Fraction":
        return self * (other.inverse() if isinstance(other, Surd) else 1 / Fraction(other))

    def __rtruediv__(self, other: Fraction | int) -> "Surd | Fraction":
        return self.inverse() * other

    def __pow__(self, n: int) -> "Surd | Fraction":
        base: Surd | Fraction = self if n >= 0 else self.inverse()
        result: Surd | Fraction = Fraction(1)
        for bit in bin(abs(n))[2:]:
            result = result * result * (base if bit == "1" else 1)
        return result

    def __str__(self) -> str:
        return f"{self.text}, {equation_text(self.root)} in ({self.root.low}, {self.root.high})"

    def __float__(self) -> float:
        return float(evaluate(self.coefficients, self._near(Fraction(1, 2**60))))

    @property
    def text(self) -> str:
        """The polynomial in `t`, in the claims language."""
        return polynomial_text(self.coefficients)

    def text_in(self, name: str) -> str:
        """The polynomial in another name than `t`."""
        return polynomial_text(self.coefficients, name)

    def sign(self) -> int:
        """1 or -1."""
        return sign_at(self.coefficients, self.root)

    def inverse(self) -> "Surd | Fraction":
        """1 / the number."""
        old, new = tuple(Fraction(c) for c in self.root.coefficients), self.coefficients
        before: Coefficients = ()
        after: Coefficients = (Fraction(1),)
        while len(new) > 1:
            quotient, rest = _divided(old, new)
            old, new = new, rest
            before, after = after, _sum(before, tuple(-c for c in _product(quotient, after)))
        return self._made(tuple(c / new[0] for c in after))

    def enclosure(self, width: Fraction) -> tuple[Fraction, Fraction]:
        """Rationals below and above the number, about `width` apart."""
        narrow = width
        while True:
            root = self.root.refined(narrow)
            low, high = Fraction(0), Fraction(0)
            for c in reversed(self.coefficients):
                ends = [a * b for a in (low, high) for b in (root.low, root.high)]
                low, high = min(ends) + c, max(ends) + c
            if high - low <= width:
                return low, high
            narrow /= 16

    def _near(self, width: Fraction) -> Fraction:
        narrow = self.root.refined(width)
        return (narrow.low + narrow.high) / 2

    def _with(
        self, other: "Surd | Fraction | int", combine: Callable[[Coefficients, Coefficients], Coefficients]
    ) -> "Surd | Fraction":
        if isinstance(other, Surd):
            if other.root != self.root:
                raise Unclear("numbers of two different fields")
            return self._made(combine(self.coefficients, other.coefficients))
        return self._made(combine(self.coefficients, trimmed((Fraction(other),))))

    def _made(self, coefficients: Coefficients) -> "Surd | Fraction":
        return in_field(coefficients, self.root)


def in_field(coefficients: Coefficients, root: AlgebraicNumber) -> Surd | Fraction:
    """A polynomial in the root as a number: a `Fraction` where it is rational."""
    _, rest = _divided(trimmed(coefficients), tuple(Fraction(c) for c in root.coefficients))
    return Surd(rest, root) if len(rest) > 1 else (rest[0] if rest else Fraction(0))


def polynomial_text(coefficients: Coefficients, name: str = "t") -> str:
    """A polynomial in one name, lowest power first."""
    parts: list[str] = []
    for power, c in enumerate(coefficients):
        if c:
            symbol = {0: "", 1: name}.get(power, f"{name}**{power}")
            size = "" if symbol and abs(c) == 1 else str(abs(c))
            sign = ("-" if c < 0 else "") if not parts else (" - " if c < 0 else " + ")
            parts.append(sign + "*".join(part for part in (size, symbol) if part))
    return "".join(parts) or "0"


def root_text(root: AlgebraicNumber, name: str) -> str:
    """The polynomial of a root, in some name."""
    return polynomial_text(tuple(Fraction(c) for c in root.coefficients), name)


def equation_text(root: AlgebraicNumber) -> str:
    """The equation that the root solves, constants on the right."""
    whole = tuple(Fraction(c) for c in root.coefficients)
    return f"{polynomial_text((Fraction(0), *whole[1:]))} = {-whole[0]}"


def _sum(a: Coefficients, b: Coefficients) -> Coefficients:
    size = max(len(a), len(b))
    zero = Fraction(0)
    return trimmed([(a[i] if i < len(a) else zero) + (b[i] if i < len(b) else zero) for i in range(size)])


def _product(a: Coefficients, b: Coefficients) -> Coefficients:
    total = [Fraction(0)] * (len(a) + len(b))
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            total[i + j] += x * y
    return trimmed(total)


def _divided(a: Coefficients, b: Coefficients) -> tuple[Coefficients, Coefficients]:
    """Quotient and remainder of polynomials."""
    rest = list(a)
    quotient = [Fraction(0)] * max(0, len(a) - len(b) + 1)
    for k in range(len(quotient) - 1, -1, -1):
        quotient[k] = rest[k + len(b) - 1] / b[-1]
        for i, c in enumerate(b):
            rest[k + i] -= quotient[k] * c
    return trimmed(quotient), trimmed(rest)
