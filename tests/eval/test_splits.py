from dataclasses import replace

from eval.datasets.model import Article, Claim, Dataset, Judged, Question, Span
from eval.datasets.splits import leaks
from tests.eval.made import CARRIED, DAM, FAIR


class TestSplits:
    def side(self, **articles: Article) -> Dataset:
        questions = tuple(Question(f"q-{name}", "ask", "?", evidence=((Span(a.id),),)) for name, a in articles.items())
        return Dataset("side", {article.id: article for article in articles.values()}, questions)

    def test_the_same_article_under_two_ids_is_a_leak(self) -> None:
        left, right = self.side(a=Article("1", DAM)), self.side(a=Article("2", f"  {DAM}\n"))
        assert [(leak.left, leak.right, leak.kind) for leak in leaks(left, right)] == [("1", "2", "article")]

    def test_an_edited_copy_is_a_near_duplicate(self) -> None:
        long = " ".join(f"word{number} and more of it" for number in range(60))
        left, right = self.side(a=Article("1", long)), self.side(a=Article("2", f"New first line. {long} Edited."))
        assert [leak.kind for leak in leaks(left, right)] == ["near-duplicate"]

    def test_two_reports_of_one_event_are_one_story(self) -> None:
        one = Article("1", DAM, "Mayor Kovar opens Orle dam", published_at="2021-05-04")
        two = Article("2", FAIR, "Orle dam opens under Kovar", published_at="2021-05-05T10:00:00Z")
        assert [leak.kind for leak in leaks(self.side(a=one), self.side(b=two))] == ["story"]
        later = replace(two, published_at="2021-08-05")
        assert leaks(self.side(a=one), self.side(b=later)) == []

    def test_a_named_story_is_a_leak(self) -> None:
        one, two = Article("1", DAM, story="s"), Article("2", FAIR, story="s")
        assert [leak.kind for leak in leaks(self.side(a=one), self.side(b=two))] == ["story"]

    def test_articles_that_no_question_uses_count_only_when_asked(self) -> None:
        unused = Dataset("unused", {"9": Article("9", DAM)})
        side = self.side(a=Article("1", DAM), b=Article(CARRIED.article_id, FAIR))
        assert leaks(side, unused) == []
        assert len(leaks(side, unused, whole=True)) == 1

    def test_the_documents_of_judged_items_are_articles(self) -> None:
        left = Dataset(
            "left", judged=(Judged("j-0", "s", DAM, "a", "supported"), Judged("j-1", "s", DAM, "b", "partial"))
        )
        right = Dataset("right", judged=(Judged("j-0", "s", FAIR, "a", "supported"),))
        assert leaks(left, right) == []
        assert [leak.kind for leak in leaks(left, left)] == ["article"]
        assert len(leaks(left, self.side(a=Article("1", DAM)))) == 1

    def test_a_page_that_both_sides_name_is_a_leak_without_its_text(self) -> None:
        claims = [Claim("c", "x", "supports", ((Span(page),),)) for page in ("Orle", "Lune")]
        one, other = (Dataset("d", claims=(claim,)) for claim in claims)
        assert [leak.left for leak in leaks(one, one)] == ["Orle"]
        assert leaks(one, other) == []
