"""What holds for every kind of game: refusals by name, files, every arithmetic, tables, and the page on them."""

import doctest
import pickle
import re
import tomllib
from dataclasses import MISSING, fields, replace
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

import flint
import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gametheory import (
    InvalidParameter,
    PublicGoodsGame,
    conditions,
    load_game,
    payoff_table,
    pure_profiles,
    save_game,
    symmetric_equilibria,
)
from gametheory.compositions import compositions
from gametheory.files import KINDS, game_from_dict, game_to_dict
from gametheory.parameters import Domain, Each, Players, Size, domain_of
from gametheory.testing import SYMMETRIC_KINDS, co_players, games_of

PAGE = Path(__file__).parents[1] / "docs" / "games.md"
LAWS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
NEW = [kind for kind in SYMMETRIC_KINDS if kind != "table"]


def examples() -> list[tuple[str, str]]:
    """(kind, TOML) of every example of the page."""
    blocks = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [(tomllib.loads(block)["game"]["kind"], block) for block in blocks]


SAMPLES = {kind: game_from_dict(tomllib.loads(block, parse_float=str)["game"]) for kind, block in examples()}
FIELDS = [(kind, f.name) for kind, game in SAMPLES.items() for f in fields(game) if isinstance(domain_of(f), Domain)]
LISTS = [(kind, f.name) for kind, game in SAMPLES.items() for f in fields(game) if isinstance(domain_of(f), Each)]


# The page


def test_the_page_lists_every_kind_and_every_parameter() -> None:
    text = PAGE.read_text(encoding="utf-8")
    sections = {part.partition("\n")[0]: part for part in text.split("\n### ")[1:]}

    assert list(sections) == list(KINDS)
    for kind, section in sections.items():
        assert f"`{KINDS[kind].__name__}`" in section
        assert f'kind = "{kind}"' in section
        for field in fields(KINDS[kind]):
            assert f"`{field.name}`" in section, (kind, field.name)
        assert f"(#{kind})" in text


@pytest.mark.parametrize(("kind", "block"), examples(), ids=[kind for kind, _ in examples()])
def test_every_example_of_the_page_is_a_game(tmp_path: Path, kind: str, block: str) -> None:
    path = tmp_path / "game.toml"
    path.write_text(block, encoding="utf-8")

    game = load_game(path)
    save_game(game, path)

    assert type(game) is KINDS[kind]
    assert load_game(path) == game


def test_the_pages_python_says_what_it_prints() -> None:
    text = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL))
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)

    runner.run(parser.get_doctest("from fractions import Fraction\n" + text, {}, "games.md", None, 0))

    assert (runner.failures, runner.tries > 0) == (0, True)


# Refusals by name

NOWHERE = [float("nan"), float("inf"), float("-inf"), True, None, 1j, "", "1/0", "x", sp.I, sp.nan, sp.oo]
NOWHERE += [np.array([0.5, float("nan")]), flint.arb("nan"), flint.arb("inf")]


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_parameters_outside_every_domain_are_refused_by_name(kind: str, name: str) -> None:
    for value in NOWHERE:
        with pytest.raises(InvalidParameter, match=f"^{name} must be ") as caught:
            replace(SAMPLES[kind], **{name: value})
        assert caught.value.name == name


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_parameters_keep_to_their_own_domain(kind: str, name: str) -> None:
    words = next(domain_of(f).words for f in fields(SAMPLES[kind]) if f.name == name)
    outside: dict[str, list[Any]] = {
        "> 0 and finite": [0, -1],
        ">= 0 and finite": ["-1/100"],
        "in [0, 1]": ["-1/100", "101/100"],
    }
    inside = {">= 0 and finite": [0, 1000], "in [0, 1]": [0, 1], "a finite real number": [-5, 0, 5]}.get(
        words, ["1/100"]
    )

    for value in outside.get(words, []):
        with pytest.raises(InvalidParameter, match=f"^{name} must be {re.escape(words)}, got "):
            replace(SAMPLES[kind], **{name: value})
    for value in inside:
        assert getattr(replace(SAMPLES[kind], **{name: value}), name) == Fraction(value)


@pytest.mark.parametrize(("kind", "name"), LISTS)
def test_entries_outside_every_domain_are_refused_by_name(kind: str, name: str) -> None:
    for value in NOWHERE:
        entries = [value, *getattr(SAMPLES[kind], name)[1:]]
        with pytest.raises(InvalidParameter, match=f"^{name} must be "):
            replace(SAMPLES[kind], **{name: entries})


@pytest.mark.parametrize("kind", [kind for kind in NEW if any(f.name == "group_size" for f in fields(KINDS[kind]))])
@pytest.mark.parametrize("size", [1, 0, 2.5, 5.0, True, "5", None, Fraction(5)])
def test_group_sizes_that_are_no_integer_from_two_on_are_refused(kind: str, size: object) -> None:
    with pytest.raises(InvalidParameter, match=r"^group_size must be an integer >= 2"):
        replace(SAMPLES[kind], group_size=size)


