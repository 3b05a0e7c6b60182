"""Names are text on the page, whatever is in them."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from samefn.reports.page.report import report_html
from samefn.schema.changed import ChangedCounts, ClassChange, ClassProbability, InputValues
from samefn.schema.claims import ClaimFigure
from samefn.schema.environment import Environment
from samefn.schema.methods import Trained
from samefn.schema.report import Failure, Report
from samefn.schema.training import Training

from .parsed import HOSTILE, Page

MakeReport = Callable[..., Report]
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


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
            "base_classes": tuple(ClassProbability(name=name, probability=0.1) for name in HOSTILE),
            "image": "https://example.com/x.png",
            "slices": dict.fromkeys(HOSTILE, others[0]),
            "group": first,
            "values": (InputValues(array=first, values=(1.0, None), count=9),),
            "text": first,
        }
    )
    changes = ClassChange(base_top=first, top=others[0], count=3, base_right=1, right=1)
    counts = ChangedCounts(
        evaluation="test",
        candidate=rename["float16"],
        changed=3,
        negative_flips=1,
        positive_flips=1,
        both_wrong=1,
        shown=1,
        class_changes=(changes,),
    )
    chart = report.landscape[0].model_copy(
        update={
            "method": first,
            "settings": report.landscape[0].settings.model_copy(update={"algorithm": first, "notes": HOSTILE}),
        }
    )
    measure = report.measures[0].model_copy(update={"measure": first, "interval": first})
    figure = ClaimFigure(quantity="measure", measure=first, candidate=first, value=0.5, low=None, high=None)
    claimed = {"reason": "changed", "candidates": HOSTILE, "figures": (figure,)}
    method = Trained(net=first, seed=0, start="own", question=first, training=Training())
    model = report.models[0].model_copy(update={"notes": HOSTILE, "method": method})
    named = {"name": first, "source": first, "fingerprint": first, "class_names": HOSTILE}
    return report.model_copy(
        update={
            "changed": (example, *report.changed),
            "changed_counts": (counts,),
            "data": report.data.model_copy(update=named),
            "landscape": (chart,),
            "measures": (*report.measures, measure),
            "models": (model, *report.models[1:]),
            "claims": tuple(one.model_copy(update=claimed) for one in report.claims),
        }
    )


def test_hostile_names_add_no_element(hostile: Report, report: Report) -> None:
    text = report_html(hostile)
    page = Page(text)
    assert [attributes.get("type", "") for attributes in page.all("script")] == ["application/json", ""]
    assert text.count("</script") == 2
    assert text.count("</style") == 1
    known = {tag for tag, _ in Page(report_html(report)).elements} | {"br"}
    assert {tag for tag, _ in page.elements} <= known
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
    assert not [a for a in page.all("img") if not a["src"].startswith("data:image/png;base64,")]
    assert "<script>alert(1)</script>" in page.text  # shown as text
    assert "49" not in re.findall(r"\\frac\{1\}\{2\}\$ (\S+)", page.text)


def test_direction_marks_are_spelled_out_and_never_sent(hostile: Report) -> None:
    text = report_html(hostile)
    assert "\u202e" not in text
    assert "\u2066" not in text
    assert "\\u202eright to left\\u2066" in text
    [data] = [script for attributes, script in Page(text).scripts if attributes.get("type")]
    assert "\u202e" not in json.dumps(json.loads(data), ensure_ascii=False)


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
    pictures = [("img", a) for a in page.all("img") if "example.com" in a.get("src", "")]
    handlers = [(tag, a) for tag, a in page.elements if any(name.startswith("on") for name in a)]
    return pictures + handlers + [("script", a) for a in page.all("script")][2:]


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
def test_hostile_names_are_text_in_a_browser(hostile: Report, tmp_path: Path) -> None:
    text = report_html(hostile)
    page = as_a_browser_sees(text, tmp_path)
    assert foreign(page) == []
    assert "<script>alert(1)</script>" in page.text
    # The script has run: it lists the inputs.
    assert [one for one in page.all("li") if one.get("role") == "option"]
    # The same page with its text taken for HTML: what the names ask for is there, so the check above can fail.
    head, body = text.split("<body", 1)
    assert foreign(as_a_browser_sees(f"{head}<body{unescape(body)}", tmp_path))
