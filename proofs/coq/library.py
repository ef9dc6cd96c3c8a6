"""The theorems of `theory/` that a Coq file begins with: as many as it needs, in one order."""

import re
from functools import cache
from pathlib import Path
from typing import Final

PARTS: Final = (
    "base",
    "classical",
    "atoms",
    "power",
    "sum",
    "binomial",
    "theorem",
    "induction",
    "roots",
    "count",
    "taylor",
    "bounds",
    "reflect",
)
_FOLDER: Final = Path(__file__).parent / "theory"
_NAMED: Final = re.compile(r"^(?:Lemma|Definition|Fixpoint|Inductive|Ltac) (\w+)\b(?! ::=)", flags=re.MULTILINE)
_WORD: Final = re.compile(r"[A-Za-z_][\w']*")


@cache
def part(name: str) -> str:
    """The text of one part."""
    return (_FOLDER / f"{name}.v").read_text(encoding="ascii")


@cache
def _names(name: str) -> frozenset[str]:
    return frozenset(_NAMED.findall(part(name)))


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(part(name)))


def preamble(body: str) -> str:
    """What `body` stands on: the base and every part that defines a word of it, or of a part taken."""
    words = frozenset(_WORD.findall(body))
    taken = []
    for name in reversed(PARTS):  # a part stands on earlier ones only
        if name == "base" or words & _names(name):
            taken.append(name)
            words |= _words(name)
    return "\n".join(part(name) for name in reversed(taken))
