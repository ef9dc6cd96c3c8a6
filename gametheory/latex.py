r"""Formulas, numbers and answers as LaTeX, for notebooks and papers.

`formula_latex` and `number_latex` give pieces without dollar signs, for formulas of one's own; what `_repr_latex_`
of an answer shows stands between them. Exact numbers stay exact: an algebraic number is written as the root of its
polynomial, with as many decimals as are certain to name it.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from gametheory.algebra.intervals import EnclosedNumber
from gametheory.algebra.roots import AlgebraicNumber
from gametheory.exact import Number, is_array, is_ball, is_exact
from gametheory.layout import (
    GREEK,
    SYMBOLS,
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
    name_layout,
)

MAX_ROWS: Final = 40
MAX_COLUMNS: Final = 12
SHOWN: Final = 10  # decimals of numbers that have infinitely many
_MARKS: Final = {
    "plus": "+",
    "minus": "-",
    "negative": "-",
    "times": r"\cdot ",
    "apply": r"\, ",
    "eq": "=",
    "ne": r"\neq ",
    "lt": "<",
    "le": r"\leq ",
    "gt": ">",
    "ge": r"\geq ",
    "and": r"\;\mathrm{and}\;",
    "or": r"\;\mathrm{or}\;",
    "not": r"\mathrm{not}\;",
    "implies": r"\;\Rightarrow\;",
    "iff": r"\;\Leftrightarrow\;",
    "forall": r"\forall ",
    "exists": r"\exists ",
    "in": r"\in ",
    "colon": r":\; ",
    "comma": r",\, ",
    "number": r"\#",
}
_FENCES: Final = {"()": (r"\left(", r"\right)"), "||": (r"\left|", r"\right|"), "{}": (r"\left\{", r"\right\}")}
_SPECIAL: Final = {
    "\\": r"\backslash ",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\hat{\;}",
    "~": r"\sim ",
    " ": r"\ ",
    "-": "\u2010",
}


def formula_latex(text: str) -> str:
    r"""A formula or term of the claims language as LaTeX; what is none of them, as upright text.

    Examples
    --------
    >>> print(formula_latex("p >= c*(1 - r/N)/((N - 1)*beta)"))
    p\geq \frac{c\, \left(1-\frac{r}{N}\right)}{\left(N-1\right)\, \beta }
    """
    return _write(layout(text))


def upright(text: str) -> str:
    r"""Text as it stands, in roman type, with what LaTeX would act on made harmless.

    Examples
    --------
    >>> print(upright("a_b $x$"))
    \mathrm{a\_b\ \$x\$}
    """
    shown = "".join(_SPECIAL.get(ch, ch) for ch in " ".join(text.split()) if ch.isprintable())
    return rf"\mathrm{{{shown}}}"


def number_latex(value: Number) -> str:
    r"""A number in its own arithmetic.

    Parameters
    ----------
    value : number
        Exact, algebraic, enclosed, float, ball, sympy expression, array, or None.

    Returns
    -------
    str

    Examples
    --------
    >>> print(number_latex(Fraction(-3, 10)), number_latex(0.1), number_latex(1e-12))
    -\frac{3}{10} 0.1 10^{-12}
    >>> print(number_latex(AlgebraicNumber((-2, 0, 1), Fraction(1), Fraction(2))))
    1.4142135623\ldots\ \left(x^{2}-2=0\right)
    """
    if value is None:
        return r"\mathrm{-}"
    if isinstance(value, AlgebraicNumber):
        return rf"{_decimals(value)}\ \left({formula_latex(value.text)}=0\right)"
    if isinstance(value, EnclosedNumber):
        return _decimals(value)
    if is_exact(value):
        return _rational(Fraction(value))
    if is_array(value):
        return upright(f"array of shape {tuple(value.shape)}")
    if isinstance(value, float) or hasattr(value, "dtype"):
        return _float(float(value))
    if is_ball(value):
        return upright(str(value))
    from sympy import latex

    return str(latex(value))


def point_latex(point: Sequence[Number], names: Sequence[str]) -> str:
    r"""Shares with the names of their strategies.

    Examples
    --------
    >>> print(point_latex((Fraction(9, 10), 0, Fraction(1, 10)), "CDP"))
    \left(C,\, D,\, P\right)=\left(\frac{9}{10},\, 0,\, \frac{1}{10}\right)
    """
    left = r",\, ".join(name_latex(name) for name in names)
    right = r",\, ".join(map(number_latex, point))
    return rf"\left({left}\right)=\left({right}\right)"


def name_latex(name: str) -> str:
    r"""A variable or strategy: one letter slanted, a word upright, subscripts below.

    Examples
    --------
    >>> print(name_latex("u_C"), name_latex("omega"), name_latex("punishment_cost"), name_latex("tit for tat"))
    u_{C} \omega \mathrm{punishment\_cost} \mathrm{tit\ for\ tat}
    """
    return _write(name_layout(name)) if name.isidentifier() and name.isascii() else upright(name)


def rows_latex(rows: Sequence[Sequence[str]], *, align: str = "") -> str:
    r"""Rows of LaTeX cells as an array; `align` has a letter for each column, 'l' by default.

    Examples
    --------
    >>> print(rows_latex([["a", "b"], ["c", "d"]]))
    \begin{array}{ll}a & b\\c & d\end{array}
    """
    columns = align or "l" * max((len(row) for row in rows), default=1)
    return rf"\begin{{array}}{{{columns}}}" + r"\\".join(" & ".join(row) for row in rows) + r"\end{array}"


def shown(latex: str) -> str:
    """LaTeX as `_repr_latex_` returns it."""
    return rf"$\displaystyle {latex}$"


def component_latex(component: Any) -> str:
    """A component of equilibria or rest points as its set, with the stability of its parts where it is known."""
    return rows_latex(_component_rows(component))


def components_latex(found: Any) -> str:
    """All components of an answer, and whether these are all."""
    rows = [row for component in found.components[:MAX_ROWS] for row in _component_rows(component)]
    if len(found.components) > MAX_ROWS:
        rows.append([upright(f"and {len(found.components) - MAX_ROWS} more"), ""])
    words = (
        ("exact" if found.exact else "in floating point") + ", " + ("complete" if found.complete else "not complete")
    )
    return rows_latex([*rows, [upright(words), ""]])


def _component_rows(component: Any) -> list[list[str]]:
    rows = []
    for part in component.parts:
        words = [] if part.stability is None else [str(part.stability)]
        words += {"yes": ["evolutionarily stable"], "neutral": ["neutrally stable"]}.get(str(part.ess), [])
        if part.dimension == 0:
            place = point_latex(part.point, component.strategies)
        else:
            place = rf"\left\{{{formula_latex(part.set)}\right\}}"
        rows.append([place, upright(", ".join(words)) if words else ""])
    return rows


def profile_latex(profile: Any) -> str:
    r"""A pure profile by how many play each strategy."""
    counts = [rf"{n}\, {name_latex(name)}" for name, n in profile.by_name.items() if n]
    return "+".join(counts) + (r"\ " + upright("(strict)") if profile.strict else "")


def condition_latex(condition: Any) -> str:
    r"""A condition as its parameter against the threshold, and whether it holds.

    Examples
    --------
    >>> from gametheory import PublicGoodsGame, conditions
    >>> game = PublicGoodsGame(group_size=5, multiplication_factor=3, fine=1)
    >>> print(condition_latex(conditions(game)[0]))
    \mathrm{deterrence}:\; p\geq \frac{1}{10}\quad\mathrm{holds}
    """
    symbol = symbol_latex(condition.parameter)
    if condition.threshold is None:
        text = upright("no threshold")
    else:
        relation = {">=": r"\geq ", "<=": r"\leq ", None: r"\ \mathrm{against}\ "}.get(
            condition.relation, condition.relation
        )
        text = f"{symbol}{relation}{number_latex(condition.threshold)}"
    words = {True: "holds", False: "does not hold"}.get(condition.holds) if isinstance(condition.holds, bool) else None
    if condition.feasible is False:
        words = "not feasible"
    return rf"{upright(condition.name)}:\; {text}" + ("" if words is None else rf"\quad{upright(words)}")


def claim_latex(claim: Any) -> str:
    """A claim: its variables, definitions and assumptions, and what follows from them."""
    sorts = {"real": r"\mathbb{R}", "integer": r"\mathbb{Z}"}
    rows = [rf"{name_latex(name)}\in {sorts[sort]}" for name, sort in claim.variables.items()]
    rows = [r"\forall\ " + r",\ ".join(rows)] if rows else []
    rows += [f"{name_latex(name)}:={formula_latex(text)}" for name, text in claim.definitions.items()]
    if claim.assumptions:
        rows.append(r",\ ".join(map(formula_latex, claim.assumptions)))
    rows.append((r"\Rightarrow\ " if claim.assumptions else "") + formula_latex(claim.conclusion))
    return rows_latex([[row] for row in rows])


def verdict_latex(verdict: Any) -> str:
    """A verdict: the word, the claim's conclusion, and the point where it fails if there is one."""
    point = getattr(verdict, "counterexample", getattr(verdict, "point", None))
    text = rf"{upright(verdict.word)}:\; {formula_latex(verdict.claim.conclusion)}"
    if point:
        at = r",\ ".join(f"{name_latex(name)}={number_latex(value)}" for name, value in point.items())
        text += rf"\quad{upright('at')}\ {at}"
    return text


