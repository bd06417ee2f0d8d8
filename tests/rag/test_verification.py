from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, ArticleMeta, Block
from index.errors import ArchiveError
from rag.answer import Citation
from rag.claim_reader import ClaimReader
from rag.stance import Judged, RuleStance, Window
from rag.support import FEATURES, Support
from rag.verification import CascadeVerifier, Check, Cited, Draft, cited_in, judge, missing, missing_names

ARTICLE = Article(
    key="id:1",
    source_id="a.txt",
    path="a.txt",
    text="Marta Kovar opened the dam at Orle on Monday. It cost 9 million euros, she said, and took six years.",
    title="Dam opens",
    published_at="2021-03-04",
)


def cited(start: int, end: int, quote: str | None = None) -> Citation:
    return Citation(ArticleMeta.of(ARTICLE), start, end, ARTICLE.text[start:end] if quote is None else quote)


@pytest.fixture(scope="module")
def verifier() -> CascadeVerifier:
    return CascadeVerifier(lambda: RuleStance(lambda stem: 1.0, lambda: 1.0, reader=ClaimReader()))


OPENED = Cited(ARTICLE.text[:45], article=ARTICLE.text)


def read(_: str) -> Article:
    return ARTICLE


def test_a_verbatim_sentence_is_supported(verifier: CascadeVerifier) -> None:
    sentence = judge(Draft(ARTICLE.text[:45], (cited(0, 45),)), verifier, read)
    assert (sentence.verdict, sentence.score) == ("supported", 1.0)


def test_a_quote_that_is_not_the_stored_slice_is_never_supported(verifier: CascadeVerifier) -> None:
    sentence = judge(
        Draft("Marta Kovar closed the dam.", (cited(0, 27, "Marta Kovar closed the dam."),)), verifier, read
    )
    assert sentence.verdict == "unsupported"
    assert sentence.citations == ()


def test_a_sentence_without_citation_is_unsupported(verifier: CascadeVerifier) -> None:
    assert judge(Draft("The dam is tall.", ()), verifier, read).verdict == "unsupported"


@pytest.mark.parametrize(
    ("sentence", "absent"),
    [
        ("The dam at Orle cost 12 million euros.", "12"),
        ("The dam at Orle took seven years.", "7"),
        ("The dam was opened by Petra Kovar.", "Petra"),
    ],
)
def test_a_number_or_name_from_nowhere_is_a_veto_that_names_it(
    verifier: CascadeVerifier, sentence: str, absent: str
) -> None:
    check = verifier.check(sentence, [Cited(ARTICLE.text, article=ARTICLE.text)])
    assert check.verdict == "unsupported"
    assert check.reason is not None
    assert absent in check.reason


def test_a_veto_decides_the_verdict_and_leaves_the_score(verifier: CascadeVerifier) -> None:
    known = verifier.check("The dam at Orle was opened on Monday by Marta Kovar of Lend.", [OPENED])
    assert known.reason == "not in the cited text: Lend"
    other = verifier.check("Rain fell in Lend for 61 days.", [OPENED])
    assert known.score is not None
    assert other.score is not None
    assert other.score < 0.5 < known.score
    assert (known.verdict, other.verdict) == ("unsupported", "unsupported")
    assert verifier.check("Who opened the dam at Orle?", [OPENED]).score == 0.0


def test_a_vetoed_sentence_whose_score_is_no_number_is_unsupported_for_its_reason() -> None:
    support = Support(dict.fromkeys(FEATURES, float("nan")), 0.0)
    verifier = CascadeVerifier(lambda: RuleStance(lambda stem: 1.0, lambda: 1.0), threshold=0.5, support=support)
    check = verifier.check("The dam at Orle opened 12 times.", [OPENED])
    assert (check.verdict, check.score, check.reason) == ("unsupported", None, "not in the cited text: 12")


def test_a_close_paraphrase_is_supported_and_another_story_is_not(verifier: CascadeVerifier) -> None:
    assert verifier.check("The dam at Orle was opened on Monday by Marta Kovar.", [OPENED]).verdict == "supported"
    assert verifier.check("Rain is expected in the hills all week.", [OPENED]).verdict == "unsupported"


def test_a_denied_sentence_does_not_pass(verifier: CascadeVerifier) -> None:
    assert verifier.check("Marta Kovar did not open the dam at Orle on Monday.", [OPENED]).verdict == "contradicted"


