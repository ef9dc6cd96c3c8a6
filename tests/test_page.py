"""The report as a page: it stands alone, typesets what was claimed, and no author of a claim can put markup in it."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from experiments.page import document, figure, write_page
from experiments.pictures import plot_observations
from experiments.predictions import Observation
from experiments.report import ClaimResult, Report, claim_result
from gametheory import InvalidParameter, PublicGoodsGame
from proofs import Claim, verify

VOID = {"meta", "col", "br", "mspace", "path", "use"}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"' --> --!> ]]> &amp; $x^2$ http://elsewhere.example"


class Page(HTMLParser):
    """Every element with its attributes; every element is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str) -> int:
        return sum(found == tag for found, _ in self.elements)


def observation(**changes: Any) -> Observation:
    known: dict[str, Any] = {
        "id": "contributions-at-p-0.1",
        "statement": "A share.",
        "prediction": 0.5,
        "estimate": 0.49,
        "interval": (0.47, 0.5),
        "level": 0.999,
        "tolerance": 0.01,
        "agrees": "yes",
        "seeds": 24,
        "seconds": 1.0,
        "seed": 1,
        "effect": -0.01,
        "excluded": (),
        "not_excluded": (),
        "note": "",
    }
    return Observation(**{**known, **changes})


@pytest.fixture(scope="module")
def results() -> tuple[ClaimResult, ...]:
    claim = Claim(
        id="deterrence",
        statement="Contributing pays from p on.",
        source="-",
        variables={"N": "integer", "p": "real", "fine": "real"},
        definitions={"gain": "(N - 1)*p*fine - 1/2"},
        assumptions=["N >= 2", "fine > 0", "p <= 1"],
        conclusion="iff(gain >= 0, p >= 1/(2*(N - 1)*fine))",
    )
    wrong = Claim(
        id="deterrence.wrong",
        statement="It always pays.",
        source="-",
        variables={"p": "real"},
        assumptions=[],
        conclusion="p > 0",
        expected="refuted",
    )
    return claim_result(verify(claim)), claim_result(verify(wrong))


def written(report: Report, path: Path, **options: Any) -> Page:
    options = {"built_in": False, **options}
    write_page(report, path, **options)
    return Page(path.read_text(encoding="utf-8"))


def stands_alone(page: Page) -> None:
    """Whether nothing on the page is asked for from anywhere, and nothing runs."""
    for tag, attributes in page.elements:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base", "form", "img", "image", "video"}
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in {"src", "srcset", "action", "background"}, (tag, name)
            if name in {"href", "xlink:href"}:
                assert (value or "").startswith("#"), (tag, value)
            if not name.startswith("xmlns"):
                assert "http" not in (value or ""), (tag, name, value)
            for target in re.findall(r"url\(([^)]*)\)", value or ""):
                assert target.startswith("#")


