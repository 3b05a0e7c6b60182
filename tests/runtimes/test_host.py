from pathlib import Path

import pytest

from samefn.runtimes import host
from samefn.runtimes.host import INT8_FLAGS, int8_flags


@pytest.fixture
def cpuinfo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in the place of Linux's description of the CPU; a test writes it."""
    path = tmp_path / "cpuinfo"
    monkeypatch.setattr(host, "CPUINFO", path)
    return path


def test_flags_are_whole_words_of_the_flags_line(cpuinfo: Path) -> None:
    cpuinfo.write_text("processor\t: 0\nmodel name\t: avx512f\nflags\t\t: fpu avx2 avx512_vnni amx_int8x\n")
    assert int8_flags() == {
        "avx2": True,
        "avx512f": False,
        "avx512_vnni": True,
        "avx_vnni": False,
        "amx_int8": False,
    }


def test_a_system_that_does_not_say_is_unknown_not_false(cpuinfo: Path) -> None:
    unknown = dict.fromkeys(INT8_FLAGS, "unknown")
    assert int8_flags() == unknown
    cpuinfo.write_text("processor\t: 0\nFeatures\t: fp asimd\n")
    assert int8_flags() == unknown
