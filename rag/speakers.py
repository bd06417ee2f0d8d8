"""Whose words a stretch of an article are: the speaker's full name as the article gives it, or None.

Inside quotation marks the sentence around them says so (`rag/attribution.py`), the name is made full by the rest of the
article (`rag/people.py`). Outside them it is the label of an interview's line, the signature under a posted message, or
the author, where the article speaks in the first person. Anything else is reporting, and nobody's speech.
"""

import re
from collections.abc import Sequence

from index.article import Article
from rag.attribution import Attribution, Source
from rag.clauses import NOUNS, Token
from rag.lexicon import sections
from rag.paragraphs import Paragraphs
from rag.people import People
from rag.quoted_spans import continues

# Belief in the chosen word from which it is clearly more often right than wrong: swept .2 to .6 on 220 articles of the
# fit. Of quotations of eight words and more .99 of those that have a source are then given one, rightly for .93. One to
# three words between marks are a title or a word used with tongs more often than longer ones.
LEAST_BELIEF = 0.4
LEAST_BELIEF_SHORT = 0.5
SHORT_WORDS = 3
LEAST_SHARE = 0.02  # of belief: words with less are not worth finding out whom they mean
LEAST_QUOTED = 0.5  # share of a stretch's letters between marks from which it is speech and not reporting about it
_LABEL = re.compile(r"((?:[A-Z][\w.’'-]*\s){0,4}[A-Z][\w.’'-]*)(?:\s\([^)]{1,30}\))?:(?=\s)")
_NO_LABELS = frozenset(
    {"related", "read", "read more", "see also", "watch", "more", "photos", "photo", "video", "note"}
)
_NO_LABELS |= {"update", "updated", "correction", "image", "credit", "advertisement", "why it matters", "editor’s note"}
_LEAST_LABELS = 3  # lines with labels that make an article an interview
_SIGNATURE = re.compile(r"[—–-]{1,2}\s*([A-Z][^\n()@]{1,40}?)\s*\(@\w+\)")
_SELF = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|me|my|myself|mine)\b")
_LEAST_SELF = 2  # first persons outside quotation marks that make a piece its author's own
_OPINION = re.compile(
    r"\b(?:op-?ed|opinions?|commentary|columns?|columnists?|editorials?|blogs?|ideas|voices|perspectives?)\b", re.I
)
_NOBODY = sections("grammar")["quantities"] | {"another", "others", "one", "somebody", "someone", "everyone", "nobody"}
_OF_PHRASE = frozenset({"for", "of", "at", "in", "with", "to", "from"})
_PHRASE = NOUNS | {"PREP", "POSSESSIVE"}
_PLAIN_NOUNS = NOUNS - {"PAST", "ING"} | {"POSSESSIVE"}


