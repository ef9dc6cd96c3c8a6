"""Every example on the pages of docs/ says what it prints."""

import doctest
import re
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[1] / "docs").glob("*.md"))
EXAMPLES = re.compile(r"```(?:pycon|python)\n(>>> .*?)```", flags=re.DOTALL)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
TESTED_ELSEWHERE = {"games.md", "mean-dynamics.md"}


def examples(page: Path) -> str:
    return "\n".join(EXAMPLES.findall(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if examples(page) and page.name not in TESTED_ELSEWHERE],
    ids=lambda page: page.stem,
)
def test_examples_print_what_the_page_says(page: Path) -> None:
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(doctest.DocTestParser().get_doctest(examples(page), {"__name__": "__main__"}, page.name, str(page), 0))
    assert (runner.failures, runner.tries > 0) == (0, True)
