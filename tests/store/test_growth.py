"""A log that only grew is read on from where it ended, and what comes out are the bytes of reading it whole.

Every way to grow is built twice: in a store that goes on after the build before, and in a copy that has staged nothing.
"""
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import CLASSROOM, Log, Workshop, project, session_id

TEXT = "redacted"  # counts what it masks, so that the counts of rows that are made anew must come out right too


@pytest.fixture
def growing(shop):
    """One project of two logs and question files, another of one log; built once."""
    shop.flags = ("--config", config(shop))
    project(shop.logs, first_days(0), name="k0", sid=session_id(0), person="p0")
    side_log(shop).write_bytes(step1_line("2026-02-02T09:00:00Z", "Q001", "m1"))
    questions = shop.logs / "k0/questions"
    questions.mkdir()
    (questions / "prov.md").write_text("".join(question(f"Q{n:03}") for n in range(1, 13)))
    project(shop.logs, first_days(1), name="k1", sid=session_id(1), person="p1")
    shop.build(*shop.flags, text=TEXT)
    return shop


@pytest.fixture
def classroom(tmp_path):
    """The example classroom's logs, anew."""
    subprocess.run([CLASSROOM, tmp_path / "school"], check=True, capture_output=True)
    return tmp_path / "school"


def config(shop):
    path = shop.folder / "small.toml"
    path.write_text("[split]\ndrop_shared_text = false\n[run]\nresume = 1\n")
    return path


def question(name):
    return (f"# {name} En fråga\n^question {name}\n^type multiple_choice_single\n\n@field: question_text\nVad är {name}? "
            f"Fråga alva.berg@example.org\n@end_field\n\n---\n\n")


def step1_line(time, question, module):
    return (json.dumps({"timestamp": time, "question_id": question, "teacher_decision": "keep", "issue": "typo", "module": module}) + "\n").encode()


def first_days(number):
    log = Log(sid=session_id(number))
    for day in range(1, 7):
        log.suggest("Apply", question=f"Q{day:03}", suggestion_id=f"S{day}")
        log.decide(choice="Apply" if day % 2 else "Remember", question=f"Q{day:03}", question_text=f"Fråga {day}? Ring 070-123 45 67.",
                   after=86_400 if day % 3 == 0 else None)
    log.suggest("Remember", question="Q006", suggestion_id="S-open")
    return log


def later(number, start="2026-03-01T08:00:00"):
    return Log(sid=session_id(number), start=start)


def log_path(shop, number=0):
    return shop.logs / f"k{number}/logs/session.jsonl"


def side_log(shop):
    return shop.logs / "k0/logs/step1_decisions.jsonl"


def append(path, lines):
    with open(path, "ab") as file:
        file.write(bytes(lines))


def files(version):
    return {p.relative_to(version).as_posix(): p.read_bytes() for p in sorted(Path(version).rglob("*")) if p.is_file()}


def both_ways(shop, *flags):
    """What the build said that goes on, once the bytes are those of one in a copy of the store that knows nothing."""
    twin = Workshop(shop.folder.parent / (shop.folder.name + "-full"))
    shutil.rmtree(twin.folder)
    shutil.copytree(shop.folder, twin.folder, symlinks=True, ignore=shutil.ignore_patterns("logs", "staged"))
    built = shop.build(*shop.flags, *flags, agree=False, text=TEXT)
    shutil.copyfile(f"{shop.key}.salts", f"{twin.key}.salts")  # salts are drawn once for each identity
    full = twin.build(*shop.flags, *flags, agree=False, text=TEXT, paths=(shop.logs,))
    assert full["projects"]["reused"] == full["projects"]["continued"] == 0
    for key in ("version", "tally", "content_digest", "logical_digest", "bytes", "gates", "sessions", "skipped"):
        assert built.get(key) == full.get(key), key
    assert files(built["path"]) == files(full["path"])
    return built


def continued(shop, *flags):
    built = both_ways(shop, *flags)
    assert built["projects"] == {"reused": 1, "read": 1, "continued": 1, "changed": 0}
    return built


def read_whole(shop, changed):
    built = both_ways(shop)
    assert built["projects"] == {"reused": 1, "read": 1, "continued": 0, "changed": changed}
    return built


GROWTHS = {
    "new questions": lambda: later(0).suggest("Apply", question="Q020").decide(question="Q020", question_text="Skriv till eva@example.org?"),
    "a decision that replaces an earlier one": lambda: later(0).decide(choice="Remember", question="Q001"),
    "an answer to a suggestion of before, by its id": lambda: later(0).decide(question="Q006", choice="Remember", suggestion_id="S-open"),
    "an answer in the same sitting, without an id": lambda: later(0, "2026-02-04T08:01:20").decide(question="Q006", choice="Remember"),
    "a correction of what was decided before": lambda: later(0).add(
        "correction_made", {"question_id": "Q002", "field": "bloom_level", "before": "Remember", "after": "Apply", "suggestion_id": "S2"}),
    "a question that only the file knew": lambda: later(0).decide(question="Q009", choice="Apply"),
    "another session": lambda: Log(sid=session_id(7), start="2026-03-01T08:00:00").decide(question="Q001").decide(question="Q031"),
    "an equal line once more": lambda: Log(sid=session_id(0)).suggest("Apply", question="Q001", suggestion_id="S1"),
    "a clock set back": lambda: later(0, "2026-02-02T10:00:00").decide(question="Q003").decide(question="Q040"),
    "a broken line, a blank one and an unknown event": lambda: later(0).raw("{").raw("").add("espresso_made").decide(question="Q005"),
    "two lines that lost the LF between them": lambda: later(0).raw(b"".join(later(0).decide(question="Q001").decide(question="Q002").lines)),
    "nothing but a broken line": lambda: Log().raw("{"),
}


