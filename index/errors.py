"""Every problem a reader can fix. Faces print `str(error)` and exit with `error.exit_code`."""

from typing import ClassVar


class AttestError(Exception):
    """One sentence: what was found, what was expected, and the next command.

    `exit_code` is the process exit status of the command line (contracts: 2 usage, 3 archive, 4 model, 5 input).
    """

    exit_code: ClassVar[int] = 1


class UsageError(AttestError):
    """The request itself is wrong: an empty question, a date that is no date, an unknown article."""

    exit_code = 2


class ArchiveError(AttestError):
    """The archive is missing, damaged, locked, or was built with another embedder."""

    exit_code = 3


class ArchiveBusyError(ArchiveError):
    """Another process writes the archive; later it will not."""


class ModelError(AttestError):
    """A model is missing, unreadable, or not the file its checksum names."""

    exit_code = 4


class InputError(AttestError):
    """Some input was skipped or failed; the rest is in."""

    exit_code = 5
