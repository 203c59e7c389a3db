"""The papers of whoever answers for the data: what the law asks for, what was measured, and the gaps; through the real program."""
import re
import stat

import pytest
from conftest import Log, project, session_id


def built(shop):
    log = Log(sid=session_id(1))
    for i in range(3):
        log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", rationale="ring 070-174 06 35")
    project(shop.logs, log, sid=session_id(1), person="zqperson")
    return shop.build(text="redacted")


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", ["ropa", "dpia", "transparency"])
def test_a_paper(shop, kind, language):
    built(shop)
    shop.authorise("internal", controller="Skolhuvudmannen")
    ran = shop.run("report", kind, "--store", shop.store, "--out", shop.folder / "papers", "--lang", language, "--json")
    assert ran.code == 0, ran
    assert [f.rsplit("/", 1)[1] for f in ran.json["files"]] == [f"{kind}.md", f"{kind}.html"]
    assert stat.S_IMODE((shop.folder / "papers").stat().st_mode) == 0o700
    text, page = ((shop.folder / "papers" / f"{kind}.{end}").read_text() for end in ("md", "html"))
    for paper in (text, page):
        assert "zqperson" not in paper and "Skolhuvudmannen" in paper
    assert "default-src 'none'" in page and f'lang="{language}"' in page and "width=device-width" in page
    assert not re.search(r"<(script|link|img|iframe|form)|javascript:|style=", page)
    assert ("ATT FYLLA I" if language == "sv" else "TO FILL IN") in text, "a person's part is marked"
    if kind == "ropa":
        heads = re.findall(r"^## \(?([a-g])\\?\)", text, re.M)
        assert heads == list("abcdefg"), heads
    if kind == "dpia":
        assert "redaction\\_self\\_test" in text and "PHONE" in text, "measured evidence of the live version"
    if kind == "transparency":
        assert ("artikel 7.3" if language == "sv" else "Article 7(3)") in text


def test_a_store_that_is_not_there(shop):
    assert shop.run("report", "ropa", "--store", shop.store, "--out", shop.folder / "p").code == 2
    assert not (shop.folder / "p").exists()
