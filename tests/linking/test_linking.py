"""The linker's rules, judged where the right links are known: a hand-checked set of named situations, and the
generated classroom with its explicit ids stripped."""
import json
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = ROOT / "build/release"
SID = "0f8fad5b-d9cb-469f-a165-7086772895{:02d}"


class Script:
    """A log written line by line; `gold` remembers which lines belong together."""

    def __init__(self, sid=SID.format(10)):
        self.sid, self.lines, self.gold, self.second = sid, [], [], 0

    def add(self, event, sid=None, wait=20, **data):
        self.second += wait
        stamp = f"2026-02-02T{8 + self.second // 3600:02d}:{self.second // 60 % 60:02d}:{self.second % 60:02d}Z"
        self.lines.append({"ts": stamp, "v": 1, "session_id": sid or self.sid, "mcp": "qf-scaffolding", "tool": "m3_stage1", "event": event,
                           "level": "info", "data": data})
        return len(self.lines)

    def suggest(self, question=None, kind="bloom_level", value="Apply", **more):
        return self.add("ai_suggestion", **({"question_id": question} if question else {}), decision_type=kind, suggestion=value, **more)

    def decide(self, question=None, kind="bloom_level", choice="Apply", answers=None, **more):
        line = self.add("user_decision", **({"question_id": question} if question else {}), decision_type=kind, user_choice=choice, **more)
        if answers:
            self.gold.append({"kind": "suggestion", "from_line": answers, "to_line": line})
        return line

    def correct(self, question, after, field="bloom_level", carries_out=None, **more):
        line = self.add("correction_made", question_id=question, field=field, before="old", after=after, **more)
        if carries_out:
            self.gold.append({"kind": "correction", "from_line": carries_out, "to_line": line})
        return line


def interleaved_questions():
    log = Script()
    a, b = log.suggest("Q1"), log.suggest("Q2", value="Create")
    c = log.suggest("Q1", kind="difficulty_level", value="Hard")
    log.decide("Q2", choice="Create", answers=b)
    log.decide("Q1", kind="difficulty_level", choice="Easy", answers=c)
    log.decide("Q1", answers=a)
    return log


def repeated_questions():
    log = Script()
    log.decide("Q1", answers=log.suggest("Q1"))
    log.suggest("Q1", value="Create")  # asked again before an answer came: only the newer one was answered
    log.decide("Q1", choice="Remember", answers=log.suggest("Q1", value="Remember"))
    log.decide("Q1", choice="Create")  # changed later, without a new suggestion
    return log


def two_people_at_one_machine():
    log = Script()
    other = SID.format(11)
    mine, theirs = log.suggest("Q1"), log.suggest("Q1", value="Create", sid=other)
    log.decide("Q1", answers=mine)
    log.decide("Q1", choice="Create", sid=other, answers=theirs)
    return log


def missing_suggestions():
    log = Script()
    log.suggest("Q1", value="Create")
    # The answer to that one was lost, and so was the suggestion to this decision: its options leave "Create" out.
    log.decide("Q1", choice="Easy", kind="difficulty_level", options_presented=["Easy", "Medium"])
    log.decide("Q2", choice="Apply")
    return log


def another_sitting():
    log = Script()
    log.suggest("Q1")
    log.decide("Q1", wait=3000)  # more than half an hour later: nobody knows whether it is still about that
    return log


def corrections():
    log = Script()
    first = log.decide("Q1", choice="Create")
    log.correct("Q1", "Create", carries_out=first)
    refused = log.suggest("Q2", kind="modify_question", value="A better question?")
    log.decide("Q2", kind="modify_question", choice="skip", answers=refused)
    log.correct("Q2", "Something else", field="question_text")  # after a refusal: its own doing
    log.correct("Q3", "Nobody decided this", field="question_text")
    taken = log.suggest("Q4", kind="modify_question", value="A clearer question?")
    decided = log.decide("Q4", kind="modify_question", choice="accept_ai", answers=taken)
    log.correct("Q4", "Well done!", field="feedback")  # not what was accepted
    log.correct("Q4", "A clearer question?", field="question_text", carries_out=decided)
    return log


def decisions_about_a_module():
    log = Script()
    count = log.suggest(kind="question_count", value=20)
    log.suggest("Q1", kind="question_count", value=5)
    log.decide(kind="question_count", choice=20, answers=count)
    return log


def decided_again():
    log = Script()
    asked = log.suggest("Q1", kind="skip_question", value="keep", confidence=0.9)
    log.decide("Q1", kind="skip_question", choice="skip", options_presented=["keep", "skip"], answers=asked)
    # Thought better of: the line repeats what was suggested. Another value, and another sitting, is nobody's line.
    log.decide("Q1", kind="skip_question", choice="keep", options_presented=["keep", "skip"], ai_suggestion="keep", ai_confidence=0.9, answers=asked)
    log.decide("Q1", kind="skip_question", choice="keep", options_presented=["keep", "skip"], ai_suggestion="skip", ai_confidence=0.9)
    log.decide("Q1", kind="skip_question", choice="keep", options_presented=["keep", "skip"], ai_suggestion="keep", ai_confidence=0.9, wait=3000)
    return log


HAND_CHECKED = [interleaved_questions, repeated_questions, two_people_at_one_machine, missing_suggestions, another_sitting, corrections,
                decisions_about_a_module, decided_again]


def measure(*folders):
    ran = subprocess.run([BUILT / "qf-measure-linking", "--json", *folders], check=True, capture_output=True, text=True)
    return json.loads(ran.stdout)


def faults(folder):
    return subprocess.run([BUILT / "qf-measure-linking", "--faults", folder], check=True, capture_output=True, text=True).stderr


@pytest.mark.parametrize("situation", HAND_CHECKED, ids=lambda s: s.__name__)
def test_every_hand_checked_link_is_found_and_no_other(situation, tmp_path):
    log = situation()
    folder = tmp_path / "kurs"
    (folder / "logs").mkdir(parents=True)
    (folder / "logs/session.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log.lines))
    (folder / "gold_links.json").write_text(json.dumps([{"file": "logs/session.jsonl", **link} for link in log.gold]))
    assert faults(folder) == ""


@pytest.fixture(scope="module")
def classrooms(tmp_path_factory):
    made = []
    for seed in (1, 2, 3):
        made.append(tmp_path_factory.mktemp("klass") / f"seed{seed}")
        subprocess.run([BUILT / "examples/classroom/qf-classroom", made[-1], "--seed", str(seed)], check=True, capture_output=True)
    return made


def test_the_rules_reach_their_precision_and_recall(classrooms):
    table = subprocess.run([BUILT / "qf-measure-linking", *classrooms], check=True, capture_output=True, text=True).stdout
    pooled = table[table.index("## All together"):]
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in pooled.splitlines() if line.startswith("|") and "---" not in line]
    kinds = {row[0]: row for row in rows if row[0] in ("suggestion", "correction")}
    for kind, row in kinds.items():
        assert float(row[3]) >= 0.95 and float(row[4]) >= 0.98, (kind, row)
    stated = json.loads(subprocess.run([BUILT / "qf-dataset", "list", "links", "--json"], check=True, capture_output=True, text=True).stdout)["links"]
    precision = {row["rule"]: float(row["measured precision"]) for row in stated}
    for name, links, _, measured in (row for row in rows if len(row) == 4 and row[0] in precision and row[3] != "-"):
        assert abs(precision[name] - float(measured)) <= 0.02, (name, links, measured, precision[name])
