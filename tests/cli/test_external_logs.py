"""Sample logs outside the project, named by QF_EXTERNAL_LOGS: what they hold comes out as their expected.json says."""
import collections
import json
import re

import pytest
from conftest import Workshop, assert_lines_balance, assert_records_balance

KEEP_ALL = "[split]\ndrop_shared_text = false\n"
COLLECTIONS = ["r3", "bridge", "bloom", "blns"]


class Sample:
    """One collection of logs: built once, its rows at hand."""

    def __init__(self, external_logs, folder, name):
        self.shop, self.logs = Workshop(folder), external_logs / name
        assert self.logs.is_dir(), f"{name} is missing"
        config = self.shop.folder / "qf.toml"
        config.write_text(KEEP_ALL)
        self.built = self.shop.build("--config", config, paths=(self.logs,))
        self.tally = self.built["tally"]
        self.expected = json.loads((self.logs / "expected.json").read_text())

    def rows(self, table="decisions"):
        return self.shop.rows(self.built, table)

    def lines(self):
        for path in sorted(self.logs.rglob("session.jsonl")):
            for line in path.read_bytes().split(b"\n"):
                if line:
                    yield json.loads(line)


@pytest.fixture(scope="module")
def sample(external_logs, tmp_path_factory):
    made = {}

    def named(name):
        if name not in made:
            made[name] = Sample(external_logs, tmp_path_factory.mktemp(name), name)
        return made[name]

    return named


@pytest.mark.parametrize("name", COLLECTIONS)
def test_events_by_name_are_those_expected_and_the_sums_balance(sample, name):
    one = sample(name)
    assert one.tally["event_names"] == one.expected["total"]["events"]
    assert one.tally["files"] == one.expected["total"]["projects"]
    assert one.tally["rejected"] == {} and one.tally["pending"] == 0 and one.tally["dropped"] == {}
    assert_lines_balance(one.tally)
    assert_records_balance(one.tally)


def test_r3_suggestions_are_linked_and_answered_as_the_people_did(sample):
    one = sample("r3")
    rows, corrections = one.rows(), one.rows("corrections")
    assert sum(n for rule, n in one.tally["linked"].items() if rule.startswith("suggestion")) == 1490
    assert collections.Counter(r["outcome"] for r in rows) == {"accepted": 862, "rejected": 628}
    assert len(corrections) == 862 and sum(c["before"] is not None and c["after"] is not None for c in corrections) == 676
    assert one.tally["orphans"] == {} and all(c["decision_record_id"] for c in corrections)


def test_r3_every_suggestion_stands_with_its_own_decision(sample):
    one = sample("r3")
    offered, want = {}, collections.Counter()
    for line in one.lines():
        if line["event"] == "ai_suggestion":
            offered[line["data"]["suggestion_id"]] = line["data"]["suggestion"]
        elif line["event"] == "user_decision":
            want[(offered[line["parent_id"]], line["data"]["user_choice"])] += 1
    assert collections.Counter((r["ai_suggestion"], r["user_choice"]) for r in one.rows()) == want


def test_bridge_answers_outside_the_options_keep_the_teachers_words(sample):
    one = sample("bridge")
    rows = one.rows()
    outside = [r for r in rows if r["user_choice_index"] == -1]
    assert len(rows) == 2100 and len(outside) == 127 and all(r["rationale"] for r in outside)
    want = collections.Counter(line["data"].get("rationale") for line in one.lines() if line["event"] == "user_decision"
                               and line["data"]["user_choice"] not in line["data"]["options_presented"])
    assert collections.Counter(r["rationale"] for r in outside) == want


def test_bloom_holds_each_decision_with_its_level(sample):
    one = sample("bloom")
    rows = one.rows()
    want = collections.Counter((line["data"]["question_text"], line["data"]["user_choice"]) for line in one.lines() if line["event"] == "user_decision")
    assert len(rows) == 1245 and collections.Counter((r["question_text"], r["user_choice"]) for r in rows) == want
    assert all(r["user_choice_label"] and r["user_choice_index"] >= 0 for r in rows)


def test_blns_all_strings_come_back_byte_for_byte_in_every_field(sample):
    one = sample("blns")
    decided = [line["data"] for line in one.lines() if line["event"] == "user_decision"]
    corrected = [line["data"] for line in one.lines() if line["event"] == "correction_made"]
    rows, corrections = one.rows(), one.rows("corrections")
    assert len(rows) == len(decided) == len(corrections) == 515
    for name in ("user_choice", "rationale", "question_text"):
        assert collections.Counter(r[name] for r in rows) == collections.Counter(d[name] for d in decided), name
    assert [r["options_presented"] for r in rows] == [d["options_presented"] for d in decided]
    assert [r["user_choice"] for r in rows] == [d["user_choice"] for d in decided], "the order of the log is the order of the rows"
    for name in ("before", "after"):
        assert [c[name] for c in corrections] == [c[name] for c in corrected], name
    for row, data in zip(rows, decided):
        if row["question_type"] is None:
            assert row["question_type_other"] == data["question_type"]
    assert sum(r["question_type"] is not None for r in rows) <= 5
    assert one.tally["orphans"]["suggestion"] == 515


