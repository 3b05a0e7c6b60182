from pathlib import Path

from samefn.runtimes.host import INT8_FLAGS, int8_flags


def test_flags_are_whole_words_of_the_flags_line(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: avx512f\nflags\t\t: fpu avx2 avx512_vnni amx_int8x\n")
    assert int8_flags(cpuinfo) == {
        "avx2": True,
        "avx512f": False,
        "avx512_vnni": True,
        "avx_vnni": False,
        "amx_int8": False,
    }


def test_a_system_that_does_not_say_is_unknown_not_false(tmp_path: Path) -> None:
    unknown = dict.fromkeys(INT8_FLAGS, "unknown")
    assert int8_flags(tmp_path / "missing") == unknown
    arm = tmp_path / "cpuinfo"
    arm.write_text("processor\t: 0\nFeatures\t: fp asimd\n")
    assert int8_flags(arm) == unknown