def symbol_latex(parameter: str) -> str:
    r"""The symbol of a parameter of the model, its name where it has none.

    Examples
    --------
    >>> print(symbol_latex("fine"), symbol_latex("my_parameter"))
    \beta \mathrm{my\_parameter}
    """
    return name_latex(SYMBOLS.get(parameter, parameter))


def game_latex(game: Any) -> str:
    """A game: its payoffs as formulas in the numbers of co-players where they are such, and its parameters."""
    from dataclasses import fields

    given = [(f.name, getattr(game, f.name)) for f in fields(game) if f.name not in ("strategies", "values")]
    cells = [f"{symbol_latex(name)}={_value_latex(value)}" for name, value in given]
    rows = [[r",\ ".join(cells[k : k + 4])] for k in range(0, len(cells), 4)]
    return rows_latex([*([line] for line in _payoff_lines(game)), *rows])


def _payoff_lines(game: Any) -> list[str]:
    from gametheory.errors import GameTheoryError

    names = tuple(game.strategies)
    table = getattr(game, "values", None)
    if table is not None:
        if len(table[0]) > MAX_COLUMNS or len(table) > MAX_COLUMNS:
            return [upright(f"payoff table of {len(table)} rows, {len(table[0])} columns")]
        body = rows_latex([[name_latex(name), *map(number_latex, row)] for name, row in zip(names, table, strict=True)])
        return [body]
    from sympy import Symbol, expand

    counts = [Symbol(f"n_{name}") for name in names]
    try:
        payoffs = [expand(game.payoff(name, counts)) for name in names]
    except (GameTheoryError, TypeError, ValueError, AttributeError):
        return [upright(f"strategies {', '.join(names)}")]
    if not all(hasattr(payoff, "free_symbols") for payoff in payoffs):
        return [upright(f"strategies {', '.join(names)}")]
    return [f"u_{{{name_latex(name)}}}={number_latex(u)}" for name, u in zip(names, payoffs, strict=True)]


