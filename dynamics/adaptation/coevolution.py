r"""Contributors who punish, and an intensity of punishment that follows their share: folds, Hopf points, cycles.

With x the share of contributors, who are also the punishers, and w in [0, 1] the weight of their punishment,

.. math::

    \dot x = x (1 - x)\, (K x w - \Lambda) + \mu (\tfrac12 - x), \qquad
    \dot w = \rho\, (a (1 - x) - w),

where :math:`K x w - \Lambda` is what contributing gains among :math:`(N - 1) x` punishers of weight w: punishment is
raised where defections are seen, in proportion `a` (the `response`), and forgotten at the rate :math:`\rho`.
Rest points are the roots in [0, 1] of

.. math:: q(x) = x (1 - x) (a K x (1 - x) - \Lambda) + \mu (\tfrac12 - x), \qquad w = a (1 - x).

There the Jacobian has trace :math:`A - \rho` and determinant :math:`-\rho\, q'(x)`, with
:math:`A = (1 - 2x)(K x w - \Lambda) + x (1 - x) K w - \mu`: a rest point with :math:`q' > 0` is a saddle, one with
:math:`q' < 0` is stable iff :math:`\rho > A`, and loses stability by a Hopf bifurcation at the rate
:math:`\rho_H = A` if that is positive: punishment that follows too slowly makes cooperation oscillate. Whether
cycles are born (supercritical) or die (subcritical) there says the first Lyapunov coefficient. Without mutation the
two interior rest points exist iff :math:`4 \Lambda < a K`, and meet in a fold at equality.

This coevolution is ours, built from the description of 'Adaptive punishment in social dilemmas' (Ke et al. 2025), whose
equations were not readable; no agreement with it is claimed. Formula of the coefficient: Kuznetsov (2004), Elements of
Applied Bifurcation Theory, 3rd edition, equation (5.62).
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gametheory.algebra.roots import AlgebraicNumber, roots_inside, sign_at
from gametheory.errors import require
from gametheory.exact import Number, as_number, in_order, is_exact
from gametheory.public_goods import PublicGoodsGame
from gametheory.thresholds import deterrence_margin

Array = NDArray[np.float64]
Root = Fraction | AlgebraicNumber


class Numbers(NamedTuple):
    """K, Lambda, rho, a and mu of the module header."""

    strength: Number
    loss: Number
    relaxation_rate: Number
    response: Number
    mutation_rate: Number


def velocity(numbers: Numbers, share: Number, weight: Number) -> tuple[Number, Number]:
    """The right-hand side of the module header; floats, fractions and symbols pass."""
    growth = share * (1 - share) * (numbers.strength * share * weight - numbers.loss)
    drift = numbers.mutation_rate * (1 - 2 * share) / 2
    return growth + drift, numbers.relaxation_rate * (numbers.response * (1 - share) - weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoevolutionPoint:
    """A rest point, exactly.

    Attributes
    ----------
    share : Fraction or AlgebraicNumber
        Of contributors; the weight of punishment is `response` (1 - share).
    kind : str
        "saddle", "stable focus or node", "unstable focus or node", "fold" (a double root) or "center or weak focus".
    hopf_rate : float or None
        The relaxation rate below which the point is unstable; None for a saddle, or where it is stable at every rate.
    lyapunov : float or None
        First Lyapunov coefficient at that rate: cycles are born below it where negative (supercritical); where
        positive an unstable cycle surrounds the point above it (subcritical).
    """

    share: Root
    kind: str
    hopf_rate: float | None
    lyapunov: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coevolution:
    """Contributors and the weight of their punishment.

    Parameters
    ----------
    game : PublicGoodsGame
        Of exact numbers, N - 1 of whose members punish with its punishment probability; its severity is replaced by w.
    relaxation_rate : number
        How fast w follows, > 0, exact.
    response : number
        a in (0, 1], exact: the weight that punishment tends to where all defect.
    mutation_rate : number
        >= 0, exact: contributors and defectors turn into each other at half this rate.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain or a float.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> slow = Coevolution(game=game, relaxation_rate="1/50")
    >>> [(round(float(p.share), 4), p.kind) for p in slow.rest_points()]
    [(0.0, 'stable focus or node'), (0.1127, 'saddle'), (0.8873, 'unstable focus or node'), (1.0, 'saddle')]
    """

    game: PublicGoodsGame
    relaxation_rate: Number
    response: Number = 1
    mutation_rate: Number = 0

    def __post_init__(self) -> None:
        require(isinstance(self.game, PublicGoodsGame), "game", self.game, "a PublicGoodsGame")
        require(self.game.is_exact, "game", self.game, "a game of exact numbers")
        for name, low, top in (("relaxation_rate", True, None), ("response", True, 1), ("mutation_rate", False, None)):
            value = as_number(getattr(self, name), name=name)
            fits = is_exact(value) and in_order(0, value) and (value > 0 or not low) and (top is None or value <= top)
            words = ("in (0, 1]" if top else "> 0" if low else ">= 0") + ", exact"
            require(bool(fits), name, getattr(self, name), words)
            object.__setattr__(self, name, value)
        require(self.strength > 0, "game", self.game, "one where punishment takes something from a defector")

    def gain(self, share: Number, weight: Number) -> Number:
        """What contributing gains among `share` of N - 1 who punish with a weight; any arithmetic."""
        changes: dict[str, Any] = {"severity": weight}
        game = replace(self.game, **changes)
        return deterrence_margin(game, (game.group_size - 1) * share)

    @property
    def strength(self) -> Number:
        """K, what all others' full punishment takes from a defector."""
        return self.gain(1, 1) - self.gain(1, 0)

    @property
    def loss(self) -> Number:
        """What contributing costs without punishment."""
        return -self.gain(0, 0)

    def velocity(self, share: Number, weight: Number) -> tuple[Number, Number]:
        """The right-hand side, in plain arithmetic that floats, fractions and symbols pass."""
        return velocity(self.numbers, share, weight)

    def rest_points(self) -> tuple[CoevolutionPoint, ...]:
        """Every rest point, by ascending share of contributors, with its type decided in exact arithmetic."""
        q, slope, trace = self._polynomials()
        ends = [Fraction(end) for end in (0, 1) if sum(c * end**k for k, c in enumerate(q)) == 0]
        roots = sorted([*ends, *roots_inside(q)], key=float)
        return tuple(self._point(root, slope, trace) for root in roots)

    def _polynomials(self) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...], tuple[Fraction, ...]]:
        """q, its derivative, and the trace at the rest points of share x, by ascending powers of x."""
        import sympy as sp

        x, w = sp.symbols("x w")
        exact = Numbers(*(sp.Rational(v.numerator, v.denominator) for v in map(Fraction, self.numbers)))
        share, weight = velocity(exact, x, w)
        nullcline = exact.response * (1 - x)
        q = share.subs(w, nullcline)
        trace = (sp.diff(share, x) + sp.diff(weight, w)).subs(w, nullcline)
        return _coefficients(q, x), _coefficients(sp.diff(q, x), x), _coefficients(trace, x)

    @property
    def numbers(self) -> "Numbers":
        """What the right-hand side is made of."""
        return Numbers(self.strength, self.loss, self.relaxation_rate, self.response, self.mutation_rate)

    def _point(self, root: Root, slope: tuple[Fraction, ...], trace: tuple[Fraction, ...]) -> CoevolutionPoint:
        side = sign_at(slope, root)
        if side >= 0:
            return CoevolutionPoint(share=root, kind="saddle" if side else "fold", hopf_rate=None, lyapunov=None)
        drift = sign_at(trace, root)
        kind = ("center or weak focus", "unstable focus or node", "stable focus or node")[drift]
        rate_free = (trace[0] + Fraction(self.relaxation_rate), *trace[1:])
        if sign_at(rate_free, root) <= 0:
            return CoevolutionPoint(share=root, kind=kind, hopf_rate=None, lyapunov=None)
        fine = root.refined(Fraction(1, 10**30)) if isinstance(root, AlgebraicNumber) else root
        x = float(fine)
        rate = float(sum(float(c) * x**k for k, c in enumerate(rate_free)))
        return CoevolutionPoint(share=root, kind=kind, hopf_rate=rate, lyapunov=self._lyapunov(x, rate))

    def _lyapunov(self, x: float, rate: float) -> float:
        """First Lyapunov coefficient at the Hopf point with this share and rate."""
        strength, loss, _, response, _ = map(float, self.numbers)
        w = response * (1 - x)
        gain = strength * x * w - loss
        first = np.array([[rate, x * (1 - x) * strength * x], [-rate * response, -rate]])
        # derivatives of the share's velocity x(1-x)(Kxw - L) + mutation: xx, xw, and xxx, xxw
        xx = -2 * gain + 2 * (1 - 2 * x) * strength * w
        xw = (2 * x - 3 * x**2) * strength
        xxx, xxw = -6 * strength * w, (2 - 6 * x) * strength
        omega = np.sqrt(np.linalg.det(first))
        q = np.array([first[0, 1], 1j * omega - first[0, 0]])
        p = np.array([first[1, 0], -1j * omega - first[0, 0]])
        p = p / np.conj(np.vdot(p, q))

        def second(u: Any, v: Any) -> Any:
            return np.array([xx * u[0] * v[0] + xw * (u[0] * v[1] + u[1] * v[0]), 0])

        def third(u: Any, v: Any, z: Any) -> Any:
            mixed = u[0] * v[0] * z[1] + u[0] * v[1] * z[0] + u[1] * v[0] * z[0]
            return np.array([xxx * u[0] * v[0] * z[0] + xxw * mixed, 0])

        static = np.linalg.solve(first, second(q, q.conj()))
        double = np.linalg.solve(2j * omega * np.eye(2) - first, second(q, q))
        value = third(q, q, q.conj()) - 2 * second(q, static) + second(q.conj(), double)
        size = float(np.vdot(q, q).real)
        return float(np.vdot(p, value).real / (2 * omega) / size)


