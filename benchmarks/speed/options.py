"""The command line of every contestant."""

import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """What a contestant is told.

    Attributes:
        train: training images.
        evaluation: evaluation images.
        threads: threads within an operator; 0 for the library's own default.
        workers: processes that load data (plain PyTorch only).
    """

    train: int
    evaluation: int
    threads: int = 1
    workers: int = 0

    def arguments(self) -> list[str]:
        """As `read_options` reads them."""
        return [f"--{name}={value}" for name, value in vars(self).items()]


def read_options() -> Options:
    """The options of this process."""
    parser = argparse.ArgumentParser()
    for name in ("train", "evaluation", "threads", "workers"):
        parser.add_argument(f"--{name}", type=int, required=True)
    return Options(**vars(parser.parse_args()))