def _value_latex(value: Any) -> str:
    if isinstance(value, str):
        return upright(value)
    if isinstance(value, Mapping) or (hasattr(value, "__dataclass_fields__") and hasattr(value, "payoff")):
        return upright(type(value).__name__)
    if isinstance(value, tuple | list):
        return r"\left(" + r",\, ".join(map(_value_latex, value)) + r"\right)"
    return number_latex(value)


def _rational(value: Fraction) -> str:
    sign, size = ("-" if value < 0 else ""), abs(value)
    above, below = _digits(size.numerator), _digits(size.denominator)
    return f"{sign}{above}" if size.denominator == 1 else rf"{sign}\frac{{{above}}}{{{below}}}"


def _digits(value: int) -> str:
    """Digits; of a number that fills a line, the first ones and how many there are."""
    if value.bit_length() <= 200:
        return str(value)
    shift = max(0, int(value.bit_length() * 0.30103) - 20)
    return rf"{value // 10**shift}\ldots"


def _decimals(value: AlgebraicNumber | EnclosedNumber) -> str:
    """The decimals that are certain, followed by dots."""
    narrow = value.refined(Fraction(1, 10 ** (SHOWN + 4)))
    for decimals in range(SHOWN, 0, -1):
        scale = 10**decimals
        low, high = (int(end * scale) for end in (narrow.low, narrow.high))  # towards 0
        if low == high and narrow.low * narrow.high > 0:
            return ("-" if narrow.high < 0 else "") + f"{abs(low) // scale}.{abs(low) % scale:0{decimals}d}" + r"\ldots"
    return rf"\left[{_float(float(narrow.low))},\, {_float(float(narrow.high))}\right]"


def _float(value: float) -> str:
    text = f"{value:.6g}"
    if "e" not in text:
        return {"inf": r"\infty ", "-inf": r"-\infty ", "nan": r"\mathrm{NaN}"}.get(text, text)
    mantissa, exponent = text.split("e")
    ten = f"10^{{{int(exponent)}}}"
    return {"1": ten, "-1": f"-{ten}"}.get(mantissa, rf"{mantissa}\cdot {ten}")


def _write(tree: Layout) -> str:
    match tree:
        case Name(letters=letters, below=""):
            return _letters(letters)
        case Name(letters=letters, below=below):
            inner = below if len(below) == 1 or below.isdigit() else upright(below)
            return f"{_letters(letters).rstrip()}_{{{inner}}}"
        case Digits(text=text):
            return text.replace("_", "")
        case Function(name=name):
            return rf"\{name}"
        case Mark(kind=kind):
            return _MARKS[kind]
        case Row(items=items):
            return "".join(map(_write, items))
        case Fenced(body=Quotient(above=above, below=below, ruled=False)):
            return rf"\binom{{{_write(above)}}}{{{_write(below)}}}"
        case Fenced(body=body, brackets=brackets):
            opened, closed = _FENCES[brackets]
            return f"{opened}{_write(body)}{closed}"
        case Quotient(above=above, below=below):
            return rf"\frac{{{_write(above)}}}{{{_write(below)}}}"
        case Power(base=base, exponent=exponent):
            return (
                f"{{{_write(base)}}}^{{{_write(exponent)}}}"
                if not isinstance(base, Name | Digits)
                else (f"{_write(base).rstrip()}^{{{_write(exponent)}}}")
            )
        case Root(body=body):
            return rf"\sqrt{{{_write(body)}}}"
        case Summed(low=low, high=high):
            return rf"\sum_{{{_write(low)}}}^{{{_write(high)}}} "
        case Words(text=text):
            return upright(text)
    raise AssertionError(tree)


def _letters(letters: str) -> str:
    if letters in GREEK:
        return rf"\{letters} "
    return letters if len(letters) == 1 else upright(letters)
