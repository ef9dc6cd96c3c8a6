"""The checker's own reading of the claims language: text to nested tuples, and exact evaluation at a point.

A term is ('num', Fraction), ('var', name) or (operator, term, ...); a formula is ('<', term, term) and the like, or
(connective, formula, ...). Quantifiers, Sum, count_roots and the transcendental functions are read but not judged.
"""

import ast
import re
from contextvars import ContextVar
from fractions import Fraction
from typing import Any

Tree = tuple[Any, ...]
Point = dict[str, Fraction]

MAX_TEXT = 100_000
MAX_DIGITS = 1000
MAX_DEPTH = 150
MAX_EXPONENT = 1000
MAX_NODES = 200_000
MAX_BITS = 10_000
MAX_STEPS = 4_000_000

ALPHABET = re.compile(r"[A-Za-z0-9_ .,+\-*/()<>=!]*")  # no comments, strings, brackets or lambdas
NAME = re.compile(r"(?!(implies|iff)$)[A-Za-z][A-Za-z0-9_]{0,60}")
_steps = ContextVar("steps", default=MAX_STEPS)

RELATIONS = ("==", "!=", "<", "<=", ">", ">=")
_COMPARE = dict(zip((ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE), RELATIONS, strict=True))
_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


class Rejected(Exception):
    """The certificate, or the claim in it, is not acceptable; the message says why."""


class Undefined(Exception):
    """A term has no value at the point: a zero was divided by."""


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


def read(text: object, definitions: dict[str, Tree]) -> Tree:
    """Parse a term or formula; `definitions` are trees to put in place of names."""
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
        return _visit(ast.parse(flat, mode="eval").body, flat, definitions)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise Rejected(f"not a formula: {flat[:60]}") from None


def _visit(node: ast.AST, text: str, definitions: dict[str, Tree]) -> Tree:
    def sub(child: ast.AST) -> Tree:
        return _visit(child, text, definitions)

    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        spelled = text[node.col_offset : node.end_col_offset]
        plain = re.fullmatch(r"[0-9]*\.?[0-9]*([eE][+-]?[0-9]{1,4})?", spelled)
        demand(plain and len(spelled) <= MAX_DIGITS, f"not a decimal number: {spelled[:60]}")
        mantissa, _, exponent = spelled.lower().partition("e")
        return ("num", Fraction(mantissa) * Fraction(10) ** int(exponent or 0))
    if isinstance(node, ast.Name):
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
        demand(node.func.id in ("implies", "iff") and len(node.args) == 2, f"not covered: {node.func.id}")
        return (node.func.id, formula(sub(node.args[0])), formula(sub(node.args[1])))
    raise Rejected(f"outside the part of the language that certificates cover: {ast.unparse(node)[:60]}")


def is_formula(tree: Tree) -> bool:
    """Whether a tree is a truth value."""
    return tree[0] in RELATIONS or tree[0] in ("and", "or", "not", "implies", "iff")


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
        parts = () if tree[0] in ("num", "var") else tree[1:]
        seen[id(tree)] = 1 + sum(size(part, seen) for part in parts)
    return seen[id(tree)]


def names(tree: Tree) -> set[str]:
    """The variables of a tree."""
    if tree[0] in ("num", "var"):
        return {tree[1]} if tree[0] == "var" else set()
    return set().union(*(names(part) for part in tree[1:]))


def exponent(tree: Tree) -> int:
    """The integer that an exponent spells."""
    sign, inner = (-1, tree[1]) if tree[0] == "neg" else (1, tree)
    demand(inner[0] == "num" and inner[1].denominator == 1, "an exponent is not an integer constant")
    demand(abs(inner[1]) <= MAX_EXPONENT, f"an exponent above {MAX_EXPONENT}")
    return sign * int(inner[1])


def value(tree: Tree, point: Point) -> Fraction:
    """The exact value of a term at a point; raises `Undefined` where it has none."""
    kind = tree[0]
    if kind == "num":
        return bounded(tree[1])
    if kind == "var":
        return point[tree[1]]
    if kind == "neg":
        return -value(tree[1], point)
    left = value(tree[1], point)
    if kind == "**":
        power = exponent(tree[2])
        if left == 0 and power < 0:
            raise Undefined
        bits = left.numerator.bit_length() + left.denominator.bit_length()
        demand(left in (-1, 0, 1) or bits * abs(power) <= 2 * MAX_BITS, "a number is too large")
        return bounded(left**power)
    right = value(tree[2], point)
    if kind == "/":
        if right == 0:
            raise Undefined
        return bounded(left / right)
    return bounded(left + right if kind == "+" else left - right if kind == "-" else left * right)


def truth(tree: Tree, point: Point) -> bool:
    """The truth of a formula at a point, read from left to right; raises `Undefined` where it has none."""
    spend(1)
    kind = tree[0]
    if kind == "not":
        return not truth(tree[1], point)
    if kind == "and":
        return all(truth(part, point) for part in tree[1:])
    if kind == "or":
        return any(truth(part, point) for part in tree[1:])
    if kind == "implies":
        return not truth(tree[1], point) or truth(tree[2], point)
    if kind == "iff":
        left, right = truth(tree[1], point), truth(tree[2], point)
        return left == right
    a, b = value(tree[1], point), value(tree[2], point)
    return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[kind]
