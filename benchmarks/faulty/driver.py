"""The command that runs the study: started, killed, and started again until it comes to its end."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

SAMEFN = Path(sys.executable).with_name("samefn")


class Driver:
    """`samefn study` on a cluster, with its log.

    Args:
        folder: for the run's folder and the log.
        options: of the command.
    """

    def __init__(self, folder: Path, options: list[str]) -> None:
        self._folder, self._options = folder, options
        self.starts, self.ended_alone = 0, 0
        self.log = folder / "driver.log"
        self._process: subprocess.Popen[bytes] | None = None

    def keep_going(self) -> bool:
        """Start it where it is not running; False once it has come to its end with exit code 0."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return True
            if code == 0:
                return False
            self.ended_alone += 1
        self._start()
        return True

    def kill(self, draw: random.Random) -> bool:
        """SIGKILL, and the same command again."""
        del draw
        if self._process is None or self._process.poll() is not None:
            return False
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._start()
        return True

    def tries_again(self) -> int:
        """How often a task was tried again, by the log."""
        return self.log.read_text(errors="replace").count("tried again")

    def _start(self) -> None:
        self.starts += 1
        with self.log.open("ab") as log:
            log.write(f"--- start {self.starts}, {time.strftime('%H:%M:%S')}\n".encode())
            self._process = subprocess.Popen(
                [str(SAMEFN), "study", *self._options], cwd=self._folder, stdout=log, stderr=subprocess.STDOUT
            )
