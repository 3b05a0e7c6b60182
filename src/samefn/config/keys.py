"""What is in the key of every kind of result: one table, whose strings are frozen.

The names of kinds and fields are in the keys of all stored results, so they never change. When the code changes:

- a Python name changes: `Field("batch_size", attribute="images_a_step")`;
- a setting or a version is new: `Field("warmup", default=0)`; the default must mean the behaviour before, and is
  left out of keys;
- numbers change: raise the kind's `algorithm`, for training only those of the nets and devices concerned.

A value that is not in the table is an error, so that none is forgotten.
"""

from samefn.config.identity import OWN_NET, Field, KeyPart, ResultKind, key_part

# Version of the decoders of data sets. Raise it when the same files give other pixels, labels, names, `source` or
# `official`.
DECODER = 2


def _task(settings: KeyPart, needs: KeyPart, versions: KeyPart) -> KeyPart:
    """The content of a task's key: settings, the keys of its inputs by role, and versions."""
    return key_part(Field("spec", settings), Field("needs", needs), Field("versions", versions))


# Parts of keys.
OPTIMIZER = key_part("name", "learning_rate", "epsilon", "momentum")
TRAINING = key_part("epochs", "batch_size", Field("optimizer", OPTIMIZER))
EVALUATION = key_part("split", "limit")
NET = key_part("name", "shape", "classes", Field("source", default=None))
# Empty for a training without a teacher.
OBJECTIVE = key_part(
    Field("alpha", default=None),
    Field("temperature", default=None),
    Field("double_softmax", default=False),
    Field("softmax_as_logits", default=False),
)
FEED = key_part("layout", "scale", "mean", "std")
MODEL = key_part(
    *("runtime", "output", "returns", "resolution", "batch_size", "threads", "options", "content"),
    Field("feed", FEED),
    Field("weights", default=None),
)
CPU_FLAGS = key_part("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")
TORCH = key_part("torch", "device", "threads")
ONNX_RUNTIME = key_part(
    *("runtime", "version", "intra_op_threads", "inter_op_threads", "execution"),
    *("graph_optimization", "x64quantprecision"),
    Field("cpu", CPU_FLAGS),
)
ANY_RUNTIME = key_part("packages", Field("cpu", CPU_FLAGS))
NO_ENTRIES = key_part()

# Kinds of a study.
ORIGIN = ResultKind("origin", "data by the files it was decoded from", key_part("source"))
DATA = ResultKind("data", "decoded images", key_part("fingerprint"))
IMPORT_CHECKPOINT = ResultKind(
    "adopt", "a checkpoint of the user's", _task(key_part(Field("net", NET), "sha256"), NO_ENTRIES, NO_ENTRIES)
)
TRAIN = ResultKind(
    "train",
    "a training and its predictions",
    _task(
        key_part(
            Field("net", NET),
            Field("training", TRAINING),
            "seed",
            Field("objective", OBJECTIVE),
            Field("evaluation", EVALUATION),
            "batch",
            Field("order", default=None),
        ),
        key_part("data", Field("start", default=None), Field("teacher", default=None)),
        TORCH,
    ),
    algorithm={
        "lenet": {"cpu": 1, "cuda": 1},
        "mobilenet": {"cpu": 1, "cuda": 1},
        "resnet50": {"cpu": 1, "cuda": 1},
        OWN_NET: {"cpu": 1, "cuda": 1},
    },
)
TEACHER_LOGITS = ResultKind(
    "teach",
    "a teacher's logits on the training images",
    _task(
        key_part(Field("net", NET), Field("file", default=None), Field("seed", default=None), "batch"),
        key_part("data", Field("model", default=None)),
        TORCH,
    ),
)
EXPORT = ResultKind(
    "export",
    "a model as an ONNX file",
    _task(key_part(Field("net", NET), "file"), key_part("model"), key_part("torch", "onnx", "onnxscript")),
)
QUANTIZE = ResultKind(
    "quantize",
    "a quantised ONNX file",
    _task(
        key_part("method", Field("calibration", default=None)),
        key_part("exported", Field("data", default=None)),
        key_part("onnx", "onnxruntime"),
    ),
)
PRUNE = ResultKind(
    "prune", "pruned weights", _task(key_part("fraction", "scope", Field("net", NET), "file"), key_part("model"), TORCH)
)
PREDICT_TORCH = ResultKind(
    "predict_torch",
    "predictions of weights",
    _task(
        key_part(Field("net", NET), "file", "batch", Field("evaluation", EVALUATION), Field("threads", default=None)),
        key_part("model", "data"),
        key_part("torch", "device", "threads", Field("cpu", CPU_FLAGS)),
    ),
)
PREDICT_ONNX = ResultKind(
    "predict_onnx",
    "predictions of an ONNX file",
    _task(key_part("batch", Field("evaluation", EVALUATION)), key_part("model", "data"), ONNX_RUNTIME),
)

# Kinds of a comparison.
EXAMPLES = ResultKind("examples", "the examples of a comparison", key_part("fingerprint"))
ANSWER = ResultKind(
    "answer",
    "what a model of a comparison predicts",
    _task(
        key_part(Field("source", MODEL), "batch", "examples", Field("repeat", default=False)),
        key_part("examples"),
        ANY_RUNTIME,
    ),
    algorithm=2,
)
# Raise its version when a measure's numbers move.
ROWS = ResultKind(
    "rows",
    "rows of a model of a comparison against the base",
    _task(key_part("measures"), key_part("base", "other", "examples"), ANY_RUNTIME),
)
SCORE = ResultKind(
    "score",
    "rows of a language model against the base, over some windows of a text",
    _task(key_part(Field("models", MODEL), "first", "measures", "rows"), key_part("windows"), ANY_RUNTIME),
)
COST = ResultKind(
    "cost",
    "what the models of a comparison cost to run",
    _task(key_part("answers", "batch", "seconds"), key_part("examples"), key_part("cpu", "cores")),
)

RESULT_KINDS = (
    *(ORIGIN, DATA, IMPORT_CHECKPOINT, TRAIN, TEACHER_LOGITS, EXPORT, QUANTIZE, PRUNE, PREDICT_TORCH, PREDICT_ONNX),
    *(EXAMPLES, ANSWER, ROWS, SCORE, COST),
)

# Not a key of a result: the hash of a data set's files, which is the `source` of an origin.
FILES = key_part("decoder", "pillow", "name", "settings", "files")
