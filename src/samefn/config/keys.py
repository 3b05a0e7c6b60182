"""What goes into the key of every kind of result: one table, whose strings are frozen.

Names of kinds and fields here are in the keys of all that is stored, so they never change. When code does:

- a Python name changes: `Field("batch_size", attribute="images_a_step")`;
- a setting or a version is new: `Field("warmup", default=0)`, with the value at which all is as it was; it leaves no
  trace;
- numbers move: raise the kind's `algorithm`, of training only for the nets and devices whose numbers move.

What is not named here is refused, so nothing enters a key, or stays out of it, unnoticed.
"""

from samefn.config.identity import OWN_NET, Field, Form, Kind, form

# Of the decoders of data sets. Raise it when the same files come to give other pixels, labels, names, `source` or
# `official`.
DECODER = 2


def _task(settings: Form, needs: Form, versions: Form) -> Form:
    """What decides the result of a task: settings, by role the keys of what it starts from, versions."""
    return form(Field("spec", settings), Field("needs", needs), Field("versions", versions))


# Parts of keys.
OPTIMIZER = form("name", "learning_rate", "epsilon", "momentum")
TRAINING = form("epochs", "batch_size", Field("optimizer", OPTIMIZER))
EVALUATION = form("split", "limit")
NET = form("name", "shape", "classes", Field("source", default=None))
# Empty for a training without a teacher.
OBJECTIVE = form(
    Field("alpha", default=None),
    Field("temperature", default=None),
    Field("double_softmax", default=False),
    Field("softmax_as_logits", default=False),
)
FEED = form("layout", "scale", "mean", "std")
MODEL = form(
    *("runtime", "output", "returns", "resolution", "batch_size", "threads", "options", "content"),
    Field("feed", FEED),
    Field("weights", default=None),
)
CPU = form("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")
TORCH = form("torch", "device", "threads")
ONNX_RUNTIME = form(
    *("runtime", "version", "intra_op_threads", "inter_op_threads", "execution"),
    *("graph_optimization", "x64quantprecision"),
    Field("cpu", CPU),
)
ANY_RUNTIME = form("packages", Field("cpu", CPU))
NOTHING = form()

# Of a study.
ORIGIN = Kind("origin", "data by the files it was decoded from", form("source"))
DATA = Kind("data", "decoded images", form("fingerprint"))
IMPORT_CHECKPOINT = Kind(
    "adopt", "a checkpoint of the user's", _task(form(Field("net", NET), "sha256"), NOTHING, NOTHING)
)
TRAIN = Kind(
    "train",
    "a training and its predictions",
    _task(
        form(
            Field("net", NET),
            Field("training", TRAINING),
            "seed",
            Field("objective", OBJECTIVE),
            Field("evaluation", EVALUATION),
            "batch",
            Field("order", default=None),
        ),
        form("data", Field("start", default=None), Field("teacher", default=None)),
        TORCH,
    ),
    algorithm={
        "lenet": {"cpu": 1, "cuda": 1},
        "mobilenet": {"cpu": 1, "cuda": 1},
        "resnet50": {"cpu": 1, "cuda": 1},
        OWN_NET: {"cpu": 1, "cuda": 1},
    },
)
TEACHER_LOGITS = Kind(
    "teach",
    "a teacher's logits on the training images",
    _task(
        form(Field("net", NET), Field("file", default=None), Field("seed", default=None), "batch"),
        form("data", Field("model", default=None)),
        TORCH,
    ),
)
EXPORT = Kind(
    "export",
    "a model as an ONNX file",
    _task(form(Field("net", NET), "file"), form("model"), form("torch", "onnx", "onnxscript")),
)
QUANTIZE = Kind(
    "quantize",
    "a quantised ONNX file",
    _task(
        form("method", Field("calibration", default=None)),
        form("exported", Field("data", default=None)),
        form("onnx", "onnxruntime"),
    ),
)
PRUNE = Kind(
    "prune", "pruned weights", _task(form("fraction", "scope", Field("net", NET), "file"), form("model"), TORCH)
)
PREDICT_TORCH = Kind(
    "predict_torch",
    "predictions of weights",
    _task(
        form(Field("net", NET), "file", "batch", Field("evaluation", EVALUATION), Field("threads", default=None)),
        form("model", "data"),
        form("torch", "device", "threads", Field("cpu", CPU)),
    ),
)
PREDICT_ONNX = Kind(
    "predict_onnx",
    "predictions of an ONNX file",
    _task(form("batch", Field("evaluation", EVALUATION)), form("model", "data"), ONNX_RUNTIME),
)

# Of a comparison.
EXAMPLES = Kind("examples", "the examples of a comparison", form("fingerprint"))
ANSWER = Kind(
    "answer",
    "what a model of a comparison predicts",
    _task(form(Field("source", MODEL), "batch", "examples"), form("examples"), ANY_RUNTIME),
    algorithm=2,
)
# Raise its version when a measure's numbers move.
ROWS = Kind(
    "rows",
    "rows of a model of a comparison against the base",
    _task(form("measures"), form("base", "other", "examples"), ANY_RUNTIME),
)
SCORE = Kind(
    "score",
    "rows of a language model against the base, over some windows of a text",
    _task(form(Field("models", MODEL), "first", "measures", "rows"), form("windows"), ANY_RUNTIME),
)
COST = Kind(
    "cost",
    "what the models of a comparison cost to run",
    _task(form("answers", "batch", "seconds"), form("examples"), form("cpu", "cores")),
)

KINDS = (
    *(ORIGIN, DATA, IMPORT_CHECKPOINT, TRAIN, TEACHER_LOGITS, EXPORT, QUANTIZE, PRUNE, PREDICT_TORCH, PREDICT_ONNX),
    *(EXAMPLES, ANSWER, ROWS, SCORE, COST),
)

# A hash that is no key of a task: of a data set's files, the `source` of an origin.
FILES = form("decoder", "pillow", "name", "settings", "files")
