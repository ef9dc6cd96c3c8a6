"""Adaptive punishment beside its ablations, learned punishment and none: the published game, 20 groups each.

    python examples/adaptive_punishment.py              epsilon-greedy Q-learners, the grid of (eta, W, epsilon)
    python examples/adaptive_punishment.py --neural     IA2C and IPPO (extra [neural]; minutes)

Prints Markdown. Every figure is a mean over groups with its simultaneous 99.9 % interval.
"""

import sys
from collections.abc import Sequence

from experiments.apc import Row, compare, sensitivity, variants
from experiments.apc.punishers import AdaptivePunishment
from experiments.learners import EpsilonGreedy, Steps
from gametheory import PublicGoodsGame

COLUMNS = ("contribution", "reward", "equality", "punishments", "intensity")
SEED = 20261121


def table(title: str, rows: Sequence[Row]) -> None:
    print(f"\n{title}\n\n| punishment | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
    for row in rows:
        cells = []
        for name in COLUMNS:
            figure = row.figures[name]
            undefined = f"undefined in {figure.undefined} of {figure.groups}"
            half = (figure.interval[1] - figure.interval[0]) / 2
            cells.append(undefined if figure.undefined else f"{figure.mean:.3f} ± {half:.3f}")
        print(f"| {row.name} | {' | '.join(cells)} |")


def published(fine: str) -> PublicGoodsGame:
    return PublicGoodsGame(group_size=5, multiplication_factor=3, fine=fine, punishment_cost="3/10")


def small() -> None:
    settings = {
        "choice": EpsilonGreedy(exploration=0.1),
        "steps": Steps(rate=0.1, exponent=0.0),
        "rounds": 50_000,
        "burn_in": 50_000,
        "replicates": 20,
        "seed": SEED,
    }
    ways = variants(temperature=0.3, window=20, step=0.05, threshold=0.1, tolerated=0.1)
    for fine in ("1", "3/20"):
        table(
            f"Q-learners, fine {fine}, W = 20, eta = 0.05, epsilon = theta = 0.1",
            compare(published(fine), ways, **settings),
        )
    for rule in ("effect", "effect, kept on ties", "integral"):
        way = ways[rule]
        assert isinstance(way, AdaptivePunishment)
        rows = sensitivity(
            published("1"),
            way,
            adaptation_steps=[0.01, 0.05, 0.2],
            windows=[5, 20, 100],
            thresholds=[0.05, 0.1, 0.2],
            **settings,
        )
        table(f"Q-learners, fine 1, rule '{rule}'", rows)


def neural() -> None:
    from experiments.neural import NeuralSettings, compare_neural

    a2c, ppo = NeuralSettings(updates=300, environments=8), NeuralSettings(algorithm="ppo", updates=300, environments=8)
    ways = variants(temperature=0.3, window=20, step=0.05, threshold=0.1, tolerated=0.1)
    learned = {"IA2C, no punishment": (a2c, None), "IPPO, no punishment": (ppo, None)}
    learned |= {f"IA2C, {name}": (a2c, way) for name, way in ways.items() if way is not None}
    rows = compare_neural(
        published("1"),
        learned,
        replicates=20,
        seed=SEED,
        progress=lambda i, n, name: print(f"{i}/{n} {name}", file=sys.stderr),
    )
    table("Neural learners, fine 1", rows)


if __name__ == "__main__":
    neural() if "--neural" in sys.argv[1:] else small()
