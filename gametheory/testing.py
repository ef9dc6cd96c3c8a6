"""For your own property tests: Hypothesis strategies for games and populations, and assertions about them.

The only module that imports Hypothesis, which comes with ``pip install 'gametheory[test]'``. Every kind of
valid game can come out of its strategy, degenerate ones too (nobody punishes, no fine, no dilemma, detection
worse than blind), with amounts up to 100; arguments restrict it. Numbers are exact unless ``exact=False``.
"""

from collections.abc import Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any, Final

from hypothesis import strategies as st

from gametheory.compositions import number_of_compositions
from gametheory.errors import require
from gametheory.exact import Number, as_number, is_exact
from gametheory.files import KINDS as GAME_KINDS
from gametheory.games import Game, PayoffTable, TableGame, mean_payoffs, payoff_table
from gametheory.optional import LONER
from gametheory.parameters import FINITE, POSITIVE, RATE, Domain, Each, Players, Size, domain_of
from gametheory.public_goods import KINDS, PublicGoodsGame

# Float games are compared with this much slack, relative to the largest payoff of the table.
FLOAT_SLACK: Final = 1e-9


def games(
    *,
    dilemmas_only: bool = False,
    group_sizes: Sequence[int] = (2, 3, 4, 5, 6, 7, 8),
    strategies: Sequence[str] | None = None,
    exact: bool = True,
    perfect_detection: bool = False,
) -> st.SearchStrategy[PublicGoodsGame]:
    """Public goods games with punishment.

    Parameters
    ----------
    dilemmas_only : bool
        Only games with 1 < r < N; needs a group size of 2 or more, as every game does.
    group_sizes : sequence of int
        What N is drawn from; small groups first, as Hypothesis shrinks towards the first.
    strategies : sequence of str, optional
        Kinds of player of every game; by default two or three of "C", "D", "P" in any order.
    exact : bool
        Rational parameters; otherwise floats.
    perfect_detection : bool
        Only games with h = 1 and e = 0.

    Raises
    ------
    InvalidParameter
        If a group size is no integer >= 2, or there is none.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(games(dilemmas_only=True))
    ... def defecting_pays_when_nobody_punishes(game):
    ...     assert game.net_contribution_cost > 0
    >>> defecting_pays_when_nobody_punishes()
    """
    _check_sizes(group_sizes)
    return _games(dilemmas_only, tuple(group_sizes), strategies, exact, perfect_detection)


@st.composite
def _games(
    draw: st.DrawFn,
    dilemmas_only: bool,
    group_sizes: tuple[int, ...],
    strategies: Sequence[str] | None,
    exact: bool,
    perfect_detection: bool,
) -> PublicGoodsGame:
    size = draw(st.sampled_from(group_sizes))
    positive = _numbers(exact, Fraction(1, 64), 100)
    amounts = _numbers(exact, 0, 100)
    rates = _numbers(exact, 0, 1)
    factor: Number = draw(positive)
    if dilemmas_only:
        inside = draw(_numbers(exact, Fraction(1, 1024), Fraction(1023, 1024)))
        factor = 1 + (size - 1) * inside
    kinds = strategies
    if kinds is None:
        kinds = draw(st.permutations(KINDS))[: draw(st.sampled_from((3, 2)))]
    return PublicGoodsGame(
        group_size=size,
        multiplication_factor=factor,
        contribution_cost=draw(positive),
        fine=draw(amounts),
        punishment_cost=draw(amounts),
        punishment_probability=draw(rates),
        severity=draw(rates),
        detection_rate=1 if perfect_detection else draw(rates),
        false_alarm_rate=0 if perfect_detection else draw(rates),
        strategies=kinds,
    )


def table_games(
    *,
    group_sizes: Sequence[int] = (2, 3, 4, 5),
    strategies: Sequence[int] = (2, 3, 4),
    exact: bool = True,
) -> st.SearchStrategy[TableGame]:
    """Symmetric games with any payoffs, coinciding ones included.

    Parameters
    ----------
    group_sizes : sequence of int
        What N is drawn from.
    strategies : sequence of int
        What the number of strategies is drawn from; they are named "A", "B", ...
    exact : bool
        Rational payoffs; otherwise floats.

    Raises
    ------
    InvalidParameter
        If a group size or a number of strategies is no integer >= 2, or there is none.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(table_games(group_sizes=[2]))
    ... def a_two_player_game_is_a_square_matrix(game):
    ...     assert len(game.values) == len(game.values[0])
    >>> a_two_player_game_is_a_square_matrix()
    """
    _check_sizes(group_sizes)
    _check_sizes(strategies, name="strategies")
    return _table_games(tuple(group_sizes), tuple(strategies), exact)