def manifest_lines(built):
    return sum(one["lines"] for one in json.loads((Path(built["path"]) / "manifest.json").read_text())["inputs"])


@pytest.mark.parametrize("growth", GROWTHS.values(), ids=GROWTHS.keys())
def test_grown(growing, growth):
    append(log_path(growing), growth())
    built = continued(growing)
    if not built.get("unchanged"):
        assert manifest_lines(built) == sum(path.read_bytes().count(b"\n") for path in growing.logs.rglob("*.jsonl"))
    append(log_path(growing), later(0, "2026-04-01T08:00:00").decide(question="Q001").decide(question="Q021"))
    continued(growing)


def test_again_and_again(growing):
    for month in range(3, 9):
        append(log_path(growing), later(0, f"2026-{month:02}-01T08:00:00").suggest("Apply", question=f"Q{month:03}").decide(question=f"Q{month:03}"))
        both_ways(growing)


def test_both_logs_of_a_project(growing):
    append(log_path(growing), later(0, "2026-03-01T08:00:00").decide(question="Q002"))
    append(side_log(growing), step1_line("2026-03-01T08:00:02Z", "Q003", "m1") + step1_line("2026-03-01T08:00:09Z", "Q002", "m2"))
    continued(growing)


@pytest.mark.parametrize("time", ["2026-02-02T08:00:01Z", "2026-02-03T08:00:00Z"])
def test_a_second_log_that_grew_between_lines_that_were_read(growing, time):
    append(side_log(growing), step1_line(time, "Q002", "m1"))
    read_whole(growing, changed=0)


def test_lines_of_the_very_time_that_the_other_log_ended_with(growing):
    newest = first_days(0).stamp()
    append(side_log(growing), step1_line(newest, "Q002", "m1"))
    went_on = [both_ways(growing)["projects"]["continued"]]
    append(log_path(growing), Log(sid=session_id(0), start=newest, step=0).decide(question="Q002"))
    went_on.append(both_ways(growing)["projects"]["continued"])
    assert sorted(went_on) == [0, 1]  # of equal times the first log's goes first: only one of them comes after all


def test_less_than_a_line_and_then_the_rest(growing):
    more = bytes(later(0).decide(question="Q001").decide(question="Q050"))
    append(log_path(growing), more[:40])
    assert continued(growing)["tally"]["pending"] == 1
    append(log_path(growing), more[40:-1])
    assert continued(growing)["tally"]["pending"] == 1
    append(log_path(growing), b"\n")
    assert continued(growing)["tally"]["pending"] == 0


def test_verify_inputs_reads_all_of_it(growing):
    append(log_path(growing), later(0).decide(question="Q001"))
    continued(growing, "--verify-inputs")


def change_beginning(shop, before, after, time):
    with open(log_path(shop), "r+b") as log:  # the same inode
        content = log.read()
        assert before in content
        log.seek(0)
        log.write(content.replace(before, after, 1) + bytes(later(0, time).decide(question="Q001")))


def test_a_changed_beginning_is_read_anew_and_said(growing):
    change_beginning(growing, b'"user_choice": "Remember"', b'"user_choice": "Analyze_"', "2026-03-01T08:00:00")
    read_whole(growing, changed=1)
    change_beginning(growing, b'"user_choice": "Analyze_"', b'"user_choice": "Evaluate"', "2026-03-02T08:00:00")
    said = growing.run("build", growing.logs, "--store", growing.store, "--text", TEXT, *growing.flags).out
    assert "1 of them anew, since their files are not as they were" in said
    append(log_path(growing), later(0, "2026-03-03T08:00:00").decide(question="Q001"))
    said = growing.run("build", growing.logs, "--store", growing.store, "--text", TEXT, *growing.flags).out
    assert "Projects: 1 as the build before left them, 1 read, 1 of them on from where they had ended" in said


def test_copied_away_and_emptied_and_longer_than_before(growing):
    path = log_path(growing)
    with open(path, "r+b") as log:
        log.truncate(0)
        log.write(bytes(first_days(3)) * 2)
    read_whole(growing, changed=1)


def test_renamed_and_begun_anew_under_its_name(growing):
    path = log_path(growing)
    path.rename(path.with_name("session-old.jsonl"))
    path.write_bytes(bytes(later(0).decide(question="Q001")))
    assert both_ways(growing)["projects"]["continued"] == 0  # another list of logs


