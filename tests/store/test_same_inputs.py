"""The same inputs, and other rows all the same: files that changed their places; logs of one place under two roots."""
import os

from conftest import Log, project


def at_one_time(*choices):
    log = Log(step=0)
    for choice in choices:
        log.decide(choice=choice, question="")
    return log


def swap(folder):
    one, other = folder / "logs/session.jsonl", folder / "logs/session-2.jsonl"
    one.rename(folder / "away")
    other.rename(one)
    (folder / "away").rename(other)


def built_again(shop, built):
    assert built["version"] == "1.0.1" or built["version"].endswith(".0.0") and built["version"] != "1.0.0", built
    ran = shop.run("rebuild", built["version"], "--store", shop.store, "--json")
    assert ran.code == 0 and ran.json["same"], ran
    again = shop.build(agree=False)
    assert again["unchanged"] and again["version"] == built["version"] and not again["warnings"]
    assert "Nothing has changed" in shop.run("build", shop.logs, "--text", "raw", "--store", shop.store).out


def test_logs_that_change_their_names_may_change_rows_and_publish(shop):
    folder = project(shop.logs, at_one_time("Remember", "Apply"))
    project(shop.logs, at_one_time("Apply", "Apply", "Apply"), file="logs/session-2.jsonl")
    first = shop.build()
    swap(folder)
    built = shop.build(agree=False)
    assert any("private/1.0.0 was built from the same inputs" in warning for warning in built["warnings"]), built["warnings"]
    assert {row["record_id"] for row in shop.rows(built)}.isdisjoint(row["record_id"] for row in shop.rows(first))
    built_again(shop, built)


def test_logs_of_one_place_under_two_roots_are_told_apart(shop):
    whole = Log().decide().decide(choice="Remember")
    part = bytes(whole).splitlines(keepends=True)[0]
    a, b = shop.folder / "A", shop.folder / "B"
    project(a, part), project(b, whole)
    project(a, Log(start="2026-02-03T08:00:00").decide(), file="logs/session-2.jsonl")
    own = project(b, Log(start="2026-02-04T08:00:00").decide().decide(), file="logs/session-2.jsonl") / "logs/session-2.jsonl"
    built = shop.build(paths=(a, b))
    assert built["tally"]["records"]["decisions"] == 5
    record = (shop.store / "private-state/private-1.0.0.build.json").read_text()
    assert str(own) in record and str(a / "kurs/logs/session-2.jsonl") in record
    ran = shop.run("rebuild", "1.0.0", "--store", shop.store, "--json")
    assert ran.code == 0 and ran.json["same"], ran
    os.utime(own)
    assert shop.build("--verify-inputs", paths=(a, b), agree=False)["unchanged"]


def test_a_question_file_that_becomes_a_former_version_is_another_input(shop):
    folder = project(shop.logs, Log().decide())
    (folder / "questions").mkdir()
    (folder / "questions/q.md").write_text("# Q001 x\n@field: question_text\nVad är osmos?\n@end_field\n")
    shop.build()
    (folder / "questions/history").mkdir()
    (folder / "questions/q.md").rename(folder / "questions/history/q.md")
    built = shop.build(agree=False)
    assert not any("from the same inputs" in warning for warning in built["warnings"])
    built_again(shop, built)


def test_a_key_that_comes_back_shares_no_salt_between_rows_that_differ(shop):
    folder = project(shop.logs, at_one_time("Remember", "Apply"))
    project(shop.logs, at_one_time("Apply", "Apply", "Apply"), file="logs/session-2.jsonl")
    first = {row["record_id"] for row in shop.rows(shop.build())}
    kept = shop.folder / "kept"
    kept.mkdir()
    files = [shop.folder / name for name in ("key", "key.salts")]
    for file in files:
        file.rename(kept / file.name)
    assert shop.build("--new-key", agree=False)["version"] == "2.0.0"
    assert shop.build(agree=False)["unchanged"] and "Nothing has changed" in shop.run("build", shop.logs, "--text", "raw", "--store", shop.store).out
    for file in files:
        (kept / file.name).replace(file)
    swap(folder)
    third = shop.build("--new-key", agree=False)
    assert third["version"] == "3.0.0" and first.isdisjoint(row["record_id"] for row in shop.rows(third))


def test_a_rebuild_reads_of_each_log_what_it_was_read_for_then(shop):
    whole = Log()
    for _ in range(12):
        whole.decide()
    folder = project(shop.logs, whole)
    copy = folder / "logs/session 2.jsonl"
    copy.write_bytes(b"".join(bytes(whole).splitlines(keepends=True)[:8]))
    shop.build()
    with open(copy, "ab") as file:
        file.write(bytes(Log(start="2026-03-01T08:00:00").decide()))
    ran = shop.run("rebuild", "1.0.0", "--store", shop.store, "--json")
    assert ran.code == 0 and ran.json["same"], ran