def test_a_name_that_the_article_holds_elsewhere_is_no_veto() -> None:
    cost = cited_in(ARTICLE, 46, 100)
    assert missing("Marta Kovar said in 2021 that it cost 9 million.", [cost]) == []
    assert missing("Petra Kovar said it cost 9 million.", [cost]) == ["Petra"]
    assert missing("Kovar said it cost 9 million in 2020.", [cost]) == ["2020"]
    assert missing("Kovar said on day 45 that it cost 9 million.", [cost]) == ["45"]


def test_a_name_is_known_in_any_of_its_forms_and_a_first_word_alone_is_no_name() -> None:
    assert (
        missing_names("Voters and Americans agree with the Orle-based firm.", "American voters, said a man in Orle")
        == []
    )
    assert missing_names("Bavarians agree.", "Americans agreed.") == []
    assert missing_names("They and Bavarians agree.", "Americans agreed.") == ["Bavarians"]


def test_one_is_no_count() -> None:
    assert missing("No one died at Orle, and one of them left.", [Cited("Nobody died at Orle.")]) == []


@pytest.mark.parametrize(
    "question", ["Who opened the dam at Orle on Monday?", "Marta Kovar opened the dam at Orle on what?"]
)
def test_a_question_is_never_supported_unless_it_is_the_quote(verifier: CascadeVerifier, question: str) -> None:
    check = verifier.check(question, [OPENED])
    assert (check.verdict, check.reason) == ("unsupported", "it is a question, and states nothing")
    assert verifier.check(question, [Cited(question)]).verdict == "supported"


def test_what_the_quote_denies_is_contradicted_with_the_reason(verifier: CascadeVerifier) -> None:
    check = verifier.check("The council approved the bridge.", [Cited("The council rejected the bridge on Monday.")])
    assert check.verdict == "contradicted"
    assert check.reason == "rejected, not approved"


def test_the_stance_is_loaded_for_other_words_alone_and_once() -> None:
    loaded = []

    def load() -> RuleStance:
        loaded.append(1)
        return RuleStance(lambda stem: 1.0, lambda: 1.0)

    verifier = CascadeVerifier(load)
    assert verifier.check(OPENED.quote, [OPENED]).verdict == "supported"
    assert loaded == []
    verifier.check("The dam opened on Monday.", [OPENED])
    verifier.check("The dam at Orle opened.", [OPENED])
    assert loaded == [1]


class Recording:
    """A stance that supports everything and remembers what it was shown."""

    name = "recording"

    def __init__(self) -> None:
        self.seen: list[Window] = []

    def judge(self, claim: str, windows: Sequence[Window]) -> list[Judged]:
        self.seen += windows
        return [Judged(1.0, 0.0, 0.0) for _ in windows]


def test_the_nearest_quote_decides_and_several_are_one_where_none_says_enough() -> None:
    stance = Recording()
    verifier = CascadeVerifier(lambda: stance)
    cost = Cited("It cost 9 million euros and took years.", article=ARTICLE.text)
    verifier.check("Marta Kovar opened the dam on Monday.", [cost, OPENED])
    assert stance.seen[0] == OPENED.window
    stance.seen.clear()
    verifier.check("Kovar opened what took years and 9 million euros.", [cost, OPENED])
    assert stance.seen[0] == cost.window
    stance.seen.clear()
    verifier.check("Marta Kovar opened a dam that cost millions of euros.", [OPENED, cost])
    assert stance.seen[0] == Window(f"{OPENED.quote} {cost.quote}")


READ_BEST = Support({name: float(name == "read_best") for name in FEATURES}, 0.0)


class Minds:
    """A stance that refutes a claim beside one quote, and supports it beside all others."""

    name = "minds"

    def __init__(self, refuting: str, reason: str | None = "closed, not opened") -> None:
        self._refuting, self._reason = refuting, reason

    def judge(self, claim: str, windows: Sequence[Window]) -> list[Judged]:
        return [
            Judged(0.05, 0.9, 0.05, self._reason, read=-4.0)
            if window.sentence == self._refuting
            else Judged(0.98, 0.01, 0.01, read=6.0)
            for window in windows
        ]


