"""The reference page of a run's folder: report.json from its models, rows.parquet from the rows themselves."""

from generators.model_tables import model_sections
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions
from samefn.schema.overview import OVERVIEW_SCHEMA, Overview
from samefn.schema.report import SCHEMA, Failure, Report
from samefn.schema.volatile import volatile_fields

MEANINGS = {
    "Report": {
        "schema_version": "version of this contract; a change that breaks a reader raises it.",
        "samefn": "version of samefn that wrote the report.",
        "name": "name of the run.",
        "protocol": "protocol of a study; corrected for comparisons.",
        "switches": "of a study, the switches of the other protocol that were on.",
        "confidence": "of every interval, above 0 and below 1.",
        "study": "the spec; of a study with every default filled in (spec.md). Volatile: different specs can "
        "mean the same.",
        "environment": "the machine. Volatile.",
        "data": "the data set.",
        "models": "every model that was made, the base first.",
        "measures": "every measure of every model that is compared, on every evaluation set.",
        "landscape": "the maps, in the order of the spec.",
        "panels": "the paper's panels by the first method: some of the models, with the base and the independents.",
        "distances": "the true distances behind the maps.",
        "changed": "up to 200 inputs of the first evaluation set whose prediction changed, shared evenly by the judged "
        "models: negative flips first, then positive flips, then both wrong, each by confidence.",
        "changed_counts": "one a judged model: how many inputs changed, and from which class to which; empty for "
        "language models and in reports of older versions.",
        "relative_distances": "relative distance of each judged model, by each distance that is a mean over examples: "
        "0 is the noise floor, 1 the independent distance.",
        "verdicts": "one a judged model; none where the noise floor was not measured.",
        "overall": "one an evaluation set that was judged.",
        "transfer": "what was transferred from the teacher to the students: by question, inputs, distance and alpha; "
        "none without students and their controls.",
        "claims": "the paper's claims, each with its outcome in this study.",
        "unlabelled": "the further inputs without labels; null without.",
        "independent_problems": "what is wrong with the independents, where something is.",
        "ladder": "where candidates stand among those that `ladder` names as rungs, which have entries too; empty "
        "without.",
        "language": "every figure of every language model that is compared; none for other models.",
        "requirements": "the requirements (`--require`), each checked for every candidate; empty without.",
        "located": "layers swapped between the base and a candidate (`--locate`): forward, the layer that changes the "
        "base most first; then backward, the layer of the base that brings the candidate nearest first.",
        "failures": "models that could not be made; the others are reported without them.",
        "dependence": "without groups: signs that inputs depend on each other, so that intervals are too narrow.",
        "warnings": "what a reader must know of the whole report.",
        "times": "when, and how long. Volatile.",
    },
    "DataEntry": {
        "name": "of the data set.",
        "source": "where the images come from and what was done to them, limits included.",
        "official": "whether both splits are the published ones: published figures are comparable only then; null "
        "where that is not known, `source` says why.",
        "fingerprint": "sha256 of class names, shapes, decoded pixels and labels.",
        "train_examples": "training images, after limits.",
        "test_examples": "test images, after limits.",
        "class_names": "by class index.",
        "shape": "channels, height, width.",
    },
    "TrueDistance": {
        "model": "id of the model.",
        "epoch": "as on the maps.",
        "distance": "to the base after its last epoch.",
    },
    "Failure": {"model": "id of the model.", "error": "why, in one line."},
}

COLUMNS = {
    "evaluation": "the evaluation set",
    "base": "id of the model compared with",
    "candidate": "id of the model compared",
    "id": "of the example",
    "label": "index of the true class; null without labels",
    "base_top": "class that the base chose; of classes that tie, the lowest",
    "top": "class that the candidate chose",
    "base_right": "whether the base chose the label; null without labels",
    "right": "whether the candidate did",
    "base_confidence": "probability of the base's choice, 0 to 1",
    "confidence": "probability of the candidate's choice, 0 to 1",
    "base_brier": "Brier score of the base, 0 to 2; null without labels",
    "brier": "Brier score of the candidate",
    "base_margin": "log-odds of the base's top class over its rival, the class nearest to overtaking it; 0 or more",
    "margin": "the same two classes in the candidate; below 0 where the prediction changed; null in rows of versions "
    "before margins",
}

TABLES = {
    "models": "one row a model: accuracy, disagreement, total variation, Jensen-Shannon, flips, size",
    "verdicts": "one row a judged model: verdict, relative distances (without independents Fort's curves), negative "
    "and positive flips, classes that changed most",
    "requirements": "the requirements (`--require`): outcome and figure by candidate",
    "ranking": "of a comparison with several candidates: the best first, with its costs relative to the base's",
    "noise-floor": "one row a replicate of the base: its distance to the base, and whether it is the noise floor",
    "transfer": "what was transferred from the teacher, by question, inputs, distance and alpha",
    "claims": "the paper's claims: outcome, why, and the rule",
    "claims-figures": "the figures that decided the claims",
    "language": "the figures of language models, as llama-perplexity has them, with intervals over blocks",
    "layers": "layers swapped between base and candidate, one at a time",
    "paper": "of a study: the paper's layout, with its published row where it has one for this data set and net",
    "measures": "every measure of every compared model",
}

