"""Tasks of samefn, SciPy, scikit-learn and the machine itself."""

from functools import partial

import numba
import numpy as np
import scipy
import sklearn
from numpy.typing import NDArray
from scipy.spatial.distance import cosine, jensenshannon
from scipy.special import rel_entr
from scipy.stats import kendalltau
from sklearn.metrics import accuracy_score, brier_score_loss
from sklearn.metrics.pairwise import paired_cosine_distances

from measuring.made_up import Table
from measuring.worker import Task, work
from samefn.measures.calibration import brier, calibration_error
from samefn.measures.compiled import ranks as compiled_orders
from samefn.measures.compiled import sums as compiled_sums
from samefn.measures.compiled.single_pass import PASS_CELLS, measure_pair
from samefn.measures.table import MEASURES

Labels = NDArray[np.int64]
IN_CACHE = 2**13  # numbers of which exponentials and logarithms are taken at once


def by_name(name: str, p: Table, q: Table, labels: Labels) -> float:
    """One public function, plain NumPy."""
    if name == "brier":
        return float(brier(q, labels).mean())
    if name == "calibration_error":
        return calibration_error(q.argmax(axis=1) == labels, np.exp(q.max(axis=1)))
    measure = MEASURES[name]
    if measure.per_example is None:
        raise ValueError(f"{name} has no value an example")
    return float(measure.per_example(p, q, *([labels] if measure.needs_labels else [])).mean())


def all_plain(p: Table, q: Table, labels: Labels) -> float:
    """Every column of rows by the functions that define them."""
    figure = sum(by_name(name, p, q, labels) for name in MEASURES if MEASURES[name].per_example)
    return figure + float(brier(p, labels).mean() + brier(q, labels).mean())


def one_pass(p: Table, q: Table, labels: Labels) -> float:
    """The same in one pass."""
    found = measure_pair(p, q, labels)
    if found.base_brier is None or found.brier is None:
        raise ValueError("no labels")
    return float(
        sum(values.mean() for values in found.measures.values()) + found.base_brier.mean() + found.brier.mean()
    )


def sums(p: Table, q: Table, labels: Labels) -> float:
    """The pass's sums over classes alone."""
    into = np.empty((compiled_sums.SUM_FIGURES, len(p)))
    for part in _parts(p):
        compiled_sums.sums(p[part], q[part], labels[part], into, part.start)
    return float(into[5].mean())


def orders(p: Table, q: Table, _: Labels) -> float:
    """The pass's orders of classes alone."""
    tops, into = np.empty((2, len(p)), dtype=np.int64), np.empty((compiled_orders.RANK_FIGURES, len(p)))
    for part in _parts(p):
        compiled_orders.orders(p[part], q[part], tops, into, part.start)
    return float(into[0].mean())


def one_pass_far(p: Table, _: Table, labels: Labels) -> float:
    """The pass where candidate and base have nothing in common: each example beside the next one."""
    last = one_pass(p[-1:], p[:1], labels[-1:])
    return (one_pass(p[:-1], p[1:], labels[:-1]) * (len(p) - 1) + last) / len(p)


def orders_far(p: Table, _q: Table, labels: Labels) -> float:
    """The same of its orders alone."""
    last = orders(p[-1:], p[:1], labels[-1:])
    return (orders(p[:-1], p[1:], labels[:-1]) * (len(p) - 1) + last) / len(p)


def read(p: Table, q: Table, _: Labels) -> float:
    """Read both tables from memory and do next to nothing with them."""
    return float(p.sum() + q.sum())


def exponentials(p: Table, _q: Table, _: Labels) -> float:
    """NumPy's float64 exponential of as many numbers as one table has, from the processor's cache."""
    return _in_cache(np.exp, p)


def logarithms(p: Table, _q: Table, _: Labels) -> float:
    """NumPy's float64 logarithm of as many numbers as one table has, from the processor's cache."""
    return _in_cache(np.log, p)


def _in_cache(function: np.ufunc, p: Table) -> float:
    given = np.random.default_rng(0).random(IN_CACHE) + 0.5
    into = np.empty(IN_CACHE)
    for _ in range(p.size // IN_CACHE):
        function(given, out=into)
    return float(into[0])


def _parts(table: Table) -> list[slice]:
    rows = max(1, PASS_CELLS // table.shape[1])
    return [slice(start, start + rows) for start in range(0, len(table), rows)]


def _probabilities(table: Table) -> NDArray[np.float64]:
    return np.exp(table, dtype=np.float64)


def _scipy_kl(p: Table, q: Table, _: Labels) -> float:
    return float(rel_entr(_probabilities(p), _probabilities(q)).sum(axis=1).mean())


def _scipy_js(p: Table, q: Table, _: Labels) -> float:
    return float((jensenshannon(_probabilities(p), _probabilities(q), axis=1) ** 2).mean())


def _scipy_cosine(p: Table, q: Table, _: Labels) -> float:
    pairs = zip(_probabilities(p), _probabilities(q), strict=True)
    return float(np.mean([1 - cosine(a, b) for a, b in pairs]))


def _scipy_kendall(p: Table, q: Table, _: Labels) -> float:
    return float(np.mean([kendalltau(a, b).statistic for a, b in zip(p, q, strict=True)]))


def _sklearn_cosine(p: Table, q: Table, _: Labels) -> float:
    return float(1 - paired_cosine_distances(_probabilities(p), _probabilities(q)).mean())


def _sklearn_disagreement(p: Table, q: Table, _: Labels) -> float:
    return float(1 - accuracy_score(p.argmax(axis=1), q.argmax(axis=1)))


def _sklearn_brier(_: Table, q: Table, labels: Labels) -> float:
    probabilities = _probabilities(q)
    # It refuses rows of float32's rounding.
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return float(brier_score_loss(labels, probabilities, labels=np.arange(q.shape[1]), scale_by_half=False))


COMPARED = (
    *("disagreement", "cosine_similarity", "kl_divergence", "jensen_shannon", "kendall_tau"),
    *("brier", "calibration_error", "rank_disagreement", "top_k_overlap", "total_variation", "activation_distance"),
)

TASKS: dict[str, Task] = {
    "read": read,
    "exp": exponentials,
    "log": logarithms,
    "all_plain": all_plain,
    "one_pass": one_pass,
    "sums": sums,
    "orders": orders,
    "one_pass_far": one_pass_far,
    "orders_far": orders_far,
    **{f"plain:{name}": partial(by_name, name) for name in COMPARED},
    "scipy:kl_divergence": _scipy_kl,
    "scipy:jensen_shannon": _scipy_js,
    "scipy:cosine_similarity": _scipy_cosine,
    "scipy:kendall_tau": _scipy_kendall,
    "sklearn:cosine_similarity": _sklearn_cosine,
    "sklearn:disagreement": _sklearn_disagreement,
    "sklearn:brier": _sklearn_brier,
}

if __name__ == "__main__":
    work(
        TASKS,
        {
            "numpy": np.__version__,
            "numba": numba.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
        },
    )
