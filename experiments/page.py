"""The report as one HTML page that stands alone: pictures inside, no script, no network."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from experiments.report import TWIN, ClaimResult, Report
from gametheory.layout import SYMBOLS
from gametheory.mathml import formula_mathml

if TYPE_CHECKING:
    from experiments.predictions import Observation

STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 Georgia, 'Times New Roman', serif; color: #1b1b1b; background: #fff; margin: 0 auto;
       max-width: 68rem; padding: 2rem 1.5rem 4rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; }
p.summary { background: #f4f4f0; border-left: 4px solid #0072B2; padding: .7rem 1rem; }
figure { margin: 1.2rem 0; } figure svg { width: 100%; max-width: 46rem; height: auto; display: block; }
figcaption { color: #444; font-size: .92rem; max-width: 46rem; }
table { border-collapse: collapse; width: 100%; font: 14px/1.4 system-ui, sans-serif; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ddd;
         overflow-wrap: anywhere; }
th { border-bottom: 2px solid #888; }
table.plain { table-layout: auto; width: auto; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
summary { color: #555; cursor: pointer; }
.formula { margin: .45rem 0; overflow-x: auto; line-height: 1.8; } details .formula { font-size: .95em; }
math { font-size: 1.06em; }
td small { color: #555; } .bad { color: #A33000; font-weight: bold; } code { font-size: .92em; }
tr { break-inside: avoid; } @media print { body { max-width: none; padding: 0; } }
"""
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"  # no script, nothing from elsewhere
DETAILED: Final = 4_000  # characters of a formula beyond which it is not drawn, only told


def write_page(report: Report, path: Path, *, built_in: bool, game: Any = None) -> None:
    """Write the report as HTML.

    Parameters
    ----------
    report : Report
    path : Path
    built_in : bool
        Whether it is the built-in study, whose pictures are those of the published example.
    game : PublicGoodsGame, optional
        The game that the observations are about, for the pictures.
    """
    if built_in:
        from experiments.cases import published_game

        game = published_game()
    parts = [f"<p class='summary'>{escape(report.summary())}</p>"]
    if game is not None:
        parts += [_parameters(game), *_figures(report, game)]
    if report.claims:
        parts += ["<h2>Claims</h2>", _claims(report.claims)]
    if report.observations:
        parts += ["<h2>Observations</h2>", _observations(report)]
    title = "Built-in study" if built_in else "Report"
    path.write_text(document(f"gametheory: {title}", parts), encoding="utf-8")


def document(title: str, parts: Sequence[str]) -> str:
    """A whole page around parts that are HTML already; it runs no script and asks nobody for anything.

    Examples
    --------
    >>> "<title>a &amp; b</title>" in document("a & b", ["<p>Text.</p>"])
    True
    """
    head = f"<meta charset='utf-8'><title>{escape(title)}</title>"
    head += f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    head += f"<meta name='viewport' content='width=device-width, initial-scale=1'><style>{STYLE}</style>"
    body = f"<h1>{escape(title)}</h1>" + "\n".join(parts)
    return f"<!DOCTYPE html><html lang='en'><head>{head}</head><body>{body}</body></html>\n"


def _parameters(game: Any) -> str:
    """The game's parameters by their symbols, and the words for them."""
    from gametheory.files import game_to_dict

    described = game_to_dict(game)
    numbers = {name: value for name, value in described.items() if name in SYMBOLS}
    if not numbers:
        return ""
    cells = "".join(
        f"<tr><td>{formula_mathml(SYMBOLS[name])}</td><td class='n'>{formula_mathml(str(value))}</td>"
        f"<td>{escape(name.replace('_', ' '))}</td></tr>"
        for name, value in numbers.items()
    )
    return f"<details><summary>the game</summary><table class='plain'>{cells}</table></details>"


def _figures(report: Report, game: Any) -> list[str]:
    import matplotlib

    matplotlib.use("Agg")
    from dynamics.pictures import plot_simplex
    from experiments.pictures import PREFIX, plot_condition_curve

    found = []
    if any(seen.id.startswith(PREFIX) for seen in report.observations):
        axes = plot_condition_curve(game, report.observations)
        caption = (
            "Share of contributions over the punishment probability: the logit curve of the theory, the learners' "
            "shares with simultaneous intervals, and the threshold p*."
        )
        found.append(figure(axes, caption, "condition curve with learners' points"))
    if len(game.strategies) == 3:
        axes = plot_simplex(game)
        caption = "Replicator dynamics: trajectories, rest points by type, and the continuum with its end point z*."
        found.append(figure(axes, caption, "simplex with trajectories and rest points"))
    return found


