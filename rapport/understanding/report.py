"""The evaluation as one HTML file that needs nothing else: tables, confusions, calibration."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, select_autoescape

from rapport.understanding import evaluation
from rapport.understanding.evaluation import Judged

SIDE = 300
"""Length in pixels of the calibration picture's axes."""
CELL = 14
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Understanding, measured</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.15rem .7rem;border-bottom:1px solid #ddd}
th{text-align:left}td.n{text-align:right;font-variant-numeric:tabular-nums}.low{background:#fde8e4}
.wide{overflow-x:auto}svg text{font:10px system-ui,sans-serif;fill:#333}
</style></head><body><h1>Understanding, measured</h1>
<table><tr><th>language<th>messages<th>macro F1<th>unseen<th>accuracy<th>asked back<th>calibration error</tr>
{% for name, rows in groups %}<tr><td>{{ name }}<td class="n">{{ rows|length }}
<td class="n">{{ percent(macro_f1(rows)) }}<td class="n">{{ percent(unseen_f1(rows)) }}<td class="n">{{ percent(accuracy(rows)) }}
<td class="n">{{ percent(fallbacks(rows)) }}<td class="n">{{ percent(error(rows)) }}</tr>{% endfor %}
</table>{% for name, rows in groups %}<h2>{{ name }}</h2>
<h3>Calibration</h3><p>How often a guess of a confidence is right; on the line is honest.</p>
<svg width="{{ side + 60 }}" height="{{ side + 40 }}" role="img" aria-label="Calibration, {{ name }}">
<g transform="translate(40 10)"><rect width="{{ side }}" height="{{ side }}" fill="none" stroke="#999"/>
<line x1="0" y1="{{ side }}" x2="{{ side }}" y2="0" stroke="#999" stroke-dasharray="4"/>
{% for bin in bins(rows) %}<circle cx="{{ '%.1f'|format(bin.confidence * side) }}"
 cy="{{ '%.1f'|format(side - bin.accuracy * side) }}" r="{{ radius(bin, rows) }}" fill="#2b6cb0" fill-opacity=".7">
<title>{{ bin.messages }} messages: {{ percent(bin.confidence) }} sure, {{ percent(bin.accuracy) }} right</title>
</circle>{% endfor %}<text x="0" y="{{ side + 20 }}">confidence 0–100 %</text>
<text x="-30" y="-2">right</text></g></svg>
<h3>Confusions</h3><div class="wide">{{ matrix(rows) }}</div>
<table><tr><th>meant<th>taken for<th>times</tr>{% for wanted, found, times in confusions(rows)[:25] %}
<tr><td>{{ wanted }}<td>{{ found }}<td class="n">{{ times }}</tr>{% endfor %}</table>
<h3>Intents</h3><table><tr><th>intent<th>messages<th>precision<th>recall<th>F1</tr>
{% for intent, score in scores(rows).items() %}<tr{% if score.f1 < 0.8 %} class="low"{% endif %}>
<td>{{ intent }}<td class="n">{{ score.messages }}<td class="n">{{ percent(score.precision) }}
<td class="n">{{ percent(score.recall) }}<td class="n">{{ percent(score.f1) }}</tr>{% endfor %}</table>
{% endfor %}</body></html>
"""
MATRIX = """<svg width="{{ size + 340 }}" height="{{ size + 180 }}" role="img" aria-label="Confusion matrix">
{% for name in names %}<text x="155" y="{{ 171 + loop.index0 * cell }}" text-anchor="end">{{ name }}</text>
<text transform="translate({{ 170 + loop.index0 * cell }} 155) rotate(-60)">{{ name }}</text>{% endfor %}
{% for row, column, times, share in cells %}<rect x="{{ 160 + column * cell }}" y="{{ 160 + row * cell }}"
 width="{{ cell - 1 }}" height="{{ cell - 1 }}" fill="{{ '#2f855a' if row == column else '#c53030' }}"
 fill-opacity="{{ '%.2f'|format(share) }}"><title>{{ names[row] }} as {{ names[column] }}: {{ times }}</title>
</rect>{% endfor %}</svg>"""


def page(judged: Sequence[Judged]) -> str:
    """The whole report as HTML; messages themselves are not in it."""
    languages = sorted({row.language for row in judged})
    groups = [("all", list(judged))]
    groups += [(each, [row for row in judged if row.language == each]) for each in languages]
    environment = Environment(autoescape=select_autoescape(default_for_string=True, default=True))
    environment.globals.update(
        percent=lambda share: f"{100 * share:.1f} %",
        macro_f1=evaluation.macro_f1,
        unseen_f1=evaluation.unseen_macro_f1,
        accuracy=lambda rows: sum(row.is_right for row in rows) / len(rows),
        fallbacks=lambda rows: sum(row.found == evaluation.FALLBACK for row in rows) / len(rows),
        error=evaluation.calibration_error,
        bins=evaluation.calibration,
        confusions=evaluation.confusions,
        scores=evaluation.scores,
        radius=lambda each, rows: f"{3 + 12 * (each.messages / len(rows)) ** 0.5:.1f}",
        matrix=_matrix,
    )
    return environment.from_string(PAGE).render(groups=groups, side=SIDE)


def _matrix(judged: Sequence[Judged]) -> object:
    """A square for every pair that occurred, stronger the more often."""
    from markupsafe import Markup

    names = sorted({row.intent for row in judged} | {row.found for row in judged})
    places = {name: place for place, name in enumerate(names)}
    pairs: dict[tuple[str, str], int] = {}
    for row in judged:
        pairs[row.intent, row.found] = pairs.get((row.intent, row.found), 0) + 1
    totals = {name: sum(n for (w, _), n in pairs.items() if w == name) for name in names}
    cells = [
        (places[wanted], places[found], times, max(0.15, times / totals[wanted]))
        for (wanted, found), times in sorted(pairs.items())
    ]
    template = Environment(autoescape=True).from_string(MATRIX)
    size = len(names) * CELL
    return Markup(  # noqa: S704 - rendered with autoescape just here
        template.render(names=names, cells=cells, cell=CELL, size=size)
    )
