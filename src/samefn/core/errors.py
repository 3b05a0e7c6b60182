"""Errors that a user reads: one line that says where, what is wrong and what to do."""

import re

_CODE_AT_END = re.compile(r"\[SF\d{3}\]$")


class SamefnError(Exception):
    """Something samefn cannot do.

    Args:
        code: a stable code such as `SF203`; `core/error_codes.py` lists them.
        what: what is wrong, in one sentence without a full stop.
        where: the file, key, option or model it is about.
        fix: what to do about it.
    """

    exit_code = 2

    def __init__(self, code: str, what: str, *, where: str | None = None, fix: str | None = None) -> None:
        self.code, self.what, self.where, self.fix = code, what, where, fix
        super().__init__(code, what, where, fix)

    @property
    def line(self) -> str:
        """Where, what and what to do, on one line without the code."""
        line = f"{self.where}: {self.what}" if self.where else self.what
        return " ".join((f"{line}; {self.fix}" if self.fix else line).split())

    def __str__(self) -> str:
        """One line that ends with the code.

        >>> str(SamefnError("SF101", "epochs must be at least 1", where="study.toml:3", fix="set epochs = 1 or more"))
        'study.toml:3: epochs must be at least 1; set epochs = 1 or more [SF101]'
        """
        # A line that quotes another error keeps the code of that one, which says more.
        return self.line if _CODE_AT_END.search(self.line) else f"{self.line} [{self.code}]"


def one_line(error: BaseException, limit: int = 200) -> str:
    r"""The text of an error on one line, cut to so many characters; the error's type where it has no text.

    >>> one_line(ValueError("no\nroom")), one_line(KeyError())
    ('no room', 'KeyError')
    """
    return " ".join(str(error).split())[:limit] or type(error).__name__


class InputError(SamefnError):
    """The user's input cannot be used: a spec, a path, data or an option."""


class DamagedArtefactError(SamefnError):
    """A stored file is not what its hash says."""


class DivergedError(SamefnError):
    """Training met NaN or infinity."""


class OwnError(SamefnError):
    """A fault in samefn itself, not in the user's input.

    Args:
        code: its stable code.
        what: what went wrong, in one sentence.
        details: a traceback, for a bug report.
    """

    exit_code = 3

    def __init__(self, code: str, what: str, *, details: str) -> None:
        super().__init__(code, what)
        self.details = details


class TerminatedError(BaseException):
    """The system asked samefn to end (SIGTERM). Like Ctrl-C it is no `Exception`, so that nothing catches it."""


class StorageError(SamefnError):
    """The store or the output folder cannot be written: full disk, read-only folder."""
