"""Reports: what they hold, and that a change of one character is caught."""

import contextlib
import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.errors import UsageError
from rag.dossier import citations, sealed
from rag.dossier_check import breaches, quotes_checked
from tests.ui.dossiers import CLAIM, dossier, problems, saved
from tests.ui.fakes import FakeArchive, FakeParts, one_sentence
from tests.ui.ferry import FACT, FERRY
from ui.cli import main
from ui.exporting import FORMS

QUOTED = "The ferry carried 214 passengers"


def test_a_dossier_holds_quotes_checksums_models_settings_generation_and_own_verdicts() -> None:
    document = dossier()
    assert document["asked"] == CLAIM
    assert document["verdict"] == "refuted"
    assert document["archive"] == {"generation": 7}
    assert document["quotes"][0]["quote"] == FACT
    assert document["quotes"][0]["own_verdict"] == "refutes"
    assert document["quotes"][0]["reason"] == "214, not 900"
    assert [one["number"] for one in document["quotes"]] == [1, 2, 3]
    assert {one["id"] for one in document["articles"]} >= {one["article"]["id"] for one in document["quotes"]}
    assert all(re.fullmatch("[0-9a-f]{64}", one["sha256"]) for one in document["articles"])
    assert quotes_checked(document) > len(document["quotes"])
    assert breaches(document, FakeArchive().article) == []


@pytest.mark.parametrize("kind", [".md", ".html", ".json"])
@pytest.mark.parametrize("outcome", ["trace", "ask"])
def test_each_form_that_can_be_read_back_is_intact_as_it_was_written(tmp_path: Path, kind: str, outcome: str) -> None:
    assert problems(saved(tmp_path, dossier(outcome), kind)) == []


def test_lines_that_a_mailer_ended_otherwise_are_no_change(tmp_path: Path) -> None:
    path = saved(tmp_path, dossier(), ".html")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert problems(path) == []


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("changed")


@given(st.data())
def test_one_changed_character_of_a_quote_is_caught_in_every_form(changed: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([".md", ".html", ".json"]))
    text = FORMS[kind](dossier())
    # Every place where the words of the quote stand, shown or among the data.
    places = [match.start() for match in re.finditer(re.escape(FACT[:30]), text)]
    assert len(places) >= (1 if kind == ".json" else 2)
    at = data.draw(st.sampled_from(places)) + data.draw(st.integers(0, 29))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=0x2FFF).filter(lambda char: char != text[at]))
    path = changed / f"report{kind}"
    path.write_text(text[:at] + other + text[at + 1 :], encoding="utf-8", newline="")
    with contextlib.suppress(UsageError):  # the data are no JSON any more: that is caught as well
        assert problems(path)


@given(st.data())
def test_one_changed_character_of_the_data_is_caught_even_under_a_new_seal(data: st.DataObject) -> None:
    document = copy.deepcopy(dossier())
    pointing = list(citations(document))
    one: Any = data.draw(st.sampled_from(pointing))
    key = "quote" if "quote" in one else "text"
    what = data.draw(st.sampled_from([key, "start", "end"]))
    if what == key:
        at = data.draw(st.integers(0, len(one[key]) - 1))
        other = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda char: char != one[key][at]))
        one[key] = one[key][:at] + other + one[key][at + 1 :]
    else:
        one[what] += data.draw(st.integers(-3, 3).filter(bool))
    found = breaches(sealed(document), FakeArchive().article)
    assert found
    assert "seal" not in found[0]


def test_an_article_that_changed_elsewhere_is_named_though_the_quote_still_stands() -> None:
    document = dossier()

    def read(ref: str) -> Article:
        article = FakeArchive().article(ref)
        more = article.text + " More."
        return Article(article.key, article.source_id, article.path, more) if ref == FERRY.id else article

    found = breaches(document, read)
    assert [one for one in found if FERRY.id in one and "SHA-256 differs" in one]


def test_a_removed_article_is_named_once() -> None:
    def read(ref: str) -> Article:
        raise UsageError(f"No article {ref}")

    found = breaches(dossier(), read)
    assert len([one for one in found if FERRY.id in one]) == 1


def test_a_changed_verdict_is_caught_by_the_seal_and_by_what_is_shown(tmp_path: Path) -> None:
    document = dossier()
    document["verdict"] = "supported"
    assert breaches(document, FakeArchive().article) == ["its contents are not those it was sealed with"]
    page = saved(tmp_path, dossier(), ".html")
    page.write_text(page.read_text(encoding="utf-8").replace(">Refuted<", ">Supported<"), encoding="utf-8")
    [found] = problems(page)
    assert "is not what its data say" in found


@pytest.mark.parametrize("kind", [".md", ".html", ".json", ".csv", ".jsonld"])
def test_a_checked_quotation_is_exported_and_the_report_verified(
    filled: Path, parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    target = tmp_path / f"out{kind}"
    common = ["--archive", str(filled)]
    assert main(["quote", QUOTED, "--export", str(target), *common], parts) == 0
    assert QUOTED in target.read_text(encoding="utf-8")
    capsys.readouterr()
    if kind in (".csv", ".jsonld"):
        assert main(["verify-report", str(target), *common], parts) == 2
        assert "is no form that can be checked" in one_sentence(capsys.readouterr().err)
        return
    assert main(["verify-report", str(target), *common], parts) == 0
    assert "word for word" in capsys.readouterr().out
    changed = target.read_text(encoding="utf-8").replace("214", "215", 1)
    target.write_text(changed, encoding="utf-8")
    assert main(["verify-report", str(target), "--json", *common], parts) == 3
    out = capsys.readouterr()
    assert json.loads(out.out)["intact"] is False
    assert "is not what the archive holds" in one_sentence(out.err)


def test_an_article_that_came_again_with_other_words_is_named(
    filled: Path, folder: Path, parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, common = tmp_path / "out.json", ["--archive", str(filled)]
    assert main(["quote", QUOTED, "--export", str(target), *common], parts) == 0
    page = folder / "ferry.txt"
    page.write_text(page.read_text(encoding="utf-8") + "\nA later paragraph.\n", encoding="utf-8")
    assert main(["ingest", str(folder), *common], parts) == 0
    capsys.readouterr()
    assert main(["verify-report", str(target), *common], parts) == 3
    assert "ferry.txt) has changed since" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["quote", QUOTED, "--export", "report.doc"], "names no form that is known"),
        (["quote", QUOTED, "--export", "nowhere/at/all.md"], "a folder that exists"),
        (["quote", "--batch", "x", "--export", "a.md"], "expected one of them"),
        (["trace", "--batch", "x", "--export", "a.md"], "expected one of them"),
        (["ask", "--batch", "x", "--export", "a.md"], "expected one of them"),
        (["verify-report", "nothing.md"], "cannot be read"),
    ],
)
def test_a_mistake_is_one_sentence(
    filled: Path, parts: FakeParts, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main([*arguments, "--archive", str(filled)], parts) == 2
    assert said in one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"format": "attest-dossier", "version": 1}', "null", "\x00"])
def test_a_file_that_is_no_dossier_is_refused_without_a_traceback(
    filled: Path, parts: FakeParts, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    assert main(["verify-report", str(path), "--archive", str(filled)], parts) in (2, 3)
    one_sentence(capsys.readouterr().err)