@st.composite
def _table_games(draw: st.DrawFn, group_sizes: tuple[int, ...], strategies: tuple[int, ...], exact: bool) -> TableGame:
    size, parts = draw(st.sampled_from(group_sizes)), draw(st.sampled_from(strategies))
    columns = number_of_compositions(size - 1, parts)
    row = st.lists(_numbers(exact, -10, 10), min_size=columns, max_size=columns)
    values = draw(st.lists(row, min_size=parts, max_size=parts))
    names = [chr(ord("A") + i) if parts <= 26 else f"S{i}" for i in range(parts)]
    return TableGame(strategies=names, group_size=size, values=values)


# What a kind of punishment or reward can stand on, what loners can stay out of, and what has no table of counts.
CONTRIBUTION_KINDS: Final = (
    "public-goods",
    "others-only",
    "synergy",
    "returns",
    "threshold",
    "stag-hunt",
    "collective-risk",
    "snowdrift",
)
STAGE_KINDS: Final = tuple(kind for kind in GAME_KINDS if kind not in ("table", "returns", "optional", "unequal"))
SYMMETRIC_KINDS: Final = tuple(kind for kind in GAME_KINDS if kind != "unequal")


def games_of(
    kinds: Sequence[str] = SYMMETRIC_KINDS, *, group_sizes: Sequence[int] = (2, 3, 4, 5), exact: bool = True
) -> st.SearchStrategy[Any]:
    """Games of the kinds named, by their names in files; every kind with payoffs by counts unless told otherwise.

    Parameters
    ----------
    kinds : sequence of str
        Keys of `gametheory.files.KINDS`.
    group_sizes : sequence of int
        What N is drawn from.
    exact : bool
        Rational parameters; otherwise floats.

    Raises
    ------
    InvalidParameter
        If there is no such kind, a group size is no integer >= 2, or there is none.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(games_of(["stag-hunt", "snowdrift"]))
    ... def some_threshold_can_be_reached(game):
    ...     assert 1 <= game.threshold <= game.group_size
    >>> some_threshold_can_be_reached()
    """
    _check_sizes(group_sizes)
    known = not isinstance(kinds, str) and len(kinds) > 0 and all(isinstance(k, str) and k in GAME_KINDS for k in kinds)
    require(known, "kinds", kinds, f"one or more of {', '.join(GAME_KINDS)}")
    pairs = st.tuples(st.sampled_from(tuple(kinds)), st.sampled_from(tuple(group_sizes)))
    return pairs.flatmap(lambda pair: _game_of(pair[0], pair[1], exact))


@st.composite
def _game_of(
    draw: st.DrawFn, kind: str, size: int, exact: bool, shrinking: bool = False, only: tuple[str, ...] = ()
) -> Any:
    """A game of one kind; one that smaller groups can play too if `shrinking`, with the players `only` if any."""
    if kind == "table":
        return draw(table_games(group_sizes=[size], strategies=[2, 3], exact=exact))
    values: dict[str, Any] = {}
    for field in fields(GAME_KINDS[kind]):
        name, domain = field.name, domain_of(field)
        if name == "returns":
            inner = [k for k in CONTRIBUTION_KINDS if not (shrinking and k == "returns")]
            values[name] = draw(_game_of(draw(st.sampled_from(inner)), size, exact, shrinking, ("C", "D")))
        elif name == "stage":
            values[name] = draw(_game_of(draw(st.sampled_from(STAGE_KINDS)), size, exact, True))
        elif isinstance(domain, Size):
            values[name] = draw(st.integers(1, min(size, 2) if shrinking else size)) if domain.inside else size
        elif isinstance(domain, Domain):
            values[name] = draw(_of_domain(domain, exact))
        elif isinstance(domain, Each):
            values[name] = draw(_lists(name, domain.domain, size, exact))
        else:
            names = domain.names if isinstance(domain, Players) else (*values["stage"].strategies, LONER)
            chosen = draw(st.permutations(only or names))
            all_of_them = not isinstance(domain, Players) or len(chosen) == 2
            values[name] = chosen if all_of_them else chosen[: draw(st.integers(2, len(chosen)))]
    return GAME_KINDS[kind](**values)


