"""The reference page of the specs of a study, a suite and a comparison, written from their models."""

from generators.model_tables import model_sections, nested_models
from samefn.config.comparison import ComparisonSpec
from samefn.config.read import preset_texts
from samefn.config.study import StudySpec
from samefn.config.suite import SuiteSpec

INTRODUCTION = """\
# The spec of a study

<!-- Written by `python docs/generate.py`: change the models. -->

A study is described by a TOML file, a preset, or `samefn.StudySpec` in Python. Every key has a default, so
an empty file is a study. `--set key=value` changes one key by its dotted name and wins over the file. A key
that is not listed here is an error.

TOML has no word for none: leave the key out. `distillation`, `quantization` and `pruning` take `false`
for none.

Rules that concern more than one key:

- `seed`, and the seeds in `independents`, are all different.
- `distillation.seeds` does not hold the base's `seed`: such a student would see the base's data order.
- `distillation.alphas`, `distillation.seeds`, `quantization.methods` and `pruning.fractions` repeat nothing,
  and `evaluation` names no split twice.
- `quantization.other_batch_size` differs from `quantization.batch_size`.
- `momentum` other than 0 needs the optimiser `sgd`.
"""

SUITES = """\
# The spec of a suite

A spec with `pairs` or `protocols` at its top is a suite: several studies that share what they can. What they
share is made once. Each study has its own report, in a folder called PAIR-PROTOCOL or PAIR-SWITCH, and all have one
overview. Every other spec is a study. [How to ask which switch moves a claim](../how-to/protocols.md) shows both forms:

- with `pairs`, the keys of the studies stand in `study`, and what one pair has otherwise in its own `study`;
- with `protocols` alone it is a study's spec, and the suite has this one pair.

Rules that concern more than one key:

- `protocols` repeats nothing, and `switches` needs `corrected`.
- No two pairs have the same name.
- `protocols` does not stand beside `protocol` or `switches`.
- With several data sets, `--data-dir` holds a folder for each, called by its name.
"""


COMPARISONS = """\
# The spec of a comparison

`samefn compare FILE.toml`, or `samefn.ComparisonSpec` in Python: models that exist, on the same examples. On the
command line the first model is `base.path`, the others are `candidates`; [how to](../how-to/compare.md).

- A model may be its path alone: `base = "base.onnx"`, `data = "test.npz"`.
- What stands under `model` is said of all models, beneath what is said of one.
- `--set candidates.1.feed.layout=NHWC` speaks of the first candidate of the command line.
"""


def spec_page() -> str:
    """The page in Markdown."""
    listed = "".join(f"\n```toml\n{text.strip()}\n```\n" for text in preset_texts().values())
    sections = model_sections(StudySpec, defaults=True)
    suites = model_sections(SuiteSpec, defaults=True, without=tuple(nested_models(StudySpec)))
    compared = model_sections(ComparisonSpec, defaults=True, without=tuple(nested_models(StudySpec)))
    return (
        f"{INTRODUCTION}\n{sections}\n{SUITES}\n{suites}\n{COMPARISONS}\n{compared}\n"
        f"# Presets\n\nWhat `samefn presets NAME` prints.\n{listed}"
    )
