"""The parts of report.json that differ from machine to machine and from run to run."""

from pydantic import Field, JsonValue

from samefn.schema.base import Part


class Devices(Part):
    """What a study's models were made on.

    Attributes:
        training: cpu or cuda.
        threads_a_model: threads of each training and prediction.
        cores: cores that were there to use.
        gpu: its name; null without.
        tf32: whether TF32 was on; null without a GPU.
    """

    training: str
    threads_a_model: int
    cores: int
    gpu: str | None = None
    tf32: bool | None = None


class Environment(Part):
    """The machine. No host name, no paths.

    Attributes:
        python: version of Python.
        system: system and architecture.
        cpu: the processor's name.
        cpu_flags: by instruction relevant to int8, whether it has it; `unknown` where the system does not say.
        cores: cores that were there to use; of a study see `devices`.
        sandbox: what confines the processes that run models, such as `landlock 7 + seccomp`, or `resource limits only`
            where the system has neither; `none` where models ran in the caller's own process; empty in older reports.
        devices: of a study, what its models were made on.
        versions: of libraries.
        runtimes: of a study, what ran its models, with options.
    """

    python: str
    system: str
    cpu: str
    cpu_flags: dict[str, bool | str]
    cores: int | None = None
    sandbox: str = ""
    devices: Devices | None = None
    versions: dict[str, str]
    runtimes: dict[str, dict[str, JsonValue]] = Field(default_factory=dict)


class Times(Part):
    """When, and how long.

    Attributes:
        started: seconds since 1970; null where that is not known.
        seconds: of this run.
        tasks: by name, the seconds that each task took when it was made.
    """

    started: float | None = None
    seconds: float | None = None
    tasks: dict[str, float] = Field(default_factory=dict)
