"""The report and the explorer in a real browser, headless: typeset, legible, and asking nobody for anything.

These tests fail, rather than pass unseen, where Debian's packages chromium and chromium-driver are missing.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.page import write_page
from experiments.pictures_files import write_picture
from experiments.predictions import Observation
from experiments.report import ClaimResult, Report
from gametheory import PublicGoodsGame
from gametheory.files import save_game
from proofs.checking import stored_claims
from tests.test_page import HOSTILE, observation

pytestmark = pytest.mark.browser

PUBLISHED = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1, punishment_cost="3/10")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's own Chromium and driver; nothing is looked for elsewhere or downloaded."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.fail("chromium and chromedriver are missing: apt-get install chromium chromium-driver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, "--window-size=1400,1200"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield made
    made.quit()


def opened(browser: Any, address: str) -> Any:
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(address)
    return browser


def requested(browser: Any) -> list[str]:
    """Every address that was asked for since `opened`."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return sent + [m["params"]["url"] for m in messages if m["method"] == "Network.webSocketCreated"]


def complaints(browser: Any) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def sizes(browser: Any, selector: str) -> list[list[float]]:
    script = "return [...document.querySelectorAll(arguments[0])].map(e => {const r = e.getBoundingClientRect();"
    found: list[list[float]] = browser.execute_script(f"{script} return [r.x, r.y, r.width, r.height]}})", selector)
    return found


