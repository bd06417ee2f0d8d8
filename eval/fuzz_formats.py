"""Malformed files by the thousand: each must be accounted for, and none may take the reader down.

    python -m eval.fuzz_formats [--files 5000] [--seed 1]

Damages whole files of every kind (cut, flipped, doubled, under another's name) and makes nasty ones of the classes a to
h below, reads them in folders of a few hundred, and prints what became of them as JSON. Exit 1 when a file is missing
from the outcome, when reading raises, or when an article is mostly undecodable.
"""

import argparse
import gzip
import io
import json
import random
import resource
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.file_samples import SAMPLES, SENTENCES, STORY, html_page, pdf, tar_of, warc, zip_of
from index.readers import read_paths
from index.records import RawRecord

BATCH = 250
Made = tuple[str, bytes]


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> int:
    """Read the files and print what became of them; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    report = fuzz(options.files, options.seed)
    say(json.dumps(report, indent=2, ensure_ascii=False))
    return 1 if report["unaccounted"] or report["raised"] or report["undecodable"] else 0


def fuzz(files: int, seed: int) -> dict[str, Any]:
    """What became of `files` malformed files."""
    rng = random.Random(seed)
    outcomes: Counter[str] = Counter()
    raised: list[str] = []
    unaccounted: list[str] = []
    undecodable: list[str] = []
    began = time.perf_counter()
    slowest = 0.0
    made = malformed(rng)
    for first in range(0, files, BATCH):
        with tempfile.TemporaryDirectory() as folder:
            names = write(Path(folder), made, min(BATCH, files - first))
            begun = time.perf_counter()
            seen: set[str] = set()
            try:
                for item in read_paths([folder]):
                    seen.add(Path(item.path.split("!/")[0]).name)
                    outcomes[_outcome(item)] += 1
                    if isinstance(item, RawRecord) and item.text.count("\ufffd") * 20 > len(item.text):
                        undecodable.append(Path(item.path).name)
            except Exception as error:  # whatever it is, it is what this looks for
                raised.append(f"{type(error).__name__}: {error}")
            unaccounted += sorted(set(names) - seen)
            slowest = max(slowest, time.perf_counter() - begun)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "files": files,
        "seed": seed,
        "raised": raised,
        "unaccounted": unaccounted,
        "undecodable": undecodable,
        "outcomes": dict(outcomes.most_common()),
        "seconds": round(time.perf_counter() - began, 1),
        f"slowest_{BATCH}_seconds": round(slowest, 1),
        "peak_memory_mb": round(usage.ru_maxrss / 1024),
    }


def write(folder: Path, made: Iterator[Made], count: int) -> list[str]:
    """Write the next `count` files; their names."""
    names = []
    for at in range(count):
        name, content = next(made)
        names.append(f"{at:04d}-{name}")
        (folder / names[-1]).write_bytes(content)
    return names


def malformed(rng: random.Random) -> Iterator[Made]:
    """Malformed files without end: every second one a damaged sample, the others of the classes in turn."""
    whole = {name: make() for name, make in SAMPLES.items()}
    classes = list(CLASSES)
    turn = 0
    while True:
        name = rng.choice(list(whole))
        yield rng.choice(DAMAGES)(rng, name, whole)
        yield classes[turn % len(classes)](rng)
        turn += 1


def _outcome(item: object) -> str:
    if isinstance(item, RawRecord):
        return "read as plain text" if item.note else "read"
    return "skipped" if getattr(item, "skipped", False) else "failed"


def _cut(rng: random.Random, name: str, whole: dict[str, bytes]) -> Made:
    return name, whole[name][: rng.randrange(len(whole[name]))]


def _flipped(rng: random.Random, name: str, whole: dict[str, bytes]) -> Made:
    raw = bytearray(whole[name])
    for _ in range(rng.choice((1, 1, 3, 30, 300))):
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return name, bytes(raw)


def _zeroed(rng: random.Random, name: str, whole: dict[str, bytes]) -> Made:
    raw, at = whole[name], rng.randrange(len(whole[name]))
    size = rng.choice((1, 16, 512))
    return name, raw[:at] + bytes(size) + raw[at + size :]


def _doubled(rng: random.Random, name: str, whole: dict[str, bytes]) -> Made:
    raw = whole[name]
    start, end = sorted((rng.randrange(len(raw)), rng.randrange(len(raw))))
    return name, raw[:end] + raw[start:end] * rng.choice((1, 2, 20)) + raw[end:]


def _without_part(rng: random.Random, name: str, whole: dict[str, bytes]) -> Made:
    raw = whole[name]
    start, end = sorted((rng.randrange(len(raw)), rng.randrange(len(raw))))
    return name, raw[:start] + raw[end:]


def _misnamed(rng: random.Random, name: str, whole: dict[str, bytes]) -> Made:
    return rng.choice(list(whole)), whole[name]


DAMAGES = (_cut, _flipped, _zeroed, _doubled, _without_part, _misnamed)


def _encodings(rng: random.Random) -> Made:
    """a: bad UTF-8, UTF-16 without its mark, two encodings in one file, overlong forms, surrogates."""
    text = STORY + " Später sprach der Bürgermeister über Zölle. Мэр сказал, что порт откроется в мае."
    raw = rng.choice(
        (
            text.encode("utf-16-le"),
            text.encode("utf-8") + text.encode("cp1251", "replace"),
            STORY.encode() + b"\xc0\xaf\xe0\x80\xaf" * 9,
            text.encode("utf-8").replace(b" ", b" \xed\xa0\x80", 3),
            bytes(rng.randrange(128, 256) for _ in range(400)),
            text.encode("cp1251", "replace"),
        )
    )
    name = rng.choice(("a.txt", "a.html", "a.jsonl", "a.csv", "a.md", "a.eml"))
    return name, html_page().replace(b"</article>", raw + b"</article>") if name == "a.html" else raw


def _controls(rng: random.Random) -> Made:
    """b: NUL bytes and control characters."""
    signs = bytes(rng.choice((0, 1, 8, 27, 127)) for _ in range(rng.choice((1, 5, 200))))
    name = rng.choice(("b.txt", "b.html", "b.csv", "b.json", "b.mbox", "b.md"))
    body = SAMPLES["page.html"]() if name == "b.html" else STORY.encode()
    at = rng.randrange(len(body))
    return name, body[:at] + signs + body[at:]


def _huge(rng: random.Random) -> Made:
    """c: one line of megabytes, a word of a million letters, a row of a hundred thousand cells."""
    kind = rng.randrange(40)
    if kind == 0:
        return "c.txt", b"harbour " * 3_000_000
    if kind == 1:
        return "c.html", html_page((" ".join(SENTENCES) * 4_000,))
    if kind == 2:
        return "c.csv", b"id,text\n" + b",".join([b"x"] * 100_000) + b"\n"
    return rng.choice(
        (("c.txt", b"x" * 100_000), ("c.jsonl", b'{"text": "' + b"y" * 100_000 + b'"}\n'), ("c.md", b"[" * 3_000))
    )


def _deep(rng: random.Random) -> Made:
    """d: nesting in HTML, JSON and Markdown."""
    depth = rng.choice((300, 3_000, 20_000))
    tag = rng.choice((b"div", b"b", b"table><tr><td", b"blockquote"))
    return rng.choice(
        (
            ("d.html", b"<html><body>" + b"<" + tag + b">" * 1 + (b"<" + tag + b">") * depth + STORY.encode()),
            ("d.json", b"[" * depth + b"]" * depth),
            ("d.jsonl", b'{"text": ' * depth + b"\n"),
            ("d.md", b"> " * depth + STORY.encode()),
            ("d.rss", b"<rss version='2.0'><channel>" + b"<item>" * depth),
        )
    )


def _nothing(rng: random.Random) -> Made:
    """e: empty, blank, only furniture, and binaries under a text's name."""
    return (
        rng.choice(list(SAMPLES)),
        rng.choice(
            (b"", b" \n\t\n", b"\xef\xbb\xbf", rng.randbytes(600), b"<html><body><nav>Home</nav></body></html>")
        ),
    )


