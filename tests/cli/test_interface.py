"""What scripts rely on: keys of the JSON, sums that balance, exit codes, refusals that lead on, words that are known."""
import json
import os
import pty
import re
import shlex
import subprocess

import pytest
from conftest import BINARY, Log, Workshop, assert_lines_balance, assert_records_balance, project, run, session_id

TALLY = {"files", "twins", "lines", "blank", "pending", "salvaged", "rejected", "filtered", "events", "event_names", "linked",
         "orphans", "records"}
VERBS = [["build"], ["check"], ["people"], ["people", "list"], ["people", "import"], ["consent"], ["consent", "import"],
         ["consent", "give"], ["consent", "withdraw"], ["consent", "list"], ["consent", "ask"],
         ["consent", "receipt"], ["authorise", "add"], ["authorise", "list"], ["authorise", "revoke"], ["recipients", "add"],
         ["recipients", "list"], ["audit", "log"], ["audit", "verify"], ["audit", "checkpoint"], ["audit", "export"],
         ["audit", "import"], ["audit", "quarantine", "list"], ["audit", "quarantine", "release"],
         ["audit", "quarantine", "destroy"], ["list"], ["schema"]]


def small_log(number=0) -> Log:
    log = Log(sid=session_id(number)).suggest().decide().add("tool_start").add("brand_new_event")
    return log.add("correction_made", {"question_id": "Q001", "field": "bloom_level", "before": "Apply", "after": "Analyze"})


def school(shop, people=1):
    for number in range(people):
        project(shop.logs, small_log(number), name=f"kurs{number:02d}", sid=session_id(number), person=f"larare{number:02d}")


def test_build_prints_one_json_object_with_every_agreed_key(shop):
    school(shop)
    built = shop.build()
    assert {"version", "path", "audience", "tally", "gates", "content_digest", "logical_digest", "seconds", "stages", "bytes"} <= built.keys()
    assert [stage["name"] for stage in built["stages"]] == ["discover", "pass one", "between", "pass two", "publish"]
    assert TALLY | {"dropped", "written"} <= built["tally"].keys()
    assert built["tally"]["twins"].keys() == {"files", "lines"}
    assert all({"name", "passed", "measured", "required", "severity"} <= gate.keys() for gate in built["gates"])
    assert built["version"] == "1.0.0" and built["audience"] == "private"


def test_check_prints_one_json_object_with_every_agreed_key(shop):
    school(shop)
    checked = shop.check()
    assert {"tally", "readiness", "conformance", "verdict"} <= checked.keys()
    assert TALLY <= checked["tally"].keys()
    assert all({"name", "passed", "measured", "required", "hint"} <= one.keys() for one in checked["readiness"])
    assert isinstance(checked["verdict"], str) and checked["verdict"]


def test_conformance_names_event_field_problem_count_and_an_example(shop):
    project(shop.logs, Log().decide().decide(question=None).decide(question=None))
    lines = [c for c in shop.check()["conformance"] if c["event"] == "user_decision"]
    assert len(lines) == 1
    example = lines[0].pop("example")
    assert lines[0] == {"event": "user_decision", "field": "question_id", "problem": "missing", "count": 2}
    assert example["file"].endswith("kurs/logs/session.jsonl") and example["line"] == 2


def test_the_sums_balance_when_lines_are_rejected_blank_pending_and_unknown(shop):
    project(shop.logs, bytes(small_log().raw("").raw("{").raw("[]").decide()) + b'{"ts":"2026')
    tally = shop.build()["tally"]
    assert_lines_balance(tally)
    assert_records_balance(tally)
    assert (tally["lines"], tally["blank"], tally["pending"], sum(tally["rejected"].values())) == (10, 1, 1, 2)
    assert sum(tally["filtered"].values()) == 1
    assert sum(tally["event_names"].values()) == sum(tally["events"].values()) + sum(tally["filtered"].values())


def test_the_version_holds_its_documents_and_no_path_of_the_inputs(shop):
    school(shop)
    path = shop.store / "private" / "1.0.0"
    assert shop.build()["path"] == str(path)
    for name in ("README.md", "manifest.json", "SHA256SUMS", "schema", "data/decisions", "data/corrections", "data/questions"):
        assert (path / name).exists(), name
    manifest = (path / "manifest.json").read_text()
    json.loads(manifest)
    assert str(shop.logs) not in manifest and "/Users/" not in manifest and "larare00" not in manifest
    assert (shop.store / "private" / "CURRENT").read_text().strip() == "1.0.0"
    assert (shop.store / "ledger.db").exists()