def _coefficients(expression: Any, x: Any) -> tuple[Fraction, ...]:
    import sympy as sp

    listed = sp.Poly(sp.expand(expression), x).all_coeffs()[::-1]
    return tuple(Fraction(int(c.p), int(c.q)) for c in listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoevolutionPath:
    """An orbit of `Coevolution`: times, shares of contributors and weights of punishment, each of shape (steps,)."""

    times: Array
    shares: Array
    weights: Array

    def swings(self, *, after: float) -> tuple[float, float]:
        """The least and the largest share of contributors after a time; equal where the orbit has come to rest."""
        late = self.shares[self.times >= after]
        require(len(late) > 0, "after", after, f"at most {self.times[-1]:g}")
        return float(late.min()), float(late.max())


def coevolution_path(
    model: Coevolution, *, start: tuple[float, float], duration: float, steps: int = 2000
) -> CoevolutionPath:
    """Follow contributors and the weight of punishment, with relative tolerance 1e-9.

    Parameters
    ----------
    model : Coevolution
    start : (float, float)
        Share of contributors and weight, each in [0, 1].
    duration : float
        > 0.
    steps : int
        How many times to report, >= 2.

    Raises
    ------
    InvalidParameter
        If a value is outside its domain.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> fast = Coevolution(game=game, relaxation_rate=1)
    >>> low, high = coevolution_path(fast, start=(0.8, 0.2), duration=500).swings(after=400)
    >>> round(low, 4), round(high, 4)
    (0.8873, 0.8873)
    """
    from scipy.integrate import solve_ivp

    x, w = (float(number) for number in start)
    require(0 <= x <= 1 and 0 <= w <= 1, "start", start, "a share and a weight in [0, 1]")
    require(duration > 0, "duration", duration, "> 0")
    require(isinstance(steps, int) and steps >= 2, "steps", steps, "an integer >= 2")
    numbers = Numbers(*map(float, model.numbers))

    def field(_: float, y: Array) -> tuple[float, float]:
        return velocity(numbers, y[0], y[1])

    grid = np.linspace(0, duration, steps)
    found = solve_ivp(field, (0, duration), (x, w), t_eval=grid, method="LSODA", rtol=1e-9, atol=1e-12)
    return CoevolutionPath(times=found.t, shares=found.y[0], weights=found.y[1])
