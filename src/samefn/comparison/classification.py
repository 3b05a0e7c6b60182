"""Compare models that tell classes apart, on a set of examples."""

from collections.abc import Callable

from samefn.comparison.compared import Compared, Located
from samefn.comparison.costs import cost_task
from samefn.comparison.examples import comparison_examples, require_names
from samefn.comparison.measure import measure_models
from samefn.comparison.models import Machinery
from samefn.comparison.plan import compared_models
from samefn.comparison.report import comparison_report
from samefn.config.comparison import ComparisonSpec
from samefn.core.loading import load
from samefn.core.paths import Places


def compare_classifiers(spec: ComparisonSpec, places: Places, machinery: Machinery) -> Compared:
    """Run all models on the same examples: a `Kind` of comparison."""
    emit, folder = machinery.emit, machinery.folder
    data = comparison_examples(spec, places.data_dir, places.cache, emit)
    models = compared_models(spec)
    found = measure_models(models, data, spec.shards, machinery)
    require_names(spec, found.found[0].classes)
    report, rows = comparison_report(spec, data, found, folder, emit)
    costs = cost_task(models, found.answers, found.examples, spec.batch_size)

    def locate() -> Located:
        # Loaded late: it imports torch, which few comparisons need in this process, and which takes seconds.
        find: Callable[..., Located] = load("samefn.comparison.layers:located_layers")
        return find(models, data.examples, spec.batch_size, spec.intervals.confidence, emit)

    return Compared(report, found.found, rows, found.tasks, costs, locate, found.details)