def test_the_key_lies_outside_the_store_and_only_its_owner_reads_it(shop):
    school(shop)
    shop.build()
    assert shop.key.stat().st_mode & 0o777 == 0o600


def test_no_key_is_made_inside_the_store(shop):
    school(shop)
    ran = shop.run("build", shop.logs, "--store", shop.store, "--key-file", shop.store / "private-state" / "key")
    assert ran.code == 2 and "lies in the store" in ran.err and not (shop.store / "private-state" / "key").exists()


def test_a_second_build_of_the_same_logs_says_unchanged_and_writes_nothing(shop):
    school(shop)
    first = shop.build()
    second = shop.build(agree=False)
    assert second["unchanged"] is True and second["version"] == first["version"]
    assert second["tally"]["written"] == first["tally"]["written"] != {}
    assert second["content_digest"] == first["content_digest"] and second["logical_digest"] == first["logical_digest"]
    assert sorted(p.name for p in (shop.store / "private").iterdir()) == ["1.0.0", "CURRENT"]


def test_more_lines_make_a_new_minor_version(shop):
    log = small_log()
    project(shop.logs, log, sid=log.sid)
    shop.build()
    project(shop.logs, log.decide("difficulty_level", "Easy", ["Easy", "Hard"], "Q009"), sid=log.sid)
    assert shop.build(agree=False)["version"] == "1.1.0"


def test_a_refusal_is_exit_1_with_null_as_version_and_commands_that_run(shop):
    school(shop)
    refused = shop.build(agree=False, code=1)
    assert refused["version"] is None and refused["tally"]["dropped"] == {"no_consent_record": 3}
    assert any(not gate["passed"] for gate in refused["gates"])
    commands = [shlex.split(command) for command in refused["next"]]
    assert [" ".join(c[1:3]) for c in commands] == ["people list", "people import", "consent import", "consent give"]
    assert all(c[0] == "qf-dataset" for c in commands)
    mine = [word.replace("YYYY-MM-DD", "2026-01-01") for word in commands[-1][1:]]
    assert shop.run(*mine).code == 0
    assert shop.build(agree=False)["version"] == "1.0.0"


def test_the_commands_can_be_pasted_whatever_the_folders_are_called(tmp_path):
    shop = Workshop(tmp_path / "Åsas 'lilla' $skola")
    school(shop)
    refused = shop.build(agree=False, code=1)
    words = [shlex.split(command) for command in refused["next"]]
    assert str(shop.logs) in words[0] and all(str(shop.store) in command for command in words)


def test_a_refusal_on_the_screen_names_the_same_commands(shop):
    school(shop)
    ran = shop.run("build", shop.logs, "--store", shop.store)
    assert ran.code == 1 and "qf-dataset people import people.csv" in ran.out and "no_consent_record" in ran.out


def test_what_could_not_run_is_exit_2_and_says_why(shop):
    school(shop)
    for words in (["build", shop.logs / "nowhere", "--store", shop.store], ["check", shop.logs / "nowhere"],
                  ["people", "import", shop.folder / "nowhere.csv", "--store", shop.folder / "other"], ["consent", "list", "--store", shop.store],
                  ["build", shop.logs, "--store", shop.store, "--as-of", "yesterday"], ["build"], [],
                  ["build", shop.logs, "--store", shop.store, "--config", shop.folder / "nowhere.toml"]):
        ran = shop.run(*words)
        assert ran.code == 2 and ran.err and not ran.out, (words, ran)


def test_an_import_of_a_file_that_does_not_exist_leaves_no_store_behind(shop):
    shop.run("people", "import", shop.folder / "nowhere.csv", "--store", shop.store)
    shop.run("consent", "import", shop.folder / "nowhere.csv", "--store", shop.store)
    assert not shop.store.exists()


def test_a_path_that_does_not_exist_leaves_no_store_behind(shop):
    shop.run("build", shop.folder / "nowhere", "--store", shop.store)
    assert not shop.store.exists()


