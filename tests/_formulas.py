"""Reading the `set` of a component in tests: exact, and by another way than the code that wrote it."""

import ast
from collections.abc import Mapping
from fractions import Fraction
from typing import Any


def satisfies(formula: str, values: Mapping[str, Fraction]) -> bool:
    """Whether a formula without quantifiers is true where its names have these values."""
    return bool(_value(ast.parse(formula, mode="eval").body, values))


def _value(node: ast.AST, values: Mapping[str, Fraction]) -> Any:
    match node:
        case ast.BoolOp(op=ast.And()):
            return all(_value(part, values) for part in node.values)
        case ast.BoolOp(op=ast.Or()):
            return any(_value(part, values) for part in node.values)
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            first, second = _value(left, values), _value(right, values)
            return {
                ast.Eq: first == second,
                ast.GtE: first >= second,
                ast.Gt: first > second,
                ast.LtE: first <= second,
                ast.Lt: first < second,
            }[type(operator)]
        case ast.BinOp(left=left, op=operation, right=right):
            first, second = _value(left, values), _value(right, values)
            match operation:
                case ast.Add():
                    return first + second
                case ast.Sub():
                    return first - second
                case ast.Mult():
                    return first * second
                case ast.Div():
                    return first / second
                case ast.Pow():
                    return first ** int(second)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values)
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=number):
            return Fraction(str(number))
    raise AssertionError(f"a formula that the tests do not read: {ast.dump(node)}")