class Speakers:
    """The speakers of one article."""

    def __init__(self, article: Article) -> None:
        self._article = article
        self._paragraphs = Paragraphs(article.text, article.blocks)
        self._attribution = Attribution(self._paragraphs)
        self._people: People | None = None

    def speaker(self, start: int, end: int) -> str | None:
        """Who speaks `article.text[start:end]`; None when the article does not say, or nobody is quoted there."""
        quote = self._quote(start, end)
        if quote is not None:
            return self._of_quote(quote)
        return self._label(start) or self._signature(end) or self._introduced(start, end) or self._author(start, end)

    def _quote(self, start: int, end: int) -> int | None:
        """The quoted span that holds most of the stretch; None when most of it stands outside quotation marks."""
        text = self._article.text
        shares = {
            number: _letters(text[max(start, span.start) : min(end, span.end)])
            for number, span in enumerate(self._paragraphs.spans)
            if span.start < end and start < span.end
        }
        if not shares or sum(shares.values()) < LEAST_QUOTED * _letters(text[start:end]):
            return None
        return max(shares, key=lambda number: shares[number])

    def _of_quote(self, quote: int) -> str | None:
        """The speaker of a quoted span, or of the paragraphs that it goes on from and into."""
        spans, text = self._paragraphs.spans, self._article.text
        first = last = quote
        while first > 0 and continues(text, spans[first - 1], spans[first]):
            first -= 1
        while last + 1 < len(spans) and continues(text, spans[last], spans[last + 1]):
            last += 1
        ranked = [self._attribution.sources(number) for number in range(first, last + 1)]
        best = max((sources for sources in ranked if sources), key=lambda sources: sources[0].probability, default=[])
        return self._believed(best, text[spans[quote].start : spans[quote].end])

    def _believed(self, sources: Sequence[Source], words: str) -> str | None:
        """The name that most of the belief goes to, over all words that mean it; None when it is too little.

        "Said Cotton, according to the Journal": Cotton speaks, whatever the annotators of the fitting data marked.
        """
        if sources and sources[0].reports and (saying := next((one for one in sources if one.says), None)):
            return self._named(saying)
        belief: dict[str, float] = {}
        for source in sources:
            if source.probability >= LEAST_SHARE and (name := self._named(source)):
                belief[name] = belief.get(name, 0.0) + source.probability
        name = max(belief, key=belief.__getitem__, default=None)
        return name if name is not None and belief[name] >= least_belief(words) else None

    def _named(self, source: Source) -> str | None:
        tokens = self._paragraphs.tokens(source.paragraph)
        place, token = source.place, source.token
        if token.kind == "PRONOUN":
            if token.lower in ("i", "we"):
                return self._sole_author()
            person = self.people.by_pronoun(source.paragraph, place, token.lower)
            return person.name if person else None
        if token.kind == "REL":
            return self._antecedent(source.paragraph, place) if token.lower == "who" else None
        return self._noun(source.paragraph, place) or _phrase(self._article.text, tokens, place)

    def _noun(self, paragraph: int, place: int) -> str | None:
        """The name that a token ends, that stands in apposition to it, or that its office means; None without one."""
        person = self.people.named(paragraph, place)
        tokens = self._paragraphs.tokens(paragraph)
        if person is not None and not person.human and (head := _belongs_to(tokens, place)) is not None:
            person = next((one for one in [self.people.named(paragraph, head)] if one and one.human), person)
        if person is not None:
            return person.name
        named = _apposed(tokens, place)
        person = self.people.named(paragraph, named) if named is not None else None
        if person is None and _is_definite(tokens, place):
            person = self.people.by_office(paragraph, place, tokens[place].lower)
        return person.name if person else None

    def _antecedent(self, paragraph: int, place: int) -> str | None:
        """Whom "who" at that token means: the nearest name or noun before it."""
        tokens = self._paragraphs.tokens(paragraph)
        for at in range(place - 1, -1, -1):
            if tokens[at].kind in ("END", "QUOTE"):
                return None
            if tokens[at].kind in ("NAME", "ROLE"):
                return self._noun(paragraph, at) or _phrase(self._article.text, tokens, at)
        return None

    @property
    def people(self) -> People:
        """Who is who; read when a speaker is first asked for."""
        if self._people is None:
            self._people = People(self._paragraphs)
        return self._people

    def _label(self, start: int) -> str | None:
        """The name before the colon of the interview's line, or of the nearest line before it that has one."""
        text = self._article.text
        labels: dict[int, str] = {}
        for number, (begin, _) in enumerate(self._paragraphs.bounds):
            match = _LABEL.match(text, begin)
            if match and match[1].lower() not in _NO_LABELS:
                labels[number] = match[1]
        again = {label for label in labels.values() if list(labels.values()).count(label) > 1}
        if len(labels) < _LEAST_LABELS or not again:
            return None
        at = self._paragraphs.at(start)
        label = next((labels[number] for number in range(at, -1, -1) if number in labels), None)
        if label is None or len(label) < 2:  # "Q:" and "A:" are nobody's names
            return None
        name = self.people.full_name(label)
        return name if name != label or label.isupper() or " " in label else None

    def _signature(self, end: int) -> str | None:
        """The name under a posted message that ends here: "— Jane Doe (@janedoe) May 4, 2017"."""
        number = self._paragraphs.at(end - 1)
        match = _SIGNATURE.search(self._article.text, end, self._paragraphs.bounds[number][1])
        if match is None and number + 1 < len(self._paragraphs.bounds):
            match = _SIGNATURE.match(self._article.text, *self._paragraphs.bounds[number + 1])
        return match[1].strip() if match else None

    def _introduced(self, start: int, end: int) -> str | None:
        """Who is said to speak by the paragraph before, where it ends in a colon."""
        number = self._paragraphs.at(start)
        before = self._paragraphs.before(number)
        if before is None or self._paragraphs.quotes(number):
            return None
        tokens = self._paragraphs.tokens(before)
        introduces = tokens and tokens[-1].kind == "COLON" and any(token.kind == "SPEECH" for token in tokens)
        words = self._article.text[start:end]
        return self._believed(self._attribution.introduced(before, words), words) if introduces else None

    def _author(self, start: int, end: int) -> str | None:
        """The one author, where the stretch or the article around it speaks in the first person, or is opinion."""
        author = self._sole_author()
        if author is None:
            return None
        place = " ".join(filter(None, (self._article.url, self._article.title)))
        if _SELF.search(self._article.text, start, end) or _OPINION.search(place):
            return author
        selves = list(_SELF.finditer(self._outside_marks()))
        # From its first third on: further down it may be an interview's answers without marks.
        return author if len(selves) >= _LEAST_SELF and selves[0].start() < len(self._article.text) / 3 else None

    def _outside_marks(self) -> str:
        """The text with spaces in place of quotations."""
        text, at, parts = self._article.text, 0, []
        for span in self._paragraphs.spans:
            parts += [text[at : span.open], " " * (span.close - span.open)]
            at = span.close
        return "".join([*parts, text[at:]])

    def _sole_author(self) -> str | None:
        authors = self._article.authors
        return authors[0] if len(authors) == 1 else None