def _of_domain(domain: Domain, exact: bool) -> st.SearchStrategy[Any]:
    lows: dict[str, Fraction | int] = {POSITIVE.words: Fraction(1, 64), FINITE.words: -100}
    low = lows.get(domain.words, 0)
    return _numbers(exact, low, 1 if domain == RATE else 100)


def _lists(name: str, domain: Domain, size: int, exact: bool) -> st.SearchStrategy[Any]:
    """Numbers for the players of a group, or for 0 to N contributors; shares of a pot sum to 1."""
    if name == "sharing":
        parts = st.lists(st.integers(1, 1000), min_size=size, max_size=size)
        exactly = parts.map(lambda p: [Fraction(part, sum(p)) for part in p])
        return exactly if exact else exactly.map(lambda shares: [float(share) for share in shares])
    length = size + 1 if name == "benefits" else size
    return st.lists(_of_domain(domain, exact), min_size=length, max_size=length)


def populations(
    game_or_strategies: Game | PayoffTable | Sequence[str], *, interior: bool = False
) -> st.SearchStrategy[tuple[Fraction, ...]]:
    """Exact shares of the strategies of a population: corners, faces and the interior of the simplex.

    Parameters
    ----------
    game_or_strategies : Game, PayoffTable or sequence of str
    interior : bool
        Only populations in which every strategy is present.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(populations(["C", "D", "P"]))
    ... def shares_sum_to_one(shares):
    ...     assert sum(shares) == 1 and min(shares) >= 0
    >>> shares_sum_to_one()
    """
    parts = _number_of_strategies(game_or_strategies)
    weights = st.lists(st.integers(1 if interior else 0, 1000), min_size=parts, max_size=parts)
    if not interior:
        # a weight that comes out zero in every place stands for the first corner
        weights = weights.map(lambda w: w if any(w) else [1, *w[1:]])
    return weights.map(lambda w: tuple(Fraction(entry, sum(w)) for entry in w))


def profiles(game: Game | PayoffTable) -> st.SearchStrategy[tuple[int, ...]]:
    """How many of the N players of one group play each strategy.

    Examples
    --------
    >>> from hypothesis import find
    >>> sum(find(profiles(PublicGoodsGame(group_size=5, multiplication_factor=3)), lambda counts: True))
    5
    """
    return _splits(int(game.group_size), len(game.strategies))


def co_players(game: Game | PayoffTable) -> st.SearchStrategy[tuple[int, ...]]:
    """How many of the N - 1 co-players of one player play each strategy.

    Examples
    --------
    >>> from hypothesis import find
    >>> sum(find(co_players(PublicGoodsGame(group_size=5, multiplication_factor=3)), lambda counts: True))
    4
    """
    return _splits(int(game.group_size) - 1, len(game.strategies))


def assert_equilibrium(game: Game | PayoffTable, shares: Sequence[Number]) -> None:
    """Nobody in a population (or symmetric mixed profile) `shares` gains by changing strategy.

    Parameters
    ----------
    game : Game or PayoffTable
        Exact games are judged exactly; float games with a slack of 1e-9 of the largest payoff.
    shares : sequence of number, length m
        On the simplex.

    Raises
    ------
    AssertionError
        Naming the most profitable deviation and its gain.
    InvalidParameter
        If `shares` is not a point of the simplex.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> assert_equilibrium(game, [0, 1, 0])
    >>> assert_equilibrium(game, [1, 0, 0])
    Traceback (most recent call last):
    ...
    AssertionError: no equilibrium: playing D instead of C gains 2/5 in the population C=1, D=0, P=0
    """
    table = game if isinstance(game, PayoffTable) else payoff_table(game)
    numbers = [as_number(share, name="shares") for share in shares]
    _check_simplex(numbers, table)
    payoffs = mean_payoffs(table, numbers)
    slack = _slack(table, numbers)
    best = max(range(len(payoffs)), key=lambda i: payoffs[i])
    played = [i for i, share in enumerate(numbers) if share > 0]
    worst = min(played, key=lambda i: payoffs[i])
    gain = payoffs[best] - payoffs[worst]
    if gain > slack:
        names = table.strategies
        where = ", ".join(f"{name}={share}" for name, share in zip(names, numbers, strict=True))
        deviation = f"playing {names[best]} instead of {names[worst]} gains {gain}"
        raise AssertionError(f"no equilibrium: {deviation} in the population {where}")


