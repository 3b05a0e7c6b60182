"""What the tasks of a study need to know: made by the plan, read by the functions of `samefn.studies.tasks`.

A `...Spec` decides a result: its fields are the settings in the key. `RunsOn` enters no key but is kept beside the
result; `CheckpointFile` only reaches the function.
"""

from samefn.config.study import Evaluation
from samefn.engine.task import TaskSpec
from samefn.schema.methods import PruningScope, QuantizationMethod
from samefn.schema.training import Training


class Net(TaskSpec):
    """A net to build.

    Attributes:
        name: one of ours, or `module:factory`.
        shape: of its images: channels, height and width.
        classes: how many classes.
        source: sha256 of the source file of a net of the user's own.
    """

    name: str
    shape: tuple[int, int, int]
    classes: int
    source: str = ""


class DistillationObjective(TaskSpec):
    """The loss of a student.

    Attributes:
        alpha: weight of the labels, 0 to 1; the rest is the weight of the teacher.
        temperature: of the softmax of both.
        double_softmax: whether the softmax is taken twice, as in the notebooks.
        softmax_as_logits: whether the teacher's probabilities are used as logits, as in the notebooks.
    """

    alpha: float
    temperature: float
    double_softmax: bool = False
    softmax_as_logits: bool = False


class NoTeacher(TaskSpec):
    """Cross-entropy with the labels alone."""


class TrainSpec(TaskSpec):
    """A training and its predictions.

    Attributes:
        net: the net that is trained.
        training: epochs, batch size and optimizer.
        seed: of the initial weights, and of the order of the images.
        objective: the loss.
        evaluation: the sets that it predicts after every epoch.
        batch: images a batch of predictions.
        order: seed of the order of the images; none for `seed`.
    """

    net: Net
    training: Training
    seed: int
    objective: DistillationObjective | NoTeacher
    evaluation: tuple[Evaluation, ...]
    batch: int
    order: int | None = None


class ImportSpec(TaskSpec):
    """A checkpoint of the user's.

    Attributes:
        net: the net that its weights must fit.
        sha256: of its bytes.
    """

    net: Net
    sha256: str


class CheckpointFile(TaskSpec):
    """Where a checkpoint of the user's is.

    Attributes:
        path: of the file.
    """

    path: str


class TeacherSpec(TaskSpec):
    """A teacher's logits on the training images.

    Attributes:
        net: the teacher's.
        batch: images a batch.
        file: name of its weights in the stored model; empty for a random teacher.
        seed: of the weights of a random teacher; none where they are stored.
    """

    net: Net
    batch: int
    file: str = ""
    seed: int | None = None


class ExportSpec(TaskSpec):
    """A model as an ONNX file.

    Attributes:
        net: the model's.
        file: name of its weights in the stored model.
    """

    net: Net
    file: str


class QuantizeSpec(TaskSpec):
    """A quantised ONNX file.

    Attributes:
        method: of quantisation.
        calibration: how many training images it is calibrated on; none where the method needs none.
    """

    method: QuantizationMethod
    calibration: int | None = None


class PruneSpec(TaskSpec):
    """Pruned weights.

    Attributes:
        fraction: of the weights, 0 to 1.
        scope: which weights are ranked together.
        net: the model's.
        file: name of its weights in the stored model.
    """

    fraction: float
    scope: PruningScope
    net: Net
    file: str


class PredictTorchSpec(TaskSpec):
    """Predictions of stored weights.

    Attributes:
        net: the model's.
        file: name of its weights in the stored model.
        batch: images a batch.
        evaluation: the sets that it predicts.
        threads: of torch; none for one.
    """

    net: Net
    file: str
    batch: int
    evaluation: tuple[Evaluation, ...]
    threads: int | None = None


class PredictOnnxSpec(TaskSpec):
    """Predictions of an ONNX file.

    Attributes:
        batch: images a batch.
        evaluation: the sets that it predicts.
    """

    batch: int
    evaluation: tuple[Evaluation, ...]


class RunsOn(TaskSpec):
    """Where a task runs: the class of the device is among the versions in its key.

    Attributes:
        device: `cpu` or `cuda`.
    """

    device: str
