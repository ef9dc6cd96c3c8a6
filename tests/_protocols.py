"""The equations of `dynamics.protocols` once more, slowly, for the tests of one population and of several."""

from math import exp, log, tanh
from typing import Any

from dynamics import (
    BoltzmannLearning,
    BrownVonNeumannNash,
    Imitation,
    Logit,
    NormalizedReplicator,
    Replicator,
    ReplicatorMutator,
    Smith,
)


def equation(protocol: Any, x: list[float], f: list[float]) -> list[float]:
    """Velocities of the shares `x` with the payoffs `f`, term by term as printed there."""
    m = len(x)
    mean = sum(a * b for a, b in zip(x, f, strict=True))
    match protocol:
        case Replicator():
            return [x[i] * (f[i] - mean) for i in range(m)]
        case NormalizedReplicator(baseline=b):
            return [x[i] * (f[i] - mean) / (b + mean) for i in range(m)]
        case ReplicatorMutator(mutation_rate=mu, baseline=b):
            q = [[1 - mu if i == j else mu / (m - 1) for i in range(m)] for j in range(m)]
            return [sum(x[j] * (b + f[j]) * q[j][i] for j in range(m)) - x[i] * (b + mean) for i in range(m)]
        case Logit(temperature=t):
            powers = [exp((payoff - max(f)) / t) for payoff in f]
            return [powers[i] / sum(powers) - x[i] for i in range(m)]
        case Smith():
            return [
                sum(x[j] * max(f[i] - f[j], 0) for j in range(m)) - x[i] * sum(max(f[j] - f[i], 0) for j in range(m))
                for i in range(m)
            ]
        case BrownVonNeumannNash():
            total = sum(max(payoff - mean, 0) for payoff in f)
            return [max(f[i] - mean, 0) - x[i] * total for i in range(m)]
        case Imitation(imitation_noise=k, mutation_rate=mu):
            gains = [x[i] * sum(x[j] * tanh((f[i] - f[j]) / (2 * k)) for j in range(m)) for i in range(m)]
            return [(1 - mu) * gains[i] + mu * ((1 - x[i]) / (m - 1) - x[i]) for i in range(m)]
        case BoltzmannLearning(temperature=t):
            logs = [log(share) if share > 0 else 0.0 for share in x]
            entropy = sum(a * b for a, b in zip(x, logs, strict=True))
            return [x[i] * (f[i] - mean) / t - x[i] * (logs[i] - entropy) for i in range(m)]
    raise AssertionError(protocol)
