"""The HTML page: one file, nothing loaded, nothing escaped from its place, and holes shown as holes."""

import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from samefn.reports.charts.drawings import drawings
from samefn.reports.charts.inline import svg_text
from samefn.reports.page.report import report_html
from samefn.reports.tables.transfer import transfer_parts
from samefn.reports.view import ReportView
from samefn.reports.wording.summary import headline, summary_sentences
from samefn.reports.write import all_tables
from samefn.schema.claims import ClaimFigure
from samefn.schema.environment import Environment
from samefn.schema.methods import Trained
from samefn.schema.notes import Note
from samefn.schema.report import Failure, Report
from samefn.schema.training import Training

MakeReport = Callable[..., Report]
VOID = {"meta", "br", "img", "input", "link"}
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '\'" onmouseover="alert(3)" x=\'',
    "</style><img src=https://example.com/x onerror=alert(4)>",
    "$\\frac{1}{2}$ {{ 7 * 7 }}",
    "\u202eright to left\u2066",
    "名前 😀 é̂",
)


class Page(HTMLParser):
    """Every element and its attributes; fails where tags do not close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attributes}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attributes}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in {"script", "style"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_the_page_loads_nothing_and_forbids_loading(report: Report) -> None:
    page = Page(report_html(report))
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "object", "embed", "base", "video", "audio"}
        for name in ("src", "href", "srcset", "action", "data", "poster", "xlink:href"):
            value = attributes.get(name, "")
            assert value == "" or value.startswith(("#", "data:image/png;base64,")), (tag, name, value[:80])
        assert not [name for name in attributes if name.startswith("on")]
    assert "url(" not in report_html(report)
    assert "@import" not in report_html(report)
    policy = next(a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_links_within_the_page_lead_somewhere(report: Report) -> None:
    page = Page(report_html(report))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for _, a in page.elements if "href" in a} <= set(ids)


def unjudged(report: Report) -> Report:
    """The report as it was before anything was judged."""
    return report.model_copy(
        update=dict.fromkeys(("relative_distances", "verdicts", "overall", "transfer", "claims"), ())
    )


def test_without_verdicts_there_is_no_section_of_them(report: Report) -> None:
    title = headline(ReportView(unjudged(report)))
    text = Page(report_html(unjudged(report))).text
    assert title in text
    assert re.search(r"ONNX float32: none\b.*?\b10,000\b", text)
    for section in ("verdicts", "transfer", "claims"):
        assert f'id="{section}"' not in report_html(unjudged(report))


def test_the_summary_is_on_the_page(report: Report) -> None:
    text = Page(report_html(report)).text
    summary = dict(summary_sentences(ReportView(report)))
    assert all(f"{term} {sentence}" in text for term, sentence in summary.items())
    assert all(share in summary["Independents"] for share in ("0.87 %", "0.92 %"))
    assert re.match(r"ONNX float32: none\b.*?\b10,000\b", summary["Noise floor"])
    # Of the models whose accuracy hardly moved (99.09 against 99.15), the one with the most changed predictions.
    hidden = summary["Accuracy misleads"]
    assert hidden.startswith("student, alpha 0.9 ")
    assert all(figure in hidden for figure in ("99.09 %", "99.15 %", "91 of 10,000"))


def test_every_cell_of_the_tables_is_on_the_page(report: Report) -> None:
    text = Page(report_html(report)).text
    # The table of all transferred shares is on the page in parts, one for each question and its inputs.
    parts = [one.table for _, answers in transfer_parts(ReportView(report)) for one in answers]
    for table in (*(table for table in all_tables(report) if table.name != "transfer"), *parts):
        for row in table.rows:
            for cell in row:
                assert cell.text in text
                assert cell.interval in text


def test_every_figure_has_a_text_for_screen_readers(report: Report) -> None:
    page = Page(report_html(report))
    drawings = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert drawings
    for attributes in drawings:
        within_hidden = "viewbox" in attributes and attributes["viewbox"] == "-1 -1 2 2"
        assert within_hidden or attributes.get("aria-hidden") == "true" or attributes.get("aria-label")
    assert all(attributes.get("alt") for tag, attributes in page.elements if tag == "img")


@pytest.fixture(scope="module")
def hostile(make_report: MakeReport) -> Report:
    first, *others = HOSTILE
    victims = ("base", "float16", "int8 dynamic", "student, alpha 0.1", "independent, seed 1", "pruned 90 %")
    rename = dict(zip(victims, others, strict=True))
    report = make_report(
        rename,
        name=first,
        study={"name": first, "net": first, "</script>": first},
        environment=Environment(
            python=first, system=first, cpu=first, cpu_flags={first: first}, versions=dict.fromkeys(HOSTILE, first)
        ),
        warnings=HOSTILE,
        failures=tuple(Failure(model=name, error=name) for name in HOSTILE),
    )
    example = report.changed[0].model_copy(
        update={
            "id": first,
            "label": first,
            "top": first,
            "base_top": first,
            "image": "https://example.com/x.png",
        }
    )
    data = report.data.model_copy(update={"name": first, "source": first, "fingerprint": first})
    chart = report.landscape[0].model_copy(
        update={
            "method": first,
            "settings": report.landscape[0].settings.model_copy(update={"algorithm": first, "notes": HOSTILE}),
        }
    )
    measure = report.measures[0].model_copy(update={"measure": first, "interval": first})
    figure = ClaimFigure(quantity="measure", measure=first, candidate=first, value=0.5, low=None, high=None)
    claimed = {"reason": "changed", "candidates": HOSTILE, "figures": (figure,)}
    model = report.models[0].model_copy(
        update={
            "notes": HOSTILE,
            "method": Trained(net=first, seed=0, start="own", question=first, training=Training()),
        }
    )
    return report.model_copy(
        update={
            "changed": (example, *report.changed),
            "data": data,
            "landscape": (chart,),
            "measures": (*report.measures, measure),
            "models": (model, *report.models[1:]),
            "overall": tuple(one.model_copy(update={"sentence": first}) for one in report.overall),
            "claims": tuple(one.model_copy(update=claimed) for one in report.claims),
        }
    )


def test_hostile_names_add_no_element(hostile: Report, report: Report) -> None:
    text = report_html(hostile)
    page = Page(text)
    assert sum(tag == "script" for tag, _ in page.elements) == 1
    assert text.count("</script") == 1
    assert text.count("</style") == 1
    allowed = {tag for tag, _ in Page(report_html(report)).elements}
    assert {tag for tag, _ in page.elements} <= allowed
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
    assert not [a for tag, a in page.elements if tag == "img" and not a["src"].startswith("data:image/png;base64,")]
    assert "<script>alert(1)</script>" in page.text  # shown as text
    assert "49" not in re.findall(r"\\frac\{1\}\{2\}\$ (\S+)", page.text)


def test_direction_marks_are_spelled_out_and_never_sent(hostile: Report) -> None:
    text = report_html(hostile)
    body, _, specs = text.partition('id="made"')
    assert "\u202e" not in body
    assert "\u2066" not in body
    assert "\\u202eright to left\\u2066" in body
    assert "\u202e" not in specs
    assert "\u2066" not in specs


def test_figures_draw_hostile_names(hostile: Report) -> None:
    chart = hostile.landscape[0].model_copy(update={"method": "tsne"})
    drawn = list(drawings(ReportView(hostile.model_copy(update={"landscape": (chart,)}))))
    assert len(drawn) > 5
    for drawing in drawn:
        svg = ElementTree.fromstring(svg_text(drawing.make("double")))
        assert not [element for element in svg.iter() if element.tag.endswith("script")]
        assert not any("\u202e" in (element.text or "") for element in svg.iter())


def as_a_browser_sees(text: str, folder: Path) -> Page:
    """The page after a browser has parsed it and run what it runs, written out again."""
    path = folder / "report.html"
    path.write_text(text, encoding="utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [str(BROWSER), *flags, profile, "--dump-dom", path.as_uri()]
    ended = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return Page(ended.stdout.decode())


def foreign(page: Page) -> list[tuple[str, dict[str, str]]]:
    """Elements that only a name could have made."""
    pictures = [(tag, a) for tag, a in page.elements if tag == "img" and "example.com" in a.get("src", "")]
    handlers = [(tag, a) for tag, a in page.elements if any(name.startswith("on") for name in a)]
    return pictures + handlers + [one for one in page.elements if one[0] == "script"][1:]


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
def test_hostile_names_are_text_in_a_browser(hostile: Report, tmp_path: Path) -> None:
    text = report_html(hostile)
    page = as_a_browser_sees(text, tmp_path)
    assert foreign(page) == []
    assert "<script>alert(1)</script>" in page.text
    # The same page with its text taken for HTML: what the names ask for is there, so the check above can fail.
    head, body = text.split("<body", 1)
    assert foreign(as_a_browser_sees(f"{head}<body{unescape(body)}", tmp_path))


def only(report: Report, *roles: str) -> Report:
    kept = {model.id for model in report.models if model.role in roles}
    return report.model_copy(
        update={
            "models": tuple(model for model in report.models if model.id in kept),
            "measures": tuple(entry for entry in report.measures if entry.candidate in kept),
            "landscape": tuple(
                chart.model_copy(update={"points": tuple(point for point in chart.points if point.model in kept)})
                for chart in report.landscape[:1]
            ),
            "distances": tuple(point for point in report.distances if point.model in kept),
            "changed": tuple(example for example in report.changed if example.candidate in kept),
        }
    )


HOLES: dict[str, tuple[Callable[[Report], Report], str]] = {
    "no quantization": (
        lambda r: only(r, "base", "independent", "pruned", "student", "control"),
        "No quantised model.",
    ),
    "no distillation": (lambda r: only(r, "base", "independent", "pruned", "quantized"), "No student."),
    "no independents": (lambda r: only(r, "base", "pruned", "quantized", "student"), "No independently trained model."),
    "base alone": (lambda r: only(r, "base"), "No candidate was measured."),
    "no base": (lambda r: only(r, "independent", "pruned"), "The base could not be made"),
    "nothing": (only, "The base could not be made"),
    "no measures": (lambda r: r.model_copy(update={"measures": ()}), "Nothing was measured."),
    "no changed": (lambda r: r.model_copy(update={"changed": ()}), "None: no prediction changed"),
    "failed": (
        lambda r: r.model_copy(update={"failures": (Failure(model="int8-static", error="no calibration"),)}),
        "1 model was not made or not measured. int8-static : no calibration",
    ),
}


@pytest.mark.parametrize("hole", HOLES)
def test_holes_are_shown_as_holes(hole: str, report: Report) -> None:
    make, says = HOLES[hole]
    holed = make(report)
    text = Page(report_html(holed)).text
    assert says in text
    for table in all_tables(holed):
        assert all(len(row) == len(table.columns) for row in table.rows)
    if hole in {"no independents", "base alone", "no base", "nothing"}:
        for drawing in drawings(ReportView(holed)):
            assert svg_text(drawing.make("single"))


def test_a_report_without_maps_and_distances_has_no_landscape(report: Report) -> None:
    section = '<section id="landscape">'
    assert section in report_html(report)
    assert section not in report_html(report.model_copy(update={"landscape": (), "distances": ()}))


def test_models_without_figures_are_drawn_around(report: Report) -> None:
    blank: dict[str, Any] = {
        "accuracy": None,
        "accuracy_deviation": None,
        "bytes": None,
        "bytes_zstd": None,
        "history": (),
    }
    models = tuple(model.model_copy(update=blank) for model in report.models)
    measures = tuple(
        entry.model_copy(update={"value": None, "low": None, "high": None, "notes": (Note(code="no labels"),)})
        if entry.measure != "disagreement"
        else entry.model_copy(update={"low": None, "high": None})
        for entry in report.measures
    )
    page = report_html(report.model_copy(update={"models": models, "measures": measures}))
    for name in ("accuracy", "curves"):
        section = re.search(rf'<section id="{name}">.*?</section>', page, re.DOTALL)
        assert section is not None
        assert 'class="hole"' in section[0]


def test_the_report_is_never_silent_about_failures_and_warnings(make_report: MakeReport) -> None:
    report = make_report(warnings=("first warning", "second warning"), failures=(Failure(model="x", error="diverged"),))
    head = Page(report_html(report)).text.split("Landscape")[0]
    assert "first warning" in head
    assert "second warning" in head
    assert "diverged" in head


def test_the_spec_is_on_the_page(report: Report) -> None:
    assert '"confidence": 0.95' in Page(report_html(report)).text