def test_unreadable_inputs_are_exit_3_and_the_rest_is_published(shop):
    school(shop)
    os.mkfifo(project(shop.logs, small_log(1), name="b", sid=session_id(1)) / "logs" / "step1_decisions.jsonl")
    built = shop.build(code=3)
    assert built["version"] == "1.0.0" and built["tally"]["records"]["decisions"] == 2
    assert [s["path"].split("/")[-1] for s in built["skipped"]] == ["step1_decisions.jsonl"]


@pytest.mark.parametrize("words, near", [
    (["biuld", "x"], "build"), (["chekc", "x"], "check"), (["build", "x", "--store", "s", "--audiense", "private"], "--audience"),
    (["build", "x", "--stroe", "s"], "--store"), (["check", "x", "--rejectd"], "--rejected"), (["build", "x", "--store=s", "--tekst=raw"], "--text"),
    (["consent", "give", "--scoop", "x", "--store", "s"], "--scope"), pytest.param(["people", "lst", "x"], "list"), pytest.param(["consent", "widthdraw"], "withdraw")])
def test_a_misspelt_verb_or_option_names_the_nearest(words, near):
    ran = run(*words)
    assert ran.code == 2 and f"did you mean {near}?" in ran.err, ran


@pytest.mark.parametrize("toml, near", [
    ("[split]\nratio = [1, 0, 0]", "split.ratios"), ("[privacy]\naudiance = 'private'", "privacy.audience"),
    ("[privacy.text]\nquestions = 'raw'", "privacy.text.question"), ("[quality]\nmin_session = 3", "quality.min_sessions")])
def test_a_misspelt_configuration_key_names_the_nearest_with_file_and_line(shop, toml, near):
    school(shop)
    config = shop.folder / "qf.toml"
    config.write_text(toml)
    ran = shop.run("build", shop.logs, "--store", shop.store, "--config", config)
    assert ran.code == 2 and f"did you mean {near}?" in ran.err and f"{config}:2" in ran.err, ran


def test_a_misspelt_scope_and_a_misspelt_table_name_the_nearest(shop):
    assert "did you mean model_training" in shop.run("consent", "give", "--subject", "a", "--scope", "model_trainin", "--store", shop.store).err
    ran = run("list", "event")
    assert ran.code == 2 and "events" in ran.err


def test_flags_override_the_configuration(shop):
    school(shop)
    config = shop.folder / "qf.toml"
    config.write_text("[privacy.text]\nrationale = 'none'\nquestion = 'none'\n[privacy]\naudience = 'internal'\n")
    built = shop.build("--config", config, "--audience", "private", text="raw")
    assert built["audience"] == "private" and shop.rows(built)[0]["privacy_level"] == "raw"


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_help_of_every_verb_is_exit_0_and_has_an_example(verb):
    ran = run(*verb, "--help")
    assert ran.code == 0 and not ran.err
    if verb not in (["people"], ["consent"]):
        assert re.search(r"Examples?:\n  qf-dataset " + " ".join(verb), ran.out), ran.out


def test_help_lists_every_verb_and_version_states_the_libraries():
    ran = run("--help")
    assert ran.code == 0 and all(verb[0] in ran.out for verb in VERBS)
    ran = run("--version")
    assert ran.code == 0 and re.search(r"^qf-dataset \d+\.\d+\.\d+", ran.out) and "Arrow" in ran.out and "simdjson" in ran.out


def test_a_refused_build_with_json_still_prints_an_object_that_says_no_version(shop):
    school(shop)
    shop.agree()
    for flags in (["--audience", "internal"], ["--audience", "external", "--text", "raw"]):
        ran = shop.run("build", shop.logs, "--store", shop.store, "--json", *flags)
        assert ran.code == 1 and ran.json["version"] is None and ran.json["next"]


def test_a_dash_reads_the_list_of_paths_from_standard_input(shop):
    school(shop, 3)
    stdin = "".join(f"{shop.logs}/kurs0{n}\n" for n in (0, 2)).encode()
    assert shop.check("-", stdin=stdin)["tally"]["lines"] == 10
    assert shop.check("-", shop.logs / "kurs01", stdin=stdin)["tally"]["lines"] == 15
    windows = stdin.replace(b"\n", b"\r\n") + b"\r\n  \r\n\n"
    assert shop.check("-", stdin=windows)["tally"]["lines"] == 10


