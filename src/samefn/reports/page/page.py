"""What every page needs: templates, escaping, and the hash that allows its script."""

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from samefn.reports.tables.render import header
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.numbers import format_count, format_share, format_with_interval

_SENTENCE = re.compile(r"(?<=\.)\s")
_IMAGE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")


@cache
def environment() -> Environment:
    """The environment of the templates: everything is escaped, and a missing variable is an error."""
    jinja = Environment(
        loader=FunctionLoader(template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters.update(
        name=printable,
        percent=lambda share: str(format_with_interval(share, percent=True)),
        image=safe_image,
        first_sentence=first_sentence,
        first_clause=lambda text: re.split("[:;]", text, maxsplit=1)[0],
        pretty=_pretty,
        count=format_count,
        share=format_share,
    )
    jinja.globals.update(header=header)
    return jinja


@cache
def template(name: str) -> str:
    """The text of a template, a style sheet or a script."""
    return files("samefn.reports").joinpath("templates", name).read_text("utf-8")


def script_hash(script: str) -> str:
    """The hash by which a page's content-security policy allows this script alone."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def policy(style: str, script: str) -> str:
    """What a page may load and run: pictures that it holds itself, this style sheet and this script, nothing else."""
    hashes = f"style-src 'sha256-{script_hash(style)}'; script-src 'sha256-{script_hash(script)}'"
    return f"default-src 'none'; img-src data:; {hashes}; base-uri 'none'; form-action 'none'"


def first_sentence(text: str) -> str:
    """What stands before the first full stop that a space follows.

    >>> first_sentence("Check 1.5 of it. Then more.")
    'Check 1.5 of it.'
    """
    return _SENTENCE.split(text, maxsplit=1)[0]


def safe_image(uri: str | None) -> str | None:
    """The image where it is a PNG in itself, else nothing."""
    return uri if uri is not None and _IMAGE.fullmatch(uri) else None


def _pretty(value: object) -> str:
    lines = json.dumps(value, indent=2, ensure_ascii=False, default=str).split("\n")
    return "\n".join(printable(line) for line in lines)
