"""The people of one article: their full names as first given, and whom a surname, a title or a pronoun means.

A name that is shared by two people of the article goes to the one it names far more often, else to the one named last;
a pronoun to the last person who was the subject of a sentence and fits. What fits nobody stays unknown.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.clauses import Token
from rag.lexicon import sections, word_list
from rag.names import (
    ORGANISATIONS,
    Gender,
    NameMention,
    gender_of_name,
    gender_of_titles,
    is_subject,
    names,
    offices,
    surname,
)
from rag.paragraphs import Paragraphs

_GRAMMAR = sections("grammar")
_SAME_OFFICE = (  # what "the senator" may be called where the name stands
    frozenset({"sen", "senator"}),
    frozenset({"rep", "representative", "congressman", "congresswoman"}),
    frozenset({"gov", "governor"}),
    frozenset({"prof", "professor"}),
    frozenset({"lt", "lieutenant"}),
    frozenset({"gen", "general"}),
    frozenset({"spokesman", "spokeswoman", "spokesperson"}),
)
AS_OFTEN = 2  # times; of whom an article names more often than that, a surname is always meant. By hand.
_FARTHEST = 12  # paragraphs that a pronoun or a title may point back over


@dataclass(slots=True)
class Person:
    """Somebody, or something, that the article names."""

    words: tuple[str, ...]  # of the first full name
    suffix: str | None
    count: int = 0
    forms: Counter[str] = field(default_factory=Counter)  # full names as written, in the order of their first use
    titles: set[str] = field(default_factory=set)
    offices: set[str] = field(default_factory=set)  # nouns that describe the person beside the name
    gender: Gender | None = None
    with_article: bool = False  # "the" stands before the name somewhere
    named_at: tuple[int, int] = (-1, -1)  # paragraph and place where a mention ends that was read last

    @property
    def name(self) -> str:
        """The full name that the article uses most, of equals the first; not in a headline's capitals if it can be."""
        return max(self.forms, key=lambda form: (not form.isupper(), self.forms[form]))

    @property
    def known(self) -> bool:
        """Whether something beside the name says that this is a person: a title, an office, a common first name."""
        return bool(self.titles or self.offices or gender_of_name(self.words[0]))

    @property
    def human(self) -> bool:
        """Whether this may be a person: by a title or a first name, or else as no word speaks against it.

        One word will do when it comes again and no article stands before it, as it does before the Fed.
        """
        if self.titles or gender_of_name(self.words[0]):
            return True
        if len(self.words) < 2 and (self.with_article or self.count < 2):
            return False
        capitals = all(word.isupper() for word in self.words)  # FILE PHOTO, NATO
        return not capitals and not any(word.lower().rstrip(".") in ORGANISATIONS for word in self.words)


