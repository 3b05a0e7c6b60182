import json

import numpy as np
import pytest
import torch
from torch import nn

from samefn.core.errors import InputError
from samefn.runtimes.torch.logits import torch_logits
from samefn.runtimes.torch.settings import make_deterministic, torch_provenance


@pytest.fixture
def net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.5), nn.Flatten(), nn.Linear(4 * 9, 6)
    )


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (11, 3, 5, 5), dtype=np.uint8)


def test_logits_are_those_of_one_image_at_a_time(net: nn.Sequential, pixels: np.ndarray) -> None:
    net.eval()
    with torch.no_grad():
        rows = [net(torch.tensor(image[None] / 255, dtype=torch.float32))[0].numpy() for image in pixels]
    # Float32 sums over 36 products, in another order for another batch.
    np.testing.assert_allclose(torch_logits(net, pixels, 4), rows, atol=1e-6)


def test_every_pixel_value_is_divided_by_255_in_float32() -> None:
    values = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    wanted = np.arange(256, dtype=np.float32) / np.float32(255)
    np.testing.assert_array_equal(torch_logits(nn.Flatten(), values, 1)[0], wanted)


def test_modes_come_back_module_by_module_and_statistics_do_not_move(net: nn.Sequential, pixels: np.ndarray) -> None:
    net.train()
    net[1].eval()  # frozen statistics within a net in training
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    first, second = torch_logits(net, pixels, 4), torch_logits(net, pixels, 4)
    np.testing.assert_array_equal(first, second)  # no dropout
    assert [module.training for module in net] == [True, False, True, True, True, True]
    assert net.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.state_dict().items())


def test_modes_come_back_after_an_error_too(net: nn.Sequential) -> None:
    net.train()
    with pytest.raises(InputError, match="SF314"):
        torch_logits(nn.Sequential(net, nn.Flatten(0)), np.zeros((1, 3, 5, 5), np.uint8), 1)
    assert net.training


@pytest.mark.parametrize("pixels", [np.zeros((1, 3, 5, 5), np.float32), np.zeros((3, 5, 5), np.uint8)])
def test_other_arrays_than_images_are_refused(net: nn.Sequential, pixels: np.ndarray) -> None:
    with pytest.raises(InputError, match="SF317"):
        torch_logits(net, pixels, 1)


def test_provenance_is_json_and_names_the_batch() -> None:
    provenance = json.loads(json.dumps(torch_provenance(64)))
    assert provenance["batch_size"] == 64
    assert provenance["version"] == torch.__version__


def test_torch_is_settled_whatever_it_was() -> None:
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    # As the variable TORCH_ALLOW_TF32_CUBLAS_OVERRIDE of some containers leaves it.
    matmul.allow_tf32 = cudnn.allow_tf32 = True
    cudnn.deterministic = False
    make_deterministic()
    assert (matmul.allow_tf32, cudnn.allow_tf32, cudnn.deterministic) == (False, False, True)
    assert torch.get_num_threads() == 1