def test_several_roots_are_read_once_each_even_where_they_overlap(shop):
    school(shop, 3)
    assert shop.check(shop.logs / "kurs00", shop.logs / "kurs01")["tally"]["files"] == 2
    tally = shop.check(shop.logs, shop.logs / "kurs01", shop.logs / "kurs01" / "logs" / "session.jsonl")["tally"]
    assert (tally["files"], tally["lines"], tally["twins"]["files"]) == (3, 15, 0)


def test_a_single_log_is_read_as_its_project(shop):
    school(shop)
    people = shop.people(shop.logs / "kurs00" / "logs" / "session.jsonl")
    assert [p["project"] for p in people] == [session_id(0)]


def test_a_dry_run_counts_and_leaves_nothing_behind(shop):
    school(shop)
    shop.agree()
    before = {p: p.read_bytes() for p in shop.folder.rglob("*") if p.is_file()}
    dry = shop.build("--dry-run", agree=False)
    assert dry["version"] is None and dry["dry_run"] is True and dry["tally"]["records"]["decisions"] == 1
    assert dry["tally"]["written"]["decisions"] == {"train": 1}
    after = {p: p.read_bytes() for p in shop.folder.rglob("*") if p.is_file() and p != shop.key}
    assert after == {p: b for p, b in before.items() if p != shop.key}
    assert not (shop.store / "private").exists()


def test_a_dry_run_makes_no_key_and_no_store(shop):
    school(shop)
    ran = shop.run("build", shop.logs, "--store", shop.store, "--dry-run", "--json")
    assert ran.code == 1 and not shop.store.exists()
    assert not shop.key.exists(), "a dry run made a key"


def test_check_and_people_list_write_nothing_at_all(shop):
    school(shop)
    before = sorted(shop.folder.rglob("*"))
    shop.check()
    shop.people()
    assert sorted(shop.folder.rglob("*")) == before


def test_json_on_every_verb_is_one_object_on_stdout_and_nothing_else(shop):
    school(shop)
    shop.agree()
    for words in (["check", shop.logs], ["people", "list", shop.logs], ["consent", "list", "--store", shop.store],
                  ["consent", "give", "--subject", "x", "--scope", "model_training", "--store", shop.store],
                  ["consent", "withdraw", "--subject", "x", "--scope", "model_training", "--store", shop.store],
                  ["list", "events"], ["list", "fields"], ["list", "rules"], ["list", "formats"], ["schema", "config"], ["schema", "decisions"]):
        ran = shop.run(*words, "--json")
        assert ran.code == 0 and isinstance(ran.json, dict), (words, ran)


def test_the_screen_of_a_build_adds_up_and_says_where_it_lies(shop):
    school(shop)
    shop.agree()
    ran = shop.run("build", shop.logs, "--store", shop.store)
    assert ran.code == 0 and f"Published private 1.0.0" in ran.out and str(shop.store / "private" / "1.0.0") in ran.out
    assert "= lines" in ran.out and "= records" in ran.out and "private" in ran.out


def test_the_screen_of_a_refused_build_says_what_was_not_written(shop):
    school(shop)
    shop.agree()
    project(shop.logs, small_log(7), name="kurs07", sid=session_id(7), person="nobody")
    config = shop.folder / "two.toml"
    config.write_text("[quality]\nmin_subjects = 2\n")
    ran = shop.run("build", shop.logs, "--store", shop.store, "--config", config)
    assert ran.code == 1 and "not written" in ran.out and "= records" in ran.out, ran


def test_on_logs_without_decisions_the_verdict_says_so_plainly(shop):
    project(shop.logs, Log().add("tool_start").add("stage_start", {"module": "m1", "stage": 1}))
    verdict = shop.check()["verdict"]
    assert "no decision" in verdict.lower() or "holds no" in verdict.lower(), verdict


def test_a_broken_pipe_or_a_full_device_for_stdout_is_no_success(shop):
    school(shop)
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(BINARY), "check", str(shop.logs), "--json"], stdout=full, stderr=subprocess.PIPE, timeout=30)
    assert done.returncode != 0, "the JSON was lost and the exit code says done"


