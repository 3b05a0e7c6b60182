"""The command line of every process of the benchmark."""

import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """What a process is told.

    Attributes:
        device: `cpu` or `cuda`.
        net: the net's name.
        shape: channels, height and width, with commas.
        classes: how many classes.
        steps: steps an epoch.
        batch_size: images a step.
        evaluation: images evaluated after an epoch.
    """

    device: str
    net: str
    shape: str
    classes: int
    steps: int
    batch_size: int
    evaluation: int

    def arguments(self) -> list[str]:
        """As `read_options` reads them."""
        return [f"--{name}={value}" for name, value in vars(self).items()]

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Channels, height and width."""
        channels, height, width = map(int, self.shape.split(","))
        return channels, height, width


def read_options() -> Options:
    """The options of this process."""
    parser = argparse.ArgumentParser()
    for name, kind in Options.__annotations__.items():
        parser.add_argument(f"--{name}", type=kind, required=True)
    return Options(**vars(parser.parse_args()))
