"""Malformed files: a few hundred of every kind, each accounted for. The long form is `python -m eval.fuzz_formats`."""

from eval.fuzz_formats import fuzz


def test_every_malformed_file_is_accounted_for() -> None:
    report = fuzz(200, seed=3)
    assert (report["raised"], report["unaccounted"], report["undecodable"]) == ([], [], [])
    assert set(report["outcomes"]) == {"read", "read as plain text", "failed", "skipped"}
