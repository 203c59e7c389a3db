"""What was set apart or left out of a version: it is listed, and nothing of it stands in what leaves."""
import collections

from conftest import Log, project, session_id
from privacy.test_audiences import NAMES, build, school, sitting_log, small


def held_log(number, days):
    log = Log(sid=session_id(number))
    for day in days:
        log.decide(question=f"Q{day:03}", question_text=f"Fråga {number} {day}?", rationale=f"Eleven {number} {day} har diabetes.", after=60)
    return log


def items_of(shop):
    ran = shop.run("audit", "quarantine", "list", "--store", shop.store, "--json")
    assert ran.code == 0, ran
    return ran.json["items"]


def test_what_a_build_set_apart_is_listed_although_that_build_failed(shop):
    """The second build uses the rows that the first one staged, and does not read their logs again."""
    config = shop.folder / "config.toml"
    config.write_text("[run]\nresume = 1\n")
    for number in range(3):
        log = held_log(number, [])
        for day in range(2 if number == 2 else 9):  # the last is the smallest, so it comes last
            log.decide(question=f"Q{day:03}", question_text=f"Fråga {number} {day}?", rationale="Bra så.")
        project(shop.logs, log, name=f"k{number}", sid=session_id(number), person=NAMES[number])
    flags = ("--config", config, "--threads", "1")
    shop.build(*flags, text="redacted")
    assert items_of(shop) == []

    def add(number, days):
        with open(shop.logs / f"k{number}/logs/session.jsonl", "ab") as log:
            log.write(bytes(held_log(number, days)))

    for number in range(3):
        add(number, range(20, 22))
    in_the_way = min((shop.store / "private-state/staged").glob("*.rows"), key=lambda path: path.stat().st_size)
    in_the_way.unlink()
    in_the_way.mkdir()
    assert shop.run("build", shop.logs, "--store", shop.store, "--text", "redacted", *flags).code == 2
    assert items_of(shop) == [], "that build came to its end for nobody"
    in_the_way.rmdir()
    add(0, [30])  # this one goes on after what the failed build staged
    built = shop.build(*flags, text="redacted", agree=False)
    assert built["projects"]["reused"] == 1, built["projects"]
    items = items_of(shop)
    assert len(items) == sum(built["tally"]["quarantined"].values()) == 7
    assert collections.Counter(item["project"] for item in items).most_common(1)[0][1] == 3
    for path in (shop.store / "private-state/staged").glob("*.state"):
        assert b"diabetes" not in path.read_bytes()
    shop.run("audit", "quarantine", "release", items[0]["id"], "--by", "Karin", "--store", shop.store)
    again = shop.build(*flags, text="redacted", agree=False)
    assert sum(again["tally"]["quarantined"].values()) == 6 and len(items_of(shop)) == 7
    assert sum(bool(item["decision"]) for item in items_of(shop)) == 1


def earlier_as_published(rows):
    """For each row what context.previous_decisions has to be, from the published rows alone."""
    sessions = collections.defaultdict(list)
    for row in rows:
        sessions[row["session_id"]].append(row)
    for session in sessions.values():
        session.sort(key=lambda row: row["session_order"])
        for at, row in enumerate(session):
            yield row, [(one["decision_type"], one["user_choice_label"] or one["user_choice"]) for one in session[:at][::-1][:16]]


def said(row):
    return [(one["decision_type"], one["choice"]) for one in row["context"]["previous_decisions"]]


def test_a_row_of_too_small_a_group_stands_in_no_later_row(shop):
    school(shop, 6)
    for number in range(2):
        log = sitting_log(number, NAMES[number])
        log.lines.insert(1, bytes(Log(sid=session_id(number), start="2026-02-02T09:00:07").decide(
            "difficulty_level", "Hard", ["Easy", "Hard"], question="Q900", question_text=f"Bara {number}?", question_type="matching",
            module="m3", stage=1)).rstrip())
        project(shop.logs, log, name=f"k{number}", sid=session_id(number), person=NAMES[number])
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop))
    assert built["tally"]["dropped"].get("small_group") == 2, built["tally"]["dropped"]
    rows = shop.rows(built)
    assert len(rows) == 6 * 12 and not any(row["decision_type"] == "difficulty_level" for row in rows)
    for row, expected in earlier_as_published(rows):
        assert said(row) == expected


def test_a_row_with_a_shared_text_stands_in_no_later_row_and_diff_sees_it(shop):
    for number in range(8):
        log = Log(sid=session_id(number))
        for day in range(4):
            log.decide("difficulty_level" if day == 1 else "bloom_level", "Hard" if day == 1 else "Apply", ["Easy", "Hard", "Apply"],
                       question=f"Q{day}", question_text="Samma fråga överallt?" if day == 1 else f"Fråga {number} {day}?")
        project(shop.logs, log, name=f"k{number}", sid=session_id(number), person=NAMES[number])
    keep = shop.folder / "keep.toml"
    keep.write_text("[split]\ndrop_shared_text = false\n")
    whole = shop.build("--config", keep)
    assert all(said(row) == expected for row, expected in earlier_as_published(shop.rows(whole)))
    built = shop.build(agree=False)
    rows = shop.rows(built)
    dropped = len(shop.rows(whole)) - len(rows)
    assert dropped and all(said(row) == expected for row, expected in earlier_as_published(rows))
    ran = shop.run("diff", whole["version"], built["version"], "--store", shop.store, "--json")
    # The two decisions after each that was left out now say something else of what was decided before.
    decisions = ran.json["tables"]["decisions"]
    assert (decisions["removed"], decisions["changed"]) == (dropped, 2 * dropped), ran
