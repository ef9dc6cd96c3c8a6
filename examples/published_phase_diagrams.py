"""Phase diagrams of the literature, computed point by point beside published boundaries.

    python examples/published_phase_diagrams.py FOLDER

Writes an SVG each and says how many points lie on the published side: collective risk (Santos & Pacheco 2011), stag
hunts (Pacheco, Santos, Souza, Skyrms 2009), optional participation (Hauert et al. 2002), contributors on the square
lattice (Szolnoki, Perc, Szabó 2009; the published shares only). Boundaries are exact numbers of the papers' formulas.
What a grid shows is proved between its points by certified diagrams: examples/phase_diagram.py.
"""

import sys
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from dynamics.structure import FermiImitation, SquareLattice, StructuredPopulation, evolve
from experiments import plot_cut, plot_phase_diagram, sweep
from gametheory import CollectiveRiskGame, OptionalGame, PublicGoodsGame, StagHuntGame

SEED = 1


def collective_risk(folder: Path) -> None:
    """N = 6, m = 3: two interior rest points iff c / risk < 216/625."""
    game = CollectiveRiskGame(group_size=6, threshold=3, risk=1, contribution=0)
    axes = {"contribution": {"start": 0, "stop": "1/2", "points": 101}, "risk": {"start": 0, "stop": 1, "points": 101}}
    found = sweep(game, "equilibria", axes, seed=SEED)
    gamma = Fraction(comb(5, 2) * 2**2 * 3**3, 5**5)
    c, risk = np.meshgrid(found.contribution, found.risk, indexing="ij")
    apart = np.abs(c - float(gamma) * risk) > 1e-9
    two = (found.interior.values == 2) == ((c < float(gamma) * risk) & (c > 0))
    said("collective risk, N = 6, m = 3", two[apart], f"c / risk = {gamma}")
    ax = plot_phase_diagram(found, "interior")
    ax.plot([0, float(gamma)], [0, 1], color="black")
    ax.text(0.28, 0.72, f"published:\nc / risk = {gamma}", fontsize="small")
    finish(ax, folder / "collective-risk.svg")


def stag_hunt(folder: Path) -> None:
    """N = 5: interior rest points from F* = N / R(m/N) on; two below F = N, one above (m < N)."""
    game = StagHuntGame(group_size=5, threshold=3, multiplication_factor=4)
    axes = {"multiplication_factor": {"start": 1, "stop": 8, "points": 701}, "threshold": [2, 3, 4]}
    found = sweep(game, "equilibria", axes, seed=SEED)
    factor = found.multiplication_factor.values
    agree = []
    for m in (2, 3, 4):
        x = m / 5
        reached = sum(comb(4, k) * x**k * (1 - x) ** (4 - k) for k in range(m, 5))
        most = reached + m * comb(4, m - 1) * x ** (m - 1) * (1 - x) ** (5 - m)
        least = 5 / most
        expected = np.where(factor < least, 0, np.where(factor < 5, 2, 1))
        apart = (np.abs(factor - least) > 1e-9) & (np.abs(factor - 5) > 1e-9)
        agree.append((found.interior.sel(threshold=m).values == expected)[apart])
    said("stag hunt, N = 5, m = 2, 3, 4", np.concatenate(agree), "F* = N / R(m / N) and F = N")
    finish(plot_cut(found, "interior", at={"threshold": 3}), folder / "stag-hunt.svg")


def optional(folder: Path) -> None:
    """N = 5: one rest point inside iff r > 2 (with sigma < r - 1)."""
    stage = PublicGoodsGame(group_size=5, multiplication_factor=3, strategies=["C", "D"])
    axes: dict[str, Any] = {
        "multiplication_factor": ["5/4", "3/2", "7/4", "9/4", "5/2", "3", "7/2", "4", "9/2"],
        "loner_payoff": ["1/10", "1/5", "1/2", "3/4", "1", "3/2"],
    }
    found = sweep(OptionalGame(stage=stage, loner_payoff=1), "equilibria", axes, seed=SEED)
    r, sigma = np.meshgrid(found.multiplication_factor, found.loner_payoff, indexing="ij")
    inside = found.interior.values == 1
    said("optional participation, N = 5", (inside == (r > 2))[sigma < r - 1 - 1e-9], "r = 2")
    ax = plot_phase_diagram(found, "interior")
    ax.axvline(2, color="black")
    ax.plot([1, 2.75], [0, 1.75], color="black", linestyle="--")
    ax.text(2.05, 0.2, "published: r = 2", fontsize="small")
    ax.text(2.2, 1.05, "loners outdo all: sigma = r - 1", fontsize="small")
    finish(ax, folder / "optional.svg")


def lattice(folder: Path) -> None:
    """Contributors on a 100 x 100 torus, K = 1/2: the published shares at r = 4.4 and 5."""
    factors = [3.6, 3.7, 3.75, 3.8, 3.9, 4.0, 4.2, 4.4, 4.7, 5.0]
    shares, errors = [], []
    for factor in factors:
        game = PublicGoodsGame(group_size=5, multiplication_factor=factor, strategies=["C", "D"])
        population = StructuredPopulation(game, SquareLattice(100))
        run = evolve(
            population,
            update=FermiImitation(imitation_noise=0.5),
            burn_in=1500,
            sweeps=2500,
            every=10,
            runs=2,
            seed=SEED,
        )
        shares.append(float(run.mean_shares[0]))
        errors.append(float(run.standard_errors[0]))
    for factor, published in ((4.4, 0.7071), (5.0, 0.9300)):
        print(
            f"lattice, r = {factor}: share of contributors {shares[factors.index(factor)]:.4f}, published {published}"
        )
    _, ax = plt.subplots(figsize=(5.6, 4.0), layout="constrained")
    ax.errorbar(factors, shares, yerr=[2 * e for e in errors], marker="o", color="#0072B2", label="L = 100, two runs")
    ax.plot([4.4, 5.0], [0.7071, 0.93], "s", color="#D55E00", markerfacecolor="none", label="published, L = 400")
    ax.set_xlabel("multiplication factor")
    ax.set_ylabel("share of contributors")
    finish(ax, folder / "lattice.svg")


def said(name: str, agree: Any, boundary: str) -> None:
    print(f"{name}: {int(agree.sum())} of {agree.size} points on the published side of {boundary}")


def finish(ax: Any, path: Path) -> None:
    if ax.get_legend() is None and ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=True)
    ax.figure.savefig(path)
    plt.close(ax.figure)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    target.mkdir(parents=True, exist_ok=True)
    for draw in (collective_risk, stag_hunt, optional, lattice):
        draw(target)
