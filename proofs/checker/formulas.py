"""The checker's own reading of the claims language: text to nested tuples.

A term is ('num', Fraction), ('var', name), (operator, term, ...) or, for Sum and count_roots, (operator, bound, low,
high, body) with bound = ('bind', name, sort). A formula is (relation, term, term), (connective, formula, ...) or
(quantifier, bound, formula).
"""

import ast
import re
from contextvars import ContextVar
from fractions import Fraction
from typing import Any

Tree = tuple[Any, ...]
Sorts = dict[str, str]

MAX_TEXT = 100_000
MAX_DIGITS = 1000
MAX_DEPTH = 150
MAX_EXPONENT = 1000
MAX_NODES = 200_000
MAX_BITS = 10_000
MAX_STEPS = 4_000_000

RELATIONS = ("==", "!=", "<", "<=", ">", ">=")
QUANTIFIERS = ("forall", "exists")
BINDERS = ("Sum", "count_roots")
LEAVES = ("num", "var", "bind")
FUNCTIONS = {"sqrt": 1, "exp": 1, "log": 1, "abs": 1, "binomial": 2, "min": 0, "max": 0}  # arguments; 0: 2 to 20

ALPHABET = re.compile(r"[A-Za-z0-9_ .,+\-*/()<>=!]*")  # no comments, strings, brackets or lambdas
_RESERVED = "|".join(["implies", "iff", *QUANTIFIERS, *BINDERS, *FUNCTIONS])
NAME = re.compile(rf"(?!({_RESERVED})$)[A-Za-z][A-Za-z0-9_]{{0,60}}")
_COMPARE = dict(zip((ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE), RELATIONS, strict=True))
_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_steps = ContextVar("steps", default=MAX_STEPS)


class Rejected(Exception):
    """The certificate, or the claim in it, is not acceptable; the message says why."""


class Undefined(Exception):
    """A term has no value at the point."""


def demand(ok: object, message: str) -> None:
    """Reject unless `ok`."""
    if not ok:
        raise Rejected(message)


def start() -> None:
    """Allow `MAX_STEPS` from here on."""
    _steps.set(MAX_STEPS)


def spend(steps: int) -> None:
    """Reject once the work done since `start` exceeds `MAX_STEPS`."""
    left = _steps.get() - steps
    demand(left >= 0, f"the certificate takes more than {MAX_STEPS} steps")
    _steps.set(left)


def bounded(number: Fraction) -> Fraction:
    """The number, which must not be too long; a long one costs more steps."""
    bits = number.numerator.bit_length() + number.denominator.bit_length()
    demand(bits <= MAX_BITS, "a number is too large")
    spend(1 + bits // 100)
    return number


def read(text: object, definitions: dict[str, Tree], sorts: Sorts | None = None) -> Tree:
    """Parse a term or formula; `definitions` are trees to put in place of names, `sorts` those of a quantifier's."""
    demand(isinstance(text, str) and len(text) <= MAX_TEXT and text.isascii(), "not short ASCII text")
    assert isinstance(text, str)
    spend(len(text))
    flat = " ".join(text.split())
    demand(ALPHABET.fullmatch(flat), "a formula has a character outside the language")
    digits = depth = 0
    for character in flat:
        digits = digits + 1 if character.isdigit() else 0
        depth += (character == "(") - (character == ")")
        demand(digits <= MAX_DIGITS and depth <= MAX_DEPTH, "a formula has too long a number or is too deep")
    try:
        return _visit(ast.parse(flat, mode="eval").body, flat, definitions, sorts or {})
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise Rejected(f"not a formula: {flat[:60]}") from None


def _visit(node: ast.AST, text: str, definitions: dict[str, Tree], sorts: Sorts) -> Tree:
    def sub(child: ast.AST) -> Tree:
        return _visit(child, text, definitions, sorts)

    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return _number(text[node.col_offset : node.end_col_offset])
    if isinstance(node, ast.Name):
        demand(NAME.fullmatch(node.id), "a function's name stands where a variable belongs")
        return definitions.get(node.id, ("var", node.id))
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not):
            return ("not", formula(sub(node.operand)))
        demand(isinstance(node.op, ast.USub | ast.UAdd), "an operator outside the language")
        operand = term(sub(node.operand))
        return ("neg", operand) if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return (_BINARY[type(node.op)], term(sub(node.left)), term(sub(node.right)))
    if isinstance(node, ast.BoolOp):
        name = "and" if isinstance(node.op, ast.And) else "or"
        return (name, *(formula(sub(value)) for value in node.values))
    if isinstance(node, ast.Compare):
        demand(all(type(op) in _COMPARE for op in node.ops), "a comparison outside the language")
        terms = [term(sub(side)) for side in (node.left, *node.comparators)]
        links = [(_COMPARE[type(op)], a, b) for a, op, b in zip(terms, node.ops, terms[1:], strict=False)]
        return links[0] if len(links) == 1 else ("and", *links)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        word, count = node.func.id, len(node.args)
        if word in FUNCTIONS and (count == FUNCTIONS[word] or (not FUNCTIONS[word] and 2 <= count <= 20)):
            return (word, *(term(sub(child)) for child in node.args))
        if word in ("implies", "iff") and count == 2:
            return (word, formula(sub(node.args[0])), formula(sub(node.args[1])))
        if word in QUANTIFIERS and count == 2:
            return (word, _bound(node.args[0], definitions, sorts), formula(sub(node.args[1])))
        if word in BINDERS and count == 4:
            bound = _bound(node.args[1], definitions, dict.fromkeys([ast.unparse(node.args[1])], _SORT[word]))
            return (word, bound, *(term(sub(node.args[i])) for i in (2, 3, 0)))
    raise Rejected(f"outside the language: {ast.unparse(node)[:60]}")