def _archives(rng: random.Random) -> Made:
    """f: bombs, nesting, lying lengths, names that climb, links, doubles, passwords."""
    kind = rng.randrange(8)
    if kind == 0:
        inner = gzip.compress(bytes(70 << 20) if rng.random() < 0.1 else bytes(1 << 20), 9)
        return rng.choice((("f.jsonl.gz", inner), ("f.tar.gz", inner), ("f.txt.gz", inner)))
    if kind == 1:
        packed = zip_of({"story.txt": STORY})
        for depth in range(rng.randrange(1, 6)):
            packed = zip_of({f"{depth}.zip": packed, "beside.txt": STORY})
        return "f.zip", packed
    if kind == 2:
        return "f.warc", warc(packed=False).replace(
            b"Content-Length: ", rng.choice((b"Content-Length: 9", b"Content-Length: -"))
        )
    if kind == 3:
        names = ("../up.txt", "/etc/up.txt", "C:\\up.txt", "a/../../up.txt", "..\\up.txt", "ok.txt")
        return rng.choice(
            (("f.zip", zip_of(dict.fromkeys(names, STORY))), ("f.tar", tar_of(dict.fromkeys(names, STORY.encode()))))
        )
    if kind == 4:
        out = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
            warnings.simplefilter("ignore")  # zipfile minds the doubles that are wanted here
            for _ in range(3):
                archive.writestr(zipfile.ZipInfo(f"{rng.randrange(2)}.txt"), STORY)
        return "f.zip", out.getvalue()
    if kind == 5:  # the bit that says encrypted, in both headers
        return "f.zip", zip_of({"a.txt": STORY}).replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
            b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
        )
    if kind == 6:
        return "f.docx", zip_of(
            {"word/document.xml": bytes(80 << 20) if rng.random() < 0.1 else b"<w:p>", "[Content_Types].xml": b""}
        )
    return "f.pdf", pdf(((STORY,),) * rng.randrange(1, 40)).replace(
        b"/Length ", rng.choice((b"/Length 99", b"/Length -", b"/Len "))
    )


