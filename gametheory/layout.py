"""How a formula of the claims language looks: its text to a tree of fractions, powers, roots and rows.

The text is read by Python's `ast`; nothing is executed. `gametheory.latex` and `gametheory.mathml` write the tree
down. What means something else than it looks like is not drawn: parentheses stand wherever they could matter.
"""

import ast
from dataclasses import dataclass
from typing import Final

MAX_TEXT: Final = 20_000
_NAMES: Final = """
alpha beta gamma delta epsilon zeta eta theta iota kappa mu nu xi pi rho sigma tau upsilon phi chi psi omega
Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""
GREEK: Final = dict(zip(_NAMES.split(), "αβγδεζηθικμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True))
# parameters by their symbol of model.md, for whoever prefers symbols to words
SYMBOLS: Final = {
    "group_size": "N",
    "multiplication_factor": "r",
    "contribution_cost": "c",
    "fine": "beta",
    "punishment_cost": "gamma",
    "punishment_probability": "p",
    "severity": "s",
    "detection_rate": "h",
    "false_alarm_rate": "e",
    "discount_factor": "omega",
    "action_error": "chi",
    "punisher_share": "z",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A variable: its letters, and its subscript or ""."""

    letters: str
    below: str


@dataclass(frozen=True, slots=True)
class Digits:
    """A number as it was spelled."""

    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An operator, a relation, a connective or a bracket, by a word of its own."""

    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One thing after another."""

    items: tuple["Layout", ...]


@dataclass(frozen=True, slots=True)
class Fenced:
    """Something in brackets: "()" or "||" or "{}"."""

    body: "Layout"
    brackets: str = "()"


@dataclass(frozen=True, slots=True)
class Quotient:
    """One thing over another; `ruled` unless it is a binomial coefficient."""

    above: "Layout"
    below: "Layout"
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class Power:
    """A base and what is raised beside it."""

    base: "Layout"
    exponent: "Layout"


@dataclass(frozen=True, slots=True)
class Root:
    """A square root."""

    body: "Layout"


@dataclass(frozen=True, slots=True)
class Summed:
    """The sign of a sum with what runs below and above it."""

    low: "Layout"
    high: "Layout"


@dataclass(frozen=True, slots=True)
class Function:
    """The upright name of a function."""

    name: str


@dataclass(frozen=True, slots=True)
class Words:
    """Text that is no formula, as it stands."""

    text: str


Layout = Name | Digits | Mark | Row | Fenced | Quotient | Power | Root | Summed | Function | Words

_RELATIONS: Final = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}
# how tightly each binds; what binds less tightly than its place asks for is put in parentheses
_IMPLIES, _OR, _AND, _NOT, _RELATION, _SUM, _PRODUCT, _POWER, _ATOM = range(9)


class _Unreadable(Exception):
    """The text is not of the language."""


def layout(text: str) -> Layout:
    """The layout of a formula or term; of what is no formula, its words as they stand.

    Examples
    --------
    >>> layout("x/2")
    Quotient(above=Name(letters='x', below=''), below=Digits(text='2'), ruled=True)
    >>> layout("<script>")
    Words(text='<script>')
    """
    if len(text) > MAX_TEXT:
        return Words(text)
    try:
        joined = " ".join(text.split())
        return _Reader(joined).read(ast.parse(joined, mode="eval").body, 0)
    except (SyntaxError, ValueError, MemoryError, RecursionError, _Unreadable):
        return Words(text)


def name_layout(name: str) -> Name:
    """A variable's letters and subscript: `u_C` and `x1` have one, `punishment_cost` is a word.

    Examples
    --------
    >>> name_layout("u_C"), name_layout("x1"), name_layout("punishment_cost")
    (Name(letters='u', below='C'), Name(letters='x', below='1'), Name(letters='punishment_cost', below=''))
    """
    head, _, tail = name.partition("_")
    if tail and (len(head) == 1 or head in GREEK):
        return Name(head, tail)
    stem = name.rstrip("0123456789")
    if stem != name and (len(stem) == 1 or stem in GREEK):
        return Name(stem, name[len(stem) :])
    return Name(name, "")