_SORT = {"Sum": "integer", "count_roots": "real"}


def _bound(node: ast.AST, definitions: dict[str, Tree], sorts: Sorts) -> Tree:
    free = isinstance(node, ast.Name) and NAME.fullmatch(node.id) and node.id not in definitions
    demand(free, "a name that cannot be bound")
    assert isinstance(node, ast.Name)
    return ("bind", node.id, sorts.get(node.id, "real"))


def _number(spelled: str) -> Tree:
    plain = re.fullmatch(r"[0-9]*\.?[0-9]*([eE][+-]?[0-9]{1,4})?", spelled)
    demand(plain and len(spelled) <= MAX_DIGITS, f"not a decimal number: {spelled[:60]}")
    mantissa, _, exponent = spelled.lower().partition("e")
    return ("num", Fraction(mantissa) * Fraction(10) ** int(exponent or 0))


def number(value: Fraction | int) -> Tree:
    """A constant as a term."""
    return ("num", Fraction(value))


def is_formula(tree: Tree) -> bool:
    """Whether a tree is a truth value."""
    return tree[0] in (*RELATIONS, *QUANTIFIERS, "and", "or", "not", "implies", "iff")


def term(tree: Tree) -> Tree:
    """The tree, which must be a number."""
    demand(not is_formula(tree), "a truth value stands where a number belongs")
    return tree


def formula(tree: Tree) -> Tree:
    """The tree, which must be a truth value."""
    demand(is_formula(tree), "a number stands where a truth value belongs")
    return tree


def size(tree: Tree, seen: dict[int, int] | None = None) -> int:
    """Nodes of a tree with definitions written out (shared parts are counted each time they stand)."""
    seen = {} if seen is None else seen
    if id(tree) not in seen:
        parts = () if tree[0] in LEAVES else tree[1:]
        seen[id(tree)] = (tree[0] != "bind") + sum(size(part, seen) for part in parts)
    return seen[id(tree)]


def names(tree: Tree) -> set[str]:
    """The free variables of a tree."""
    if tree[0] in LEAVES:
        return {tree[1]} if tree[0] == "var" else set()
    if tree[1][0] != "bind":
        return set().union(*(names(part) for part in tree[1:]))
    *outer, body = tree[2:]
    return (names(body) - {tree[1][1]}).union(*map(names, outer))


def bound_names(tree: Tree) -> set[str]:
    """The names that a tree binds anywhere."""
    if tree[0] in LEAVES:
        return {tree[1]} if tree[0] == "bind" else set()
    return set().union(*(bound_names(part) for part in tree[1:]))


def substitute(tree: Tree, values: dict[str, Tree]) -> Tree:
    """The tree with free variables replaced, all at once; rejected where a binder would capture a name."""
    spend(1)
    if tree[0] in LEAVES:
        return values.get(tree[1], tree) if tree[0] == "var" else tree
    if tree[1][0] != "bind":
        return (tree[0], *(substitute(part, values) for part in tree[1:]))
    kind, bound, *outer, body = tree
    inner = {name: value for name, value in values.items() if name != bound[1]}
    demand(all(bound[1] not in names(value) for value in inner.values()), f"{bound[1]} would be captured")
    return (kind, bound, *(substitute(part, values) for part in outer), substitute(body, inner))
