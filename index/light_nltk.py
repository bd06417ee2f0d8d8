"""nltk without the libraries that it imports, where they are installed, for parts that are not used here.

scikit-learn, pandas and scipy come with it otherwise: 1.6 s of a cold `attest ask` instead of 0.2 s (one core). nltk
does without any of them where they are missing, so for the moment of its import they are.
"""

import importlib
import sys
from functools import lru_cache
from typing import Any

_EXTRAS = ("sklearn", "scipy", "pandas", "matplotlib")


@lru_cache(maxsize=8)
def nltk_module(name: str) -> Any:
    """The module of nltk with that name, such as "nltk.tokenize.punkt"."""
    hidden = [extra for extra in _EXTRAS if extra not in sys.modules and "nltk" not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None there is Python's way to say: not installed
    try:
        return importlib.import_module(name)
    finally:
        for extra in hidden:
            del sys.modules[extra]