def least_belief(words: str) -> float:
    """The belief from which the source of these quoted words is given; below it, it is not known."""
    return LEAST_BELIEF if len(words.split()) > SHORT_WORDS else LEAST_BELIEF_SHORT


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _phrase(text: str, tokens: Sequence[Token], place: int) -> str | None:
    """The noun phrase around a head: "a spokesman for the campaign". None for "another", "some" and the like alone."""
    first = place
    while first > 0 and tokens[first].kind != "DET" and tokens[first - 1].kind in NOUNS | {"POSSESSIVE"}:
        first -= 1
    last = place
    if place + 1 < len(tokens) and tokens[place + 1].lower in _OF_PHRASE:
        last += 1
        while last + 1 < len(tokens) and (tokens[last + 1].lower == "of" or tokens[last + 1].kind in _PLAIN_NOUNS):
            last += 1
    while last > place and tokens[last].kind in ("PREP", "DET"):
        last -= 1
    if first == last and tokens[first].lower in _NOBODY:
        return None
    return text[tokens[first].start : tokens[last].end]


def _belongs_to(tokens: Sequence[Token], place: int) -> int | None:
    """The place of the name before "of the Lakes Commission", which ends at `place`; None when none stands so."""
    at = place
    while at >= 0 and tokens[at].kind in NOUNS | {"DET"}:
        at -= 1
    if at < 1 or tokens[at].lower not in _OF_PHRASE - {"to", "in"} or tokens[at - 1].kind != "NAME":
        return None
    return at - 1


def _apposed(tokens: Sequence[Token], place: int) -> int | None:
    """The place of the name in "the spokesman for X, John McGraw, ..." or "candidate and ex-speaker John McGraw said".

    None when no name stands so.
    """
    if tokens[place].kind == "NAME":
        return None
    at = place + 1
    while at < len(tokens) and tokens[at].kind in _PHRASE:
        at += 1
    if at >= len(tokens) or (tokens[at].kind != "COMMA" and tokens[at].lower != "and"):
        return None
    start = end = at + 1
    while end < len(tokens) and tokens[end].kind in (("NAME", "TITLE") if tokens[at].kind == "COMMA" else _PHRASE):
        end += 1
    named = end - start > 1 and tokens[end - 1].kind == "NAME" and tokens[end - 2].kind == "NAME"
    return end - 1 if named and tokens[start].kind != "DET" else None


def _is_definite(tokens: Sequence[Token], place: int) -> bool:
    """Whether "the" or "this" stands before the noun and its adjectives, and nothing that names another."""
    at = place - 1
    while at >= 0 and tokens[at].kind in ("WORD", "NUMBER", "TITLE", "NAME"):
        at -= 1
    following = tokens[place + 1].kind if place + 1 < len(tokens) else "END"
    return at >= 0 and tokens[at].lower in ("the", "this") and following != "PREP"
