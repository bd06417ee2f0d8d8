from pathlib import Path

import gguf
import numpy as np
import pytest

from index.errors import ModelError
from rag.gguf_tensors import GgufTensors, OtherFormatError

VALUES = np.random.default_rng(5).normal(size=(6, 64)).astype(np.float32)
FORMATS = ("Q4_0", "F32", "F16", "Q4_1", "Q8_0")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(3)
    writer.add_rope_freq_base(1e5)
    writer.add_token_list(["a", "été", "<end>"])
    writer.add_token_types([1, 1, 3])
    writer.add_name("small")
    for name in FORMATS:
        kind = gguf.GGMLQuantizationType[name]
        writer.add_tensor(name, gguf.quantize(VALUES, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("name", ["F32", "F16", "Q4_1", "Q8_0"])
def test_every_format_reads_as_the_gguf_package_reads_it(file: Path, name: str) -> None:
    kind = gguf.GGMLQuantizationType[name]
    expected = gguf.dequantize(gguf.quantize(VALUES, kind), kind)
    read = GgufTensors(file)[name]
    assert read.dtype == np.float32
    assert read.shape == VALUES.shape
    np.testing.assert_allclose(read, expected, rtol=1e-6, atol=1e-7)


def test_numbers_and_strings_are_read_around_arrays(file: Path) -> None:
    read = GgufTensors(file)
    assert read.metadata["general.name"] == "small"
    assert read.number("llama.block_count") == 3
    assert read.number("llama.rope.freq_base") == 1e5
    assert read.names == frozenset(FORMATS)


def test_a_format_of_llama_cpp_alone_is_told_from_a_damaged_file(file: Path) -> None:
    read = GgufTensors(file)
    with pytest.raises(OtherFormatError):
        read["Q4_0"]
    with pytest.raises(ModelError, match="no tensor") as caught:
        read["missing"]
    assert not isinstance(caught.value, OtherFormatError)
    with pytest.raises(ModelError, match="no number"):
        read.number("general.name")


def read_all(path: Path) -> None:
    read = GgufTensors(path)
    for name in FORMATS[1:]:
        read[name]


def test_a_file_cut_short_is_refused_wherever_it_ends(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    cut = tmp_path / "cut.gguf"
    for size in range(4, len(whole) - 40, 37):
        cut.write_bytes(whole[:size])
        with pytest.raises(ModelError, match="damaged"):
            read_all(cut)
