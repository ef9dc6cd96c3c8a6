"""Proofs about numbers: bounds of exp at rational numbers, and how many roots a polynomial has between two of them."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import factorial, gcd, lcm

from proofs.cases import Unsupported
from proofs.coq.terms import Polynomial

Coefficients = list[Fraction]  # of 1, x, x**2, ...
Emit = Callable[[str], None]
MAX_HALVINGS = 60


def number(value: Fraction) -> str:
    """A rational number in Coq."""
    return f"(({value.numerator}) / {value.denominator})"


def exp_at_least(t: Fraction, bound: Fraction, emit: Emit) -> None:
    """Close the goal bound <= exp t, both as `number` writes them.

    A Taylor polynomial of odd order is below exp, and squaring doubles the exponent; numbers are rounded downward.
    """
    if bound <= 0:
        emit("apply Rlt_le, (Rle_lt_trans _ 0); [ lra | apply exp_pos ].")
        return
    for order, bits in ((7, 64), (15, 96), (25, 160), (39, 320)):
        halvings = 0
        while abs(t) > Fraction(1, 4) * 2**halvings:
            halvings += 1
        below = [_down(_series(order, t / 2**halvings), bits)]
        for _ in range(halvings):
            below.append(_down(below[-1] ** 2, bits))
        below[-1] = bound if below[-1] >= bound else below[-1]
        if below[-1] == bound or (not halvings and _series(order, t) >= bound):
            break
    else:
        raise Unsupported(f"no proof that exp({t}) is at least {float(bound)}")
    below[-1] = bound
    p, q = t.numerator, t.denominator
    for i in range(halvings):
        s, r = below[-2 - i], below[-1 - i]
        emit(
            f"apply (exp_double ({p}) {q * 2**i} {s.numerator} {s.denominator} {r.numerator} {r.denominator} eq_refl)."
        )
    s = below[0]
    emit(f"exact (exp_start {order} ({p}) {q * 2**halvings} {s.numerator} {s.denominator} eq_refl).")


def _series(order: int, t: Fraction) -> Fraction:
    return sum((t**k / factorial(k) for k in range(order + 1)), Fraction(0))


def _down(value: Fraction, bits: int) -> Fraction:
    """A number with about so many bits, at most the value."""
    excess = max(0, bits - value.numerator.bit_length() + value.denominator.bit_length())
    return Fraction(value.numerator * 2**excess // value.denominator, 2**excess)


def coefficients(p: Polynomial, name: str) -> Coefficients:
    """The coefficients of a polynomial in one name."""
    found: dict[int, Fraction] = {}
    for monomial, coefficient in p.items():
        powers = dict(monomial)
        if powers.keys() - {name}:
            raise Unsupported("count_roots of a polynomial with other names")
        found[powers.get(name, 0)] = coefficient
    return [found.get(i, Fraction(0)) for i in range(max(found, default=-1) + 1)]


def value(p: Coefficients, x: Fraction) -> Fraction:
    """The polynomial's value."""
    total = Fraction(0)
    for coefficient in reversed(p):
        total = total * x + coefficient
    return total


def text(p: Coefficients, variable: str) -> str:
    """The polynomial in Coq, by Horner's scheme; integer coefficients."""
    total = f"({p[-1]})"
    for coefficient in reversed(p[:-1]):
        total = f"(({coefficient}) + {variable} * {total})"
    return total


def _trimmed(p: Coefficients) -> Coefficients:
    while p and not p[-1]:
        p = p[:-1]
    return p


def divided(a: Coefficients, b: Coefficients) -> tuple[Coefficients, Coefficients]:
    """Quotient and remainder."""
    rest, found = list(a), [Fraction(0)] * max(0, len(a) - len(b) + 1)
    for i in range(len(a) - len(b), -1, -1):
        found[i] = rest[i + len(b) - 1] / b[-1]
        for j, coefficient in enumerate(b):
            rest[i + j] -= found[i] * coefficient
    return found, _trimmed(rest)


