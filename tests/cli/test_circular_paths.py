"""Paths that lead in a circle."""
from conftest import Log, project


def test_a_path_that_leads_in_a_circle_is_said_in_plain_words(shop):
    project(shop.logs, Log().decide())
    shop.build()
    loop = shop.folder / "loop"
    loop.symlink_to("loop")
    store = ("--store", shop.store)
    for words in (("consent", "import", loop, *store), ("consent", "import", loop / "x", *store), ("people", "import", loop, *store), ("verify", loop),
                  ("verify", loop / "x"), ("verify", shop.logs, "--tombstones", loop), ("verify", loop, "--tombstones", loop),
                  ("check", shop.logs, "--key-file", loop), ("check", loop / "x"), ("keys", "init", "--key-file", loop),
                  ("keys", "init", "--key-file", loop / "x"), ("keys", "backup", "--out", loop / "x"), ("keys", "rotate", "--key-file", loop),
                  ("build", shop.logs, "--store", loop), ("build", shop.logs, *store, "--config", loop), ("rebuild", "1.0.0", "--store", loop)):
        ran = shop.run(*words)
        assert ran.code in (1, 2) and "filesystem error" not in ran.err and "loop" in ran.err + ran.out, (words, ran)


def test_a_session_file_that_leads_in_a_circle_stops_no_reading(shop):
    folder = project(shop.logs, Log().decide(), sid=None)
    (folder / "session.yaml").symlink_to("session.yaml")
    assert shop.run("check", folder / "logs/session.jsonl").code in (0, 3)
