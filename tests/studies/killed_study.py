"""Run a study and kill it with SIGKILL soon after a moment or a later one: SPEC OUT STORE MOMENT DELAY WHOM."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

from samefn.config.read import read_study
from samefn.core.paths import Places
from samefn.engine.local import LocalEngine
from samefn.studies.study import study

# Moments of a study in the order in which they come, as questions to an event.
MOMENTS = {
    "a training starts": lambda e: e.kind == "progress" and e.total == 3 and e.done == 0,
    "the last epoch ends": lambda e: e.kind == "progress" and e.total == 3 and e.done == 3,
    "a training is published": lambda e: e.kind == "finished" and e.name in {"base", "independent 1"},
    "the teacher's logits are there": lambda e: e.kind == "finished" and e.name.startswith("teacher"),
    "a student learns": lambda e: e.kind == "progress" and e.name.startswith(("student", "control")) and e.done == 2,
    "weights are pruned": lambda e: e.kind == "finished" and e.name.startswith("pruned"),
    "a file is quantised": lambda e: e.kind == "finished" and e.name.endswith("file"),
    "predictions are measured": lambda e: e.kind == "progress" and e.name == "measures",
    "figures are written": lambda e: e.kind == "progress" and "figures/" in e.text,
    "the page is written": lambda e: e.kind == "progress" and "report.html" in e.text,
}


def main(spec, out, store, moment, delay, whom):
    """Run it; `whom` is `all` for workers too, or `parent`, whose workers must then end by themselves."""
    # An earlier run may have the moment behind it; then the next one that comes will do.
    names = list(MOMENTS)
    moments = [MOMENTS[name] for name in names[names.index(moment) :]]

    def kill():
        time.sleep(float(delay))
        os.killpg(0, signal.SIGKILL) if whom == "all" else os.kill(os.getpid(), signal.SIGKILL)

    def emit(event):
        if any(is_moment(event) for is_moment in moments):
            threading.Thread(target=kill, daemon=True).start()

    places = Places(Path(out), Path(store), Path(out).with_name("cache"))
    study(read_study(spec), places, LocalEngine(2), "cpu", emit)


if __name__ == "__main__":
    main(*sys.argv[1:])
