"""The overview of a suite in one HTML file that opens offline; it links to the reports beside it and loads nothing."""

from functools import partial

from samefn.reports.charts.inline import inline_chart
from samefn.reports.charts.theme import charts_css
from samefn.reports.overview.tables import deviations_table, pair_claims_table, studies_table, trend_table
from samefn.reports.overview.trend import trend_chart, trend_measures
from samefn.reports.page.page import environment, policy, template
from samefn.reports.wording.claims import dependence_reason, dependence_title
from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.reports.wording.overview import grouped_warnings, overview_headline, trend_sentences
from samefn.reports.wording.protocol import variant_words
from samefn.schema.overview import Overview


def overview_html(overview: Overview) -> str:
    """The overview as one HTML page; every text in it is escaped, and it holds no date and no time."""
    script = template("tables.js")
    style = "\n".join([template("page.css"), charts_css()])
    return (
        environment()
        .get_template("overview.html.j2")
        .render(
            overview=overview,
            name=str(overview.suite.get("name", "suite")),
            headline=overview_headline(overview),
            trend_sentences=trend_sentences(overview),
            studies=studies_table(overview),
            deviations=deviations_table(overview),
            claims=pair_claims_table(overview),
            settled=_settled(overview),
            charts=_charts(overview),
            trend=trend_table(overview),
            variant_words=variant_words,
            warnings=grouped_warnings(overview),
            failures=[(study, failure) for study in overview.studies for failure in study.failures],
            holes=[study for study in overview.studies if study.error],
            script=script,
            policy=policy(style, script),
            style=style,
        )
    )


def _charts(overview: Overview) -> list[tuple[str, str]]:
    """By each distance, a title and the chart of all methods as SVG."""
    charts = []
    for measure in trend_measures(overview):
        title = f"Relative distance by {DISTANCE_SOURCES[measure]}"
        charts.append((title, inline_chart(partial(trend_chart, overview, measure), f"{title}, method by method")))
    return charts


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