def test_the_json_test_suite_keeps_every_neighbour_and_builds(sample):
    one = sample("jsonsuite")
    total = one.expected["total"]["events"]
    assert {k: one.tally["event_names"][k] for k in ("session_start", "stage_start", "stage_complete", "session_end")} == {
        k: total[k] for k in ("session_start", "stage_start", "stage_complete", "session_end")}
    assert_lines_balance(one.tally)
    kinds = collections.Counter(name[3] for name in one.expected["projects"])
    assert kinds["y"] <= one.tally["records"]["decisions"] <= kinds["y"] + kinds["i"]


def physical_lines(folder):
    """Lines of every log below, copies and all."""
    names = re.compile(r"(session|step1_decisions|step3_iterations|pipeline|qf-pipeline)\.jsonl$")
    return {p: p.read_bytes().count(b"\n") + (0 if p.read_bytes().endswith(b"\n") or not p.stat().st_size else 1)
            for p in sorted(folder.rglob("*.jsonl")) if names.match(p.name)}


@pytest.mark.parametrize("name", ["current", "historical"])
def test_every_line_of_what_questionforge_wrote_is_accounted_for(external_logs, shop, name):
    folder = external_logs / "questionforge" / name
    checked = shop.check(folder)
    tally = checked["tally"]
    assert_lines_balance(tally)
    lines = physical_lines(folder)
    assert tally["lines"] + tally["twins"]["lines"] == sum(lines.values())
    assert tally["files"] + tally["twins"]["files"] == len(lines)
    assert tally["rejected"] == {} and tally["pending"] == 0 and tally["salvaged"] == 0
    assert not checked["skipped"]


def names_in(folder, twins):
    counts = collections.Counter()
    for path in physical_lines(folder):
        if path.relative_to(folder).as_posix() in twins:
            continue
        for line in path.read_bytes().split(b"\n"):
            if line:
                record = json.loads(line)
                usual = "step1_decision" if "teacher_decision" in record else "step3_iteration" if "rule" in record else record.get("step")
                counts[record.get("event", usual)] += 1
    return counts


@pytest.mark.parametrize("name", ["current", "historical"])
def test_events_of_questionforge_are_counted_by_name_and_sentences_by_their_kind(external_logs, shop, name):
    folder = external_logs / "questionforge" / name
    got = shop.check(folder)["tally"]["event_names"]
    twins = {p.relative_to(folder).as_posix() for p in folder.rglob("qf-pipeline.jsonl") if p.read_bytes() == (p.parent / "session.jsonl").read_bytes()}
    want = names_in(folder, twins)
    for event, count in want.items():
        if re.fullmatch(r"[a-z0-9_]+", event):
            assert got.get(event, 0) == count, event
    sentences = sum(count for event, count in want.items() if not re.fullmatch(r"[a-z0-9_]+", event))
    assert sum(count for event, count in got.items() if event.endswith("_sentence") or event.startswith("other:")) == sentences
    assert not [event for event in got if "/" in event or " " in event], "a sentence came through as the name of an event"


def test_on_what_questionforge_writes_today_check_says_that_no_decision_is_there(external_logs, shop):
    current = external_logs / "questionforge" / "current"
    folders = [p.parents[1] for p in sorted(current.glob("*/logs/session.jsonl")) if b'"user_decision"' not in p.read_bytes()]
    assert folders
    checked = shop.check(*folders)
    assert "decision" not in checked["tally"]["events"] and re.search(r"no decision", checked["verdict"], re.IGNORECASE), checked["verdict"]


def test_historical_m5_and_step1_feed_decisions_and_corrections(external_logs, shop):
    built = shop.build(paths=(external_logs / "questionforge" / "historical",))
    kinds = collections.Counter(r["event_type"] for r in shop.rows(built))
    names = built["tally"]["event_names"]
    assert {k: kinds[k] for k in ("question_approved", "question_skipped", "step1_decision")} == {
        k: names[k] for k in ("question_approved", "question_skipped", "step1_decision")}
    assert collections.Counter(r["event_type"] for r in shop.rows(built, "corrections"))["field_updated"] == names["field_updated"]
    assert_records_balance(built["tally"])
