"""The project as a whole: light imports, declared and explained dependencies, a wheel of the right parts."""

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("index", "rag", "ui", "eval", "prompts")
HEAVY = (
    "torch",
    "sentence_transformers",
    "transformers",
    "gradio",
    "llama_cpp",
    "faiss",
    "langchain",
    "trafilatura",
    "pdfminer",
    "docx",
    "datasketch",
)


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return dict(tomllib.load(file))


def normal(name: str) -> str:
    """The name as package indexes compare it: lxml_html_clean is lxml-html-clean."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(project: dict[str, Any], *, dev: bool = True) -> list[str]:
    """The names of the dependencies, without their bounds."""
    lines = list(project["project"]["dependencies"])
    lines += project["project"]["optional-dependencies"]["dev"] if dev else []
    return names(lines)


def names(requirements: list[str]) -> list[str]:
    """What the requirements name, without their bounds."""
    return [re.split(r"[\[=<>~!;\s]", line, maxsplit=1)[0] for line in requirements]


def own_files() -> list[Path]:
    """The text files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("no git checkout here, so what is tracked is not known")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_every_dependency_is_explained_in_contributing(project: dict[str, Any]) -> None:
    table = re.findall(r"^\| ([\w.-]+) \| (\S.*) \|$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.M)
    explained = {normal(name) for name, reason in table if len(reason) > 3}
    assert {normal(name) for name in declared(project)} - explained == set()


def test_every_dependency_has_a_lower_bound_and_a_pin_that_meets_it(project: dict[str, Any]) -> None:
    pins = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"
    )
    for line in project["project"]["dependencies"] + project["project"]["optional-dependencies"]["dev"]:
        name, bound = re.split(r">=|==", line)
        if name != "torch":  # pinned in pyproject.toml alone: a CPU build has another local version
            assert version_key(pins[normal(name)]) >= version_key(bound), line


def version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def test_constraints_name_no_host_path_hash_or_torch() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or re.fullmatch(r"[a-z0-9-]+==[\w.]+", line), line
        assert not line.startswith("torch==")


def test_every_third_party_import_is_declared(project: dict[str, Any]) -> None:
    providers = metadata.packages_distributions()
    needed = {normal(name) for name in declared(project, dev=False)}
    beside = {normal(name) for group in project["dependency-groups"].values() for name in names(group)}
    undeclared = set()
    for package in PACKAGES:
        allowed = needed | beside if package == "eval" else needed
        for path in (ROOT / package).rglob("*.py"):
            for module in imported(path) - set(PACKAGES) - sys.stdlib_module_names:
                if not allowed & {normal(provider) for provider in providers.get(module, [module])}:
                    undeclared.add(f"{path.relative_to(ROOT)} imports {module}")
    assert undeclared == set()


def imported(path: Path) -> set[str]:
    """The top-level names of what a file imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("module", ["rag", "rag.settings", "rag.models", "ui.cli"])
def test_importing_it_loads_no_heavy_package(module: str) -> None:
    code = f"import sys, json, {module}; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_the_changelog_has_the_version_of_the_project(project: dict[str, Any]) -> None:
    assert f"## [{project['project']['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_no_tracked_text_file_names_a_place_on_one_machine() -> None:
    place = re.compile(
        rb"(?<![\w.~-])/(?:work|root|farm|home/\w+|opt/(?:pypi|wheels))/|(?:extra-)?index-url|find-links"
    )
    this = Path(__file__).resolve()
    found = [
        f"{path.relative_to(ROOT)}: {match.group().decode()}"
        for path in own_files()
        if path != this and (match := place.search(path.read_bytes()))
    ]
    assert found == []


def test_a_wheel_holds_every_data_file_and_no_test(project: dict[str, Any], tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.partition("/")[0] for name in names}
    assert tops - {f"attest-{project['project']['version']}.dist-info"} == set(PACKAGES)
    data = {
        str(path.relative_to(ROOT))
        for path in own_files()
        if path.relative_to(ROOT).parts[0] in PACKAGES and path.suffix != ".py"
    }
    assert data - names == set()
    assert "rag/registry.json" in names