def figure(axes: Any, caption: str, alternative: str) -> str:
    """A picture as an element of a page, its figure closed; `alternative` is for whoever cannot see it."""
    from matplotlib import pyplot, rc_context

    buffer = BytesIO()
    with rc_context({"svg.hashsalt": "gametheory"}):  # the same picture, the same ids
        axes.figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    pyplot.close(axes.figure)
    return (
        f"<figure>{_inline(buffer.getvalue().decode(), alternative)}<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _inline(text: str, alternative: str) -> str:
    """An SVG file as an element: no prolog, no comments, and ids that no other picture of the page has."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    mark = f"f{sha256(text.encode()).hexdigest()[:8]}-"
    text = re.sub(r'\bid="', f'id="{mark}', text)
    text = re.sub(r'(xlink:href="|url\()#', rf"\1#{mark}", text)
    label = escape(alternative, quote=True)
    return text.replace("<svg", f'<svg role="img" aria-label="{label}"', 1).strip()


def _claims(claims: tuple[ClaimResult, ...]) -> str:
    twins = {claim.id.removesuffix(TWIN): claim for claim in claims if claim.id.endswith(TWIN)}
    heads = {"claim": 52, "verdict": 11, "how": 11, "wrong twin": 20, "s": 6}
    heads = heads if twins else {"claim": 66, "verdict": 14, "how": 14, "s": 6}
    rows = [_head(heads, numbers={"s"})]
    named = {claim.id for claim in claims}
    for claim in claims:
        if claim.id.endswith(TWIN) and claim.id.removesuffix(TWIN) in named:
            continue
        twin = twins.get(claim.id)
        reason = "" if claim.reason is None else f"<br><small>{escape(claim.reason)}</small>"
        kernel = "" if claim.kernel == "not run" else f"<br><small>kernel: {escape(claim.kernel)}</small>"
        other = "" if twin is None else f"{escape(twin.statement)}<br>{_verdict(twin)}{_at(twin)}"
        rows.append(
            f"<tr><td><b>{escape(claim.id)}</b><br>{escape(claim.statement)}{_formulas(claim)}{reason}</td>"
            f"<td>{_verdict(claim)}{_at(claim)}{kernel}</td><td>{escape(claim.method)}</td>"
            + (f"<td>{other}</td>" if twins else "")
            + f"<td class='n'>{claim.seconds:.2f}</td></tr>"
        )
    return f"<table>{''.join(rows)}</table>"


def _head(heads: Mapping[str, int], *, numbers: set[str]) -> str:
    """The first row of a table, and how wide its columns are in percent."""
    columns = "".join(f"<col style='width:{width}%'>" for width in heads.values())
    cells = "".join(f"<th{' class=n' if head in numbers else ''}>{head}</th>" for head in heads)
    return f"<colgroup>{columns}</colgroup><tr>{cells}</tr>"


def _formulas(claim: ClaimResult) -> str:
    """The conclusion as a formula; what it rests on folded away."""
    if claim.texts is None:
        return ""
    texts = claim.texts
    lines = [f"{_formula(name)} := {_formula(text)}" for name, text in texts["definitions"].items()]
    for sort, letter in (("integer", "ℤ"), ("real", "ℝ")):
        names = [_formula(name) for name, found in texts["variables"].items() if found == sort]
        lines += [f"{', '.join(names)} ∈ {letter}"] if names else []
    used = [text for text in texts["assumptions"] if claim.needed is None or text in claim.needed]
    unused = [text for text in texts["assumptions"] if text not in used]
    for words, listed in (("if", used), ("assumed, but not used by the proof:", unused)):
        lines += [f"{words} {', '.join(map(_formula, listed))}"] if listed else []
    folded = "".join(f"<div class='formula'>{line}</div>" for line in lines)
    shown = f"<div class='formula'>{_formula(texts['conclusion'])}</div>"
    return shown + (f"<details><summary>where</summary>{folded}</details>" if lines else "")


def _formula(text: str) -> str:
    if len(text) > DETAILED:
        return f"<small>a formula of {len(text)} characters (report.json and the certificate hold it)</small>"
    return formula_mathml(text)


def _verdict(claim: ClaimResult) -> str:
    word = escape(claim.verdict)
    return word if claim.as_expected else f"<span class='bad'>{word} (expected {escape(claim.expected)})</span>"


def _at(claim: ClaimResult) -> str:
    if not claim.counterexample:
        return ""
    point = ", ".join(f"{name} = {value}" for name, value in claim.counterexample.items())
    return f"<br><small>at {escape(point)}</small>"


def _observations(report: Report) -> str:
    widths = (36, 11, 11, 18, 9, 7, 8)
    names = ("observation", "prediction", "estimate", "interval", "tolerance", "seeds", "agrees")
    rows = [_head(dict(zip(names, widths, strict=True)), numbers=set(names[1:6]))]
    rows += [_observation(seen) for seen in report.observations]
    level = report.observations[-1].level
    text = f"<p>Intervals hold together at level {level:g}; seed {report.seed}.</p>"
    return f"{text}{_distances(report)}<table>{''.join(rows)}</table>"


def _distances(report: Report) -> str:
    import matplotlib

    matplotlib.use("Agg")
    from experiments.pictures import plot_observations

    caption = (
        "How far each estimate is from its prediction, in units of what is allowed (the simultaneous interval on that "
        "side and the tolerance): in the grey band it agrees, unless it is inconclusive."
    )
    return figure(plot_observations(report.observations), caption, "estimates minus predictions")


def _observation(seen: "Observation") -> str:
    low, high = seen.interval
    mark = escape(seen.agrees) if seen.agrees == "yes" else f"<span class='bad'>{escape(seen.agrees)}</span>"
    note = f"<br><small>{escape(seen.note)}</small>" if seen.note else ""
    return (
        f"<tr><td><b>{escape(seen.id)}</b><br>{escape(seen.statement)}{note}</td>"
        f"<td class='n'>{seen.prediction:.5g}</td><td class='n'>{seen.estimate:.5g}</td>"
        f"<td class='n'>[{low:.5g}, {high:.5g}]</td><td class='n'>{seen.tolerance:.2g}</td>"
        f"<td class='n'>{seen.seeds}</td><td>{mark}</td></tr>"
    )