def result(claim: Mapping[str, Any]) -> ClaimResult:
    wrong = claim["id"].endswith(".wrong")
    words: dict[str, Any] = {"expected": "refuted" if wrong else "proved", "verdict": "refuted" if wrong else "proved"}
    words["counterexample"] = {"N": "5", "r": "3/2"} if wrong else None
    return ClaimResult(
        id=claim["id"], statement=claim["statement"], method="handelman", texts=claim, seconds=0.5, **words
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of the whole catalogue, with observations and pictures, and of a claim by someone who means harm."""
    hostile = {
        "id": "all-signs",
        "statement": HOSTILE,
        "source": HOSTILE,
        "variables": {"x": "real", "n": "integer", HOSTILE: "real"},
        "definitions": {"very_long_name": " + ".join(f"x**{k}/{k + 1}" for k in range(2, 40))},
        "assumptions": ["x > 0", "n >= 1", HOSTILE],
        "conclusion": "very_long_name > 0 and sqrt(x) >= 0 and abs(x) == x and Sum(x**k, k, 0, n) > 0",
    }
    results = [result(claim) for claim in (*stored_claims().values(), hostile)]
    seen: list[Observation] = [observation(id=f"contributions-at-p-{p}") for p in (0.0, 0.05, 0.1, 0.2)]
    seen.append(observation(id=HOSTILE, note=HOSTILE))
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_page(Report(claims=tuple(results), observations=tuple(seen), seed=1), path, built_in=True)
    return path


def test_the_report_asks_for_nothing_but_itself_and_complains_of_nothing(browser: Any, report: Path) -> None:
    opened(browser, report.as_uri())

    assert complaints(browser) == []
    assert [address for address in requested(browser) if not address.startswith("data:")] == [report.as_uri()]
    assert browser.execute_script("return document.scripts.length") == 0


def test_its_formulas_are_typeset(browser: Any, report: Path) -> None:
    opened(browser, report.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")

    formulas = sizes(browser, "math")
    assert len(formulas) > 30
    assert all(width > 3 and height > 3 for _, _, width, height in formulas)
    # a fraction is drawn as one: its denominator below its numerator, which a browser without MathML would not do
    parts = sizes(browser, "mfrac > :first-child"), sizes(browser, "mfrac > :last-child")
    assert parts[0]
    assert all(below[1] >= above[1] + above[3] / 2 for above, below in zip(*parts, strict=True))
    assert all(height > 9 for *_, height in sizes(browser, "mfrac"))  # those in exponents are small


@pytest.mark.parametrize("width", [1400, 700, 420])
def test_its_text_fits_at_every_width(browser: Any, report: Path, width: int) -> None:
    browser.set_window_size(width, 1000)
    opened(browser, report.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")

    inner = browser.execute_script("return document.documentElement.clientWidth")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= inner
    for selector in ("p", "h1", "h2", "figure", "table", "td", "figcaption"):
        for x, _, size, _ in sizes(browser, selector):
            assert x >= 0, selector
            assert x + size <= inner + 1, selector
    browser.set_window_size(1400, 1200)


def test_its_pictures_are_drawn(browser: Any, report: Path) -> None:
    opened(browser, report.as_uri())

    pictures = sizes(browser, "figure svg")
    assert len(pictures) == 3
    assert all(width > 200 and height > 150 for _, _, width, height in pictures)
    for k in range(3):
        shot = browser.find_elements("css selector", "figure svg")[k].screenshot_as_png
        assert colors(shot) > 20  # lines and letters, not an empty frame


def pixels(png: bytes) -> Any:
    from io import BytesIO

    import matplotlib.image

    return (matplotlib.image.imread(BytesIO(png))[..., :3] * 255).astype(np.uint8)


def colors(png: bytes) -> int:
    return len(np.unique(pixels(png).reshape(-1, 3), axis=0))


def test_what_a_stranger_wrote_is_text(browser: Any, report: Path) -> None:
    opened(browser, report.as_uri())

    assert "<script>alert(1)</script>" in browser.find_element("tag name", "body").text
    assert browser.find_elements("css selector", "script, img, body *[onerror]") == []


def test_a_picture_s_page_is_drawn_too(browser: Any, tmp_path: Path) -> None:
    save_game(PUBLISHED, tmp_path / "game.toml")
    write_picture(tmp_path / "game.toml", tmp_path / "simplex.html")
    opened(browser, (tmp_path / "simplex.html").as_uri())

    assert complaints(browser) == []
    assert colors(browser.find_element("css selector", "figure svg").screenshot_as_png) > 20


# --- the explorer ---


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("explorer") / "game.toml"
    save_game(PUBLISHED, path)
    command = [sys.executable, "-c", "from experiments.cli import main; main()", "explore", str(path), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        assert " at http://127.0.0.1:" in said
        yield said.split(" at ")[1].split()[0]
    finally:
        process.terminate()
        process.communicate(timeout=20)


# bokeh's widgets live in shadow roots, one inside the other
FIND = """
function* all(root) {
  for (const e of root.querySelectorAll('*')) { yield e; if (e.shadowRoot) yield* all(e.shadowRoot); }
}
"""


def element(browser: Any, condition: str) -> Any:
    """The first element, in whatever shadow, that a condition on `e` is true of."""
    return browser.execute_script(f"{FIND} for (const e of all(document)) if ({condition}) return e; return null")


def waited(browser: Any, condition: str, *, seconds: float = 20.0) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = element(browser, condition)
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"never: {condition}\n{complaints(browser)}")


def handle(browser: Any, title: str) -> Any:
    """The handle of the slider with this title."""
    script = f"""{FIND}
    for (const e of all(document))
      if (e.className === 'bk-slider-title' && e.textContent.startsWith(arguments[0]))
        return e.getRootNode().querySelector('.noUi-handle');
    return null"""
    return browser.execute_script(script, title)


def verdict(browser: Any) -> str:
    return str(waited(browser, "e.classList.contains('verdict')").text)


def test_a_moved_slider_takes_the_verdict_across_the_threshold(browser: Any, explorer: str) -> None:
    from selenium.webdriver.common.keys import Keys

    opened(browser, explorer)
    assert verdict(browser) == "✓ holds"

    knob = handle(browser, "punishment probability")
    for _ in range(91):  # from 1 in steps of 1/100 to 9/100; the threshold is 1/10
        knob.send_keys(Keys.ARROW_LEFT)
    waited(browser, "e.classList.contains('verdict') && e.textContent.includes('does not hold')")
    assert title_of(browser, "punishment probability").endswith("0.09")

    knob.send_keys(Keys.ARROW_RIGHT)  # to 1/10 itself, where both earn the same
    waited(browser, "e.classList.contains('verdict') && e.textContent === '✓ holds'")
    assert title_of(browser, "punishment probability").endswith("0.1")


def title_of(browser: Any, start: str) -> str:
    found = element(browser, f"e.className === 'bk-slider-title' && e.textContent.startsWith({start!r})")
    return str(found.text)


def test_a_dragged_slider_moves_the_threshold(browser: Any, explorer: str) -> None:
    from selenium.webdriver import ActionChains

    opened(browser, explorer)
    assert verdict(browser) == "✓ holds"
    knob = handle(browser, "fine")

    across = -int(knob.rect["x"])  # to the edge of the page, beyond the end of the slider

    ActionChains(browser).click_and_hold(knob).move_by_offset(across, 0).release().perform()

    waited(browser, "e.classList.contains('verdict') && e.textContent.includes('does not hold')")
    assert title_of(browser, "fine").endswith(": 0")
    assert element(browser, "e.tagName === 'B' && e.textContent === 'deterrence'") is not None


def test_the_explorer_is_drawn_from_this_machine_alone(browser: Any, explorer: str) -> None:
    opened(browser, explorer)
    verdict(browser)
    waited(browser, "e.tagName === 'H3' && e.textContent.startsWith('Symmetric equilibria')")
    time.sleep(0.5)

    own = (explorer, explorer.replace("http", "ws"), "data:", "blob:")
    assert [address for address in requested(browser) if not address.startswith(own)] == []
    # browsers ask for an icon that nobody drew
    assert [text for text in complaints(browser) if "favicon" not in text] == []
    assert colors(browser.get_screenshot_as_png()) > 50
    width = browser.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0
    fractions = waited(browser, "e.localName === 'mfrac'")
    assert fractions.size["height"] > 15


def test_a_choice_of_rival_redraws_the_curve(browser: Any, explorer: str) -> None:
    from selenium.webdriver.support.ui import Select

    opened(browser, explorer)
    verdict(browser)
    selects = browser.execute_script(f"{FIND} return [...all(document)].filter(e => e.tagName === 'SELECT')")

    Select(selects[1]).select_by_value("P")

    waited(browser, "e.className !== 'verdict' && /at least as much as P/.test(e.textContent) && e.tagName === 'DIV'")
