"""A second build reads only what is new, and gives the bytes of a full one, whatever became of the logs (R15)."""
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import Log, Workshop, project, session_id

PEOPLE = 4


@pytest.fixture
def grown(shop):
    """Four projects of four people, built once."""
    for number in range(PEOPLE):
        project(shop.logs, log_of(number, range(6)), name=f"k{number}", sid=session_id(number), person=f"p{number}")
    first = shop.build("--config", config(shop))
    assert first["projects"] == {"reused": 0, "read": PEOPLE, "continued": 0, "changed": 0}
    return shop


def config(shop):
    path = shop.folder / "keep.toml"
    path.write_text("[split]\ndrop_shared_text = false\n")
    return path


def log_of(number, days):
    log = Log(sid=session_id(number))
    for day in days:
        log.suggest("Apply", question=f"Q{day}", after=86_400)
        log.decide(choice="Apply" if day % 2 else "Remember", question=f"Q{day}", question_text=f"Fråga {number} {day}?")
        log.decide(choice="Apply", question=f"Q{day}")
    return log


def path_of(shop, number):
    return shop.logs / f"k{number}" / "logs" / "session.jsonl"


def files(version):
    return {p.relative_to(version).as_posix(): p.read_bytes() for p in sorted(Path(version).rglob("*")) if p.is_file()}


def build_both_ways(shop, *flags, code=0):
    """The build as it goes on, and one in a copy of the store that has staged nothing: same bytes. What the first one said."""
    twin = Workshop(shop.folder.parent / (shop.folder.name + "-full"))
    shutil.rmtree(twin.folder)
    shutil.copytree(shop.folder, twin.folder, symlinks=True, ignore=shutil.ignore_patterns("logs", "staged"))
    built = shop.build("--config", config(shop), *flags, agree=False, code=code)
    shutil.copyfile(f"{shop.key}.salts", f"{twin.key}.salts")  # salts are drawn once for each identity
    full = twin.build("--config", config(shop), *flags, agree=False, code=code, paths=(shop.logs,))
    assert full["projects"]["reused"] == 0
    for key in ("version", "tally", "content_digest", "logical_digest", "bytes", "gates"):
        assert built[key] == full[key], key
    assert files(built["path"]) == files(full["path"])
    return built


def test_nothing_new_is_nothing_read(grown):
    built = build_both_ways(grown)
    assert built["unchanged"] and built["projects"] == {"reused": PEOPLE, "read": 0, "continued": 0, "changed": 0}


def test_growth_is_read_and_the_rest_is_not(grown):
    with open(path_of(grown, 2), "ab") as log:
        log.write(bytes(log_of(2, range(6, 8))))
    built = build_both_ways(grown)
    assert built["version"] == "1.1.0" and built["projects"]["read"] == 1 and built["projects"]["reused"] == PEOPLE - 1


def test_a_pending_line_is_taken_once_it_is_whole(grown):
    tail = bytes(log_of(1, [9]))
    with open(path_of(grown, 1), "ab") as log:
        log.write(tail[:-10])
    first = build_both_ways(grown)
    assert first["tally"]["pending"] == 1
    with open(path_of(grown, 1), "ab") as log:
        log.write(tail[-10:])
    second = build_both_ways(grown)
    assert second["tally"]["pending"] == 0
    assert sum(second["tally"]["events"].values()) > sum(first["tally"]["events"].values())


def test_an_edit_that_keeps_size_and_time_is_seen(grown):
    path = path_of(grown, 0)
    facts, content = path.stat(), path.read_bytes()
    path.write_bytes(content.replace(b'"user_choice": "Remember"', b'"user_choice": "Analyze_"', 1))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert path.stat().st_size == facts.st_size
    built = build_both_ways(grown)
    assert built["version"] == "2.0.0" and built["projects"]["changed"] == 1


def test_a_renamed_log_and_a_new_one_in_its_place(grown):
    path = path_of(grown, 3)
    path.rename(path.with_name("session (conflicted copy).jsonl"))
    path.write_bytes(bytes(Log(sid=session_id(3), start="2026-05-01T08:00:00").decide(question="Q77")))
    built = build_both_ways(grown)
    assert built["tally"]["files"] == PEOPLE + 1 and built["tally"]["records"]["decisions"] == PEOPLE * 12 + 1


def test_a_log_that_was_copied_away_and_emptied(grown):
    path = path_of(grown, 3)
    shutil.copyfile(path, grown.folder / "kept.jsonl")
    with open(path, "r+b") as log:  # the same inode
        log.truncate(0)
        log.write(bytes(log_of(3, range(20, 21))))
    built = build_both_ways(grown)
    assert built["tally"]["records"]["decisions"] == (PEOPLE - 1) * 12 + 2 and built["projects"]["changed"] == 1


def test_a_backup_put_back_with_its_old_time(grown):
    path = path_of(grown, 1)
    old, facts = path.read_bytes(), path.stat()
    with open(path, "ab") as log:
        log.write(bytes(log_of(1, range(6, 9))))
    assert build_both_ways(grown)["tally"]["records"]["decisions"] == PEOPLE * 12 + 6
    path.unlink()
    path.write_bytes(old)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    built = build_both_ways(grown)
    assert built["version"] == "2.0.0" and built["tally"]["records"]["decisions"] == PEOPLE * 12


