"""Limits as options say them."""

import pytest

from samefn.core.errors import InputError
from samefn.sandbox.limits import default_limits, read_limits


def test_what_no_option_says_is_generous():
    limits = read_limits(None, None)
    assert limits == default_limits()
    assert limits.seconds == 24 * 3600


@pytest.mark.parametrize(
    ("memory", "timeout", "expected"),
    [("500MB", "90s", (5 * 10**8, 90.0)), ("1.5 GB", "2h", (15 * 10**8, 7200.0)), ("123", "1d", (123, 86400.0))],
)
def test_units(memory, timeout, expected):
    limits = read_limits(memory, timeout)
    assert (limits.memory, limits.seconds) == expected


@pytest.mark.parametrize("memory", ["", "GB", "4 GiB", "-1GB", "0GB", "1e9", "9" * 30 + "TB", "nan"])
def test_other_sizes_are_refused(memory):
    with pytest.raises(InputError, match="--model-memory"):
        read_limits(memory, None)


@pytest.mark.parametrize("timeout", ["", "90", "s", "0s", "-1h", "1w"])
def test_other_times_are_refused(timeout):
    with pytest.raises(InputError, match="--model-timeout"):
        read_limits(None, timeout)
