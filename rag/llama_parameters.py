"""How llama.cpp loads a model here: on the processor, and without the instructions that stop a process.

llama.cpp built on a processor with AMX multiplies with its tile registers. In some virtual machines the processor
reports them and the first such instruction ends the process (`illegal instruction`, seen under Firecracker on a
Sapphire Rapids). No error can be caught then, so a build with AMX loads its models without llama.cpp's extra buffer
types, which is where AMX comes in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

AMX = b"AMX_INT8 = 1"


def model_parameters(api: Any) -> Any:
    """llama.cpp's `llama_model_params` for a model on the processor; `api` is the module `llama_cpp`."""
    parameters = api.llama_model_default_params()
    parameters.n_gpu_layers = 0
    if AMX in api.llama_print_system_info():
        parameters.use_extra_bufts = False
    return parameters


@contextmanager
def as_defaults(api: Any) -> Iterator[None]:
    """Within it, `llama_cpp.Llama`, which has no argument for them, starts from `model_parameters`."""
    original = api.llama_cpp.llama_model_default_params
    made = model_parameters(api)
    api.llama_cpp.llama_model_default_params = lambda: made
    try:
        yield
    finally:
        api.llama_cpp.llama_model_default_params = original
