import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefn.core.errors import InputError
from samefn.runtimes.batches import batches, joined


@given(examples=st.integers(1, 40), batch_size=st.integers(1, 50))
def test_batches_keep_every_image_in_order_and_only_the_last_is_smaller(examples: int, batch_size: int) -> None:
    pixels = np.arange(examples, dtype=np.uint8).reshape(-1, 1, 1, 1)
    cut = list(batches(pixels, batch_size))
    assert [len(batch) for batch in cut[:-1]] == [batch_size] * (len(cut) - 1)
    assert 1 <= len(cut[-1]) <= batch_size
    assert np.concatenate(cut).ravel().tolist() == list(range(examples))


@pytest.mark.parametrize(
    ("pixels", "batch_size", "says"),
    [
        (np.zeros((2, 1, 3, 3), np.float32), 1, "uint8"),
        (np.zeros((2, 3, 3), np.uint8), 1, "four dimensions"),
        (np.zeros((0, 1, 3, 3), np.uint8), 1, "no images"),
        (np.zeros((2, 1, 3, 3), np.uint8), 0, "batch size"),
    ],
)
def test_what_is_no_batch_of_images_is_refused(pixels: np.ndarray, batch_size: int, says: str) -> None:
    with pytest.raises(InputError, match=says):
        batches(pixels, batch_size)


@pytest.mark.parametrize(
    "outputs",
    [
        [np.zeros((2, 3, 1), np.float32)],
        [np.zeros((1, 3), np.float32), np.zeros((1, 4), np.float32)],
        [np.zeros((1, 3), np.float32)],
        [np.zeros((2, 3), np.float64)],
    ],
    ids=["three dimensions", "classes differ", "a row is missing", "float64"],
)
def test_what_is_not_a_row_of_logits_an_image_is_refused(outputs: list[np.ndarray]) -> None:
    with pytest.raises(InputError, match="net"):
        joined(outputs, 2, "net")