class People:
    """Who is who in one article."""

    def __init__(self, paragraphs: Paragraphs) -> None:
        self._paragraphs = paragraphs
        text = paragraphs.text
        self._mentions = [
            list(names(text, paragraphs.tokens(number), number)) for number in range(len(paragraphs.bounds))
        ]
        self._persons: list[Person] = []
        self._of: dict[tuple[int, int], Person] = {}  # by paragraph and place of a name's last token
        self._openings: dict[tuple[int, int], int] = {}  # by the same: the place of its first title or word
        own = [mention for mentions in self._mentions for mention in mentions]
        quoted = [mention for tokens in paragraphs.quoted_tokens() for mention in names(text, tokens, -1)]
        for mention in (*own, *quoted):
            if mention.full and self._find(mention) is None:
                self._add(mention)
        for mention in own:
            person = self._find(mention)
            if person is None and not mention.is_title:
                person = self._add(mention)
            if person is not None:
                self._describe(person, mention)
                self._of[mention.paragraph, mention.last] = person
                self._openings[mention.paragraph, mention.last] = mention.opening

    def named(self, paragraph: int, place: int) -> Person | None:
        """The person whose name ends at that token; None when no name does."""
        return self._of.get((paragraph, place))

    def full_name(self, label: str) -> str:
        """The full name that a label such as "TRUMP" or "Mr Kelner" stands for; the label itself when none does."""
        words = [word for word in label.replace(".", " ").split() if word.lower() not in word_list("titles")] or [label]
        person = self._find(NameMention(-1, 0, 0, 0, tuple(words)))
        return person.name if person else label.strip()

    def by_office(self, paragraph: int, place: int, office: str) -> Person | None:
        """The last person before that token who holds `office` ("senator"), as the article says."""
        if office not in word_list("offices"):
            return None
        same = next((group for group in _SAME_OFFICE if office in group), frozenset({office}))
        holders = [person for person in self._named_before(paragraph, place) if same & (person.titles | person.offices)]
        if office in _GRAMMAR["one of a kind"]:
            return max(holders, key=lambda person: person.count, default=None)
        return holders[0] if holders else None

    def by_pronoun(self, paragraph: int, place: int, pronoun: str) -> Person | None:
        """The person that "he" or "she" at that token means; None for other pronouns, or when nobody fits."""
        if pronoun not in ("he", "she"):
            return None
        gender: Gender = "he" if pronoun == "he" else "she"
        fallback: Person | None = None
        for person, subject in self._back(paragraph, place, pronoun):
            if not person.human or person.gender not in (None, gender):
                continue
            if subject:
                return person
            fallback = fallback or person
        return fallback

    def _back(self, paragraph: int, place: int, pronoun: str) -> Iterator[tuple[Person, bool]]:
        """Who is spoken of before that token and if as subject, sentence by sentence backwards, each from its start."""
        for number in range(paragraph, max(-1, paragraph - _FARTHEST), -1):
            if number in self._paragraphs.aside:
                continue
            tokens = self._paragraphs.tokens(number)[: place if number == paragraph else None]
            starts = [0, *(at + 1 for at, token in enumerate(tokens) if token.kind == "END")]
            for start, end in zip(reversed(starts), [len(tokens), *reversed(starts[1:])], strict=True):
                yield from self._in_sentence(number, tokens, start, end, pronoun)

    def _in_sentence(
        self, number: int, tokens: Sequence[Token], start: int, end: int, pronoun: str
    ) -> Iterator[tuple[Person, bool]]:
        """The people of one sentence in order and whether each may be its subject. "The president" counts as his name.

        Behind the same pronoun nobody is: in "He said that Trump knew", "he" is whoever he was before. Nor in a clause
        before the main one: in "When Leno joked, Obama said", Obama is the subject.
        """
        taken = False
        subordinate = start < end and tokens[start].lower in _GRAMMAR["subordinating"]
        for at in range(start, end):
            taken |= tokens[at].lower == pronoun
            subordinate &= tokens[at].kind != "COMMA"
            person = self._of.get((number, at))
            opening = self._openings.get((number, at), at)
            if person is None and at and tokens[at - 1].lower == "the":
                person = self.by_office(number, at, tokens[at].lower)
            if person is not None:
                yield person, not taken and not subordinate and is_subject(tokens, opening, at)

    def _named_before(self, paragraph: int, place: int) -> Iterator[Person]:
        """The people named before that token, the last one first."""
        for number in range(paragraph, max(-1, paragraph - _FARTHEST), -1):
            for mention in reversed(self._mentions[number]):
                if (number < paragraph or mention.last < place) and (number, mention.last) in self._of:
                    yield self._of[number, mention.last]

    def _add(self, mention: NameMention) -> Person:
        person = Person(mention.words, mention.suffix, gender=gender_of_name(mention.words[0]))
        person.forms[" ".join(mention.words)] = 0
        self._persons.append(person)
        return person

    def _find(self, mention: NameMention) -> Person | None:
        """The known person of that name: same first name and surname, else the surname alone, else the first name."""
        first, last = mention.words[0].lower(), mention.surname
        if mention.full:
            return next(
                (
                    person
                    for person in self._persons
                    if (person.words[0].lower(), surname(person.words)) == (first, last)
                    and person.suffix == mention.suffix
                ),
                None,
            )
        gender = gender_of_titles(mention.titles)
        fitting = [
            one
            for one in self._persons
            if (gender is None or one.gender in (None, gender)) and mention.suffix in (None, one.suffix)
        ]
        of_surname = [one for one in fitting if surname(one.words) == last]
        of_first_name = [one for one in fitting if one.words[0].lower() == last and one.known]
        best = max(of_surname or of_first_name, key=lambda one: one.count, default=None)
        # Of two who are named about as often, the surname alone is that of the one who was named last.
        last_named = max(of_surname, key=lambda one: one.named_at, default=None)
        if best is not None and last_named is not None and last_named.count * AS_OFTEN >= best.count > 0:
            return last_named
        return best

    def _describe(self, person: Person, mention: NameMention) -> None:
        tokens = self._paragraphs.tokens(mention.paragraph)
        person.count += 1
        person.named_at = (mention.paragraph, mention.last)
        if mention.full:
            person.forms[" ".join(mention.words)] += 1
        elif mention.first > 0 and tokens[mention.first - 1].lower == "the":
            person.with_article = True
        person.titles |= set(mention.titles)
        person.offices |= set(offices(tokens, mention))
        if person.gender is None:
            person.gender = gender_of_titles((*mention.titles, *person.offices)) or gender_of_name(person.words[0])
