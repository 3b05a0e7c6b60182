"""Ways to be wrong: what the comparison shows when one thing is not Keras's."""

from collections.abc import Callable, Mapping

from torch import nn

from samefn.nets.batch_norm import BatchNorm


def _other_epsilon(net: nn.Module) -> None:
    for module in net.modules():
        if isinstance(module, BatchNorm):
            module.epsilon = 1e-5 if module.epsilon == 1e-3 else 1e-3


def _padding_in_front(net: nn.Module) -> None:
    for module in net.modules():
        if isinstance(module, nn.ZeroPad2d):
            left, right, top, bottom = module.padding
            module.padding = (right, left, bottom, top)


def _torchs_own(net: nn.Module) -> None:
    for parent in list(net.modules()):
        for name, module in list(parent.named_children()):
            if isinstance(module, BatchNorm):
                own = nn.BatchNorm2d(len(module.weight), module.epsilon, momentum=0.01)
                own.load_state_dict(module.state_dict(), strict=False)  # (its count of batches is not in ours)
                parent.add_module(name, own)


# By net, what is made wrong in place, under the table's words.
CONTROLS: Mapping[str, Mapping[str, Callable[[nn.Module], None]]] = {
    "lenet": {},
    "mobilenet": {
        "epsilon 1e-5 for 1e-3": _other_epsilon,
        "padding in front": _padding_in_front,
        "torch.nn.BatchNorm2d": _torchs_own,
    },
    "resnet50": {"epsilon 1e-3 for 1.001e-5": _other_epsilon, "torch.nn.BatchNorm2d": _torchs_own},
}
