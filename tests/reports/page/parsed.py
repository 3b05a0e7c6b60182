"""A page as an HTML parser sees it, and names that try to break out of it."""

from html.parser import HTMLParser

from samefn.schema.report import Report

# Elements without an end tag.
VOID = {"meta", "br", "img", "input", "link"}
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
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.styles: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = tag, {key: value or "" for key, value in attributes}
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attributes}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, attributes = self._open[-1] if self._open else ("", {})
        if tag == "script":
            self.scripts.append((attributes, data))
        elif tag == "style":
            self.styles.append(data)
        elif tag:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of one kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def sections(self) -> list[str]:
        """The ids of sections, in order."""
        return [attributes["id"] for attributes in self.all("section")]


def undrawn(report: Report) -> Report:
    """The report without what takes long to draw: for tests of what is written."""
    parts = ("landscape", "panels", "distances", "transfer", "claims")
    models = tuple(model.model_copy(update={"history": ()}) for model in report.models)
    return report.model_copy(update={**dict.fromkeys(parts, ()), "models": models})
