"""What the published columns of a version for others tell of a few people, over every column that it has."""
import collections
import json
import math
import re
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import CLASSROOM, Workshop, run

K = {"internal": 5, "external": 10}
TABLES = ("decisions", "corrections", "questions")


def columns_by_treatment():
    """Of each table: the quasi-identifiers (generalised or emptied), and the columns whose values must be common."""
    listed = run("list", "singling-out", "--json").json["singling-out"]
    quasi, common, exempt = (collections.defaultdict(list) for _ in range(3))
    for row in listed:
        table, column, what = row["table"], row["column"], row["what is done"]
        into = quasi if what.startswith("quasi") else common if what.startswith("values") else exempt
        into[table].append(column)
    return quasi, common, exempt


class School:
    """The invented school, built for one audience; each row with who it is of, which the rows of external do not say."""

    def __init__(self, folder, teachers, audience):
        self.shop = shop = Workshop(folder)
        self.audience, self.k = audience, K[audience]
        done = subprocess.run([str(CLASSROOM), str(shop.logs), "--teachers", str(teachers)], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        for words in (("people", "import", shop.logs / "people.csv"), ("consent", "import", shop.logs / "consent.csv")):
            assert shop.run(*words, "--store", shop.store).code == 0
        shop.authorise(audience)
        self.built = shop.build("--audience", audience, text="redacted", agree=False, code=0)
        assert self.built["version"], self.built["gates"]
        people = {row["subject"] for row in shop.people()}
        people |= {line.split(",")[1] for line in (shop.logs / "people.csv").read_text().splitlines()[1:]}
        whose = {}
        for number, person in enumerate(sorted(people)):
            out = Path(folder) / f"of-{number}"
            ran = shop.run("access", "--subject", person, "--store", shop.store, "--out", out)
            assert ran.code in (0, 1, 2), ran
            for path in out.glob(f"derived/{audience}-*/*.jsonl"):
                for line in path.read_text().splitlines():
                    whose[path.stem, json.loads(line)["record_id"]] = person
        self.rows = {}
        for table in TABLES:
            rows = [row for path in Path(self.built["path"]).glob(f"data/{table}/*.parquet") for row in pq.read_table(path).to_pylist()]
            for row in rows:
                row["_person"] = whose[table, row["record_id"]]
                context = row.get("context") or {}
                if table == "decisions":
                    row["module"], row["stage"] = context.get("module"), context.get("stage")
            self.rows[table] = rows

    def facts(self, table):
        return next(one for one in self.built["anonymity"] if one["table"] == table)


def vocabulary():
    """The closed values, in every spelling: other strings in a column of closed values are texts, which count as one value."""
    rows = run("list", "vocabularies", "--json").json["vocabularies"]
    words = {plain(word) for row in rows for word in (row["name"], *row["aliases"].split(", "))}
    types = {plain(word) for row in rows if row["vocabulary"] == "question_type" for word in (row["name"], *row["aliases"].split(", "))}
    return words | {"true", "false", "null"}, types - {""}


def plain(word):
    return re.sub("[ :_-]+", "_", word.strip().lstrip("#").casefold())


def as_looked_at(value, words):
    """A closed value as it is, any other string as a text; a list item by item."""
    if isinstance(value, list):
        return tuple(as_looked_at(one, words) for one in value)
    if not isinstance(value, str) or plain(value) in words or re.fullmatch(r"[+-]?[0-9]{1,4}([.,][0-9]+)?", value.strip()):
        return value
    return "a text"


CLOSED_OR_TEXT = {"options_presented", "ai_suggestion", "user_choice", "before", "after", "options"}
MEASURES = {"ai_confidence", "edit_distance"}


@pytest.fixture(scope="module", params=[(14, "internal"), (28, "internal"), (28, "external")], ids=str)
def school(request, tmp_path_factory):
    teachers, audience = request.param
    return School(tmp_path_factory.mktemp("school"), teachers, audience)


@pytest.mark.parametrize("table", TABLES)
def test_k_people_and_three_sittings_share_all_quasi_identifiers_together(school, table):
    declared = [column["name"] for column in school.facts(table)["columns"]]
    quasi = set(columns_by_treatment()[0][table]) | ({"module", "stage"} if table == "decisions" else set())
    assert set(declared) == quasi, "what the program counts k over is what it lists"
    people, sittings = collections.defaultdict(set), collections.defaultdict(set)
    for row in school.rows[table]:
        group = tuple(row[column] for column in declared)
        people[group].add(row["_person"])
        sittings[group].add((row["session_id"], row.get("sitting")))
    assert people and min(map(len, people.values())) >= school.k
    if school.audience == "internal":
        assert min(map(len, sittings.values())) >= 3
    assert min(map(len, people.values())) == school.facts(table)["k"]


@pytest.mark.parametrize("table", TABLES)
def test_no_value_is_of_fewer_than_k_people(school, table):
    """Of every column but those that are listed with a reason; of measures, whether there is one. Nothing is a value too."""
    quasi, common, exempt = columns_by_treatment()
    words, _ = vocabulary()
    names = [name for name in school.rows[table][0] if name not in ("_person", *exempt[table]) or name in MEASURES]
    assert set(names) - {"module", "stage"} - MEASURES <= set(quasi[table] + common[table])
    assert CLOSED_OR_TEXT & set(school.rows[table][0]) <= set(names)
    for name in names:
        people = collections.defaultdict(set)
        for row in school.rows[table]:
            value = row[name]
            if name in MEASURES:
                value = None if value is None else "a measure"
            elif name in CLOSED_OR_TEXT:
                value = as_looked_at(value, words)
            for one in value if isinstance(value, list) else [value]:
                people[one].add(row["_person"])
        rare = {value: len(who) for value, who in people.items() if len(who) < school.k}
        assert not rare, (name, rare)


def smallest(school, table, restored):
    """The fewest people in a group of rows once `restored` has put back what other columns say of emptied cells."""
    people = collections.defaultdict(set)
    declared = [column["name"] for column in school.facts(table)["columns"]]
    for row in school.rows[table]:
        row = row | restored(row)
        people[tuple(row[name] for name in declared)].add(row["_person"])
    return min(map(len, people.values()))


def test_the_type_of_a_question_is_not_given_back_by_a_correction(school):
    words, types = vocabulary()

    def restored(row):
        said = [row[name] for name in ("after", "before") if row[name] and plain(row[name]) in types]
        return {"question_type": said[0]} if said and row["question_type"] is None else {}

    assert smallest(school, "corrections", restored) >= school.k
    for row in school.rows["corrections"]:  # nor the field, by its values
        if row["field"] is None and row["field_other"] is None:
            assert {as_looked_at(row[name], words) for name in ("before", "after")} <= {None, "a text"}
        if row["before_kind"] is row["after_kind"] is None:
            assert row["before"] is row["after"] is row["edit_distance"] is None


def test_the_types_of_question_and_decision_are_not_given_back_by_options_and_choice(school):
    _, types = vocabulary()

    def question(row):
        said = [row[name] for name in ("user_choice", "ai_suggestion") if row[name] and plain(row[name]) in types]
        return {"question_type": said[0]} if said and row["question_type"] is None else {}

    def decision(row):
        return {"decision_type": tuple(row["options_presented"])} if row["decision_type"] is None and row["options_presented"] else {}

    assert smallest(school, "decisions", question) >= school.k
    assert smallest(school, "decisions", decision) >= school.k


def test_choice_suggestion_and_options_do_not_give_each_other_back(school):
    emptied = collections.Counter()
    for row in school.rows["decisions"]:
        choice, suggestion, options = row["user_choice"], row["ai_suggestion"], row["options_presented"]
        if row["user_choice_kind"] is None:
            emptied["choice"] += 1
            assert choice is row["user_choice_label"] is row["user_choice_index"] is row["outcome"] is None
        if row["ai_suggestion_kind"] is None:
            assert suggestion is row["ai_suggestion_label"] is row["ai_suggestion_index"] is None
        if row["option_count"] is None:
            assert options is row["user_choice_index"] is row["ai_suggestion_index"] is None
        if row["user_choice_index"] is None and options is not None:
            emptied["place"] += 1
            assert choice is None or choice not in options
        if row["link_rule"] is None:
            assert row["link_confidence"] is None
    assert emptied["choice"] and emptied["place"]


def test_a_sum_does_not_give_a_count_back(school):
    for row in school.rows["questions"]:
        parts = [row[name] for name in ("corrections", "machine_corrections", "validation_failures")]
        assert [row["iterations"], *parts].count(None) != 1


def test_earlier_decisions_are_not_named_either(school):
    people = collections.defaultdict(set)
    for row in school.rows["decisions"]:
        for earlier in row["context"]["previous_decisions"] or []:
            people[earlier["decision_type"]].add(row["_person"])
    people.pop(None, None)
    assert all(len(who) >= school.k for who in people.values()), people
    assert people or school.audience == "external"


def test_no_other_column_says_what_was_generalised_to_nothing(school):
    """Against the private version of the same logs: how much of a generalised column another one gives away."""
    private = school.shop.build(text="raw", agree=False)
    quasi, common, _ = columns_by_treatment()
    for table in TABLES:
        rows = [row for path in Path(private["path"]).glob(f"data/{table}/*.parquet") for row in pq.read_table(path).to_pylist()]
        gone = [c["name"] for c in school.facts(table)["columns"] if c["level"] == c["levels"] and c["name"] not in ("module", "stage")]
        published = [name for name in common[table] if any(row[name] is not None for row in school.rows[table])]
        # Only what is published can tell: texts and values of few stand in the private rows alone.
        seen = {name: {str(row[name]) for row in school.rows[table]} for name in published}
        rows = [row | {name: row[name] if str(row[name]) in seen[name] else None for name in published} for row in rows]
        for target in gone:
            for name in published:
                assert told(rows, name, target) < 0.8, (table, name, target)


def entropy(values):
    counts = collections.Counter(values)
    return -sum(n / len(values) * math.log2(n / len(values)) for n in counts.values())


def told(rows, name, target):
    """The share of a column's entropy that another one takes away."""
    known, wanted = [str(row[name]) for row in rows], [str(row[target]) for row in rows]
    whole = entropy(wanted)
    return 0 if whole == 0 else (entropy(known) + whole - entropy(list(zip(known, wanted)))) / whole


def test_external_rows_share_no_pseudonym(school):
    if school.audience != "external":
        pytest.skip("internal rows are tied by the person")
    seen = collections.Counter()
    for table in TABLES:
        for row in school.rows[table]:
            seen.update(value for name, value in row.items() if name.endswith("_id") and value is not None)
    assert seen and set(seen.values()) == {1}
