"""The overview of a suite in one HTML file that opens offline; it links to the reports beside it and loads nothing."""

from samefn.reports.charts.dot_plot import DotPlot
from samefn.reports.overview.tables import deviations_table, pair_claims_table, studies_table, trend_table
from samefn.reports.overview.trend import trend_plots
from samefn.reports.page.page import environment, script_hash, template
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.wording.claims import dependence_reason, dependence_title
from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.reports.wording.overview import grouped_warnings, overview_headline, trend_sentences
from samefn.reports.wording.protocol import variant_words
from samefn.schema.overview import Overview


def overview_html(overview: Overview) -> str:
    """The overview as one HTML page; every text in it is escaped, and it holds no date and no time."""
    script = template("overview.js")
    return (
        environment()
        .get_template("overview.html.j2")
        .render(
            overview=overview,
            name=str(overview.suite.get("name", "suite")),
            headline=overview_headline(overview),
            trend_sentences=trend_sentences(overview),
            styles=ROLE_STYLES,
            roles=list(dict.fromkeys(entry.role for entry in overview.trend)),
            studies=studies_table(overview),
            deviations=deviations_table(overview),
            claims=pair_claims_table(overview),
            settled=_settled(overview),
            plots=_plots(overview),
            trend=trend_table(overview),
            variant_words=variant_words,
            warnings=grouped_warnings(overview),
            failures=[(study, failure) for study in overview.studies for failure in study.failures],
            holes=[study for study in overview.studies if study.error],
            script=script,
            script_hash=script_hash(script),
            style=template("overview.css"),
        )
    )


def _plots(overview: Overview) -> list[tuple[str, list[tuple[str, DotPlot]]]]:
    """By method, its dot plots by each distance."""
    plots: dict[str, list[tuple[str, DotPlot]]] = {}
    for measure, source in DISTANCE_SOURCES.items():
        for method, plot in trend_plots(overview, measure):
            plots.setdefault(method, []).append((f"by {source}", plot))
    return list(plots.items())


def _settled(overview: Overview) -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    """By pair, each claim's (id, outcome, what it depends on, because)."""
    return [
        (
            pair,
            [
                (entry.claim, entry.outcome, dependence_title(entry), dependence_reason(overview, entry))
                for entry in overview.settled
                if entry.pair == pair
            ],
        )
        for pair in overview.pairs
    ]
