"""Two certified phase diagrams: C, D, P over (p, fine), and the collective-risk game over (contribution, risk) for
every threshold.

    python examples/phase_diagram.py FOLDER [DEPTH]

writes into FOLDER a picture of each, as SVG and PNG, and the stored diagrams, which `gametheory check
FOLDER/*.json --game` judges.
"""

import sys
from pathlib import Path
from time import perf_counter

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot

from experiments.phases import PhaseDiagram, agreement, certified_phases, plot_phases
from experiments.phases.picture import phase_colors
from gametheory import CollectiveRiskGame, PublicGoodsGame
from proofs import check_certificate

SAMPLES = 100_000


def published(depth: int) -> list[PhaseDiagram]:
    """N = 5, r = 3, c = 1, punishment cost 3/10: rest points, and which conditions hold."""
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, punishment_cost="3/10")
    x, y = ("punishment_probability", 0, 1), ("fine", 0, 1)
    return [
        certified_phases(game, x=x, y=y, question="rest_points", depth=depth),
        certified_phases(game, x=x, y=y, question="conditions", depth=depth, punishers=2, action_error="1/10"),
    ]


def collective_risk(depth: int) -> list[PhaseDiagram]:
    """N = 6, thresholds 1 to 6."""
    games = [CollectiveRiskGame(group_size=6, threshold=m, risk=1, contribution=0) for m in range(1, 7)]
    return [certified_phases(game, x=("contribution", 0, 1), y=("risk", 0, 1), depth=depth) for game in games]


def report(name: str, diagram: PhaseDiagram, folder: Path) -> None:
    """Store a diagram, judge it, compare it with sampled points, and print a row of a table."""
    start = perf_counter()
    judged = check_certificate(diagram.save(folder / f"{name}.json"))
    checked = perf_counter() - start
    found = agreement(diagram, samples=SAMPLES, seed=1)
    assert judged.verdict == "proved"
    print(
        f"| {name} | {len(diagram.cells)} | {float(diagram.area_proved):.5f} | {float(diagram.area_undecided):.5f} "
        f"| {diagram.seconds:.2f} | {checked:.2f} | {found.compared} | {len(found.disagreements)} "
        f"| {'; '.join(curve.explicit for curve in diagram.curves)} |"
    )


def main(folder: Path, depth: int) -> None:
    """Make, judge, compare and draw."""
    folder.mkdir(parents=True, exist_ok=True)
    print("| diagram | cells | proved | undecided | made, s | checked, s | points compared | disagreeing | curves |")
    print("|---|---|---|---|---|---|---|---|---|")
    first, second = published(depth), collective_risk(depth)
    for name, diagram in zip(("rest-points", "conditions"), first, strict=True):
        report(name, diagram, folder)
    for m, diagram in enumerate(second, 1):
        report(f"risk-m{m}", diagram, folder)
    figure, axes = pyplot.subplots(1, 2, figsize=(12, 7), layout="constrained")
    for diagram, ax in zip(first, axes, strict=True):
        plot_phases(diagram, ax)
    save(figure, folder / "public-goods")
    figure, panels = pyplot.subplots(2, 3, figsize=(13, 10), layout="constrained")
    colors = phase_colors(second)
    for m, (diagram, ax) in enumerate(zip(second, panels.flat, strict=True), 1):
        plot_phases(diagram, ax, colors=colors, title=f"$m$ = {m}")
    save(figure, folder / "collective-risk")


def save(figure: pyplot.Figure, path: Path) -> None:
    """As a vector and as a pixel picture."""
    for ending in (".svg", ".png"):
        figure.savefig(path.with_suffix(ending), dpi=150)
    pyplot.close(figure)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10)
