"""Polynomials as data of `theory/reflect.v`, for which identities are computed instead of argued."""

from collections.abc import Mapping, Sequence

from proofs.algebra import integer_exponent, is_atom
from proofs.coq.terms import Polynomial, quotient
from proofs.language import Number, Operation, Term, Variable


def listed(parts: Sequence[str], after: str = " ") -> str:
    """A list of Coq."""
    return "".join(f"{part} ::{after}" for part in parts) + "nil"


def data(p: Polynomial, names: Sequence[str]) -> str:
    """A polynomial with integer coefficients in the generators named, as `poly` evaluates to its printed text."""
    terms = []
    for monomial, coefficient in sorted(p.items()):
        exponents = dict(monomial)
        terms.append(f"(({coefficient})%Z, ({listed([f'{exponents.get(name, 0)}%N' for name in names])}))")
    return f"poly ({listed(terms)})"


def generators_of(polynomials: Sequence[Polynomial]) -> list[str]:
    """The generators in polynomials, in the order of their printed products."""
    return sorted({name for p in polynomials for monomial in p for name, _ in monomial})


def reified(tree: Term, places: Mapping[str, int]) -> str | None:
    """A term as an expression of `theory/reflect.v`; None if it has a divisor, or a number that is no integer."""
    match tree:
        case Number(value=value):
            return f"(PEc ({value})%Z)" if value.denominator == 1 else None
        case Variable(name=name):
            return f"(PEX Z {places[name]})" if name in places else None
    if is_atom(tree):
        ((((name, _),), _),) = quotient(tree)[0].items()
        return f"(PEX Z {places[name]})" if name in places else None
    assert isinstance(tree, Operation)
    if tree.operator == "**":
        base, n = reified(tree.arguments[0], places), integer_exponent(tree.arguments[1])
        return f"(PEpow {base} {n}%N)" if base is not None and n is not None and n >= 0 else None
    parts = [reified(part, places) for part in tree.arguments]
    word = {"+": "PEadd", "-": "PEsub", "*": "PEmul", "neg": "PEopp"}.get(tree.operator)
    if word is None or None in parts:
        return None
    return f"({' '.join([word, *(part for part in parts if part is not None)])})"


def environment(names: Sequence[str], generators: Mapping[str, str]) -> str:
    """The values of generators."""
    return listed([f"({generators[name]})" for name in names])
