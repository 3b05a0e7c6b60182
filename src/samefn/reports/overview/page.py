"""The overview of a suite in one HTML file that opens offline; it links to the reports beside it and loads nothing."""

from samefn.core.naming import join_words
from samefn.reports.charts.dot_plot import DotPlot
from samefn.reports.overview.tables import deviations_table, pair_claims_table, studies_table, trend_table
from samefn.reports.overview.trend import MEASURES, answer, trend_plots
from samefn.reports.page.page import environment, script_hash, template
from samefn.reports.styles import STYLES
from samefn.reports.wording.claims import CLAIM_WORDING, dependence_reason, dependence_title
from samefn.reports.wording.protocol import variant_words
from samefn.schema.overview import Overview


def overview_html(overview: Overview) -> str:
    """The overview as one HTML page; every text in it is escaped, and it holds no date and no time."""
    script = template("report.js")
    return (
        environment()
        .get_template("overview.html.j2")
        .render(
            overview=overview,
            name=str(overview.suite.get("name", "suite")),
            headline=headline(overview),
            answer=answer(overview),
            styles=STYLES,
            roles=list(dict.fromkeys(entry.role for entry in overview.trend)),
            studies=studies_table(overview),
            deviations=deviations_table(overview),
            claims=pair_claims_table(overview),
            settled=_settled(overview),
            plots=_plots(overview),
            trend=trend_table(overview),
            variant_words=variant_words,
            warnings=warned(overview),
            failures=[(study, failure) for study in overview.studies for failure in study.failures],
            holes=[study for study in overview.studies if study.error],
            script=script,
            script_hash=script_hash(script),
            style=template("report.css"),
        )
    )


def headline(overview: Overview) -> str:
    """One sentence: how many studies there are, and which claims came out the same for every pair."""
    made = sum(not study.error for study in overview.studies)
    count = f"{made} of {len(overview.studies)}" if made < len(overview.studies) else f"All {made}"
    count = "One study" if len(overview.studies) == made == 1 else f"{count} studies"
    by_outcome: dict[str, list[str]] = {}
    for claim in CLAIM_WORDING:
        outcomes = {entry.outcome for entry in overview.settled if entry.claim == claim} - {"not tested"}
        outcome = "differs between pairs" if len(outcomes) > 1 else next(iter(outcomes), "not tested")
        by_outcome.setdefault(outcome, []).append(claim)
    said = "; ".join(f"{join_words(ids)}: {outcome}" for outcome, ids in by_outcome.items())
    return f"{count} of {len(overview.pairs)} {'pairs' if len(overview.pairs) > 1 else 'pair'} made. {said}."


def warned(overview: Overview) -> list[tuple[str, str]]:
    """Each warning once, after the names of the studies that give it."""
    by_text: dict[str, list[str]] = {}
    for study in overview.studies:
        for warning in study.warnings:
            by_text.setdefault(warning, []).append(study.name)
    return [(join_words(names), warning) for warning, names in by_text.items()]


def _plots(overview: Overview) -> list[tuple[str, list[tuple[str, DotPlot]]]]:
    """By method, its dot plots by each distance."""
    found: dict[str, list[tuple[str, DotPlot]]] = {}
    for measure, words in MEASURES.items():
        for method, plot in trend_plots(overview, measure):
            found.setdefault(method, []).append((words, plot))
    return list(found.items())


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
