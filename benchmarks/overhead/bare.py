"""The bare loop: both files over all images in ONNX Runtime, the answers kept, and nothing else.

It has the session options of samefn, the same batches and the same division by 255. It prints the share of answers
that differ, so that the two can be seen to have done the same.
"""

import sys

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray


def answers(path: str, pixels: NDArray[np.uint8], batch: int) -> NDArray[np.float32]:
    """Logits [images, classes]."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.add_session_config_entry("session.x64quantprecision", "1")
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    found = []
    for start in range(0, len(pixels), batch):
        fed = pixels[start : start + batch].astype(np.float32) / np.float32(255)
        found.append(session.run(None, {"pixels": fed})[0])
    return np.concatenate(found)


if __name__ == "__main__":
    base, candidate, data, size = sys.argv[1:]
    images = np.load(data)["x"]
    first, second = (answers(path, images, int(size)).argmax(axis=1) for path in (base, candidate))
    print(float((first != second).mean()))
