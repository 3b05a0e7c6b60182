"""What differs between two runs, as a table in a notebook."""

from samefn.reports.page.page import environment
from samefn.reports.wording.difference import (
    answers_text,
    difference_headline,
    difference_lines,
    direction_text,
    figure_title,
    figure_values,
    pairing_sentence,
)
from samefn.schema.difference import Difference


def difference_html(difference: Difference) -> str:
    """A fragment of HTML: the headline, the answers that changed, the figures that moved, and all lines folded."""
    moved = [
        (model.name, figure_title(figure.name), *figure_values(figure), direction_text(figure))
        for model in difference.models
        for figure in model.figures
        if figure.moved
    ]
    answers = [(model.name, text) for model in difference.models if (text := answers_text(model))]
    return (
        environment()
        .get_template("difference.html.j2")
        .render(
            headline=difference_headline(difference),
            answers=answers,
            moved=moved,
            pairing=pairing_sentence(difference),
            lines=difference_lines(difference),
        )
    )
