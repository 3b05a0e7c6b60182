"""The smallest task there is."""

from samefn.engine.task import Job


def tiny(job: Job) -> None:
    """Write one byte."""
    (job.out / "n").write_bytes(b"1")
