"""Laws of dominance, of iterated deletion and of what dominates what among equilibria."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gametheory import (
    InvalidParameter,
    NormalFormGame,
    PublicGoodsGame,
    dominance_of,
    dominated_strategies,
    exploitability,
    game_from_payoffs,
    group_regrets,
    iterated_deletion,
    least_p,
    never_best_replies,
    normal_form_game,
    normal_form_of,
    payoff_dominant,
    payoff_dominates,
    profile_regrets,
    pure_profile,
    pure_profiles,
    rationalizable,
    risk_dominance,
    symmetric_regret,
)
from gametheory import dominance as module
from gametheory.algebra.linear_programs import maximum
from gametheory.compositions import compositions
from gametheory.dominance import Dominance
from gametheory.games import TableGame
from gametheory.testing import populations, table_games

HUNT = [[4, 0], [3, 3]]
numbers = st.integers(-3, 3)


@st.composite
def games(draw: st.DrawFn, shapes: tuple[tuple[int, ...], ...] = ((3, 3), (4, 2), (3, 2, 2))) -> NormalFormGame:
    shape = draw(st.sampled_from(shapes))
    size = int(np.prod(shape))
    tensors = [np.array(draw(st.lists(numbers, min_size=size, max_size=size))).reshape(shape) for _ in shape]
    return normal_form_game(*tensors)


def rows_of(game: NormalFormGame, player: str) -> list[list[Fraction]]:
    place = game.players.index(player)
    listed: list[list[Fraction]] = np.moveaxis(game.payoffs[place], place, 0).reshape(game.shape[place], -1).tolist()
    return listed


def all_verdicts(game: NormalFormGame, kind: str) -> list[Dominance]:
    return [
        dominance_of(game, name, player=player, kind=kind)
        for player, names in zip(game.players, game.strategies, strict=True)
        for name in names
    ]


def holds(game: NormalFormGame, verdict: Dominance) -> bool:
    """The definition, from the witness."""
    place = game.players.index(verdict.player or "")
    names, rows = game.strategies[place], rows_of(game, verdict.player or "")
    own = rows[names.index(verdict.strategy)]
    if verdict.dominated:
        mixed = [sum(w * rows[names.index(n)][c] for n, w in verdict.mixture.items()) for c in range(len(own))]
        gains = [a - b for a, b in zip(mixed, own, strict=True)]
        fits = sum(verdict.mixture.values()) == 1 and min(verdict.mixture.values()) > 0
        fits = fits and verdict.strategy not in verdict.mixture
        return fits and (min(gains) == verdict.margin > 0 if verdict.kind == "strict" else min(gains) >= 0 < max(gains))
    others = [own for k, own in enumerate(game.strategies) if k != place]
    weights = dict(verdict.belief)
    belief = [weights.get(profile, Fraction(0)) for profile in product(*others)]
    means = [sum(w * v for w, v in zip(belief, row, strict=True)) for row in rows]
    full = verdict.kind == "strict" or min(belief) > 0
    return sum(belief) == 1 and min(belief) >= 0 and full and max(means) == means[names.index(verdict.strategy)]


@given(games(), st.sampled_from(["strict", "weak"]))
@settings(max_examples=60, deadline=None)
def test_every_verdict_has_a_witness_that_fits_the_definition(game: NormalFormGame, kind: str) -> None:
    assert all(holds(game, verdict) for verdict in all_verdicts(game, kind))


@given(games(((4, 4),)))
@settings(max_examples=30, deadline=None)
def test_verdicts_agree_with_a_linear_program_in_floats(game: NormalFormGame) -> None:
    rows = np.array(rows_of(game, "1"), dtype=float)
    for own in range(4):
        gains = np.delete(rows - rows[own], own, axis=0)
        value = linprog(
            [0, 0, 0, -1],
            A_ub=np.c_[-gains.T, np.ones(4)],
            b_ub=np.zeros(4),
            A_eq=[[1, 1, 1, 0]],
            b_eq=[1],
            bounds=[(0, None)] * 3 + [(None, None)],
        ).x[-1]
        if abs(value) > 1e-9:
            assert dominance_of(game, str(own + 1), player="1").dominated == (value > 0)


@given(games())
@settings(max_examples=30, deadline=None)
def test_pure_dominance_is_what_comparing_rows_says(game: NormalFormGame) -> None:
    for kind in ("strict", "weak"):
        found = {(v.player, v.strategy) for v in dominated_strategies(game, kind=kind, mixed=False)}
        for player, names in zip(game.players, game.strategies, strict=True):
            rows = rows_of(game, player)
            for name, row in zip(names, rows, strict=True):
                gaps = [[b - a for a, b in zip(row, other, strict=True)] for other in rows]
                beaten = any(min(gap) > 0 or (kind == "weak" and min(gap) >= 0 < max(gap)) for gap in gaps)
                assert ((player, name) in found) == beaten


def test_with_and_without_proposals_from_floats_the_verdicts_are_the_same(monkeypatch: Any) -> None:
    rng = np.random.default_rng(3)
    games_ = [normal_form_game(*rng.integers(-3, 4, (2, 4, 3))) for _ in range(12)]
    before = [[v.dominated for v in all_verdicts(game, "strict")] for game in games_]
    monkeypatch.setattr(module, "SMALL", 0)
    for game, told in zip(games_, before, strict=True):
        verdicts = all_verdicts(game, "strict")
        assert [v.dominated for v in verdicts] == told
        assert all(holds(game, verdict) for verdict in verdicts)


@given(games(((3, 3), (3, 2, 2))), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_strict_deletion_ends_in_the_same_game_in_every_order(game: NormalFormGame, random: Any) -> None:
    whole = iterated_deletion(game)
    order: list[tuple[str | None, str]] = []
    left: Any = game
    while some := dominated_strategies(left):
        chosen = random.choice(some)
        order.append((chosen.player, chosen.strategy))
        left = iterated_once(game, order)
    stepwise = iterated_deletion(game, order=order)
    assert stepwise.strategies == whole.strategies
    assert stepwise.game == whole.game
    assert not whole.order_dependent


def iterated_once(game: NormalFormGame, order: list[Any]) -> NormalFormGame:
    """The game without what `order` names, by hand."""
    kept = [
        [k for k, name in enumerate(names) if (player, name) not in order]
        for player, names in zip(game.players, game.strategies, strict=True)
    ]
    tensors = [tensor[np.ix_(*kept)] for tensor in game.payoffs]
    names = tuple(tuple(own[k] for k in some) for own, some in zip(game.strategies, kept, strict=True))
    return NormalFormGame(payoffs=tuple(tensors), strategies=names, players=game.players)


def test_weak_deletion_depends_on_the_order_and_says_so() -> None:
    game = normal_form_game(
        [[1, 0], [1, 1], [0, 1]], [[1, 0], [1, 1], [0, 1]], strategies=[["T", "M", "B"], ["L", "R"]]
    )
    first = iterated_deletion(game, kind="weak", order=[("1", "T"), ("2", "L")])
    second = iterated_deletion(game, kind="weak", order=[("1", "B"), ("2", "R")])
    assert first.strategies == (("M", "B"), ("R",))
    assert second.strategies == (("T", "M"), ("L",))
    assert first.order_dependent
    assert not iterated_deletion(game).order_dependent


def test_the_log_tells_rounds_and_mixtures() -> None:
    game = normal_form_game([[3, 0, 2], [0, 3, 2], [1, 1, 1]], [[0, 1, 0], [1, 0, 0], [5, 5, 9]])
    found = iterated_deletion(game)
    assert [[(v.player, v.strategy, dict(v.mixture)) for v in together] for together in found.rounds] == [
        [("1", "3", {"1": Fraction(1, 2), "2": Fraction(1, 2)})],
        [("2", "3", {"1": Fraction(1, 2), "2": Fraction(1, 2)})],
    ]
    assert not found.solved
    assert rationalizable(game) == (("1", "2"), ("1", "2"))


@given(table_games(exact=True))
@settings(max_examples=25, deadline=None)
def test_a_symmetric_game_and_its_tensors_have_the_same_dominated_strategies(game: TableGame) -> None:
    if len(game.strategies) ** game.group_size > 100:
        return
    for kind in ("strict", "weak"):
        ours = {v.strategy for v in dominated_strategies(game, kind=kind)}
        theirs = dominated_strategies(normal_form_of(game), kind=kind)
        assert {(v.player, v.strategy) for v in theirs} == {
            (str(k + 1), name) for k in range(game.group_size) for name in ours
        }
    symmetric = iterated_deletion(game)
    assert iterated_deletion(normal_form_of(game)).strategies == (symmetric.strategies,) * game.group_size


@pytest.mark.parametrize(("factor", "left"), [("3/2", ("D",)), (4, ("D",)), (5, ("C", "D")), (6, ("C",))])
def test_only_defecting_is_rationalizable_in_the_linear_game_iff_r_is_below_n(factor: Any, left: Any) -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=factor, strategies=["C", "D"])
    found = iterated_deletion(game)
    assert found.strategies == left
    assert found.solved == (len(left) == 1)


def test_contributing_weakly_dominates_punishing_as_the_second_order_problem_says() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    verdict = dominance_of(game, "P", kind="weak")
    assert dict(verdict.mixture) == {"C": 1}
    strict = dominance_of(game, "P")
    assert not strict.dominated
    splits = compositions(4, 3).tolist()
    assert all(list(split) in splits for split, _ in strict.belief)
    assert [v.strategy for v in never_best_replies(game)] == []
    weak = iterated_deletion(game, kind="weak")
    assert [[v.strategy for v in together] for together in weak.rounds] == [["P"], ["C"]]


def test_a_game_of_floats_is_judged_by_the_numbers_that_floats_are() -> None:
    assert dominance_of(game_from_payoffs([[0.1 + 0.2, 1.0], [0.3, 1.0]], ["A", "B"]), "B", kind="weak").dominated


def test_large_groups_are_judged_from_their_table() -> None:
    game = PublicGoodsGame(group_size=60, multiplication_factor=3, fine="1/1000", punishment_cost="1/1000")
    assert {v.strategy for v in dominated_strategies(game)} == {"C", "P"}


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"strategy": "9", "player": "1"}, "strategy"),
        ({"strategy": "1", "player": "7"}, "player"),
        ({"strategy": "1"}, "player"),
        ({"strategy": "1", "player": "1", "kind": "very"}, "kind"),
    ],
)
def test_unknown_names_are_refused(arguments: dict[str, Any], name: str) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be "):
        dominance_of(normal_form_game(HUNT), **arguments)


def test_an_order_that_names_what_is_not_dominated_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^order must be "):
        iterated_deletion(normal_form_game(HUNT), order=[("1", "1")])
    with pytest.raises(InvalidParameter, match=r"^player must be left out"):
        dominance_of(game_from_payoffs(HUNT, ["S", "H"]), "S", player="1")


# --- linear programs


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_linear_program_is_solved_with_prices_that_prove_it(data: Any) -> None:
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    matrix = [[Fraction(data.draw(st.integers(-2, 4))) for _ in range(columns)] for _ in range(rows)]
    matrix.append([Fraction(1)] * columns)
    limits = [Fraction(data.draw(st.integers(0, 3))) for _ in range(rows + 1)]
    goal = [Fraction(data.draw(st.integers(-3, 3))) for _ in range(columns)]
    found = maximum(goal, matrix, limits)
    assert min(found.point) >= 0 <= min(found.prices)
    assert all(
        sum(a * x for a, x in zip(row, found.point, strict=True)) <= b for row, b in zip(matrix, limits, strict=True)
    )
    assert sum(g * x for g, x in zip(goal, found.point, strict=True)) == found.value
    assert sum(y * b for y, b in zip(found.prices, limits, strict=True)) == found.value
    for column, wanted in zip(zip(*matrix, strict=True), goal, strict=True):
        assert sum(y * a for y, a in zip(found.prices, column, strict=True)) >= wanted


def test_programs_without_a_largest_value_or_a_start_are_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"^goal must be bounded"):
        maximum([Fraction(1)], [[Fraction(-1)]], [Fraction(1)])
    with pytest.raises(InvalidParameter, match=r"^limits must be none negative"):
        maximum([Fraction(1)], [[Fraction(1)]], [Fraction(-1)])


# --- relations between equilibria


@given(numbers, numbers, st.integers(1, 5), st.integers(1, 5))
def test_in_symmetric_two_player_games_all_notions_of_risk_dominance_agree(a: int, d: int, x: int, y: int) -> None:
    matrix = [[a, d - y], [a - x, d]]
    game, table = normal_form_game(matrix), game_from_payoffs(matrix, ["A", "B"])
    losses = risk_dominance(game, first=["1", "1"], second=["2", "2"])
    for notion in ("half", "laplacian"):
        found = risk_dominance(table, first="A", second="B", notion=notion)
        assert found.margin == Fraction(x - y, 2)
        assert np.sign(float(found.margin)) == np.sign(float(losses.margin)) == np.sign(x - y)
        assert (found.dominant is None) == (x == y)
        assert risk_dominance(table, first="B", second="A", notion=notion).margin == -found.margin
    p, q = (least_p(game, [name] * 2) for name in ("1", "2"))
    assert p == Fraction(y, x + y)
    assert q == Fraction(x, x + y)


def test_three_hunters_tell_the_notions_apart() -> None:
    """A stag needs all three: worth 10 / 3 * hare under 'half' needs 1/4, under 'laplacian' 1/3."""

    def hunt(stag: Any) -> TableGame:
        return game_from_payoffs([[stag, 0, 0], [1, 1, 1]], ["S", "H"], group_size=3)

    assert risk_dominance(hunt(Fraction(7, 2)), first="S", second="H").dominant == ("H",)
    assert risk_dominance(hunt(Fraction(7, 2)), first="S", second="H", notion="laplacian").dominant == ("S",)
    assert risk_dominance(hunt(4), first="S", second="H").dominant is None
    assert risk_dominance(hunt(3), first="S", second="H", notion="laplacian").dominant is None


def test_risk_dominance_is_a_condition_on_symbols() -> None:
    r, fine = sympy.symbols("r fine", positive=True)
    game = PublicGoodsGame(group_size=4, multiplication_factor=r, fine=fine, punishment_cost=0, strategies=["D", "P"])
    half = risk_dominance(game, first="P", second="D")
    assert sympy.simplify(half.margin - (sympy.Rational(3, 2) * fine - (1 - r / 4))) == 0
    with pytest.raises(InvalidParameter, match=r"^margin must be a number"):
        _ = half.dominant


@given(games(((2, 2), (3, 2), (2, 2, 2))), st.data())
@settings(max_examples=40, deadline=None)
def test_least_p_is_where_beliefs_stop_to_make_the_profile_a_best_reply(game: NormalFormGame, data: Any) -> None:
    names = [data.draw(st.sampled_from(own)) for own in game.strategies]
    found = least_p(game, names)
    if found is None:
        assert max(profile_regrets(game, pure_profile(game, names))) > 0
        return
    for player in range(game.n_players):
        rows = np.moveaxis(game.payoffs[player], player, 0)
        own = game.strategies[player].index(names[player])
        others = tuple(game.strategies[k].index(names[k]) for k in range(game.n_players) if k != player)
        for share, allowed in ((found, True), (found - Fraction(1, 10**6), None)):
            worst = min(
                share * (rows[own] - row)[others] + (1 - share) * (rows[own] - row)[column]
                for row in rows
                for column in np.ndindex(rows.shape[1:])
            )
            assert worst >= 0 or allowed is None
    if found > 0:
        share = found - Fraction(1, 10**6)
        worst = min(
            share * (rows[own] - row)[others] + (1 - share) * (rows[own] - row).min()
            for player in range(game.n_players)
            for rows in [np.moveaxis(game.payoffs[player], player, 0)]
            for own in [game.strategies[player].index(names[player])]
            for others in [tuple(game.strategies[k].index(names[k]) for k in range(game.n_players) if k != player)]
            for row in rows
        )
        assert worst < 0


def test_payoff_dominance_needs_everybody_and_equilibria() -> None:
    hunt = normal_form_game(HUNT)
    both = [pure_profile(hunt, [0, 0]), pure_profile(hunt, [1, 1])]
    assert payoff_dominant(hunt, both) == (0,)
    with pytest.raises(InvalidParameter, match=r"^equilibria must be Nash"):
        payoff_dominant(hunt, [pure_profile(hunt, [0, 1])])
    game = normal_form_game([[2, 0], [0, 2]], [[1, 0], [0, 3]])
    first, second = pure_profile(game, [0, 0]), pure_profile(game, [1, 1])
    assert not payoff_dominates(game, second, first)
    assert payoff_dominates(game, second, first, weakly=True)
    assert payoff_dominant(game, [first, second]) == (0, 1)


def test_risk_dominance_refuses_profiles_that_are_not_two_strict_equilibria() -> None:
    with pytest.raises(InvalidParameter, match=r"^first must be a strict equilibrium"):
        risk_dominance(normal_form_game([[1, 1], [1, 2]]), first=["1", "1"], second=["2", "2"])
    with pytest.raises(InvalidParameter, match=r"^second must be without"):
        risk_dominance(normal_form_game(HUNT), first=["1", "1"], second=["1", "2"])
    with pytest.raises(InvalidParameter, match=r"^game must be a 2x2 game"):
        risk_dominance(normal_form_game(np.eye(3, dtype=int)), first=["1", "1"], second=["2", "2"])
    with pytest.raises(InvalidParameter, match=r"^notion must be "):
        risk_dominance(game_from_payoffs(HUNT, ["S", "H"]), first="S", second="H", notion="thrice")


# --- regrets of symmetric profiles


@given(table_games(exact=True), st.data())
@settings(max_examples=25, deadline=None)
def test_regrets_of_symmetric_profiles_are_those_of_the_tensors(game: TableGame, data: Any) -> None:
    size = len(game.strategies)
    if size**game.group_size > 100:
        return
    whole = normal_form_of(game)
    shares = data.draw(populations(game))
    regret = symmetric_regret(game, shares)
    assert profile_regrets(whole, [shares] * game.group_size) == (regret,) * game.group_size
    assert exploitability(whole, [shares] * game.group_size) == game.group_size * regret
    counts = data.draw(st.sampled_from(compositions(game.group_size, size).tolist()))
    group = [k for k, n in enumerate(counts) for _ in range(n)]
    theirs = profile_regrets(whole, pure_profile(whole, group))
    assert all(group_regrets(game, counts)[game.strategies[k]] == gain for k, gain in zip(group, theirs, strict=True))


def test_pure_profiles_are_the_groups_without_regret() -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
    stable = {profile.counts for profile in pure_profiles(game)}
    for counts in compositions(5, 3).tolist():
        assert (tuple(counts) in stable) == (max(group_regrets(game, counts).values()) == 0)
    with pytest.raises(InvalidParameter, match=r"^counts must be 3 integers"):
        group_regrets(game, [1, 1, 1])
