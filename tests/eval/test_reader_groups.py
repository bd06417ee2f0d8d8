import json
from pathlib import Path

from eval.reader_groups import read_rows


def test_rows_that_ask_are_read_less_those_of_the_file_of_ids(tmp_path: Path) -> None:
    kinds = {"a": "ask", "b": "claim", "c": "near_miss", "d": "multi", "e": "ask"}
    rows, ids = tmp_path / "rows.jsonl", tmp_path / "ids.txt"
    rows.write_text("\n".join(json.dumps({"id": id, "kind": kind}) for id, kind in kinds.items()), encoding="utf-8")
    ids.write_text("a\nd\n", encoding="utf-8")
    assert [row["id"] for row in read_rows([rows])] == ["a", "c", "d", "e"]
    assert [row["id"] for row in read_rows([rows], ids)] == ["c", "e"]