def test_the_built_in_study_s_page_stands_alone(results: tuple[ClaimResult, ...], tmp_path: Path) -> None:
    seen = tuple(observation(id=f"contributions-at-p-{p}") for p in (0.05, 0.1))
    page = written(Report(claims=results, observations=seen, seed=1), tmp_path / "page.html", built_in=True)

    stands_alone(page)
    assert page.count("svg") == 3
    text = (tmp_path / "page.html").read_text()
    assert "@import" not in text
    assert "http:" not in re.sub(r'xmlns(:xlink)?="[^"]*"', "", text)
    policy = next(a["content"] for t, a in page.elements if t == "meta" and "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_ids_of_pictures_do_not_meet(results: tuple[ClaimResult, ...], tmp_path: Path) -> None:
    seen = tuple(observation(id=f"contributions-at-p-{p}") for p in (0.05, 0.1))
    page = written(Report(claims=results, observations=seen, seed=1), tmp_path / "page.html", built_in=True)

    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    used = {str(v)[1:] for _, a in page.elements for n, v in a.items() if n == "xlink:href"}
    used |= {found for _, a in page.elements for v in a.values() for found in re.findall(r"url\(#([^)]*)\)", v or "")}
    assert used <= set(ids)


def test_conclusions_are_typeset_and_what_the_proof_used_is_told(
    results: tuple[ClaimResult, ...], tmp_path: Path
) -> None:
    page = written(Report(claims=results), tmp_path / "page.html")

    assert page.count("math") > 5
    assert page.count("mfrac") >= 2
    assert "⇔" in page.text
    assert "assumed, but not used by the proof: p≤1" in page.text
    assert "N ∈ ℤ" in page.text
    assert "It always pays." in page.text
    assert "refuted" in page.text


@pytest.mark.parametrize("field", ["id", "statement", "method", "reason", "verdict", "kernel"])
def test_no_text_of_a_claim_is_markup(field: str, tmp_path: Path) -> None:
    known = {"id": "c", "statement": "s", "verdict": "proved", "expected": "proved", "method": "identity"}
    hostile = ClaimResult(**{**known, field: HOSTILE})  # type: ignore[arg-type]

    page = written(Report(claims=(hostile,)), tmp_path / "page.html")

    assert page.count("script") == page.count("img") == 0
    assert "alert(1)" in page.text


def test_no_formula_name_or_value_is_markup(tmp_path: Path) -> None:
    texts = {
        "variables": {HOSTILE: "real"},
        "definitions": {HOSTILE: HOSTILE},
        "assumptions": [HOSTILE],
        "conclusion": HOSTILE,
    }
    hostile = ClaimResult(
        id="c",
        statement="s",
        verdict="refuted",
        expected="proved",
        method="m",
        texts=texts,
        counterexample={HOSTILE: HOSTILE},
        needed=(HOSTILE,),
    )

    page = written(Report(claims=(hostile,)), tmp_path / "page.html")

    assert page.count("script") == page.count("img") == 0


def test_no_text_in_a_picture_is_markup() -> None:
    _, axes = plt.subplots()
    axes.set_title(HOSTILE, parse_math=False)

    page = Page(document(HOSTILE, [figure(axes, HOSTILE, HOSTILE)]))

    assert page.count("script") == page.count("img") == 0
    assert page.count("svg") == 1
    assert "<!--" not in figure(plt.subplots()[1], "", "")


def test_observations_with_strange_names_are_drawn(tmp_path: Path) -> None:
    seen = (observation(id=HOSTILE, note=HOSTILE, statement=HOSTILE),)

    page = written(Report(claims=(), observations=seen, seed=1), tmp_path / "page.html")

    stands_alone(Page((tmp_path / "page.html").read_text().replace("http://elsewhere.example", "")))
    assert page.count("script") == 0


def test_a_formula_too_long_to_be_read_is_told_not_drawn(tmp_path: Path) -> None:
    long = " + ".join(["x"] * 3000)
    texts: dict[str, Any] = {
        "variables": {"x": "real"},
        "definitions": {},
        "assumptions": [],
        "conclusion": f"{long} > 0",
    }
    result = ClaimResult(id="c", statement="s", verdict="proved", expected="proved", method="m", texts=texts)

    page = written(Report(claims=(result,)), tmp_path / "page.html")

    assert f"a formula of {len(long) + 4} characters" in page.text


def test_the_same_report_gives_the_same_page(results: tuple[ClaimResult, ...], tmp_path: Path) -> None:
    report = Report(claims=results, observations=(observation(),), seed=1)
    pages = []
    for name in ("a", "b"):
        write_page(report, tmp_path / name, built_in=True)
        pages.append((tmp_path / name).read_bytes())

    assert pages[0] == pages[1]


def test_the_game_s_parameters_are_on_the_page(tmp_path: Path) -> None:
    game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")

    page = written(Report(claims=()), tmp_path / "page.html", game=game)

    assert "punishment cost" in page.text
    assert "γ310punishment cost" in page.text  # a fraction, its parts in elements of their own


# --- the picture of observations ---


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"estimate": 0.5}, 0.0),
        ({"estimate": 0.49, "interval": (0.48, 0.5), "tolerance": 0.0}, -1.0),
        ({"estimate": 0.52, "interval": (0.51, 0.6), "tolerance": 0.0, "agrees": "no"}, 2.0),
        ({"estimate": 0.9, "interval": (0.89, 0.91), "agrees": "no"}, 3.0),
        ({"prediction": 1.0, "estimate": 1.0, "interval": (1.0, 1.0), "tolerance": 0.0}, 0.0),
        ({"prediction": 1.0, "estimate": 0.0, "interval": (0.0, 0.0), "tolerance": 0.0, "agrees": "no"}, -3.0),
    ],
)
def test_an_observation_is_in_the_band_iff_the_prediction_is_in_the_widened_interval(
    changes: dict[str, Any], place: float
) -> None:
    seen = observation(**changes)
    axes: Any = plot_observations([seen])

    found = float(axes.collections[0].get_offsets()[0][0])

    assert found == pytest.approx(place)
    low, high = seen.interval
    inside = low - seen.tolerance - 1e-12 <= seen.prediction <= high + seen.tolerance + 1e-12
    assert (abs(found) <= 1 + 1e-9) == inside
    plt.close(axes.figure)


def test_no_observations_are_no_picture() -> None:
    with pytest.raises(InvalidParameter, match=r"^observations must be one or more"):
        plot_observations([])