def test_what_the_nearest_quote_refutes_is_not_supported_whatever_else_is_cited() -> None:
    others = [Cited("The dam is open.", article=ARTICLE.text), Cited("Kovar was there.", article=ARTICLE.text)]
    sentence = "Marta Kovar opened the dam at Orle late on Monday."
    assert CascadeVerifier(lambda: Minds("")).check(sentence, [OPENED, *others]).verdict == "supported"
    assert CascadeVerifier(lambda: Minds(OPENED.quote)).check(sentence, [OPENED, *others]).verdict == "contradicted"
    assert CascadeVerifier(lambda: Minds(others[0].quote)).check(sentence, [OPENED, *others]).verdict == "supported"


def test_a_doubt_without_a_reason_is_weighed_against_what_else_is_cited() -> None:
    others = [Cited("The dam is open.", article=ARTICLE.text), Cited("Kovar was there.", article=ARTICLE.text)]
    sentence = "Marta Kovar opened the dam at Orle late on Monday."
    doubt = CascadeVerifier(lambda: Minds(OPENED.quote, None), threshold=0.5, support=READ_BEST)
    assert doubt.check(sentence, [OPENED, *others]).verdict == "supported"
    assert doubt.check(sentence, [OPENED]).verdict == "contradicted"


@pytest.mark.parametrize("error", [ArchiveError("gone"), RuntimeError("boom"), OSError("disk"), MemoryError()])
def test_a_check_that_cannot_run_gives_unchecked(error: Exception, verifier: CascadeVerifier) -> None:
    class Broken:
        name = "broken"

        def check(self, sentence: str, cited: object) -> Check:
            raise error

    def lost(_: str) -> Article:
        raise error

    draft = Draft(ARTICLE.text[:45], (cited(0, 45),))
    assert judge(draft, Broken(), read).verdict == "unchecked"
    assert judge(draft, verifier, lost).verdict == "unchecked"
    assert judge(draft, verifier, lost).score is None


@given(st.integers(0, len(ARTICLE.text)), st.integers(0, len(ARTICLE.text)), st.text(max_size=30))
def test_only_exact_slices_are_ever_supported(start: int, end: int, quote: str) -> None:
    class Agreeable:
        name = "says yes"

        def check(self, sentence: str, cited: object) -> Check:
            return Check("supported", 1.0)

    sentence = judge(Draft("Anything.", (cited(start, end, quote),)), Agreeable(), read)
    assert (sentence.verdict == "supported") == (ARTICLE.text[start:end] == quote)


def test_a_part_of_a_quote_is_not_taken_for_the_whole(verifier: CascadeVerifier) -> None:
    quote = "Aides denied that the minister took bribes."
    assert verifier.check("the minister took bribes.", [Cited(quote)]).verdict == "contradicted"


def test_a_score_that_is_no_number_is_unchecked() -> None:
    class Lost:
        name = "lost"

        def judge(self, claim: str, windows: Sequence[Window]) -> list[Judged]:
            return [Judged(float("nan"), 0.5, 0.5) for _ in windows]

    assert CascadeVerifier(Lost).check("The dam opened at Orle on Monday.", [OPENED]).verdict == "unchecked"


def test_what_is_cited_comes_with_the_sentence_before_it_and_its_heading() -> None:
    cost = cited_in(ARTICLE, 46, 100)
    assert cost.window == Window(ARTICLE.text[46:], ARTICLE.text[:45], "Dam opens · 2021-03-04 . in March 2021")


def test_what_a_comment_says_beside_the_quote_is_no_context() -> None:
    text = "The dam at Orle opened. Elvis was there!"
    article = Article(
        key="k", source_id="a", path="a", text=text, blocks=(Block(0, 23, "body"), Block(24, 40, "comment"))
    )
    assert "Elvis" not in cited_in(article, 0, 23).article


def test_another_name_in_a_near_copy_is_refused_with_both_names_and_no_model() -> None:
    def load() -> RuleStance:
        raise AssertionError("the model was asked")

    article = f"{ARTICLE.text} Petra Hahn was not there."
    check = CascadeVerifier(load).check(
        "Petra Hahn opened the dam at Orle on Monday.", [Cited(OPENED.quote, "", "", article)]
    )
    assert (check.verdict, check.reason) == ("contradicted", "Marta Kovar, not Petra Hahn")