def assert_best_reply(game: Game | PayoffTable, strategy: str, counts: Sequence[int]) -> None:
    """No other strategy earns more than `strategy` among the co-players `counts`.

    Parameters
    ----------
    game : Game or PayoffTable
        Exact games are judged exactly; float games with a slack of 1e-9 of the largest payoff.
    strategy : str
        One of the game's.
    counts : sequence of int, length m
        How many of the N - 1 co-players play each strategy.

    Raises
    ------
    AssertionError
        Naming the best deviation and its gain.
    InvalidParameter
        If `strategy` is not one of the game's or `counts` no composition of N - 1.

    Examples
    --------
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost='3/10')
    >>> assert_best_reply(game, "C", (0, 0, 4))
    >>> assert_best_reply(game, "P", (3, 1, 0))
    Traceback (most recent call last):
    ...
    AssertionError: P is no best reply to C=3, D=1, P=0: playing D gains 7/10
    """
    names = tuple(game.strategies)
    require(strategy in names, "strategy", strategy, f"one of {names}")
    reader: Game
    if isinstance(game, PayoffTable):
        reader = TableGame(strategies=names, group_size=game.group_size, values=game.values)
    else:
        reader = game
    payoffs = {name: reader.payoff(name, counts) for name in names}
    best = max(names, key=lambda name: payoffs[name])
    gain = payoffs[best] - payoffs[strategy]
    exact = all(is_exact(value) for value in payoffs.values())
    slack = 0 if exact else FLOAT_SLACK * max(abs(value) for value in payoffs.values())
    if gain > slack:
        where = ", ".join(f"{name}={count}" for name, count in zip(names, counts, strict=True))
        raise AssertionError(f"{strategy} is no best reply to {where}: playing {best} gains {gain}")


def _slack(table: PayoffTable, shares: Sequence[Number]) -> Number:
    if table.is_exact and all(is_exact(share) for share in shares):
        return 0
    return FLOAT_SLACK * max(abs(float(value)) for row in table.values for value in row)


def _check_simplex(shares: Sequence[Number], table: PayoffTable) -> None:
    parts = len(table.strategies)
    require(len(shares) == parts, "shares", list(shares), f"{parts} shares")
    numbers = all(is_exact(share) or isinstance(share, float) for share in shares)
    total = sum(shares) if numbers else 0
    off = 0 if is_exact(total) else 1e-9
    inside = numbers and min(shares) >= 0 and abs(total - 1) <= off
    require(inside, "shares", list(shares), "numbers >= 0 that sum to 1")


def _numbers(exact: bool, low: Fraction | int, high: Fraction | int) -> st.SearchStrategy[Any]:
    """Rationals or floats of [low, high]; both ends come up."""
    if exact:
        return st.fractions(min_value=low, max_value=high, max_denominator=1024)
    return st.floats(min_value=float(low), max_value=float(high), allow_subnormal=False)


def _splits(total: int, parts: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Compositions of `total`: the gaps between sorted cuts."""
    cuts = st.lists(st.integers(0, total), min_size=parts - 1, max_size=parts - 1).map(sorted)
    return cuts.map(lambda c: tuple(b - a for a, b in zip([0, *c], [*c, total], strict=True)))


def _number_of_strategies(game_or_strategies: Any) -> int:
    names = getattr(game_or_strategies, "strategies", game_or_strategies)
    require(len(names) >= 1, "strategies", names, "one or more names")
    return len(names)


def _check_sizes(values: Sequence[int], *, name: str = "group_sizes") -> None:
    whole = all(isinstance(v, int) and not isinstance(v, bool) and v >= 2 for v in values)
    require(len(values) > 0 and whole, name, values, "one or more integers >= 2")
