"""What a GGUF file holds: its metadata, and its tensors in single precision.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Of the packed formats, those of the models that
come with Attest are read: Q4_1 (two to a byte, value = scale * (0 to 15) + offset) and Q8_0 (value = scale *
(-128 to 127)), both in blocks of 32 with their scale in half precision.
"""

import math
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from rag.gguf import GGUF_MAGIC, check_gguf

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

_F32, _F16, _Q4_1, _Q8_0 = 0, 1, 3, 8  # ggml_type
_VALUES_AND_BYTES = {_F32: (1, 4), _F16: (1, 2), _Q4_1: (32, 20), _Q8_0: (32, 34)}  # of a block
_STRING, _ARRAY = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


class OtherFormatError(ModelError):
    """A sound GGUF file in a format that only llama.cpp reads."""


@dataclass(frozen=True, slots=True)
class _Place:
    kind: int
    shape: tuple[int, ...]  # as in NumPy: the last runs fastest
    start: int


class GgufTensors:
    """One file, mapped into memory. `metadata` has its numbers and strings; its arrays (the vocabulary) are left out.

    Raises ModelError when the file is no GGUF or ends too early.
    """

    def __init__(self, path: Path) -> None:
        check_gguf(path)
        self._path = path
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._at = len(GGUF_MAGIC)
        self.metadata: dict[str, str | int | float] = {}
        self._places: dict[str, _Place] = {}
        try:
            self._read_head()
        except (struct.error, UnicodeDecodeError, KeyError, MemoryError, ValueError) as error:
            raise self._damaged("its head cannot be read") from error

    @property
    def names(self) -> frozenset[str]:
        """Names of all tensors."""
        return frozenset(self._places)

    def number(self, key: str) -> float:
        """The number under `key`. Raises ModelError when there is none."""
        value = self.metadata.get(key)
        if not isinstance(value, (int, float)):
            raise self._damaged(f"{key} is {value!r}, no number")
        return value

    def __getitem__(self, name: str) -> Floats:
        """A tensor in single precision, its own copy. Raises OtherFormatError, or ModelError when it is not there."""
        place = self._places.get(name)
        if place is None:
            raise self._damaged(f"it has no tensor {name}")
        if place.kind not in _VALUES_AND_BYTES:
            raise OtherFormatError(f"{name} of {self._path} is in format {place.kind}, which llama.cpp alone reads")
        values, size = _VALUES_AND_BYTES[place.kind]
        blocks = math.prod(place.shape) // values
        if place.start + blocks * size > len(self._data):
            raise self._damaged(f"it ends within {name}")
        data = np.frombuffer(self._data, np.uint8, blocks * size, place.start)
        return _single(data.reshape(blocks, size), place.kind).reshape(place.shape)

    def _read_head(self) -> None:
        version, tensors, pairs = self._take("I"), self._take("Q"), self._take("Q")
        if version not in (2, 3):
            raise OtherFormatError(f"{self._path} is a GGUF of version {version}, which llama.cpp alone reads")
        for _ in range(int(pairs)):
            key = self._string()
            value = self._value(int(self._take("I")))
            if value is not None:
                self.metadata[key] = value
        places = {}
        for _ in range(int(tensors)):
            name = self._string()
            shape = tuple(int(self._take("Q")) for _ in range(int(self._take("I"))))[::-1]
            places[name] = (int(self._take("I")), shape, int(self._take("Q")))
        step = int(self.metadata.get("general.alignment", 32))
        first = -(-self._at // step) * step
        self._places = {name: _Place(kind, shape, first + start) for name, (kind, shape, start) in places.items()}

    def _take(self, letter: str) -> int | float:
        value: int | float = struct.unpack_from(f"<{letter}", self._data, self._at)[0]
        self._at += struct.calcsize(f"<{letter}")
        return value

    def _string(self) -> str:
        size = int(self._take("Q"))
        self._at += size
        return self._data[self._at - size : self._at].decode("utf-8")

    def _value(self, kind: int) -> str | int | float | None:
        if kind == _STRING:
            return self._string()
        if kind != _ARRAY:
            return self._take(_NUMBERS[kind])
        inner, count = int(self._take("I")), int(self._take("Q"))
        if inner == _STRING:
            for _ in range(count):
                self._at += 8 + struct.unpack_from("<Q", self._data, self._at)[0]
        elif inner in _NUMBERS:
            self._at += count * struct.calcsize(f"<{_NUMBERS[inner]}")
        else:
            raise KeyError(inner)  # arrays of arrays, which no model here has
        return None

    def _damaged(self, what: str) -> ModelError:
        return ModelError(
            f"{self._path} is damaged: {what}; expected a whole GGUF file: run `attest models verify`, or install "
            "Attest and its models again"
        )


def _single(blocks: Bytes, kind: int) -> Floats:
    """All values of `blocks`, shape (blocks, bytes of one), one after the other."""
    if kind == _F32:
        return blocks.view("<f4").astype(np.float32).reshape(-1)
    if kind == _F16:
        return blocks.view("<f2").astype(np.float32).reshape(-1)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    if kind == _Q8_0:
        values: Floats = blocks[:, 2:].view(np.int8) * scale
        return values.reshape(-1)
    offset = blocks[:, 2:4].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 4:]
    values = np.concatenate([packed & 15, packed >> 4], axis=1) * scale
    values += offset
    return values.reshape(-1)