FIGURES = {
    "candidates": "changed predictions of every model, with intervals, on the limit and the independents' band",
    "landscape-tsne": "the map by t-SNE and its quality; none of fewer than four points",
    "landscape-mds": "the same by metric MDS",
    "landscape-pca": "the same by PCA",
    "landscape-panels": "the paper's panels by the first method: distillation, quantisation, pruning, and all models",
    "distances": "the true distance of every model to the base",
    "transfer": "transferred shares with intervals, on all inputs and where the teacher is wrong",
    "accuracy-disagreement": "change of accuracy against share of changed predictions",
    "tradeoff-bytes": "of a comparison: size against distance to the base, with intervals",
    "tradeoff-latency": "the same with the latency of a batch",
    "layers-1-forward": "layers of the first candidate swapped into the base; there are more such files, numbered, and "
    "`backward` ones",
    "error-curves": "error on the first evaluation set, epoch by epoch",
    "loss-curves": "training loss, epoch by epoch",
}

INTRODUCTION = f"""\
# The run's folder

<!-- Written by `python docs/generate.py`: change the models. -->

| path | what it holds |
|---|---|
| `report.json` | every number of the report: contract version {SCHEMA}, described here |
| `report.html` | the report for people, in one file that loads nothing from elsewhere |
| `rows.parquet` | one row an example, evaluation set and compared model |
| `tables/` | the tables as CSV (full precision), Markdown and LaTeX |
| `figures/` | with `--figures`: the charts of the page, for papers, as SVG and PNG |
| `traceback-KEY.txt` | only after an unexpected error: the traceback of the task with that key |

`report.json` is removed before anything is written and written last: where it is, the rest is whole.
Infinite numbers are written as strings; "none" below is JSON's null.

Two runs of one comparison on machines that compute alike agree in every field but the volatile ones:
{", ".join(f"`{name}`" for name in volatile_fields())}. `samefn.schema.volatile.stable` leaves these out.

Reports of versions 1 and 2 are still read, by every command and by `read_report`, and no number moves. Of version 1 the
dictionaries `settings` and the facts in names became `method`, `family`, `name`, `protocol`, `switches`, `confidence`,
`shown_interval` and `quantity`; `latency`, `latency_one` and `batch` became `whole` and `one`. Of both the sentences
`note` became the codes `notes`, `refused` and `worst_class`. A newer version is refused.

The parts of `report.json`, from the whole to the smallest:
"""


OVERVIEW = f"""\
# The folder of a suite

| path | what it holds |
|---|---|
| `STUDY/` | the folder of each study, as above |
| `overview.json` | all studies side by side: contract version {OVERVIEW_SCHEMA}, described here |
| `overview.html` | the same for people, in one file; it links to the reports beside it |
| `tables/` | `studies`, `deviations` (the paper's layout), `claims`, `claims-by-study`, `trend`; each in three forms |
| `figures/` | with `--figures`: `trend-disagreement`, `trend-total-variation`: relative distances, pair by pair |

overview.json is written last.

The parts of `overview.json`, from the whole to the smallest:
"""


def report_page() -> str:
    """The page in Markdown."""
    return "\n".join(
        (
            INTRODUCTION,
            model_sections(Report, MEANINGS, defaults=False),
            _rows_section(),
            _files_section(
                "tables",
                "`.csv`, `.md` and `.tex`; those that the report has rows for. In CSV what names hide is spelled out, "
                "and a text that begins like a formula has an apostrophe in front",
                TABLES,
            ),
            _files_section(
                "figures",
                "`.svg` and `.png`, 175 mm wide (maps 122 mm), and as `NAME-85mm` for one column; those that the "
                "report has data for",
                FIGURES,
            ),
            OVERVIEW,
            model_sections(Overview, defaults=False, without=(Failure,)),
        )
    )


def _rows_section() -> str:
    alone = Predictions.from_probabilities("model", [[1.0, 0.0]], ["a"], [0])
    types = {"evaluation": "String", "base": "String", "candidate": "String"}
    types |= {name: str(dtype) for name, dtype in rows(alone, alone).schema.items()}
    units = {name: f"{m.title}, {'0 or 1' if m.binary else m.unit}" for name, m in MEASURES.items()}
    lines = "".join(f"| `{name}` | {kind} | {(COLUMNS | units)[name]} |\n" for name, kind in types.items())
    return f"""## rows.parquet

One row an example, evaluation set and compared model: every model but the base. The value of a
measure is the mean of its column; [measures](measures.md) defines each. Where the probabilities of a model are
rounded to a known step, the [floored divergences](measures.md#floored-kullback-leibler-divergences) come last.

| column | type | meaning |
|---|---|---|
{lines}"""


def _files_section(folder: str, forms: str, files: dict[str, str]) -> str:
    lines = "".join(f"| `{name}` | {text} |\n" for name, text in files.items())
    return f"## {folder}/\n\nEach as {forms}.\n\n| name | what it shows |\n|---|---|\n{lines}"