@pytest.mark.parametrize("flag", [
    pytest.param(["--threads", "-3"]),
    ["--threads", "x"], ["--threads", "99999999999999999999999"], ["--threads", "1025"], ["--wait", "9223372036"], ["--text", "rough"], ["--audience", "all"]])
def test_a_value_that_makes_no_sense_is_exit_2(shop, flag):
    school(shop)
    shop.agree()
    assert shop.run("build", shop.logs, "--store", shop.store, *flag).code == 2


@pytest.mark.parametrize("epoch", ["abc", "-1", "1e5", "12 ", "99999999999999999999"])
def test_a_source_date_that_is_none_is_exit_2(shop, epoch):
    school(shop)
    shop.agree()
    ran = shop.run("build", shop.logs, "--store", shop.store, env={"SOURCE_DATE_EPOCH": epoch})
    assert ran.code == 2 and "SOURCE_DATE_EPOCH" in ran.err, ran


def test_a_path_too_long_for_the_ledger_leaves_nothing_behind(shop):
    school(shop)
    store = shop.folder / ("x" * 200) / ("y" * 200) / ("z" * 200)
    ran = shop.run("people", "import", shop.folder / "people.csv", "--store", store)
    ran = shop.run("build", shop.logs, "--store", store)
    assert ran.code == 2 and "too long" in ran.err and not store.parent.parent.exists(), ran


def test_an_empty_temporary_folder_is_none(shop):
    school(shop)
    shop.build()
    assert shop.run("rebuild", "1.0.0", "--store", shop.store, env={"TMPDIR": ""}).code == 0


def test_a_terminal_sees_how_far_the_reading_is_and_a_file_does_not(shop):
    log = small_log()
    for _ in range(4_000):
        log.add("tool_start", {"text": "x" * 500})
    project(shop.logs, log, name="kurs00", sid=session_id(0), person="larare00")
    screen, end = pty.openpty()
    started = subprocess.Popen([BINARY, "check", shop.logs], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=end)
    os.close(end)
    shown = b""
    while True:
        try:
            shown += os.read(screen, 65536)
        except OSError:  # so Linux says that the other end is closed
            break
    os.close(screen)
    assert started.wait() == 0
    *_, last, cleared = shown.decode().split("\r")
    assert re.search(r"100 %  (\d[\d.]* \w+) of \1  .*/s  0:00 left", last), last
    assert cleared == "\033[K", "the table that follows is not written over the bar"
    assert "\r" not in run("check", shop.logs).err


@pytest.mark.parametrize("option", ["--text", "--audience", "--config", "--as-of"])
def test_an_empty_value_is_no_value(shop, option):
    """As from a variable that is not set: taken for "not given", it would build what nobody asked for."""
    project(shop.logs, Log().decide())
    ran = shop.run("build", shop.logs, "--store", shop.store, option, "")
    assert ran.code == 2 and option in ran.err and "empty" in ran.err and not shop.store.exists()


def test_the_table_of_inputs_is_known_and_has_no_key(shop):
    school(shop)
    shop.agree()
    config = shop.folder / "input.toml"
    config.write_text("[input]\n")
    assert shop.build("--config", config, agree=False)["version"] == "1.0.0"
    config.write_text("[input]\npaths = []\n")
    ran = shop.run("build", shop.logs, "--store", shop.store, "--config", config)
    assert ran.code == 2 and "input.paths is not a key" in ran.err, ran


def test_a_folder_is_no_configuration(shop):
    project(shop.logs, Log().decide())
    for place in (shop.logs, "/dev/zero"):
        ran = shop.run("build", shop.logs, "--store", shop.store, "--config", place, timeout=20)
        assert ran.code == 2 and str(place) in ran.err, ran


def test_names_from_outside_write_no_lines_of_ours(shop):
    project(shop.logs, Log().raw("{").decide(), name="a\x1b[2J\nprivate 1.0.0: whole")
    for words in (("check", shop.logs, "--rejected"), ("people", "list", shop.logs), ("verify", shop.logs / "a\x1b[2J\nprivate 1.0.0: whole")):
        ran = shop.run(*words)
        assert "\x1b" not in ran.out + ran.err and "\nprivate 1.0.0" not in ran.out + ran.err, words
