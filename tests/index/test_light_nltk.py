import subprocess
import sys

SPLIT = """
import sys
from index.sentences import split_sentences
from rag.terms import stem
assert len(split_sentences("Sen. Smith left. He went home.")) == 2
assert stem("elections") == "elect"
print([name for name in ("sklearn", "scipy", "pandas") if name in sys.modules])
import sklearn.base, scipy.stats
print(sklearn.base.__name__, scipy.stats.__name__)
"""


def test_splitting_imports_none_of_nltks_extras_and_leaves_them_importable() -> None:
    done = subprocess.run([sys.executable, "-c", SPLIT], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "sklearn.base scipy.stats"]
