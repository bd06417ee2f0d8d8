"""What a parser gives for a file, in a form that can be passed between processes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Label = tuple[int, int, str]  # start and end in the text, and the kind of block that the parser knows this to be


class NoArticleError(ValueError):
    """The file holds no article for a reason that no other way of reading changes, such as a password."""

    def __init__(self, reason: str, *, skipped: bool = False) -> None:
        super().__init__(reason)
        self.skipped = skipped  # it was never meant to be one


@dataclass(frozen=True, slots=True)
class Document:
    """One article in a file, or what stands in place of one. `fields` are those of a raw record."""

    text: str
    fields: Mapping[str, object] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    labels: tuple[Label, ...] = ()  # whole lines whose kind the markup says
    skipped: str | None = None  # why this part of the file is no article; it then has no text


def filled(**fields: object) -> dict[str, object]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value}
