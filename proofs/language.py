"""The language of claims: text to trees, by Python's `ast` and an allow-list. Nothing is ever executed.

    numbers (decimals are exact)   + - * / ** (integer exponents)   names   parentheses
    == != < <= > >= (chains too)   and or not   implies(A, B)   iff(A, B)
    forall(x, A)   exists(x, A)    sqrt exp log abs min max binomial(n, k)   Sum(expr, k, lo, hi)
    count_roots(expr, x, lo, hi)

Terms are numbers, formulas are truth values, and the two never mix. The semantics is that of architecture.md; the
checker reads the same text with a parser of its own.
"""

import ast
import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from gametheory.errors import InvalidParameter, require
from gametheory.exact import parse_rational

MAX_TEXT: Final = 100_000
MAX_DEPTH: Final = 150
MAX_EXPONENT: Final = 1000
MAX_SUM_TERMS: Final = 10_000
MAX_NODES: Final = 20_000
MAX_LEVELS: Final = 200


@dataclass(frozen=True, slots=True)
class Number:
    """An exact rational constant."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Variable:
    """A free or bound name."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A term made of terms: + - * / ** neg, or a function of the language by its name."""

    operator: str
    arguments: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Binder:
    """`Sum` or `count_roots`: a term with a bound name and bounds."""

    operator: str
    body: "Term"
    name: str
    low: "Term"
    high: "Term"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two terms compared by one of == != < <= > >=."""

    relation: str
    left: "Term"
    right: "Term"


@dataclass(frozen=True, slots=True)
class Connective:
    """`and`, `or`, `not`, `implies` or `iff` of formulas."""

    operator: str
    arguments: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Quantifier:
    """`forall` or `exists` over one name."""

    operator: str
    name: str
    body: "Formula"


Term = Number | Variable | Operation | Binder
DECIMALS: Final = 9  # of numbers in texts
Formula = Comparison | Connective | Quantifier

_RELATIONS: Final = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_OPERATORS: Final = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_FUNCTIONS: Final = {
    "sqrt": (1, 1),
    "exp": (1, 1),
    "log": (1, 1),
    "abs": (1, 1),
    "binomial": (2, 2),
    "min": (2, 20),
    "max": (2, 20),
}
_RESERVED: Final = frozenset(_FUNCTIONS) | {"forall", "exists", "implies", "iff", "Sum", "count_roots"}
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}", re.ASCII)
# no comments, strings, brackets, statements or lambdas: what is read is what is meant
_ALPHABET: Final = re.compile(r"[A-Za-z0-9_ .,+\-*/()<>=!]*")


def is_name(text: object) -> bool:
    """Whether `text` may name a variable or a definition."""
    return (
        isinstance(text, str)
        and _NAME.fullmatch(text) is not None
        and not (text in _RESERVED or keyword.iskeyword(text))
    )


def parse_formula(text: object, *, where: str, definitions: Mapping[str, Term] | None = None) -> Formula:
    """Read a formula.

    Parameters
    ----------
    text : str
    where : str
        What an error calls this text.
    definitions : mapping of str to Term
        Names that stand for terms; they are put in place of the name.

    Raises
    ------
    InvalidParameter
        Naming `where` and what the language does not have.

    Examples
    --------
    >>> parse_formula("0 < x <= 3/10", where="assumption").operator
    'and'
    """
    tree = _Parser(text, where, definitions or {}).read()
    require(isinstance(tree, Formula), where, text, "a formula (a truth value), not a number")
    assert isinstance(tree, Formula)
    return tree


def parse_term(text: object, *, where: str, definitions: Mapping[str, Term] | None = None) -> Term:
    """Read a term; see `parse_formula`.

    Examples
    --------
    >>> parse_term("0.3", where="definition")
    Number(value=Fraction(3, 10))
    """
    tree = _Parser(text, where, definitions or {}).read()
    require(isinstance(tree, Term), where, text, "a term (a number), not a formula")
    assert isinstance(tree, Term)
    return tree


class _Parser:
    """One text on its way to a tree."""

    def __init__(self, text: object, where: str, definitions: Mapping[str, Term]) -> None:
        require(isinstance(text, str), where, text, "text")
        assert isinstance(text, str)
        require(text.isascii(), where, text[:100], "ASCII text")
        self.text = " ".join(text.split())
        self.where = where
        self.definitions = definitions

    def fail(self, node: ast.AST | None, expected: str) -> InvalidParameter:
        found = (ast.get_source_segment(self.text, node) if node is not None else None) or self.text
        return InvalidParameter(self.where, found, expected)

    def read(self) -> Term | Formula:
        require(
            len(self.text) <= MAX_TEXT,
            self.where,
            f"{len(self.text)} characters",
            f"at most {MAX_TEXT} characters",
        )
        if strange := _ALPHABET.sub("", self.text):
            raise InvalidParameter(self.where, strange[0], "a formula without characters outside the language")
        require(
            re.search(r"\d{1001}", self.text) is None,
            self.where,
            "a longer one",
            "free of numbers above 1000 digits",
        )
        depth = most = 0
        for character in self.text:
            depth += (character in "([{") - (character in ")]}")
            most = max(most, depth)
        require(most <= MAX_DEPTH, self.where, f"depth {most}", f"nested at most {MAX_DEPTH} deep")
        try:
            tree = ast.parse(self.text, mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            reason = getattr(error, "msg", None) or "too large or too deep"
            raise InvalidParameter(self.where, self.text, f"a formula of the claims language ({reason})") from None
        try:
            return self.visit(tree.body)
        except RecursionError:
            raise InvalidParameter(self.where, f"{self.text[:40]}...", "less deeply nested") from None

    def visit(self, node: ast.expr) -> Term | Formula:
        match node:
            case ast.Constant(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
                return self.number(node)
            case ast.Name(id=name):
                if name in self.definitions:
                    return self.definitions[name]
                if not is_name(name):
                    raise self.fail(node, "a variable's name")
                return Variable(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Operation("neg", (self.term(operand),))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.term(operand)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Connective("not", (self.formula(operand),))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return Operation(_OPERATORS[type(op)], (self.term(left), self.term(right)))
            case ast.BoolOp(op=op, values=values):
                operator = "and" if isinstance(op, ast.And) else "or"
                return Connective(operator, tuple(self.formula(value) for value in values))
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self.chain(node, [left, *comparators], ops)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(node, name, arguments)
        raise self.fail(node, "built from the claims language (no attribute, subscript, keyword or other call)")

    def number(self, node: ast.Constant) -> Number:
        spelled = self.text[node.col_offset : node.end_col_offset]
        try:
            return Number(parse_rational(spelled, name=self.where))
        except InvalidParameter:
            raise self.fail(node, "a decimal number") from None

    def term(self, node: ast.expr) -> Term:
        tree = self.visit(node)
        if not isinstance(tree, Term):
            raise self.fail(node, "a term (a number), not a formula")
        return tree

    def formula(self, node: ast.expr) -> Formula:
        tree = self.visit(node)
        if not isinstance(tree, Formula):
            raise self.fail(node, "a formula (a truth value), not a number")
        return tree

    def chain(self, node: ast.expr, operands: list[ast.expr], ops: list[ast.cmpop]) -> Formula:
        if any(type(op) not in _RELATIONS for op in ops):
            raise self.fail(node, "a comparison by == != < <= > or >=")
        terms = [self.term(operand) for operand in operands]
        links = tuple(Comparison(_RELATIONS[type(op)], a, b) for a, op, b in zip(terms, ops, terms[1:], strict=False))
        return links[0] if len(links) == 1 else Connective("and", links)

    def bound(self, node: ast.expr) -> str:
        if not (isinstance(node, ast.Name) and is_name(node.id) and node.id not in self.definitions):
            raise self.fail(node, "a name to bind")
        return node.id

    def call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> Term | Formula:
        count = len(arguments)
        if name in ("implies", "iff") and count == 2:
            return Connective(name, (self.formula(arguments[0]), self.formula(arguments[1])))
        if name in ("forall", "exists") and count == 2:
            return Quantifier(name, self.bound(arguments[0]), self.formula(arguments[1]))
        if name in ("Sum", "count_roots") and count == 4:
            body, variable, low, high = arguments
            return Binder(name, self.term(body), self.bound(variable), self.term(low), self.term(high))
        if name in _FUNCTIONS and _FUNCTIONS[name][0] <= count <= _FUNCTIONS[name][1]:
            return Operation(name, tuple(self.term(argument) for argument in arguments))
        raise self.fail(node, "a function of the claims language with the right number of arguments")


def children(tree: Term | Formula) -> tuple[Term | Formula, ...]:
    """The direct parts of a tree."""
    match tree:
        case Operation(arguments=arguments) | Connective(arguments=arguments):
            return arguments
        case Binder(body=body, low=low, high=high):
            return (body, low, high)
        case Comparison(left=left, right=right):
            return (left, right)
        case Quantifier(body=body):
            return (body,)
    return ()


def walk(tree: Term | Formula) -> Iterator[Term | Formula]:
    """Every node of a tree, itself first."""
    yield tree
    for child in children(tree):
        yield from walk(child)


def measure(tree: Term | Formula, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many nodes and levels a tree has with definitions written out.

    Parameters
    ----------
    tree : Term or Formula
    known : dict
        Answers by `id` of trees that stay alive; shared parts are measured once.
    """
    if id(tree) not in known:
        parts = [measure(child, known) for child in children(tree)]
        known[id(tree)] = 1 + sum(nodes for nodes, _ in parts), 1 + max((levels for _, levels in parts), default=0)
    return known[id(tree)]