def test_a_backup_put_back_and_written_to(growing):
    path = log_path(growing)
    backup = path.read_bytes()
    append(path, later(0).decide(question="Q001"))
    continued(growing)
    with open(path, "r+b") as log:
        log.truncate(0)
        log.write(backup + bytes(later(0, "2026-03-02T08:00:00").decide(question="Q002").decide(question="Q003").decide(question="Q004")))
    read_whole(growing, changed=1)


def test_a_copy_that_grew_lies_in_another_inode(growing):
    path = log_path(growing)
    content = path.read_bytes()
    path.rename(growing.folder / "away.jsonl")
    path.write_bytes(content + bytes(later(0).decide(question="Q001")))
    read_whole(growing, changed=1)


def test_another_log_under_the_same_inode(growing):
    path = log_path(growing)
    with open(path, "r+b") as log:
        log.truncate(0)
        log.write(bytes(later(0).decide(question="Q090")) * 40)
    read_whole(growing, changed=1)


def test_a_question_file_that_changed_meanwhile(growing):
    (growing.logs / "k0/questions/prov.md").write_text(question("Q001"))
    append(log_path(growing), later(0).decide(question="Q001"))
    read_whole(growing, changed=1)


def test_a_name_that_only_the_new_lines_show_is_masked_from_the_beginning(growing):
    (growing.logs / "k1/session.yaml").unlink()
    growing.build(*growing.flags, text=TEXT)
    append(log_path(growing, 1), later(1).decide(question="Q001", question_text="Öppna /Users/majken/prov.md"))
    both_ways(growing)


def test_what_somebody_withdraws_is_not_gone_on_with(growing):
    growing.consent({"subject": "p1", "status": "withdrawn", "given_at": "2026-03-01T00:00:00Z"})
    append(log_path(growing, 1), later(1).decide(question="Q001"))
    assert both_ways(growing)["projects"]["continued"] == 0
    assert not any(b"Ring 070" in path.read_bytes() for path in staged(growing).iterdir())


def staged(shop):
    return shop.store / "private-state/staged"


def test_what_is_kept_to_go_on_with_can_be_read_with_the_key_alone(growing):
    kept = sorted(staged(growing).glob("*.resume"))
    assert len(kept) == 2
    for path in kept:
        assert path.stat().st_mode & 0o077 == 0
        for said in (b"070-123", b"Q001", b"example.org", "Fråga".encode()):
            assert said not in path.read_bytes()


@pytest.mark.parametrize("ending", ["resume", "rows", "state"])
@pytest.mark.parametrize("damage", [lambda old: old[:-7], lambda old: old[:len(old) // 2] + bytes([old[len(old) // 2] ^ 1]) + old[len(old) // 2 + 1:]],
                         ids=["cut off", "changed"])
def test_what_is_damaged_is_not_gone_on_with(growing, ending, damage):
    for path in staged(growing).glob(f"*.{ending}"):
        path.write_bytes(damage(path.read_bytes()))
    append(log_path(growing), later(0).decide(question="Q001"))
    both_ways(growing)


def test_small_projects_are_read_whole(growing):
    (growing.folder / "small.toml").write_text("[split]\ndrop_shared_text = false\n")
    append(log_path(growing), later(0).decide(question="Q001"))
    read_whole(growing, changed=0)
    assert len(list(staged(growing).glob("*.resume"))) == 1  # of the project that nobody read


def test_a_project_that_more_than_doubled_is_read_whole(growing):
    append(log_path(growing), b"".join(bytes(later(0, f"2026-03-{day:02}T08:00:00").decide(question="Q001")) for day in range(1, 29)))
    read_whole(growing, changed=0)


@pytest.mark.parametrize("seed", range(int(os.environ.get("QF_GROWTH_SEEDS", "3"))))
def test_a_school_cut_anywhere_and_grown_is_the_school(shop, classroom, seed):
    """Each log in four pieces, cut at bytes: what a build of one piece after the other publishes is what one of all does."""
    draw = random.Random(seed)
    shop.flags = ("--config", config(shop))
    whole = {path: path.read_bytes() for path in sorted(classroom.rglob("*.jsonl"))}
    shutil.copytree(classroom, shop.logs, dirs_exist_ok=True)
    pieces = {path: sorted(draw.choice((len(data), draw.randint(len(data) * 8 // 10, len(data)))) for _ in range(3)) for path, data in whole.items()}
    went_on = 0
    for step in range(4):
        for path, data in whole.items():
            grown = shop.logs / path.relative_to(classroom)
            with open(grown, "r+b" if step == 0 else "ab") as log:
                if step == 0:
                    log.truncate(pieces[path][0])
                else:
                    log.write(data[pieces[path][step - 1]:pieces[path][step] if step < 3 else len(data)])
        if step == 0:
            shop.build(*shop.flags, text=TEXT)
        else:
            went_on += both_ways(shop)["projects"]["continued"]
    assert went_on > 20
