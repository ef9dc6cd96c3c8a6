import json
from fractions import Fraction
from typing import Any

import pytest

from experiments.solution import solution
from gametheory import InvalidParameter, PublicGoodsGame, TableGame, game_from_function
from gametheory.files import game_from_dict

from ._formulas import satisfies

F = Fraction
STABILITIES = {"asymptotically stable", "stable", "unstable", "undecided"}


def published(size: int = 5, **changes: Any) -> PublicGoodsGame:
    values: dict[str, Any] = {"multiplication_factor": 3, "fine": 1, "punishment_cost": "3/10"}
    return PublicGoodsGame(group_size=size, **{**values, **changes})


def test_the_document_of_the_published_game_is_the_one_of_the_architecture() -> None:
    document = solution(published())

    assert json.loads(json.dumps(document)) == document
    assert document["schema"] == "gametheory.solution/1"
    assert (document["exact"], document["complete"]) == (True, True)
    assert game_from_dict(document["game"]) == published()
    deterrence = document["conditions"][0]
    assert {key: deterrence[key] for key in ("name", "parameter", "threshold", "feasible", "holds")} == {
        "name": "deterrence",
        "parameter": "punishment_probability",
        "threshold": "1/10",
        "feasible": True,
        "holds": True,
    }
    defectors, edge = document["equilibria"]
    assert defectors["endpoints"] == [{"C": "0", "D": "1", "P": "0"}]
    assert (defectors["ess"], defectors["stability_as_set"]) == ("yes", "asymptotically stable")
    assert (edge["support"], edge["dimension"], edge["regret"]) == (["C", "P"], 1, "0")
    assert edge["endpoints"] == [{"C": "9/10", "D": "0", "P": "1/10"}, {"C": "0", "D": "0", "P": "1"}]
    assert [(part["dimension"], part["stability"]) for part in edge["parts"]] == [
        (1, "stable"),
        (0, "unstable"),
    ]
    assert edge["stability_as_set"] == "unstable"
    assert {"counts": {"C": 0, "D": 5, "P": 0}, "strict": True} in document["pure_profiles"]
    mixed = [c for c in document["rest_points"] if c["support"] == ["D", "P"]]
    assert mixed[0]["endpoints"] == [{"C": "0", "D": "9/13", "P": "4/13"}]


@pytest.mark.parametrize("changes", [{}, {"punishment_cost": 0}, {"punishment_probability": 0}, {"fine": 0}])
def test_every_component_holds_its_points_and_every_number_reads_back(changes: dict[str, Any]) -> None:
    document = solution(published(**changes))
    for component in document["equilibria"] + document["rest_points"]:
        keys = {"support", "dimension", "endpoints", "set", "regret", "ess", "parts", "stability_as_set"}
        assert keys <= component.keys()
        assert component["stability_as_set"] in STABILITIES
        points = component["endpoints"] + [part["point"] for part in component["parts"]]
        for point in points:
            values = {name: F(text) for name, text in point.items()}
            assert sum(values.values()) == 1
            assert satisfies(component["set"], values)
        for part in component["parts"]:
            assert part["stability"] in STABILITIES
            assert satisfies(part["set"], {name: F(text) for name, text in part["point"].items()})
    assert all(F(c["regret"]) == 0 for c in document["equilibria"])


def test_algebraic_numbers_are_polynomials_with_intervals() -> None:
    game = TableGame(strategies=["A", "B"], group_size=3, values=[[1, 0, 0], ["1/2"] * 3])
    document = solution(game)
    (mixed,) = [c for c in document["equilibria"] if len(c["support"]) == 2]
    assert mixed["endpoints"][0]["A"]["poly"] == "2*x**2 - 1"
    assert mixed["endpoints"][0]["B"]["poly"] == "2*x**2 - 4*x + 1"
    assert mixed["set"].startswith("2*A**2 - 1 == 0 and A > ")
    assert document["conditions"] == []


def test_floats_are_json_numbers() -> None:
    document = solution(published(fine=1.0))
    assert document["exact"] is False
    assert json.loads(json.dumps(document)) == document
    assert document["equilibria"][1]["endpoints"][1] == {"C": 0.0, "D": 0.0, "P": 1.0}


def test_half_an_answer_says_so() -> None:
    document = solution(game_from_function(lambda s, n: 0, ["A", "B", "C", "D"], 2))
    assert document["complete"] is False
    assert "not listed" in document["note"]


def test_a_game_of_symbols_is_refused_by_name() -> None:
    import sympy as sp

    with pytest.raises(InvalidParameter, match=r"^game must be"):
        solution(published(fine=sp.Symbol("beta", positive=True)))