@pytest.mark.parametrize("kind", NEW)
@pytest.mark.parametrize("strategies", ["CD", ["C"], ["C", "C"], ["C", "X"], [], None, 5, ["C", None], [["C"], "D"]])
def test_strategies_that_a_game_does_not_have_are_refused(kind: str, strategies: object) -> None:
    with pytest.raises(InvalidParameter, match=r"^strategies must be "):
        replace(SAMPLES[kind], strategies=strategies)


@pytest.mark.parametrize("kind", NEW)
def test_co_players_that_are_not_those_of_the_game_are_refused(kind: str) -> None:
    game = SAMPLES[kind]
    others, rest = game.group_size - 1, [0] * (len(game.strategies) - 1)

    for counts in ([others + 1, *rest], [others, *rest, 0], [others], [-1, *rest[1:], others + 1]):
        with pytest.raises(InvalidParameter, match=r"^counts must be "):
            game.payoff(game.strategies[0], counts)
    with pytest.raises(InvalidParameter, match=r"^strategy must be one of"):
        game.payoff("X", [others, *rest])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "public-goods"])
def test_conditions_are_about_the_linear_game_with_peer_punishment(kind: str) -> None:
    with pytest.raises(InvalidParameter, match=r"^game must be a PublicGoodsGame") as caught:
        conditions(SAMPLES[kind])

    assert "\n" not in str(caught.value)


# Files


@LAWS
@given(game=games_of(list(KINDS)))
def test_a_saved_game_is_read_back(tmp_path: Path, game: Any) -> None:
    path = tmp_path / "game.toml"

    save_game(game, path)

    assert load_game(path) == game
    assert game_from_dict(game_to_dict(game)) == game
    assert hash(load_game(path)) == hash(game)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[game.stage.returns]", "[game.stage.retruns]", "stage.retruns must be left out: a game of kind 'pool-"),
        (
            "[game.stage.returns]",
            "[game.returns]",
            "returns must be left out: a game of kind 'optional' has no such key",
        ),
        ("multiplication_factor = 3", "", "stage.returns.multiplication_factor must be given, got nothing"),
        ("multiplication_factor = 3", "multiplication_factor = 0", "stage.returns.multiplication_factor must be > 0"),
        ('kind = "others-only"', "", "stage.returns.kind must be one of 'public-goods', "),
        ('kind = "others-only"', 'kind = "public-goods"', "stage.returns must be a game of the strategies 'C' and 'D'"),
        ("pool_fine = 0.7", "pool_fine = -1", "stage.pool_fine must be >= 0 and finite"),
        ("loner_payoff = 1", "loner_payoff = nan", "loner_payoff must be a number such as"),
        ("[game.stage.returns]", "returns = 5\n[x]", "x must be left out"),
    ],
)
def test_what_is_wrong_inside_a_game_is_named_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = examples()[-2][1]
    assert old in text
    path = tmp_path / "game.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(InvalidParameter) as caught:
        load_game(path)

    assert str(caught.value).startswith(f"{path}: {message}")
    assert "\n" not in str(caught.value)


def test_games_nested_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "game.toml"
    table = '[game]\nkind = "optional"\nloner_payoff = 1\n'
    path.write_text("".join(table.replace("game", "game" + ".stage" * i) for i in range(50)), encoding="utf-8")

    with pytest.raises(InvalidParameter, match="at most 4 games deep"):
        load_game(path)


def test_what_a_file_cannot_hold_is_not_written(tmp_path: Path) -> None:
    inner = PublicGoodsGame(group_size=5, multiplication_factor=3.0, strategies=["C", "D"])
    for game in (
        replace(SAMPLES["reward"], returns=inner),
        replace(SAMPLES["unequal"], endowments=[0.5] * 4),
        "a game",
    ):
        with pytest.raises(InvalidParameter, match=r"^game must be "):
            save_game(game, tmp_path / "game.toml")

    assert not list(tmp_path.iterdir())


# Every arithmetic


def renewed(game: Any, change: Any) -> Any:
    """The same game with `change` made to every number, in the games inside it too."""
    values: dict[str, Any] = {}
    for field in fields(game):
        value, domain = getattr(game, field.name), domain_of(field)
        if isinstance(domain, Domain):
            values[field.name] = change(value)
        elif isinstance(domain, Each):
            values[field.name] = [change(entry) for entry in value]
        elif field.name in ("returns", "stage"):
            values[field.name] = renewed(value, change)
        else:
            values[field.name] = value
    return type(game)(**values)


