"""Errors that a user reads: one line that says what, where and what to do."""


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

    def __str__(self) -> str:
        """One line.

        >>> str(SamefnError("SF101", "epochs must be at least 1", where="study.toml:3", fix="set epochs = 1 or more"))
        'study.toml:3: epochs must be at least 1; set epochs = 1 or more [SF101]'
        """
        line = f"{self.where}: {self.what}" if self.where else self.what
        line = f"{line}; {self.fix}" if self.fix else line
        return f"{' '.join(line.split())} [{self.code}]"


class InputError(SamefnError):
    """The user's input cannot be used: a spec, a path, data or an option."""


class DamagedArtefactError(SamefnError):
    """A stored file is not what its hash says."""


class DivergedError(SamefnError):
    """Training met NaN or infinity."""


class OwnError(SamefnError):
    """An error of samefn itself.

    Args:
        code: its stable code.
        what: what went wrong, in one sentence.
        where: the model or file it is about.
        details: a traceback, for a bug report.
    """

    exit_code = 3

    def __init__(self, code: str, what: str, *, where: str | None = None, details: str = "") -> None:
        super().__init__(code, what, where=where)
        self.details = details


class TerminatedError(BaseException):
    """The system has asked samefn to end (SIGTERM); like Ctrl-C it is no `Exception`, so that nothing catches it."""


class StorageError(SamefnError):
    """The store or the output folder cannot be written: full disk, read-only folder."""