def test_another_log_under_the_same_inode(grown):
    path = path_of(grown, 2)
    size = path.stat().st_size
    content = bytes(log_of(2, range(30, 36)))
    path.unlink()
    path.write_bytes(content[:size] if len(content) >= size else content)
    build_both_ways(grown)


def test_a_copied_project_with_the_same_beginning_and_a_log_of_one_line(grown):
    shutil.copytree(grown.logs / "k0", grown.logs / "k0 copy")
    project(grown.logs, log_of(8, range(1)), name="short", sid=session_id(8), person="p0")
    grown.agree()
    built = build_both_ways(grown)
    assert built["tally"]["twins"]["files"] == 1
    with open(grown.logs / "k0 copy" / "logs" / "session.jsonl", "ab") as log:
        log.write(bytes(log_of(0, range(6, 7))))
    built = build_both_ways(grown)
    assert built["tally"]["twins"]["files"] == 1


def test_what_a_person_withdraws_is_not_taken_from_what_was_staged(grown):
    grown.consent({"subject": "p1", "status": "withdrawn", "given_at": "2026-03-01T00:00:00Z"})
    built = build_both_ways(grown)
    assert built["tally"]["dropped"]["consent_withdrawn"] > 0 and built["projects"] == {"reused": PEOPLE - 1, "read": 1, "continued": 0, "changed": 0}


def test_a_project_that_became_another_persons_is_staged_anew_and_published_as_a_change(grown):
    grown.register([(session_id(1), "p0")])
    with open(grown.folder / "list.csv", "w") as out:
        out.write(grown.run("people", "list", grown.logs, "--store", grown.store).out.replace(",p1,", ",p0,"))
    assert grown.run("people", "import", grown.folder / "list.csv", "--store", grown.store).code == 0
    built = build_both_ways(grown)
    assert built["version"] == "2.0.0" and built["subjects"] == PEOPLE - 1


def test_question_files_belong_to_what_is_compared(grown):
    questions = grown.logs / "k0" / "questions"
    questions.mkdir()
    (questions / "prov.md").write_text("# Q001 En fråga\n^question Q001\n^type multiple_choice_single\n\n@field: question_text\nVad är en cell?\n@end_field\n")
    built = build_both_ways(grown)
    assert built["projects"]["changed"] == 1 and built["projects"]["reused"] == PEOPLE - 1


def test_other_text_levels_are_staged_anew(grown):
    built = grown.build("--config", config(grown), agree=False, text="none")
    assert built["projects"]["reused"] == 0


def test_damaged_staged_rows_are_noticed_and_made_anew(grown):
    for path in (grown.store / "private-state" / "staged").glob("*.rows"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    with open(path_of(grown, 2), "ab") as log:
        log.write(bytes(log_of(2, range(6, 7))))
    built = build_both_ways(grown)
    assert built["version"] == "1.1.0" and built["projects"]["read"] == PEOPLE


def test_what_was_done_before_damage_was_found_is_told(grown):
    """The build starts over: what it took back at its first start stays taken back, and has to be in what it says."""
    grown.consent({"subject": "p1", "status": "withdrawn", "given_at": "2026-03-01T00:00:00Z"})
    left = grown.store / "private" / ".staging-1"
    left.mkdir()
    for path in (grown.store / "private-state" / "staged").glob("*.rows"):
        path.write_bytes(path.read_bytes()[:-9] + bytes(9))
    built = grown.build("--config", config(grown), agree=False)
    assert built["projects"]["read"] == PEOPLE and built["projects"]["reused"] == 0
    assert built["revoked"] == ["private/1.0.0"] and any(".staging-1" in line for line in built["put_right"]), built


def test_a_program_that_does_not_know_itself_uses_nothing_of_another(grown):
    """Where the system names no file of the program (here: no /proc), no staged row can be said to be its own."""
    inside = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc && exec "$0" "$@"']
    if subprocess.run([*inside, "true"], capture_output=True).returncode:
        pytest.skip("may not mount here")
    built = grown.build("--config", config(grown), agree=False, prefix=inside)
    assert built["projects"] == {"reused": 0, "read": PEOPLE, "continued": 0, "changed": 0} and built["unchanged"]


def test_a_cut_state_file_is_none(grown):
    for path in (grown.store / "private-state" / "staged").glob("*.state"):
        path.write_bytes(path.read_bytes()[:-5])
    assert build_both_ways(grown)["projects"]["reused"] == 0


def test_verify_inputs_digests_everything(grown):
    assert build_both_ways(grown, "--verify-inputs")["projects"]["reused"] == PEOPLE


def test_projects_that_are_gone_leave_nothing_staged(grown):
    shutil.rmtree(grown.logs / "k3")
    build_both_ways(grown)
    assert len(list((grown.store / "private-state" / "staged").iterdir())) == 2 * (PEOPLE - 1)


def test_a_dry_run_stages_nothing(shop):
    project(shop.logs, log_of(0, range(2)), name="k0", sid=session_id(0))
    shop.agree()
    shop.build("--dry-run", agree=False)
    assert not (shop.store / "private-state" / "staged").exists() or not list((shop.store / "private-state" / "staged").iterdir())
