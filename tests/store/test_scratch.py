"""Working folders outside the store: a run that is killed leaves rows there, and the next run that changes a store takes them away (bar R32)."""
import os
import random
import shutil
import signal
import subprocess
import time

import pytest
from conftest import BINARY, LONG, Log, project, session_id

WORD = "zqscratchword"


@pytest.fixture
def shop_with_temp(shop):
    for number, person in enumerate(("alva", "bo"), 1):
        log = Log(sid=session_id(number))
        for i in range(1500):
            log.decide(question=f"Q{i:04d}", question_text=f"Which {WORD}{number} {i} fits?", rationale=f"{WORD} {i}")
        project(shop.logs, log, name=f"kurs-{person}", sid=session_id(number), person=person)
    shop.build(text="raw")
    (shop.folder / "temp").mkdir()
    (shop.folder / "wanted").mkdir()
    shop.temp = shop.folder / "temp"
    shop.commands = {
        "dry run": ["build", shop.logs, "--store", shop.store, "--text", "raw", "--dry-run"],
        "rebuild": ["rebuild", "private/1.0.0", "--store", shop.store],
        "rebuild elsewhere": ["rebuild", "private/1.0.0", "--store", shop.store, "--out", shop.folder / "wanted/again"],
        "preview": ["preview", shop.logs, "--store", shop.store, "--text", "raw", "--out", shop.folder / "page.html"],
        "access": ["access", "--subject", "alva", "--store", shop.store, "--out", shop.folder / "wanted/answer"]}
    return shop


def start(shop, words):
    return subprocess.Popen([str(BINARY), *map(os.fspath, words)], env=os.environ | {"TMPDIR": str(shop.temp), "QF_DATASET_KEY_FILE": str(shop.key)},
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def places(shop):
    return sorted(p for folder in (shop.temp, shop.folder / "wanted") for p in folder.rglob("*"))


def when_rows_lie_there(shop, running):
    """Waits until the run has written a row outside the store."""
    while running.poll() is None:
        for path in places(shop):
            try:
                if path.is_file() and path.stat().st_size > 4096:
                    return True
            except FileNotFoundError:
                pass
        time.sleep(0.001)
    return False


def clear(shop):
    ran = shop.run("gc", "--store", shop.store, env={"TMPDIR": str(shop.temp)})
    assert ran.code == 0, ran
    return ran


@pytest.mark.parametrize("command", ["dry run", "rebuild", "rebuild elsewhere", "access"])
def test_rows_of_a_killed_run_go_with_the_next_one(shop_with_temp, command):
    shop = shop_with_temp
    for _ in range(20):
        running = start(shop, shop.commands[command])
        seen = when_rows_lie_there(shop, running)
        running.kill()
        running.wait()
        if seen and any(p.is_file() for p in places(shop)):
            break
    else:
        pytest.fail("no run could be killed while its rows lay there")
    assert all(p.stat().st_mode & 0o077 == 0 for p in shop.temp.iterdir()), "for the owner alone"
    assert not (shop.folder / "wanted/answer").exists(), "whole or not there"
    ran = clear(shop)
    assert "ended early" in ran.err and places(shop) == []


@pytest.mark.parametrize("command", ["dry run", "rebuild elsewhere"])
def test_a_run_that_is_alive_keeps_its_folder(shop_with_temp, command):
    shop = shop_with_temp
    for _ in range(20):
        running = start(shop, shop.commands[command])
        if when_rows_lie_there(shop, running):
            running.send_signal(signal.SIGSTOP)
            if running.poll() is None:
                break
    else:
        pytest.fail("no run could be stopped while its rows lay there")
    before = places(shop)
    assert before and clear(shop) and places(shop) == before
    running.send_signal(signal.SIGCONT)
    assert running.wait(timeout=60) == 0
    assert [p for p in places(shop) if "again" not in p.parts] == []


def test_killed_at_any_moment_nothing_stays(shop_with_temp):
    shop, chance = shop_with_temp, random.Random(5)
    for turn in range(200 if LONG else 15):
        words = list(shop.commands.values())[turn % len(shop.commands)]
        shutil.rmtree(shop.folder / "wanted/answer", ignore_errors=True)
        shutil.rmtree(shop.folder / "wanted/again", ignore_errors=True)
        running = start(shop, words)
        time.sleep(chance.uniform(0, 0.25))
        running.kill()
        running.wait()
    ran = shop.run("erase", "--subject", "nobody", "--store", shop.store, env={"TMPDIR": str(shop.temp)})
    assert ran.code == 0, ran
    left = subprocess.run(["grep", "-rabl", WORD, str(shop.temp)], capture_output=True).stdout
    assert left == b"" and [p for p in places(shop) if not {"again", "answer"} & set(p.parts)] == []


def test_what_is_not_ours_stays(shop_with_temp):
    shop = shop_with_temp
    precious = shop.folder / "precious"
    precious.mkdir()
    (precious / "file").write_text("x")
    (shop.temp / "qf-scratch-dry-run-link").symlink_to(precious)
    (shop.temp / "qf-scratch-dry-run-file").write_text("x")
    liar = shop.temp / "qf-scratch-rebuild-liar00"
    liar.mkdir()
    (liar / "elsewhere").write_text(str(precious))
    clear(shop)
    assert (precious / "file").read_text() == "x" and not liar.exists()
    assert {p.name for p in shop.temp.iterdir()} == {"qf-scratch-dry-run-link", "qf-scratch-dry-run-file"}
