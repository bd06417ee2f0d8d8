"""An article's paragraphs as rows of tokens, its quotations numbered through: read once, paragraph by paragraph."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from index.article import Block
from rag.clauses import Capitals, Token, read_tokens
from rag.inline_links import without_links
from rag.quoted_spans import QuotedSpan, paragraphs, quoted_spans


class Paragraphs:
    """The paragraphs of `text`, each read into tokens when it is first asked for."""

    def __init__(self, text: str, blocks: Sequence[Block] = ()) -> None:
        self.text = text = without_links(text)
        self.spans: Sequence[QuotedSpan] = quoted_spans(text)
        self.bounds = paragraphs(text)  # code points of each paragraph
        self._capitals = Capitals.of(text)
        self._starts = [start for start, _ in self.bounds]
        opens = [span.open for span in self.spans]
        self._firsts = [bisect_right(opens, start - 1) for start in self._starts] + [len(opens)]
        self._tokens: dict[int, list[Token]] = {}
        # Paragraphs beside the story, captions among them: nobody who is named there is spoken of in the next one.
        self.aside = frozenset(
            number for number, (start, _) in enumerate(self.bounds) if text[start] == "["
        ) | frozenset(
            number
            for block in blocks
            if block.kind in ("caption", "boilerplate", "comment")
            for number in range(self.at(block.start), self.at(block.end - 1) + 1)
        )

    def before(self, number: int) -> int | None:
        """The number of the paragraph of the story before that one; None for its first."""
        return next((other for other in range(number - 1, -1, -1) if other not in self.aside), None)

    def at(self, offset: int) -> int:
        """The number of the paragraph at or before that code point."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def quotes(self, number: int) -> range:
        """The numbers of the quoted spans in a paragraph."""
        return range(self._firsts[number], self._firsts[number + 1])

    def tokens(self, number: int) -> list[Token]:
        """The tokens of a paragraph, each of its quotations as one."""
        if number not in self._tokens:
            start, end = self.bounds[number]
            quotes = self.quotes(number)
            spans = self.spans[quotes.start : quotes.stop]
            self._tokens[number] = read_tokens(self.text, start, end, spans, quotes.start, self._capitals)
        return self._tokens[number]

    def quoted_tokens(self) -> Iterator[list[Token]]:
        """The tokens inside each quotation: people are named there, too."""
        for span in self.spans:
            yield read_tokens(self.text, span.start, span.end, (), 0, self._capitals)
