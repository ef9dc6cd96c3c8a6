"""The examples run, and print what they say."""

import doctest
import importlib.util
import re
import runpy
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest

from gametheory import load_game, payoff_table
from gametheory.testing import assert_equilibrium

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("from_*.py"))


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_what_an_example_shows_is_what_it_gives(path: Path) -> None:
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS

    failed, tried = doctest.testmod(loaded(path), optionflags=flags)

    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_an_example_prints_the_comment_below_its_print(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line.strip()[1:].strip() for line in lines if line.startswith("    #")]

    runpy.run_path(str(path), run_name="__main__")

    assert capsys.readouterr().out.split() == " ".join(comments).split()


def test_an_example_needs_no_other_library() -> None:
    before = set(sys.modules)

    assert len(SCRIPTS) == 4
    for path in SCRIPTS:
        loaded(path)
    assert not {"nashpy", "quantecon", "pygambit", "egttools"} & (set(sys.modules) - before)


def test_the_example_of_a_property_test_passes() -> None:
    module = loaded(EXAMPLES / "property_test.py")
    tests = [value for name, value in vars(module).items() if name.startswith("test_")]

    assert len(tests) == 2
    for test in tests:
        test()


def test_the_published_example_and_hawk_dove_are_games() -> None:
    published = load_game(EXAMPLES / "published-example.toml")
    hawk_dove = load_game(EXAMPLES / "hawk-dove.toml")

    assert payoff_table(published).is_exact
    assert published.payoff("D", (0, 0, 4)) == Fraction(-8, 5)
    assert_equilibrium(hawk_dove, ["1/2", "1/2"])


def test_the_property_test_of_the_readme_runs_as_it_stands(tmp_path: Path) -> None:
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    (tmp_path / "test_readme.py").write_text(block, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_readme.py"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_the_page_of_published_numbers_is_what_comes_out(capsys: pytest.CaptureFixture[str]) -> None:
    page = (EXAMPLES.parent / "docs" / "published-results.md").read_text(encoding="utf-8")

    runpy.run_path(str(EXAMPLES / "published_results.py"), run_name="__main__")

    rows = [line for line in capsys.readouterr().out.splitlines() if re.match(r"\| [A-Z]+-\d", line)]
    assert len(rows) > 25
    for row in rows:
        name, what, published, ours = (cell.strip() for cell in row.strip("|").split("|"))
        (printed,) = (line for line in page.splitlines() if line.startswith(f"| {name} | {what} |"))
        assert printed.split("|")[3].strip() == published
        then, now = numbers(printed.split("|")[4]), numbers(ours)
        assert now == pytest.approx(then, rel=1e-6)


def numbers(text: str) -> list[float]:
    return [float(Fraction(entry)) for entry in re.findall(r"-?\d[\d./e-]*", text)]
