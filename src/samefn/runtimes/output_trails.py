"""The trail of an output in a graph of any format: the operators back to the last layer with weights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from samefn.predictions.output_trail import OutputTrail, TrailOperator

# The walk back ends after so many operators; far fewer stand behind a last layer.
_MAX_STEPS = 24
_MAX_NORMALISER_STEPS = 6
# These return the numbers that they get, in another shape, type or scale.
_PASS_THROUGH = {
    *("identity", "reshape", "flatten", "squeeze", "unsqueeze", "cast", "castlike", "dropout", "transpose"),
    *("quantizelinear", "dequantizelinear", "view", "unsafeview", "to", "tocopy", "contiguous", "clone", "alias"),
    *("detach", "permute", "t", "clonedefault"),
}
_BINARY = {"add", "sub", "mul", "div", "truediv"}
_INTEGER_PRODUCTS = {"convinteger", "matmulinteger"}
_PRODUCTS = {
    *("conv", "convtranspose", "gemm", "matmul", "linear", "addmm", "mm", "convolution", "conv1d", "conv2d", "conv3d"),
    *("convtranspose1d", "convtranspose2d", "convtranspose3d", "qgemm", "matmulintegertofloat", "matmulnbits"),
    *("dynamicquantizematmul", "fusedgemm", "fusedmatmul", "fusedconv", *_INTEGER_PRODUCTS),
}
_OPERATORS: Mapping[str, TrailOperator] = {
    **dict.fromkeys(_PRODUCTS, "linear"),
    **dict.fromkeys(("softmax", "safesoftmax"), "softmax"),
    "logsoftmax": "log-softmax",
    **dict.fromkeys(("sigmoid", "hardsigmoid"), "sigmoid"),
    "tanh": "tanh",
    **dict.fromkeys(("relu", "relu6", "clip", "clamp", "hardtanh", "leakyrelu", "gelu", "silu", "hardswish"), "relu"),
    **dict.fromkeys(("globalaveragepool", "averagepool", "globalmaxpool", "reducemean", "mean"), "pool"),
    **dict.fromkeys((f"adaptiveavgpool{n}d" for n in (1, 2, 3)), "pool"),
    **dict.fromkeys((f"avgpool{n}d" for n in (1, 2, 3)), "pool"),
    **dict.fromkeys(("batchnormalization", "batchnorm", "nativebatchnormlegitnotraining"), "batch norm"),
    **dict.fromkeys(("layernormalization", "layernorm", "nativelayernorm"), "layer norm"),
    "lpnormalization": "normalise",
    **dict.fromkeys(("linearclassifier", "treeensembleclassifier", "svmclassifier"), "classifier"),
    **dict.fromkeys(("linearregressor", "treeensembleregressor", "svmregressor"), "regressor"),
}
_NORMS = ("reducel2", "reducesumsquare", "linalgvectornorm", "norm", "sqrt")
_SUMS = ("reducesum", "reducel1", "sum")


@dataclass(frozen=True, eq=False)
class Step:
    """One operator of a graph.

    Attributes:
        name: of the operator, in its own graph format.
        inputs: the operators that compute its inputs, in order; None for stored arrays and the graph's inputs.
        weight: the name of the stored array that it multiplies by.
        channels: length of its output's channel axis.
        step: the scale of an operator that dequantises.
        norm: which norm a normalising operator uses, such as `L1`.
    """

    name: str
    inputs: Callable[[], Sequence["Step | None"]] = field(repr=False)
    weight: str = ""
    channels: int | None = None
    step: float | None = None
    norm: str = ""

    @property
    def plain(self) -> str:
        """The operator's name in lower case, the same for all its variants.

        >>> Step("QLinearSoftmax", list).plain, Step("aten._log_softmax.default", list).plain
        ('softmax', 'logsoftmax')
        """
        name = self.name.partition("::")[2] or self.name
        name = name.split(".")[1] if "." in name else name
        return name.lower().replace("_", "").removeprefix("qlinear")


def trail_back(output: str, last: Step | None) -> OutputTrail:
    """The trail of an output.

    Args:
        output: its name.
        last: the operator that computes it; None where none does.
    """
    operators: list[TrailOperator] = []
    rounded: float | None = None
    node = last
    for _ in range(_MAX_STEPS):
        if node is None:
            break
        name = node.plain
        if not operators and rounded is None:
            rounded = node.step
        operator = _OPERATORS.get(name) or _normaliser(node, name)
        if operator is None and name not in _PASS_THROUGH | _BINARY:
            break
        if operator is not None:
            operators.append(operator)
        if operator == "linear":
            return OutputTrail(output, tuple(operators), node.weight, node.channels, rounded)
        if operator in ("softmax", "log-softmax", "shares", "classifier", "regressor"):
            break
        node = _previous(node, name)
    return OutputTrail(output, tuple(operators), "", None, rounded)


def _previous(node: Step, name: str) -> Step | None:
    """The operator whose output this one takes, where it is only one."""
    inputs = list(node.inputs())
    if name not in _BINARY:
        return inputs[0] if inputs else None
    computed = [step for step in inputs if step is not None]
    if len(computed) == 1:
        return computed[0]
    # Sums of 8-bit products are multiplied by scales, which are computed too.
    return next((step for step in computed if _skip_pass_through(step).plain in _INTEGER_PRODUCTS), None)


def _skip_pass_through(node: Step) -> Step:
    """The first operator, at this one or before it, that computes something."""
    for _ in range(_MAX_STEPS):
        inputs = node.inputs() if node.plain in _PASS_THROUGH else ()
        if not inputs or inputs[0] is None:
            break
        node = inputs[0]
    return node


def _normaliser(node: Step, name: str) -> TrailOperator | None:
    """A softmax or normalisation that is written as a division, or as a Normalizer."""
    if name == "normalizer":
        return "shares" if node.norm == "L1" else "normalise"
    inputs = list(node.inputs()) if name in ("div", "truediv") else []
    if len(inputs) < 2 or inputs[0] is None or inputs[1] is None:
        return None
    divisor: Step | None = inputs[1]
    for _ in range(_MAX_NORMALISER_STEPS):
        if divisor is None:
            break
        if divisor.plain in _NORMS:
            return "normalise"
        if divisor.plain in _SUMS:
            return "softmax" if _skip_pass_through(inputs[0]).plain == "exp" else "shares"
        before = divisor.inputs()
        divisor = before[0] if before else None
    return None