class _Reader:
    """One text on its way to a layout."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, node: ast.expr, tightness: int) -> Layout:
        """The layout of a node, in parentheses where it binds less tightly than `tightness`."""
        drawn, own = self.visit(node)
        return Fenced(drawn) if own < tightness else drawn

    def visit(self, node: ast.expr) -> tuple[Layout, int]:
        match node:
            case ast.Constant(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
                return Digits(ast.get_source_segment(self.text, node) or str(value)), _ATOM
            case ast.Name(id=name):
                return name_layout(name), _ATOM
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Row((Mark("negative"), self.read(operand, _PRODUCT))), _SUM
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.visit(operand)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Row((Mark("not"), self.read(operand, _RELATION + 1))), _NOT
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(left, op, right)
            case ast.BoolOp(op=op, values=values):
                return self.connected("and" if isinstance(op, ast.And) else "or", values)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                items: list[Layout] = [self.read(left, _SUM)]
                for relation, right in zip(ops, comparators, strict=True):
                    if type(relation) not in _RELATIONS:
                        raise _Unreadable
                    items += [Mark(_RELATIONS[type(relation)]), self.read(right, _SUM)]
                return Row(tuple(items)), _RELATION
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(name, arguments)
        raise _Unreadable

    def connected(self, word: str, values: list[ast.expr]) -> tuple[Layout, int]:
        own = _AND if word == "and" else _OR
        items: list[Layout] = []
        for value in values:
            items += [Mark(word)] if items else []
            items.append(self.read(value, own + 1))
        return Row(tuple(items)), own

    def binary(self, left: ast.expr, op: ast.operator, right: ast.expr) -> tuple[Layout, int]:
        match op:
            case ast.Add():
                return Row((self.read(left, _SUM), Mark("plus"), self.read(right, _sum_right(right)))), _SUM
            case ast.Sub():
                return Row((self.read(left, _SUM), Mark("minus"), self.read(right, _PRODUCT))), _SUM
            case ast.Mult():
                first, own = self.visit(left)
                negative = own == _SUM and isinstance(first, Row) and first.items[0] == Mark("negative")
                if negative and isinstance(first, Row):  # (-a) b is -(a b)
                    first = first.items[1]
                elif own < _PRODUCT:
                    first = Fenced(first)
                second = self.read(right, _PRODUCT)
                apart = _begins_with_digit(second) or _is_word(_edge(first, -1)) or _is_word(_edge(second, 0))
                product = Row((first, Mark("times" if apart else "apply"), second))
                return (Row((Mark("negative"), product)), _SUM) if negative else (product, _PRODUCT)
            case ast.Div():
                return Quotient(self.read(left, 0), self.read(right, 0)), _PRODUCT
            case ast.Pow():
                return Power(self.read(left, _ATOM), self.read(right, 0)), _POWER
        raise _Unreadable

    def call(self, name: str, arguments: list[ast.expr]) -> tuple[Layout, int]:
        match name, arguments:
            case "sqrt", [body]:
                return Root(self.read(body, 0)), _ATOM
            case "abs", [body]:
                return Fenced(self.read(body, 0), "||"), _ATOM
            case "binomial", [above, below]:
                return Fenced(Quotient(self.read(above, 0), self.read(below, 0), ruled=False)), _ATOM
            case (("implies" | "iff"), [left, right]):
                return Row((self.read(left, _OR), Mark(name), self.read(right, _OR))), _IMPLIES
            case (("forall" | "exists"), [bound, body]):
                return Row((Mark(name), self.read(bound, _ATOM), Mark("colon"), self.read(body, _NOT))), _IMPLIES
            case "Sum", [body, bound, low, high]:
                start = Row((self.read(bound, _ATOM), Mark("eq"), self.read(low, 0)))
                return Row((Summed(start, self.read(high, 0)), self.read(body, _PRODUCT))), _SUM
            case "count_roots", [body, bound, low, high]:
                return self.roots(body, bound, low, high), _ATOM
            case (("exp" | "log" | "min" | "max"), [_, *_]):
                return Row((Function(name), Fenced(self.listed(arguments)))), _ATOM
        raise _Unreadable

    def roots(self, body: ast.expr, bound: ast.expr, low: ast.expr, high: ast.expr) -> Layout:
        """The number of roots, as the size of a set."""
        interval = Fenced(Row((self.read(low, 0), Mark("comma"), self.read(high, 0))))
        equation = (Mark("colon"), self.read(body, _SUM), Mark("eq"), Digits("0"))
        inside = Row((self.read(bound, _ATOM), Mark("in"), interval, *equation))
        return Row((Mark("number"), Fenced(inside, "{}")))

    def listed(self, arguments: list[ast.expr]) -> Layout:
        items: list[Layout] = []
        for argument in arguments:
            items += [Mark("comma")] if items else []
            items.append(self.read(argument, 0))
        return Row(tuple(items))


def _sum_right(node: ast.expr) -> int:
    """A sum may follow a plus as it is, but not what begins with a minus."""
    inner: ast.expr = node
    while isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub | ast.Mult):
        inner = inner.left
    return _PRODUCT if isinstance(inner, ast.UnaryOp) else _SUM


def _begins_with_digit(drawn: Layout) -> bool:
    """Whether, written right after something, it could be read as a part of that."""
    return isinstance(_edge(drawn, 0), Digits | Quotient)


def _edge(drawn: Layout, side: int) -> Layout:
    """What stands leftmost (0) or rightmost (-1)."""
    match drawn:
        case Row(items=items):
            return _edge(items[side], side)
        case Power(base=base) if side == 0 or isinstance(base, Name):
            return _edge(base, side)
    return drawn


def _is_word(drawn: Layout) -> bool:
    return isinstance(drawn, Name) and len(drawn.letters) > 1 and drawn.letters not in GREEK
