"""The pass over both tables gives what the functions that define the measures give, in memory that does not grow."""

import math
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import log_softmax

from samefn.core.errors import InputError
from samefn.measures.calibration import brier
from samefn.measures.compiled import single_pass
from samefn.measures.compiled.single_pass import PairMeasures, measure_pair
from samefn.measures.pairs import Floats
from samefn.measures.table import MEASURES

Table = NDArray[np.float32]

# Sums over classes, whose last digits depend on the order of summation; all others are exact.
SUMMED = {name for name in MEASURES if MEASURES[name].family in {"distances", "divergences"}}


def defined(log_p: Table, log_q: Table, labels: NDArray[np.int64]) -> dict[str, Floats]:
    """Every per-example measure by the function that defines it."""
    return {
        name: measure.per_example(log_p, log_q, *([labels] if measure.needs_labels else []))
        for name, measure in MEASURES.items()
        if measure.per_example
    }


def require_equal(
    found: PairMeasures, log_p: Table, log_q: Table, labels: NDArray[np.int64], rel: float = 1e-12
) -> None:
    expected = defined(log_p, log_q, labels)
    assert found.measures.keys() == expected.keys()
    for name, values in expected.items():
        assert found.measures[name].dtype == np.float64
        if name in SUMMED:
            np.testing.assert_allclose(found.measures[name], values, rtol=rel, atol=1e-300, err_msg=name)
        else:
            np.testing.assert_array_equal(found.measures[name], values, err_msg=name)
    assert np.array_equal(found.base_top, log_p.argmax(axis=1))
    assert np.array_equal(found.top, log_q.argmax(axis=1))
    assert found.base_brier is not None
    assert found.brier is not None
    np.testing.assert_allclose(found.base_brier, brier(log_p, labels), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found.brier, brier(log_q, labels), rtol=1e-12, atol=1e-15)


def made(examples: int, classes: int, noise: float, seed: int = 0) -> tuple[Table, Table, NDArray[np.int64]]:
    draws = np.random.default_rng(seed)
    logits = draws.normal(scale=3, size=(examples, classes))
    other = logits + noise * draws.normal(size=logits.shape)
    log_p, log_q = (log_softmax(scores, axis=1).astype(np.float32) for scores in (logits, other))
    return log_p, log_q, draws.integers(classes, size=examples)


