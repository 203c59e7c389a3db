"""docs/privacy.md holds: every command of its walk is run, in order, and what the page shows is what comes out."""
import json
import re
import sqlite3
from contextlib import closing

import pyarrow.parquet as pq
from page_walk import walk_page

PLANTED = [f"zq{i:02d}kornblixt" for i in range(1, 21)] + ["0f2a6c1e-77aa-4d0b-9e55-c3b1f0d2a917", "Karin Zqvist"]


def decoded(path):
    """What stands in a file, compressed columns and pages of SQLite too."""
    texts = [path.read_bytes().decode(errors="replace")]
    if path.suffix == ".parquet":
        texts.append(json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False))
    if path.name == "ledger.db":
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
            texts.append("\n".join(ledger.iterdump()))
    return "\n".join(texts)


def test_every_command_of_the_walk(tmp_path):
    for command, output in walk_page("privacy.md", tmp_path):
        if command.startswith("grep -rabF"):
            assert output.strip() == "0", "gone from every byte"
    # Gone, too, from what is compressed; not from the answer that was given to her.
    for file in (tmp_path / "store").rglob("*"):
        assert not [p for p in PLANTED if p in file.name]
        if file.is_file():
            text = decoded(file)
            assert not [p for p in PLANTED if p in text], file
    assert PLANTED[0] in (tmp_path / "answer/raw/rows.jsonl").read_text()
    # Every page of the walk stands by itself.
    pages = [tmp_path / "before.html", tmp_path / "after.html", tmp_path / "answer/index.html", *(tmp_path / "papers").glob("*.html")]
    for page in pages:
        text = page.read_text()
        assert "default-src 'none'" in text and "width=device-width" in text, page
        assert not re.search(r"<(script|link|img|iframe|form)|style=", text), page
    assert PLANTED[0] not in (tmp_path / "papers/dpia.md").read_text()
    assert re.search(r"raderingar \\?\(artikel 17\\?\) \| 1 \|", (tmp_path / "papers/dpia.md").read_text())
    assert not [p for p in PLANTED if any(p in f.read_text() for f in (tmp_path / "papers").iterdir())]