def times(a: Coefficients, b: Coefficients) -> Coefficients:
    """The product."""
    total = [Fraction(0)] * max(0, len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            total[i + j] += x * y
    return total


def raised(p: Coefficients, n: int) -> Coefficients:
    """The power."""
    total = [Fraction(1)]
    for _ in range(n):
        total = times(total, p)
    return total


def whole(p: Coefficients) -> Coefficients:
    """The multiple with integer coefficients that have no common divisor."""
    m = lcm(1, *(c.denominator for c in p))
    common = gcd(*(int(c * m) for c in p)) or 1
    return [c * m / common for c in p]


def without_multiplicities(p: Coefficients) -> tuple[Coefficients, int]:
    """The polynomial with the same roots, each once, and a power of it that p divides."""
    a, b = p, _trimmed([i * c for i, c in enumerate(p)][1:])
    while b:
        a, b = b, divided(a, b)[1]
    simple = whole(divided(p, a)[0])
    power, most = simple, 1
    while divided(power, p)[1]:
        power, most = times(power, simple), most + 1
    return simple, most


def seen_from(p: Coefficients, a: Fraction, b: Fraction) -> tuple[Fraction, list[int]]:
    """K and integers c with K * p((a + b*u)/(1 + u)) * (1 + u)**n = the polynomial of u with coefficients c."""
    n = len(p) - 1
    total = [Fraction(0)] * (n + 1)
    for i, coefficient in enumerate(p):
        term = [coefficient]
        for _ in range(i):
            term = times(term, [a, b])
        for _ in range(n - i):
            term = times(term, [Fraction(1), Fraction(1)])
        total = [x + y for x, y in zip(total, term, strict=True)]
    m = lcm(1, *(c.denominator for c in total))
    return Fraction(m), [int(c * m) for c in total]


class Roots:
    """A proof of `exactly f a b k` for a polynomial without multiple roots.

    Parameters
    ----------
    p : list of Fraction
        Integer coefficients.
    emit : callable
    """

    def __init__(self, p: Coefficients, emit: Emit) -> None:
        self.p, self.emit = p, emit
        self.function = f"(fun x : R => {text(p, 'x')})"

    def count(self, a: Fraction, b: Fraction) -> int:
        """How many roots there are strictly between a and b."""
        _, c = seen_from(self.p, a, b)
        changes = _changes(c)
        if changes < 2:
            return changes
        middle = (a + b) / 2
        return self.count(a, middle) + (value(self.p, middle) == 0) + self.count(middle, b)

    def prove(self, a: Fraction, b: Fraction) -> None:
        """Close the goal exactly f a b k."""
        k, c = seen_from(self.p, a, b)
        n, changes = len(self.p) - 1, _changes(c)
        if changes > 1:
            self._join(a, b)
            return
        falling = next((x for x in c if x), 1) > 0 if changes else all(x <= 0 for x in c)
        if falling:
            k, c = -k, [-x for x in c]
        ends = f"{self.function} {number(a)} {number(b)} {number(k)} {n}"
        if not changes:
            self.emit(f"apply (exactly_none {ends} ({_integers(c)}) eq_refl eq_refl).")
            self.emit("intros u P. unfold horner. cbv beta. field. lra.")
            return
        first = next(i for i, x in enumerate(c) if x > 0)
        below, above = [-x for x in c[:first]], c[first:]
        p, q = self._around(a, b)
        self.emit(f"apply (exactly_one {ends} ({_integers(below)}) ({_integers(above)}) {number(p)} {number(q)});")
        self.emit("  [ reflexivity | reflexivity | reflexivity | | cont | lra | lra | lra | ].")
        self.emit("{ intros u P. unfold descartes, horner. simpl length. simpl pow. cbv beta. field. lra. }")
        self._value(p)
        self._value(q)
        self.emit("lra.")

    def _value(self, x: Fraction) -> None:
        """Replace f x by its value in the goal."""
        self.emit(f"replace ({self.function} {number(x)}) with {number(value(self.p, x))} by (cbv beta; field).")

    def _around(self, a: Fraction, b: Fraction) -> tuple[Fraction, Fraction]:
        """Points of [a, b] at which the polynomial has opposite signs."""
        for k in range(2, MAX_HALVINGS):
            step = (b - a) / 2**k
            p = a if value(self.p, a) else a + step
            q = b if value(self.p, b) else b - step
            if value(self.p, p) * value(self.p, q) < 0:
                return p, q
        raise Unsupported("a root too near to a bound")

    def _join(self, a: Fraction, b: Fraction) -> None:
        middle = (a + b) / 2
        here = value(self.p, middle) == 0
        left, right = self.count(a, middle), self.count(middle, b)
        ends = f"{number(a)} {number(middle)} {number(b)}"
        self.emit(f"refine (exactly_join {self.function} {ends} {left} {right} {int(here)} _ _ _ _ _).")
        self.emit("{ lra. }")
        self.emit("{ lra. }")
        for start, end in ((a, middle), (middle, b)):
            self.emit("{")
            self.prove(start, end)
            self.emit("}")
        self.emit("left. split; [ cbv beta; field | reflexivity ]." if here else "right. split; [ | reflexivity ].")
        if not here:
            self._value(middle)
            self.emit("lra.")


def _changes(c: list[int]) -> int:
    signs = [x > 0 for x in c if x]
    return sum(s != t for s, t in pairwise(signs))


def _integers(c: list[int]) -> str:
    return "".join(f"({x})%Z :: " for x in c) + "nil"