# One and two classes; as many as are compared each with each, and one more; as many as one group and one block of the
# counting of pairs hold, and one more.
@pytest.mark.parametrize("classes", [1, 2, 3, 10, 32, 33, 48, 49, 64, 65, 127, 1000, 4096, 4097, 20_000])
def test_it_computes_what_the_definitions_do(classes: int) -> None:
    log_p, log_q, labels = made(max(3, min(300, 40_000 // classes)), classes, noise=1.0, seed=classes)
    require_equal(measure_pair(log_p, log_q, labels), log_p, log_q, labels)


@pytest.mark.parametrize("noise", [1e-4, 1e-2, 0.1, 0.25, 3.0, 30.0])
def test_near_and_far(noise: float) -> None:
    # The definitions compute expm1(t) - t, which keeps about 1e-16 / t of its digits; a term below 1e-300 aside.
    log_p, log_q, labels = made(200, 40, noise)
    require_equal(measure_pair(log_p, log_q, labels), log_p, log_q, labels, rel=max(1e-12, 1e-15 / noise))


HEIGHTS = st.sampled_from([0.0, 1e-30, 1.0, 1.0, 2.0, 3.0, 1e3])


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_ties_and_zeros(data: st.DataObject) -> None:
    classes = data.draw(st.sampled_from([1, 2, 3, 5, 7, 40, 70]))
    rows = st.lists(HEIGHTS, min_size=classes, max_size=classes).filter(any)
    tables = [np.array([data.draw(rows) for _ in range(2)]) for _ in range(2)]
    with np.errstate(divide="ignore"):
        log_p, log_q = (np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32) for table in tables)
    labels = np.array([0, classes - 1])
    require_equal(measure_pair(log_p, log_q, labels), log_p, log_q, labels)
    same = measure_pair(log_p, log_p.copy(), labels)
    for name, values in same.measures.items():
        assert set(values) == {MEASURES[name].identical}, name
    there, back = measure_pair(log_p, log_q, labels), measure_pair(log_q, log_p, labels)
    for name, values in there.measures.items():
        if MEASURES[name].symmetric:
            assert np.array_equal(values, back.measures[name]), name


def test_extremes() -> None:
    # Probabilities too small for float64, negative zeros, many impossible classes, a sum a little over one.
    smallest = np.float32(np.finfo(np.float32).min)
    log_p = np.array([[0.0, -800, -np.inf, -np.inf], [-0.0, -np.inf, -1e-3, smallest]], dtype=np.float32)
    log_q = np.array([[0.0, -np.inf, -800, -np.inf], [0.0, -1e-3, -np.inf, -np.inf]], dtype=np.float32)
    labels = np.array([0, 1])
    require_equal(measure_pair(log_p, log_q, labels), log_p, log_q, labels)
    kl = measure_pair(log_p, log_q, labels).measures["kl_divergence"]
    assert kl.tolist() == [math.inf, math.inf]
    wide = np.full((3, 5000), -np.inf, dtype=np.float32)
    wide[:, 7:9] = np.log(0.5)
    other, labels = np.roll(wide, 1, axis=1), np.array([7, 8, 4999])
    require_equal(measure_pair(wide, other, labels), wide, other, labels)


def test_every_order_of_many_classes() -> None:
    # All keys in one narrow range, one far from the others, and rising and falling orders.
    falling = np.linspace(-8, -8.001, 3000, dtype=np.float32)
    outlier = falling.copy()
    outlier[1234] = 0
    log_p = np.stack([falling, falling[::-1], outlier, outlier])
    log_q = np.stack([falling[::-1], falling[::-1], falling, outlier[::-1]])
    labels = np.zeros(4, dtype=np.int64)
    found = measure_pair(log_p, log_q, labels)
    require_equal(found, log_p, log_q, labels)
    assert found.measures["rank_disagreement"][1] == 0


@pytest.mark.parametrize("heights", [2, 10, 1000])
def test_long_ties_in_any_order(heights: int) -> None:
    # Some thousand classes share few heights: what ties in one row is in all orders in the other.
    draws = np.random.default_rng(heights)
    log_p, log_q = (log_softmax(draws.integers(heights, size=(3, 5000)) / 100, axis=1).astype(np.float32) for _ in "pq")
    labels = np.array([0, 1, 4999])
    require_equal(measure_pair(log_p, log_q, labels), log_p, log_q, labels)


def test_chunks_and_strides_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    log_p, log_q, labels = made(50, 12, noise=1.0)
    whole = measure_pair(log_p, log_q, labels)
    for cells in (1, 24, 84):
        monkeypatch.setattr(single_pass, "PASS_CELLS", cells)
        for p, q in ((log_p, log_q), (np.asfortranarray(log_p), np.repeat(log_q, 2, axis=1)[:, ::2])):
            found = measure_pair(p, q, labels)
            for name, values in whole.measures.items():
                assert np.array_equal(found.measures[name], values), name


def test_without_labels_nothing_needs_them() -> None:
    log_p, log_q, _ = made(5, 4, noise=1.0)
    found = measure_pair(log_p, log_q, None)
    assert (found.base_brier, found.brier) == (None, None)
    assert found.measures.keys() == {
        name for name, measure in MEASURES.items() if measure.per_example and not measure.needs_labels
    }


def test_memory_is_bounded_by_the_chunk() -> None:
    # Two tables of 8 MB and the figures of 1000 examples (24 columns of 8 KB): a copy in float64 would take 16 MB.
    log_p, log_q, labels = made(1000, 2000, noise=1.0)
    measure_pair(log_p[:1], log_q[:1], labels[:1])
    tracemalloc.start()
    try:
        measure_pair(np.asfortranarray(log_p)[:20], log_q[:20], labels[:20])  # also warms up what strides need
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        measure_pair(log_p, log_q, labels)
        assert tracemalloc.get_traced_memory()[1] - before < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("log_p", "log_q", "labels", "what"),
    [
        ([[-0.7, -0.7]], [[-0.7, -0.7, -0.7]], [0], "shapes.*SF440"),
        ([[-0.7, -0.7]], [[-0.7, -0.7]] * 2, [0], "shapes.*SF440"),
        ([[-0.7, -0.7]], [[math.nan, -0.7]], [0], "candidate: .* nan;.*SF440"),
        ([[0.5, -0.7]], [[-0.7, -0.7]], [0], "base: .* 0.5;.*SF440"),
        ([[-0.7, -0.7]], [[-0.7, -0.7]], [0, 0], "labels have shape.*SF404"),
        ([[-0.7, -0.7]], [[-0.7, -0.7]], [2], "0..1;.*SF404"),
    ],
)
def test_what_does_not_fit_is_refused(
    log_p: list[list[float]], log_q: list[list[float]], labels: list[int], what: str
) -> None:
    with pytest.raises(InputError, match=what):
        measure_pair(np.array(log_p, dtype=np.float32), np.array(log_q, dtype=np.float32), np.array(labels))
    with pytest.raises(InputError, match=r"float64.*SF440"):
        measure_pair(np.zeros((1, 2)), np.zeros((1, 2), dtype=np.float32), None)  # type: ignore[arg-type]


def test_it_works_where_no_code_can_be_kept(tmp_path: Path) -> None:
    # A cache folder that is a file: the code is compiled for this process alone.
    blocked = tmp_path / "file"
    blocked.touch()
    code = (
        "import numpy as np; from samefn.measures.compiled.numba_cache import cached_njit\n"
        "print(cached_njit(lambda table: table.sum())(np.ones(3)))"
    )
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    (tmp_path / "__pycache__").touch()
    environment = {**os.environ, "HOME": str(blocked), "XDG_CACHE_HOME": str(blocked), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "3.0\n"), done.stderr
