"""Formulas as MathML, which browsers typeset by themselves: no script, no font, no network."""

from html import escape
from typing import Final

from gametheory.layout import (
    GREEK,
    Digits,
    Fenced,
    Function,
    Layout,
    Mark,
    Name,
    Power,
    Quotient,
    Root,
    Row,
    Summed,
    Words,
    layout,
)

LONG: Final = 18  # characters after which a line may be broken before an operator
_MARKS: Final = {
    "plus": "+",
    "minus": "−",
    "negative": "−",
    "times": "·",
    "apply": "\u2062",
    "eq": "=",
    "ne": "≠",
    "lt": "<",
    "le": "≤",
    "gt": ">",
    "ge": "≥",
    "and": "and",
    "or": "or",
    "not": "not",
    "implies": "⇒",
    "iff": "⇔",
    "forall": "∀",
    "exists": "∃",
    "in": "∈",
    "colon": ":",
    "comma": ",",
    "number": "#",
}
_WORDS: Final = ("and", "or", "not")
_BREAKS: Final = frozenset(("plus", "minus", "eq", "ne", "lt", "le", "gt", "ge", "and", "or", "implies", "iff"))


def formula_mathml(text: str) -> str:
    """A formula or term of the claims language as MathML that may break into lines between its parts.

    Parameters
    ----------
    text : str
        From whomever: what is no formula is written as escaped text.

    Returns
    -------
    str
        One or more `<math>` elements.

    Examples
    --------
    >>> formula_mathml("x/2")
    "<math displaystyle='true'><mfrac><mi>x</mi><mn>2</mn></mfrac></math>"
    >>> formula_mathml("</math><script>")
    '<code>&lt;/math&gt;&lt;script&gt;</code>'
    """
    tree = layout(text)
    if isinstance(tree, Words):
        return f"<code>{escape(tree.text)}</code>"
    pieces: list[list[Layout]] = [[]]
    width = 0
    for item in _flat(tree):
        breaks = isinstance(item, Mark) and item.kind in _BREAKS
        if breaks and pieces[-1] and (width >= LONG or (isinstance(item, Mark) and item.kind in _WORDS)):
            pieces.append([])
            width = 0
        pieces[-1].append(item)
        width += _width(item)
    return " ".join(f"<math displaystyle='true'>{''.join(map(_write, piece))}</math>" for piece in pieces)


def _flat(tree: Layout) -> list[Layout]:
    if isinstance(tree, Row):
        return [part for item in tree.items for part in _flat(item)]
    return [tree]


def _width(tree: Layout) -> int:
    """About how many characters wide it is."""
    match tree:
        case Name(letters=letters, below=below):
            return (1 if letters in GREEK else len(letters)) + len(below)
        case Digits(text=text) | Function(name=text) | Words(text=text):
            return len(text)
        case Mark(kind=kind):
            return 0 if kind in ("apply",) else 2
        case Row(items=items):
            return sum(map(_width, items))
        case Fenced(body=body) | Root(body=body):
            return _width(body) + 2
        case Quotient(above=above, below=below):
            return max(_width(above), _width(below))
        case Power(base=base, exponent=exponent):
            return _width(base) + _width(exponent)
        case Summed(low=low):
            return _width(low)
    raise AssertionError(tree)


def _write(tree: Layout) -> str:
    match tree:
        case Name(letters=letters, below=""):
            return _identifier(letters)
        case Name(letters=letters, below=below):
            return f"<msub>{_identifier(letters)}<mi>{escape(below)}</mi></msub>"
        case Digits(text=text):
            return f"<mn>{escape(text)}</mn>"
        case Function(name=name):
            return f"<mi>{name}</mi>"
        case Mark(kind=kind):
            return _mark(kind)
        case Row(items=items):
            return f"<mrow>{''.join(map(_write, items))}</mrow>"
        case Fenced(body=body, brackets=brackets):
            opened, closed = (
                f"<mo form='{form}'>{b}</mo>" for form, b in zip(("prefix", "postfix"), brackets, strict=True)
            )
            return f"<mrow>{opened}{_write(body)}{closed}</mrow>"
        case Quotient(above=above, below=below, ruled=ruled):
            thickness = "" if ruled else " linethickness='0'"
            return f"<mfrac{thickness}>{_write(above)}{_write(below)}</mfrac>"
        case Power(base=base, exponent=exponent):
            return f"<msup>{_write(base)}{_write(exponent)}</msup>"
        case Root(body=body):
            return f"<msqrt>{_write(body)}</msqrt>"
        case Summed(low=low, high=high):
            return f"<munderover><mo>∑</mo>{_write(low)}{_write(high)}</munderover>"
        case Words(text=text):
            return f"<mtext>{escape(text)}</mtext>"
    raise AssertionError(tree)


def _identifier(letters: str) -> str:
    """One letter is slanted by the browser, a word stays upright."""
    return f"<mi>{GREEK.get(letters, escape(letters))}</mi>"


def _mark(kind: str) -> str:
    sign = escape(_MARKS[kind])
    if kind in _WORDS:
        return f"<mspace width='0.35em'/><mtext>{sign}</mtext><mspace width='0.35em'/>"
    if kind == "apply":
        return f"<mo lspace='0.08em' rspace='0.08em'>{sign}</mo>"
    if kind in _BREAKS:
        return f"<mo form='infix'>{sign}</mo>"
    return f"<mo>{sign}</mo>"