@LAWS
@given(st.data())
def test_floats_arrays_balls_and_symbols_agree_with_fractions(data: st.DataObject) -> None:
    game = data.draw(games_of(NEW))
    counts = data.draw(co_players(game))
    kind = data.draw(st.sampled_from(game.strategies))
    exact = game.payoff(kind, counts)
    inside = (Fraction(1, 1024), Fraction(1023, 1024))  # a ball must lie in the domain, ends and all

    near = renewed(game, lambda v: min(max(v, inside[0]), inside[1]) if v in (0, 1) else v)
    near_payoff = near.payoff(kind, counts)
    symbols: dict[Any, Any] = {}

    def symbol(value: Fraction) -> Any:
        made = sp.Symbol(f"v{len(symbols)}", real=True)
        symbols[made] = sp.Rational(value.numerator, value.denominator)
        return made

    as_ball = renewed(near, lambda v: flint.arb(flint.fmpq(v.numerator, v.denominator))).payoff(kind, counts)
    as_symbols = renewed(game, symbol).payoff(kind, counts)

    assert isinstance(exact, Fraction | int)
    scale = float(max((abs(n) for n in numbers(game)), default=1)) ** 2 * 2.0**11 + 1  # synergy: powers
    tolerance = 1e-9 * max(scale, abs(float(exact)))
    assert float(renewed(game, float).payoff(kind, counts)) == pytest.approx(float(exact), abs=tolerance)
    as_array = renewed(game, lambda v: np.array([float(v)] * 2)).payoff(kind, counts)
    assert np.broadcast_to(as_array, 2) == pytest.approx([float(exact)] * 2, abs=tolerance)
    assert flint.arb(as_ball).overlaps(flint.arb(flint.fmpq(near_payoff.numerator, near_payoff.denominator)))
    assert sp.sympify(as_symbols).subs(symbols) == sp.Rational(exact.numerator, exact.denominator)


def numbers(game: Any) -> list[Fraction]:
    """Every number in a game."""
    found: list[Fraction] = []

    def noted(value: Fraction) -> Fraction:
        found.append(value)
        return value

    renewed(game, noted)
    return found


def test_one_float_anywhere_makes_all_of_a_game_floats() -> None:
    game = replace(SAMPLES["peer-punishment"], fine=0.5)
    assert isinstance(game.returns.multiplication_factor, float)
    assert not game.is_exact

    outside = replace(SAMPLES["peer-punishment"], returns=replace(game.returns, contribution_cost=2.0))
    assert isinstance(outside.fine, float)


@LAWS
@given(games_of(list(KINDS)))
def test_games_are_equal_when_their_parameters_are(game: Any) -> None:
    same = game_from_dict(game_to_dict(game))

    assert same == game
    assert hash(same) == hash(game)
    assert game != "a game"
    assert game != PublicGoodsGame(group_size=77, multiplication_factor=3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_game_survives_the_way_to_a_worker_process(kind: str) -> None:
    assert pickle.loads(pickle.dumps(SAMPLES[kind])) == SAMPLES[kind]


# What every symmetric kind is for


@settings(LAWS, max_examples=40)
@given(games_of())
def test_every_symmetric_kind_has_an_exact_table_of_its_payoffs(game: Any) -> None:
    table = payoff_table(game)

    assert table.is_exact
    assert table.strategies == tuple(game.strategies)
    for row, kind in zip(table.values, table.strategies, strict=True):
        splits = compositions(game.group_size - 1, len(table.strategies)).tolist()
        for value, counts in zip(row, splits, strict=True):
            assert value == game.payoff(kind, counts)


CROWDED = [
    kind for kind in NEW for f in fields(KINDS[kind]) if isinstance(d := domain_of(f), Players) and len(d.names) > 2
]


@pytest.mark.parametrize("kind", CROWDED)
def test_leaving_out_strategies_that_nobody_plays_changes_nothing(kind: str) -> None:
    names = next(domain_of(f).names for f in fields(KINDS[kind]) if isinstance(domain_of(f), Players))
    whole = replace(SAMPLES[kind], strategies=names)

    for some in permutations(names, 2):
        part = replace(whole, strategies=some)
        for counts in compositions(part.group_size - 1, 2).tolist():
            there = dict(zip(some, counts, strict=True))
            for player in some:
                assert part.payoff(player, counts) == whole.payoff(player, [there.get(name, 0) for name in names])


@pytest.mark.parametrize("kind", SYMMETRIC_KINDS)
def test_every_symmetric_kind_has_equilibria(kind: str) -> None:
    game = SAMPLES[kind]
    found = symmetric_equilibria(game)

    assert found.exact
    assert all(component.regret == 0 for component in found.components)
    assert all(sum(profile.by_name.values()) == game.group_size for profile in pure_profiles(game))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_needs_no_more_than_its_example_says(kind: str) -> None:
    """What has a default may be left out, and what has none may not."""
    described = game_to_dict(SAMPLES[kind])
    needed = {f.name for f in fields(KINDS[kind]) if f.default is MISSING}

    for name in described.keys() - {"kind"}:
        less = {key: value for key, value in described.items() if key != name}
        if (name if name != "payoffs" else "values") in needed:
            with pytest.raises(InvalidParameter, match=f"^{name} must be given"):
                game_from_dict(less)
        else:
            assert type(game_from_dict(less)) is KINDS[kind]


def test_sizes_are_read_as_integers() -> None:
    for game in SAMPLES.values():
        for field in fields(game):
            if isinstance(domain_of(field), Size):
                assert type(getattr(game, field.name)) is int
