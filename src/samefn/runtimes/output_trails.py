"""From a graph of any form to the trail of an output: walk back from it to the first product with weights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from samefn.predictions.output_trail import Operator, OutputTrail

# So many operators are walked back; far more than stand behind a last layer.
LONGEST = 24
# These give the numbers that they take, in another shape, type or scale.
_PASSED = {
    *("identity", "reshape", "flatten", "squeeze", "unsqueeze", "cast", "castlike", "dropout", "transpose"),
    *("quantizelinear", "dequantizelinear", "view", "unsafeview", "to", "tocopy", "contiguous", "clone", "alias"),
    *("detach", "permute", "t", "clonedefault"),
}
_BINARY = {"add", "sub", "mul", "div", "truediv"}
_INTEGER = {"convinteger", "matmulinteger"}
_LINEAR = {
    *("conv", "convtranspose", "gemm", "matmul", "linear", "addmm", "mm", "convolution", "conv1d", "conv2d", "conv3d"),
    *("convtranspose1d", "convtranspose2d", "convtranspose3d", "qgemm", "matmulintegertofloat", "matmulnbits"),
    *("dynamicquantizematmul", "fusedgemm", "fusedmatmul", "fusedconv", *_INTEGER),
}
_OPERATORS: Mapping[str, Operator] = {
    **dict.fromkeys(_LINEAR, "linear"),
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
_LENGTHS = ("reducel2", "reducesumsquare", "linalgvectornorm", "norm", "sqrt")
_SUMS = ("reducesum", "reducel1", "sum")


@dataclass(frozen=True, eq=False)
class Step:
    """One operator of a graph.

    Attributes:
        name: the operator's, as its form of graph calls it.
        inputs: the operators that its inputs come from, in order; None for what is stored or given.
        weight: the name of the stored array that it multiplies by.
        channels: how many numbers it gives a place.
        step: the scale of an operator that dequantises.
        norm: of an operator that normalises: `L1` or another.
    """

    name: str
    inputs: Callable[[], Sequence["Step | None"]] = field(repr=False)
    weight: str = ""
    channels: int | None = None
    step: float | None = None
    norm: str = ""

    @property
    def plain(self) -> str:
        """The operator's name in small letters without what tells its variants apart.

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
        last: the operator that gives it; None where none does.
    """
    operators: list[Operator] = []
    rounded: float | None = None
    node = last
    for _ in range(LONGEST):
        if node is None:
            break
        name = node.plain
        if not operators and rounded is None:
            rounded = node.step
        operator = _OPERATORS.get(name) or _computed(node, name)
        if operator is None and name not in _PASSED | _BINARY:
            break
        if operator is not None:
            operators.append(operator)
        if operator == "linear":
            return OutputTrail(output, tuple(operators), node.weight, node.channels, rounded)
        if operator in ("softmax", "log-softmax", "shares", "classifier", "regressor"):
            break
        node = _before(node, name)
    return OutputTrail(output, tuple(operators), "", None, rounded)


def _before(node: Step, name: str) -> Step | None:
    """What an operator takes, where that is one thing."""
    inputs = list(node.inputs())
    if name not in _BINARY:
        return inputs[0] if inputs else None
    computed = [one for one in inputs if one is not None]
    if len(computed) == 1:
        return computed[0]
    # Sums of 8-bit products are multiplied by scales, which are computed too.
    return next((one for one in computed if _passed(one).plain in _INTEGER), None)


def _passed(node: Step) -> Step:
    """The first operator at or before a place that computes something."""
    for _ in range(LONGEST):
        inputs = node.inputs() if node.plain in _PASSED else ()
        if not inputs or inputs[0] is None:
            break
        node = inputs[0]
    return node


def _computed(node: Step, name: str) -> Operator | None:
    """A softmax or normalisation that is written out, or one of which an attribute says what it is."""
    if name == "normalizer":
        return "shares" if node.norm == "L1" else "normalise"
    inputs = list(node.inputs()) if name in ("div", "truediv") else []
    if len(inputs) < 2 or inputs[0] is None or inputs[1] is None:
        return None
    by: Step | None = inputs[1]
    for _ in range(6):
        if by is None:
            break
        if by.plain in _LENGTHS:
            return "normalise"
        if by.plain in _SUMS:
            return "softmax" if _passed(inputs[0]).plain == "exp" else "shares"
        before = by.inputs()
        by = before[0] if before else None
    return None