def _invisible(rng: random.Random) -> Made:
    """g: right-to-left overrides, zero widths, piled accents, look-alikes."""
    signs = ("\u202e", "\u200b", "\u0301" * 50, "\ufeff", "\u2066", "а", "\U0001f468\u200d\U0001f469")
    text = "".join(char + (rng.choice(signs) if rng.random() < 0.05 else "") for char in STORY)
    return rng.choice((("g.txt", text.encode()), ("g.html", html_page((text,))), ("g.md", text.encode())))


def _dates(rng: random.Random) -> Made:
    """h: dates that are none."""
    date = rng.choice(("0001-01-01", "9999-12-31", str(2**63), "2021-02-30", "25:61", "soon", "-1", "1e400", "\u0660"))
    record = json.dumps({"text": STORY, "published_at": date, "id": date})
    page = html_page().replace(b"2021-03-24T10:00:00Z", date.encode())
    letter = SAMPLES["letter.eml"]().replace(b"Wed, 24 Mar 2021 10:00:00 +0100", date.encode("ascii", "replace"))
    return rng.choice(
        (("h.jsonl", record.encode()), ("h.html", page), ("h.eml", letter), ("h.json", f"[{record}]".encode()))
    )


CLASSES = (_encodings, _controls, _huge, _deep, _nothing, _archives, _invisible, _dates)


if __name__ == "__main__":
    sys.exit(main())
