"""Whose controller is who: named with the register, shown beside the people, and what a build makes of it."""
import csv
import sys
from pathlib import Path

from conftest import Log, project, session_id

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "privacy"))
from test_audiences import build, school, small  # noqa: E402


def name_controllers(shop, named):
    """named: controller by person; through the CSV that `people list` prints."""
    rows = shop.people()
    for row in rows:
        row["controller"] = named.get(row["subject"], "")
    path = shop.folder / "named.csv"
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return shop.run("people", "import", path, "--store", shop.store, "--json")


def test_only_people_of_a_controller_that_authorised_are_in_it(shop):
    school(shop, 12)
    shop.agree()
    people = sorted({row["subject"] for row in shop.people()})
    named = {person: "North" if i < 6 else "South" for i, person in enumerate(people)}
    assert name_controllers(shop, named).code == 0
    listed = {row["subject"]: row["controller"] for row in shop.people(shop.logs, "--store", shop.store)}
    assert listed == named
    shop.authorise("internal", "North")
    built = build(shop, "internal", "--config", small(shop))
    assert len({row["subject_id"] for row in shop.rows(built)}) == 6
    assert built["tally"]["dropped"]["no_authorisation"] > 0


def test_a_person_has_one_controller(shop):
    for number in range(2):
        project(shop.logs, Log(sid=session_id(number)).decide(), name=f"k{number}", sid=session_id(number), person="alva")
    rows = shop.people()
    path = shop.folder / "two.csv"
    path.write_text("project,subject,controller\n" + "".join(f"{r['project']},alva,{c}\n" for r, c in zip(rows, "AB")))
    ran = shop.run("people", "import", path, "--store", shop.store)
    assert ran.code == 2 and "controller" in ran.err and "alva" not in ran.err


def test_naming_a_controller_is_in_the_log_and_only_where_it_changes(shop):
    project(shop.logs, Log(sid=session_id(1)).decide(), name="k1", sid=session_id(1), person="alva")
    shop.agree()
    for controller in ("North", "North", "South"):
        assert name_controllers(shop, {"alva": controller}).code == 0
    said = shop.run("audit", "log", "--subject", "alva", "--store", shop.store, "--json").json["entries"]
    assert [e["says"]["controller"] for e in said if "controller" in e["says"]] == ["North", "South"]
    everybody = shop.run("audit", "log", "--store", shop.store, "--json")
    assert "South" not in everybody.out and "alva" not in everybody.out