def free_names(tree: Term | Formula) -> frozenset[str]:
    """The free variables of a tree."""
    match tree:
        case Variable(name=name):
            return frozenset({name})
        case Binder(body=body, name=name, low=low, high=high):
            return (free_names(body) - {name}) | free_names(low) | free_names(high)
        case Quantifier(body=body, name=name):
            return free_names(body) - {name}
    return frozenset().union(*(free_names(child) for child in children(tree)))


def bound_names(tree: Term | Formula) -> frozenset[str]:
    """The names that a tree binds anywhere."""
    return frozenset(node.name for node in walk(tree) if isinstance(node, Binder | Quantifier))


def substitute(tree: Term, name: str, value: Term) -> Term:
    """`tree` with a free variable replaced."""
    match tree:
        case Variable(name=found):
            return value if found == name else tree
        case Operation(operator=operator, arguments=arguments):
            return Operation(operator, tuple(substitute(a, name, value) for a in arguments))
        case Binder(operator=operator, body=body, name=bound, low=low, high=high):
            inner = body if bound == name else substitute(body, name, value)
            return Binder(operator, inner, bound, substitute(low, name, value), substitute(high, name, value))
    return tree


def render(tree: Term | Formula, names: Callable[[str], str] = str) -> str:
    """The text of a tree, with parentheses wherever they could matter.

    Examples
    --------
    >>> render(parse_formula("not (x + 1 > 2*y)", where="claim"))
    'not (x + 1 > 2*y)'
    """
    match tree:
        case Number(value=value):
            return _number(value)
        case Variable(name=name):
            return names(name)
        case Operation(operator="neg", arguments=(a,)):
            return f"(-{_factor(a, names)})"
        case Operation(operator="**", arguments=(a, b)):
            return f"{_factor(a, names)}**{_factor(b, names)}"
        case Operation(operator=("+" | "-") as sign, arguments=(a, b)):
            right = f"({render(b, names)})" if isinstance(b, Operation) and b.operator in "+-" else render(b, names)
            return f"{render(a, names)} {sign} {right}"
        case Operation(operator=("*" | "/") as sign, arguments=(a, b)):
            left = render(a, names) if isinstance(a, Operation) and a.operator in "*/" else _factor(a, names)
            return f"{left}{sign}{_factor(b, names)}"
        case Operation(operator=name, arguments=arguments):
            return f"{name}({', '.join(render(a, names) for a in arguments)})"
        case Binder(operator=name, body=body, name=bound, low=low, high=high):
            return f"{name}({render(body, names)}, {names(bound)}, {render(low, names)}, {render(high, names)})"
        case Comparison(relation=relation, left=left, right=right):
            return f"{render(left, names)} {relation} {render(right, names)}"
        case Connective(operator="not", arguments=(a,)):
            return f"not ({render(a, names)})"
        case Connective(operator=("and" | "or") as word, arguments=arguments):
            return f" {word} ".join(f"({render(a, names)})" for a in arguments)
        case Connective(operator=name, arguments=arguments):
            return f"{name}({', '.join(render(a, names) for a in arguments)})"
        case Quantifier(operator=name, name=bound, body=body):
            return f"{name}({names(bound)}, {render(body, names)})"
    raise AssertionError(tree)


def _number(value: Fraction) -> str:
    """A decimal if it is short: as text, 1/5 is a division."""
    if value >= 0 and (value * 10**DECIMALS).denominator == 1:
        whole, rest = divmod(value, 1)
        digits = f"{int(rest * 10**DECIMALS):0{DECIMALS}d}".rstrip("0")
        return f"{whole}.{digits}" if digits else str(whole)
    return f"({value})"


def _factor(tree: Term, names: Callable[[str], str]) -> str:
    simple = isinstance(tree, Number | Variable | Binder) or tree.operator in _FUNCTIONS or tree.operator == "neg"
    return render(tree, names) if simple else f"({render(tree, names)})"
