"""The checker's own reading of the claims language: text to nested tuples.

A term is ('num', Fraction), ('var', name), (operator, term, ...) or, for Sum and count_roots, (operator, bound, low,
high, body) with bound = ('bind', name, sort). A formula is (relation, term, term), (connective, formula, ...) or
(quantifier, bound, formula).
"""

import ast
import re
from fractions import Fraction
from typing import Any

from proofs.checker.limits import MAX_DEPTH, MAX_DIGITS, MAX_TEXT, Rejected, bounded, demand, spend

Tree = tuple[Any, ...]
Sorts = dict[str, str]

RELATIONS = ("==", "!=", "<", "<=", ">", ">=")
QUANTIFIERS = ("forall", "exists")
TRUTHS = (*RELATIONS, *QUANTIFIERS, "and", "or", "not", "implies", "iff")
BINDERS = {"Sum": "integer", "count_roots": "real"}  # the sort of the bound name
FUNCTIONS = {"sqrt": 1, "exp": 1, "log": 1, "abs": 1, "binomial": 2, "min": 0, "max": 0}  # arguments; 0: 2 to 20
LEAVES = ("num", "var", "bind")
ALPHABET = re.compile(r"[A-Za-z0-9_ .,+\-*/()<>=!]*")  # no comments, strings, brackets or lambdas
_RESERVED = "|".join(["implies", "iff", *QUANTIFIERS, *BINDERS, *FUNCTIONS])
NAME = re.compile(rf"(?!({_RESERVED})$)[A-Za-z][A-Za-z0-9_]{{0,60}}")
_COMPARE = dict(zip((ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE), RELATIONS, strict=True))
_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


def read(text: object, definitions: dict[str, Tree], sorts: Sorts | None = None) -> Tree:
    """Parse a term or formula; `definitions` are trees to put in place of names, `sorts` those of a quantifier's."""
    demand(isinstance(text, str) and len(text) <= MAX_TEXT and text.isascii(), "not short ASCII text")
    flat = " ".join(str(text).split())
    spend(len(str(text)))
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
    def number(child: ast.AST) -> Tree:
        return expect(_visit(child, text, definitions, sorts), False)

    def truth(child: ast.AST) -> Tree:
        return expect(_visit(child, text, definitions, sorts), True)

    def bound(child: ast.AST, sort: str | None) -> Tree:
        name = getattr(child, "id", "")
        demand(NAME.fullmatch(name) and name not in definitions, "a name that cannot be bound")
        return ("bind", name, sort or sorts.get(name, "real"))

    match node:
        case ast.Constant() if type(node.value) in (int, float):
            return _number(text[node.col_offset : node.end_col_offset])
        case ast.Name(id=name) if NAME.fullmatch(name):
            return definitions.get(name, ("var", name))
        case ast.UnaryOp(op=ast.Not(), operand=a):
            return ("not", truth(a))
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=a):
            return ("neg", number(a)) if isinstance(op, ast.USub) else number(a)
        case ast.BinOp(left=a, op=op, right=b) if type(op) in _BINARY:
            return (_BINARY[type(op)], number(a), number(b))
        case ast.BoolOp(op=op, values=parts):
            return ("and" if isinstance(op, ast.And) else "or", *map(truth, parts))
        case ast.Compare(left=a, ops=ops, comparators=others) if all(type(op) in _COMPARE for op in ops):
            terms = [number(side) for side in (a, *others)]
            links = [(_COMPARE[type(op)], *pair) for op, *pair in zip(ops, terms, terms[1:], strict=False)]
            return links[0] if len(links) == 1 else ("and", *links)
        case ast.Call(func=ast.Name(id=word), args=parts, keywords=[]):
            count = len(parts)
            if word in FUNCTIONS and (count == FUNCTIONS[word] or (not FUNCTIONS[word] and 2 <= count <= 20)):
                return (word, *map(number, parts))
            if word in ("implies", "iff") and count == 2:
                return (word, *map(truth, parts))
            if word in QUANTIFIERS and count == 2:
                return (word, bound(parts[0], None), truth(parts[1]))
            if word in BINDERS and count == 4:
                return (word, bound(parts[1], BINDERS[word]), number(parts[2]), number(parts[3]), number(parts[0]))
    raise Rejected(f"outside the language: {ast.unparse(node)[:60]}")


def _number(spelled: str) -> Tree:
    plain = re.fullmatch(r"[0-9]*\.?[0-9]*([eE][+-]?[0-9]{1,4})?", spelled)
    demand(plain and len(spelled) <= MAX_DIGITS, f"not a decimal number: {spelled[:60]}")
    mantissa, _, exponent = spelled.lower().partition("e")
    return ("num", bounded(Fraction(mantissa) * Fraction(10) ** int(exponent or 0)))


def number(value: Fraction | int) -> Tree:
    """A constant as a term."""
    return ("num", Fraction(value))


def expect(tree: Tree, truth: bool) -> Tree:
    """The tree, which must be a truth value (a formula), or must be none (a term)."""
    demand((tree[0] in TRUTHS) == truth, "a number stands where a truth value belongs, or the other way round")
    return tree


def size(tree: Tree, seen: dict[int, int] | None = None) -> int:
    """Nodes of a tree with definitions written out (shared parts are counted each time they stand)."""
    seen = {} if seen is None else seen
    if id(tree) not in seen:
        parts = () if tree[0] in LEAVES else tree[1:]
        seen[id(tree)] = (tree[0] != "bind") + sum(size(part, seen) for part in parts)
    return seen[id(tree)]


def quantified(tree: Tree) -> bool:
    """Whether a formula has a quantifier."""
    return tree[0] in QUANTIFIERS or (tree[0] not in LEAVES and any(map(quantified, tree[1:])))


def names(tree: Tree) -> set[str]:
    """The free variables of a tree."""
    if tree[0] in LEAVES:
        return {tree[1]} if tree[0] == "var" else set()
    *found, inner = map(names, tree[1:])
    return (inner - {tree[1][1]} if tree[1][0] == "bind" else inner).union(*found)


def substitute(tree: Tree, values: dict[str, Tree]) -> Tree:
    """The tree with free variables replaced, all at once; rejected where a binder would capture a name."""
    spend(1)
    if tree[0] in LEAVES:
        return values.get(tree[1], tree) if tree[0] == "var" else tree
    *parts, body = tree[1:]
    inner = values
    if tree[1][0] == "bind":
        inner = {name: value for name, value in values.items() if name != tree[1][1]}
        demand(all(tree[1][1] not in names(value) for value in inner.values()), f"{tree[1][1]} would be captured")
    return (tree[0], *(substitute(part, values) for part in parts), substitute(body, inner))
