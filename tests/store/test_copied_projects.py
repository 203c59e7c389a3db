"""A project that was copied to another folder since: `rebuild` still finds what the version was made from."""
import shutil

import pytest
from conftest import Log, project

FILE = "# Q001\n\n^question Q001\n^type multiple_choice\n"


@pytest.fixture
def twins(shop):
    """1.0.0 of a project with two logs that say the same, as the program of before wrote them, and a question file."""
    log = Log().decide().decide(question="Q002", choice="Remember")
    folder = project(shop.logs, log)
    (folder / "logs/qf-pipeline.jsonl").write_bytes(bytes(log))
    (folder / "questions").mkdir()
    (folder / "questions/Q001.md").write_text(FILE)
    assert shop.build()["version"] == "1.0.0"
    return shop


def rebuilt(shop):
    ran = shop.run("rebuild", "1.0.0", "--store", shop.store, "--json")
    assert ran.code == 0 and ran.json["same"], ran


@pytest.mark.parametrize("copy", ["a copy", "z copy"])
@pytest.mark.parametrize("grown", ["session.jsonl", "qf-pipeline.jsonl"])
def test_a_log_that_goes_on_in_a_copy_under_its_other_name_is_not_gone(twins, copy, grown):
    shutil.copytree(twins.logs / "kurs", twins.logs / copy)
    with open(twins.logs / copy / "logs" / grown, "ab") as log:
        log.write(bytes(Log(start="2026-03-02T08:00:00").decide(question="Q003")))
    rebuilt(twins)


@pytest.mark.parametrize("copy", ["a copy", "z copy"])
@pytest.mark.parametrize("edited", ["copy", "original"])
def test_a_question_file_that_was_edited_in_one_of_two_copies_is_found_in_the_other(twins, copy, edited):
    shutil.copytree(twins.logs / "kurs", twins.logs / copy)
    folder = twins.logs / (copy if edited == "copy" else "kurs")
    (folder / "questions/Q001.md").write_text(FILE + "\nmore\n")
    rebuilt(twins)


def test_another_log_is_not_taken_for_the_one_that_is_gone(twins):
    (twins.logs / "kurs/logs/session.jsonl").unlink()
    (twins.logs / "kurs/logs/qf-pipeline.jsonl").unlink()
    (twins.logs / "kurs/logs/qf-scaffolding.jsonl").write_bytes(bytes(Log().decide(question="Q004").decide(question="Q005")))
    ran = twins.run("rebuild", "1.0.0", "--store", twins.store)
    assert ran.code == 1 and "1 log gone" in ran.out, ran
