from pathlib import Path

import numpy as np
import zstandard

from samefn.compression.size import ZSTD_LEVEL, stored_size


def test_a_file_and_its_bytes_have_one_size(tmp_path: Path) -> None:
    content = np.random.default_rng(0).standard_normal(10_000).astype(np.float32).tobytes()
    (tmp_path / "w").write_bytes(content)
    size = stored_size(tmp_path / "w")
    assert size == stored_size(content)
    assert size.raw == 40_000
    packed = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content)
    assert zstandard.ZstdDecompressor().decompress(packed) == content
    assert size.zstd == len(packed)


def test_zeros_cost_nothing_and_noise_costs_itself() -> None:
    noise = np.random.default_rng(0).integers(0, 256, 100_000, dtype=np.uint8)
    half = noise.copy()
    half[:50_000] = 0
    sizes = [stored_size(array.tobytes()).zstd for array in (noise, half, np.zeros_like(noise))]
    # Noise does not shrink (headers: under one percent); half of it takes half; zeros take next to nothing.
    assert 100_000 <= sizes[0] < 101_000
    assert 50_000 <= sizes[1] < 51_000
    assert sizes[2] < 100
