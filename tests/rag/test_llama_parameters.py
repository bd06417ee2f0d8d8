"""A build of llama.cpp with AMX must not use it: where a virtual machine lacks it, the process ends."""

from types import SimpleNamespace
from typing import Any

import pytest

from rag.llama_parameters import as_defaults, model_parameters


def _api(info: bytes) -> Any:
    def defaults() -> Any:
        return SimpleNamespace(n_gpu_layers=99, use_extra_bufts=True)

    return SimpleNamespace(
        llama_model_default_params=defaults,
        llama_print_system_info=lambda: info,
        llama_cpp=SimpleNamespace(llama_model_default_params=defaults),
    )


@pytest.mark.parametrize(("info", "extra"), [(b"AVX2 = 1 | AMX_INT8 = 1 |", False), (b"CPU : AVX2 = 1 |", True)])
def test_a_build_with_amx_loads_models_without_it(info: bytes, extra: bool) -> None:
    parameters = model_parameters(_api(info))
    assert (parameters.use_extra_bufts, parameters.n_gpu_layers) == (extra, 0)


def test_llama_starts_from_the_same_parameters_and_others_do_not() -> None:
    api = _api(b"AMX_INT8 = 1")
    with as_defaults(api):
        assert api.llama_cpp.llama_model_default_params().use_extra_bufts is False
    assert api.llama_cpp.llama_model_default_params().use_extra_bufts is True


def test_the_names_are_those_of_the_installed_package() -> None:
    import llama_cpp

    assert b"=" in llama_cpp.llama_print_system_info()
    assert hasattr(llama_cpp.llama_model_default_params(), "use_extra_bufts")
    before = llama_cpp.llama_cpp.llama_model_default_params
    with as_defaults(llama_cpp):
        assert llama_cpp.llama_cpp.llama_model_default_params is not before
    assert llama_cpp.llama_cpp.llama_model_default_params is before
