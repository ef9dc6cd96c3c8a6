"""What the explorer says about a frame, as HTML with formulas in MathML; every text is escaped."""

from html import escape
from typing import Any, Final

from experiments.explorer.model import Curve, Frame
from gametheory.exact import Number, is_exact, to_text
from gametheory.layout import SYMBOLS
from gametheory.mathml import formula_mathml

MOST: Final = 10  # components that are listed
CELL: Final = "padding:2px 10px 2px 0;vertical-align:top"
GOOD: Final = "#0072B2"
BAD: Final = "#A33000"


def verdict(frame: Frame) -> str:
    """Whether the strategy earns at least as much as its rival, and what the best replies are.

    Examples
    --------
    >>> from experiments.explorer.model import scene
    >>> from experiments.explorer.model import frame as seen
    >>> from gametheory import PublicGoodsGame
    >>> looked_at = scene(PublicGoodsGame(group_size=5, multiplication_factor=3))
    >>> "does not hold" in verdict(seen(looked_at, {}, along="fine", strategy="C", rival="D"))
    True
    """
    among = " and ".join(f"{n} {name}" for name, n in frame.co_players.items())
    word, color = ("holds", GOOD) if frame.holds else ("does not hold", BAD)
    mark = "✓" if frame.holds else "✗"
    margin = number(frame.margin)
    best = ", ".join(frame.best_replies)
    return (
        f"<div style='border-left:5px solid {color};background:#F4F4F0;padding:8px 14px;font-size:16px'>"
        f"Among {escape(among)}, playing {escape(frame.strategy)} pays at least as much as {escape(frame.rival)}: "
        f"<b style='color:{color}' class='verdict'>{mark} {word}</b> (margin {margin}). "
        f"Best replies: {escape(best)}.{_thresholds(frame.curve)}</div>"
    )


def problem(message: str) -> str:
    """A position outside the game's domain, in one line."""
    text = escape(" ".join(message.split()))
    return f"<div style='border-left:5px solid {BAD};background:#FBEDE8;padding:8px 14px' class='problem'>{text}</div>"


def tables(frame: Frame) -> str:
    """Conditions, equilibria and rest points."""
    return _conditions(frame) + _equilibria(frame)


def number(value: Number) -> str:
    """A number as HTML; a rational of many digits as a decimal."""
    text = str(to_text(value)) if is_exact(value) else f"{float(value):.6g}"
    return formula_mathml(text if len(text) <= 16 else f"{float(value):.6g}")


def symbol(name: str) -> str:
    """A parameter by its symbol, if the model has one."""
    return formula_mathml(SYMBOLS.get(name, name)) if name.isidentifier() else escape(name)


def _thresholds(curve: Curve) -> str:
    if not curve.crossings:
        return ""
    values = ", ".join(("" if crossing.exact else "≈ ") + number(crossing.value) for crossing in curve.crossings)
    exact = "exactly zero" if all(crossing.exact for crossing in curve.crossings) else "zero"
    return f"<br>Along {symbol(curve.along)} the margin is {exact} at {values}."


def _conditions(frame: Frame) -> str:
    if not frame.conditions:
        return ""
    said = {True: f"<b style='color:{GOOD}'>✓ holds</b>", False: f"<span style='color:{BAD}'>✗ does not hold</span>"}
    rows = []
    for condition in frame.conditions:
        bound = "–"
        if condition.threshold is not None:
            relation = {">=": "≥", "<=": "≤"}.get(condition.relation, str(condition.relation))
            bound = f"{symbol(condition.parameter)} {escape(relation)} {number(condition.threshold)}"
        word = said.get(condition.holds, "–")
        if condition.feasible is False:
            word = "cannot hold"
        rows.append((f"<b>{escape(condition.name)}</b>", bound, word, f"<small>{escape(condition.statement)}</small>"))
    return "<h3>Conditions</h3>" + _table(rows)


def _equilibria(frame: Frame) -> str:
    if frame.rest_points is None:
        return "<p><small>Equilibria are not listed: too many players or strategies for a page that moves.</small></p>"
    found = frame.equilibria.components
    rows = []
    for component in found[:MOST]:
        ess = {"yes": "evolutionarily stable", "neutral": "neutrally stable"}.get(str(component.ess), "")
        stability = component.stability_as_set or ""
        words = ", ".join(word for word in (ess, f"{stability} as a set" if stability else "") if word)
        rows.append((_set(component), f"<small>{escape(words)}</small>"))
    left = len(found) - MOST
    more = f"<p><small>and {left} more</small></p>" if left > 0 else ""
    complete = "these are all" if frame.equilibria.complete else "there may be more"
    how = "exact" if frame.equilibria.exact else "in floating point"
    return f"<h3>Symmetric equilibria <small>({how}, {complete})</small></h3>{_table(rows)}{more}"


def _set(component: Any) -> str:
    """A point by its shares, a larger set by its formula."""
    point = component.parts[0].point
    if component.dimension or all(is_exact(share) for share in point):
        return formula_mathml(component.set)
    names = ", ".join(formula_mathml(name) for name in component.strategies)
    return f"({names}) = ({', '.join(map(_share, point))})"


def _share(value: Number) -> str:
    return number(value) if is_exact(value) else f"{float(value):.8f}…"


def _table(rows: Any) -> str:
    body = "".join(f"<tr>{''.join(f'<td style={CELL!r}>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table style='border-collapse:collapse'>{body}</table>"
