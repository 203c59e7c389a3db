"""Internal and external datasets: who may be in them, what their rows say, and what is refused."""
import collections
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import SCOPES, Log, project, session_id

QUASI = ("log_layout", "mcp", "term", "language", "tool", "subject_area", "question_type")
NAMES = ("alva", "bo", "cia", "dan", "eva", "fia", "gro", "hedda", "ines", "jon", "klara", "lo")
CHOICES = ("Remember", "Apply", "Analyze")


def sitting_log(number, person, questions=4, sittings=3, rationale="Det blev tydligare så."):
    log = Log(sid=session_id(number))
    for sitting in range(sittings):
        for question in range(questions):
            log.decide(question=f"Q{question:03d}", choice=CHOICES[(number + question) % 3], options=CHOICES,
                       question_text=f"Fråga {number} {sitting} {question} om celler?", question_type="essay", module="m3",
                       stage=1, rationale=rationale.format(person=person.capitalize()), after=3600 if question == 0 else 20)
    return log


def school(shop, people, **how):
    for number, person in enumerate(NAMES[:people]):
        project(shop.logs, sitting_log(number, person, **how), name=f"k{number}", sid=session_id(number), person=person)


def build(shop, audience, *flags, code=0, **how):
    return shop.build("--audience", audience, *flags, text=how.pop("text", "redacted"), code=code, **how)


def gates(built):
    return {gate["name"]: gate for gate in built["gates"]}


@pytest.mark.parametrize("audience", ["internal", "external"])
def test_without_an_authorisation_nothing_leaves(shop, audience):
    school(shop, 12)
    built = build(shop, audience, "--config", small(shop), code=1)
    assert built["version"] is None
    assert built["tally"]["dropped"] == {"no_authorisation": sum(built["tally"]["records"].values())}
    # Nobody's rows were looked at, so nothing is said of how many people are missing.
    assert [gate["name"] for gate in built["gates"]] == ["authorisation"] and not gates(built)["authorisation"]["passed"]
    assert any("authorise add" in command for command in built["next"])


def small(shop):
    path = Path(shop.folder) / "small.toml"
    path.write_text("[quality]\nmin_sessions = 10\n")
    return path


def test_an_internal_dataset_says_of_nobody_what_fewer_than_five_share(shop):
    school(shop, 6)
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop))
    rows = shop.rows(built)
    assert rows
    groups = collections.defaultdict(set)
    for row in rows:
        groups[tuple(row[q] for q in QUASI) + (row["context"]["module"], row["context"]["stage"])].add(row["subject_id"])
    assert min(len(people) for people in groups.values()) >= 5
    assert int(gates(built)["k_anonymity"]["measured"]) >= 5
    assert all(row["timestamp"] is None for row in rows)
    assert all(row["privacy_level"] == "redacted" for row in rows)


def test_an_external_row_is_tied_to_no_other(shop):
    school(shop, 12)
    shop.authorise("external")
    built = build(shop, "external", "--config", small(shop))
    for table in ("decisions", "questions"):
        for path in Path(built["path"]).glob(f"data/{table}/*.parquet"):
            rows = pq.read_table(path).to_pylist()
            assert rows
            for row in rows:
                assert row["subject_id"] is row["session_id"] is row["question_id"] is None
                assert row["session_order"] is None and row["fold"] is not None
                if table == "decisions":
                    assert row["sitting"] is None and row["context"]["previous_decisions"] is None
            assert [r["record_id"] for r in rows] == sorted(r["record_id"] for r in rows)
    card = (Path(built["path"]) / "README.md").read_text()
    use = card[card.index("### Direct Use"):card.index("## Dataset Structure")]
    for empty in ("session_id", "subject_id", "question_id", "session_order", "sitting", "timestamp"):
        assert f"`{empty}`" not in use, "a card names no column as input or key that is empty in every row"
    assert "**Features:** `" in use
    assert gates(built)["profiles"]["measured"] == "0"
    assert int(gates(built)["k_anonymity"]["measured"]) >= 10


def test_four_people_are_too_few_and_the_refusal_says_so(shop):
    school(shop, 4)
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop), code=1)
    assert not gates(built)["k_anonymity"]["passed"]
    assert "1 more person" in gates(built)["k_anonymity"]["hint"]
    assert any("--audience private" in command for command in built["next"])


def test_what_a_refusal_counts_is_the_people_who_may_be_in_it(shop):
    """Not those who are left once all groups are too small: then it would always be nobody."""
    school(shop, 3)
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop), code=1)
    assert gates(built)["subjects"]["measured"] == "3"
    assert all("2 more people" in gates(built)[name]["hint"] for name in ("subjects", "k_anonymity"))


def test_guessed_people_stay_private(shop):
    school(shop, 7)
    rows = shop.people()
    shop.register([(r["project"], r["subject"], r["first_day"]) for r in rows[:6]])
    shop.consent(*({"subject": r["subject"]} for r in rows))
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop), agree=False)
    assert set(built["tally"]["dropped"]) == {"person_not_confirmed"}
    assert len({row["subject_id"] for row in shop.rows(built)}) == 6


def test_who_does_not_share_is_left_out_of_what_is_shared(shop):
    school(shop, 7)
    rows = shop.agree()
    shop.consent({"subject": rows[0]["subject"], "scope": "share_internal", "status": "refused", "given_at": "2021-01-01T00:00:00Z"})
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop), agree=False)
    assert set(built["tally"]["dropped"]) == {"sharing_not_agreed"}
    private = build(shop, "private", agree=False, text="raw")
    assert len({row["subject_id"] for row in shop.rows(private)}) == 7


def test_raw_text_is_refused_outside_the_private_circle(shop):
    school(shop, 6)
    shop.authorise("internal")
    built = build(shop, "internal", text="raw", code=1)
    assert "raw text never leaves" in built["gates"][0]["measured"]


def test_people_are_masked_and_the_known_ones_in_every_form(shop):
    school(shop, 6, rationale="Bra, {person}s förslag. Ring 070-174 06 35 eller skriv till x.y@skolan.example.se.")
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop))
    for row in shop.rows(built):
        assert "070-174" not in row["rationale"] and "skolan.example" not in row["rationale"]
        assert not any(name in row["rationale"].split() for name in (n.capitalize() + "s" for n in NAMES[:6])), row["rationale"]
    assert built["tally"]["masked"]["PHONE_NUMBER"] == built["tally"]["masked"]["EMAIL_ADDRESS"]


def test_a_text_that_is_set_apart_leaves_only_when_a_person_released_it(shop):
    school(shop, 6, rationale="Eleven har diabetes och är sjukskriven.")
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop))
    rows = shop.rows(built)
    assert all(row["rationale"] is None for row in rows)
    assert sum(built["tally"]["quarantined"].values()) == 6 and built["tally"]["quarantined_rows"] >= len(rows), "a text of each, in all their rows"
    assert not gates(built)["quarantine"]["passed"] and gates(built)["quarantine"]["severity"] == "warn"


@pytest.mark.parametrize("audience", ["private", "internal", "external"])
def test_the_bytes_do_not_depend_on_threads_or_the_order_of_paths(shop, audience):
    school(shop, 12)
    shop.authorise("internal")
    shop.authorise("external")
    shop.agree()
    folders = sorted(shop.logs.iterdir())
    made = []
    for threads, paths in ((1, folders), (2, folders[::-1]), (8, [shop.logs])):
        store = shop.folder / f"store-{threads}"
        import shutil
        shutil.copytree(shop.store, store)
        ran = shop.run("build", *paths, "--store", store, "--audience", audience, "--text", "redacted", "--config", small(shop),
                       "--threads", str(threads), "--as-of", "2026-06-01T00:00:00Z", "--json", env={"SOURCE_DATE_EPOCH": "1"})
        assert ran.code == 0, ran
        folder = Path(ran.json["path"])
        made.append({str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()})
    assert made[0] == made[1] == made[2]


def test_counts_of_few_people_do_not_leave(shop):
    school(shop, 7)
    rows = shop.agree()
    shop.consent({"subject": rows[0]["subject"], "scope": "share_internal", "status": "refused", "given_at": "2021-01-01T00:00:00Z"})
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop), agree=False)
    assert built["tally"]["dropped"]  # whoever builds sees them
    folder = Path(built["path"])
    manifest = __import__("json").loads((folder / "manifest.json").read_text())
    assert set(manifest["tally"]) == {"written"}
    assert all(set(one) == {"keyed_digest"} for one in manifest["inputs"])
    for name in ("manifest.json", "README.md", "certificate.json"):
        assert "sharing_not_agreed" not in (folder / name).read_text()
    certificate = {line["name"]: line["value"] for line in __import__("json").loads((folder / "certificate.json").read_text())["lines"]}
    assert certificate["sums"] == "holds"
    card = (folder / "README.md").read_text()
    assert "guessed" not in card and "Who answers for the data: School" in card
    assert not any(name in card for name in ("report/index.html",) if not (folder / name).exists())
    assert "profile of their own" in card and "Rows left out, by reason:\n\nnot given" in card


def hand_out(shop, built, audience):
    """Somebody received the version."""
    ran = shop.run("recipients", "add", f"{audience}/{built['version']}", "--name", "Lab", "--contact", "lab@example.org", "--store", shop.store)
    assert ran.code == 0, ran


def test_texts_that_tie_external_rows_are_counted_and_said(shop):
    """The text of a question stands in the decision about it and in its own row."""
    school(shop, 12)
    shop.authorise("external")
    built = build(shop, "external", "--config", small(shop))
    texts = collections.Counter()
    tables = [pq.read_table(path).to_pylist() for table in ("decisions", "questions") for path in Path(built["path"]).glob(f"data/{table}/*.parquet")]
    for row in sum(tables, []):
        texts[row["question_text"]] += 1
    del texts[None]
    tied = sum(n for n in texts.values() if n > 1)
    assert tied
    gate = gates(built)["text_ties"]
    assert not gate["passed"] and gate["severity"] == "warn" and "question_text" in gate["hint"]
    assert gate["measured"] == f"{100 * tied / sum(map(len, tables)):.0f} %"
    assert f"**Texts tie rows together**: {gate['measured']} of the rows" in (Path(built["path"]) / "README.md").read_text()
    assert "text_ties" not in gates(build(shop, "external", "--config", small(shop), text="features", agree=False))


def test_who_holds_an_internal_and_an_external_version_is_warned_of(shop):
    school(shop, 12)
    shop.authorise("internal")
    shop.authorise("external")
    for audience in ("internal", "external"):
        build(shop, audience, "--config", small(shop))

    def given(version, name):
        words = ("--name", name, "--contact", f"{name}@example.org", "--store", shop.store)
        ran = shop.run("recipients", "add", version, *words, "--json")
        assert ran.code == 0, ran
        return ran.json["warnings"]

    assert given("internal/1.0.0", "Lab") == [] and given("external/1.0.0", "Other") == []
    warned, = given("external/1.0.0", " LAB")
    assert "Lab holds internal/1.0.0 too" in warned
    assert shop.run("revoke", "internal/1.0.0", "--reason", "a successor", "--store", shop.store).code == 0
    assert given("external/1.0.0", "Lab") == [], "what was taken back is held no more"


def test_one_person_more_beside_a_version_that_somebody_holds_is_refused(shop):
    school(shop, 6)
    shop.authorise("internal")
    first = build(shop, "internal", "--config", small(shop))
    hand_out(shop, first, "internal")
    project(shop.logs, sitting_log(6, NAMES[6]), name="k6", sid=session_id(6), person=NAMES[6])
    refused = build(shop, "internal", "--config", small(shop), code=1)
    gate = gates(refused)["differencing"]
    assert not gate["passed"] and gate["measured"] == "1" and "revoke internal/1.0.0" in gate["hint"]
    for number in range(7, 11):  # together with four others
        project(shop.logs, sitting_log(number, NAMES[number]), name=f"k{number}", sid=session_id(number), person=NAMES[number])
    second = build(shop, "internal", "--config", small(shop))
    assert gates(second)["differencing"]["passed"] and second["version"]


def test_what_others_hold_does_not_stand_in_the_way_of_building_a_version_again(shop):
    school(shop, 6)
    shop.authorise("internal")
    build(shop, "internal", "--config", small(shop))
    project(shop.logs, sitting_log(6, NAMES[6]), name="k6", sid=session_id(6), person=NAMES[6])
    hand_out(shop, build(shop, "internal", "--config", small(shop)), "internal")
    ran = shop.run("rebuild", "internal/1.0.0", "--store", shop.store, "--json")
    assert ran.code == 0 and ran.json["same"], ran


def test_a_rebuild_that_a_gate_refuses_names_the_gate(shop):
    school(shop, 5)
    shop.authorise("internal")
    build(shop, "internal", "--config", small(shop))
    subject = shop.people()[0]["subject"]
    assert shop.run("consent", "withdraw", "--subject", subject, "--scope", "model_training", "--store", shop.store).code == 0
    ran = shop.run("rebuild", "internal/1.0.0", "--store", shop.store, "--json")
    assert ran.code == 1 and any(reason.startswith("gate subjects: ") for reason in ran.json["reasons"]), ran


def test_what_cannot_be_compared_with_a_version_that_somebody_holds_is_not_published(shop):
    school(shop, 6)
    shop.authorise("internal")
    hand_out(shop, build(shop, "internal", "--config", small(shop)), "internal")
    project(shop.logs, sitting_log(6, NAMES[6]), name="k6", sid=session_id(6), person=NAMES[6])
    record = next((shop.store / "private-state").glob("internal-1.0.0.build.json"))
    record.write_bytes(record.read_bytes().replace(b"1.0.0", b"1.0.1", 1))
    ran = shop.run("build", shop.logs, "--store", shop.store, "--audience", "internal", "--config", small(shop))
    assert ran.code == 2 and "internal/1.0.0 was handed out" in ran.err and record.name in ran.err, ran
    assert not (shop.store / "internal" / "1.1.0").exists()


def grown(log, *, question_type="essay", sittings=1):
    for _ in range(sittings):
        for question in range(4):
            log.decide(question=f"N{question}", choice=CHOICES[question % 3], options=CHOICES, question_type=question_type, module="m3",
                       stage=1, after=3600 if question == 0 else 20)
    return log


def both_types(number, person):
    return grown(sitting_log(number, person), question_type="match", sittings=3)


def test_nobody_hides_behind_others_who_only_have_more_rows(shop):
    """One person came and four others worked on: the rows of five differ, and still one is told apart."""
    school(shop, 6)
    shop.authorise("internal")
    hand_out(shop, build(shop, "internal", "--config", small(shop)), "internal")
    for number in range(4):
        project(shop.logs, grown(sitting_log(number, NAMES[number])), name=f"k{number}", sid=session_id(number), person=NAMES[number])
    project(shop.logs, sitting_log(6, NAMES[6]), name="k6", sid=session_id(6), person=NAMES[6])
    refused = build(shop, "internal", "--config", small(shop), code=1)
    gate = gates(refused)["differencing"]
    assert not gate["passed"] and gate["measured"] == "1" and "one person alone who came" in gate["hint"]
    # What leads on is taking the old version back, and nothing about who agreed.
    assert any("revoke internal/1.0.0" in command for command in refused["next"])
    assert not any("consent" in command or "people" in command for command in refused["next"])
    assert shop.run("revoke", "internal/1.0.0", "--reason", "a successor", "--store", shop.store).code == 0
    assert build(shop, "internal", "--config", small(shop))["version"]


def test_nor_behind_others_whose_new_rows_are_of_another_kind(shop):
    for number, person in enumerate(NAMES[:6]):
        project(shop.logs, both_types(number, person), name=f"k{number}", sid=session_id(number), person=person)
    shop.authorise("internal")
    hand_out(shop, build(shop, "internal", "--config", small(shop)), "internal")
    for number, person in enumerate(NAMES[:5]):
        log = grown(both_types(number, person), question_type="match" if number == 0 else "essay", sittings=9 if number == 0 else 1)
        project(shop.logs, log, name=f"k{number}", sid=session_id(number), person=person)
    gate = gates(build(shop, "internal", "--config", small(shop), code=1))["differencing"]
    assert not gate["passed"] and gate["measured"] == "1" and "in one group of decisions" in gate["hint"]
    for number, person in enumerate(NAMES[:6]):  # everybody the same: then nobody is told apart
        project(shop.logs, grown(both_types(number, person)), name=f"k{number}", sid=session_id(number), person=person)
    assert build(shop, "internal", "--config", small(shop))["version"]


def test_a_version_that_nobody_holds_stands_in_nobodys_way(shop):
    school(shop, 6)
    shop.authorise("internal")
    build(shop, "internal", "--config", small(shop))
    project(shop.logs, sitting_log(6, NAMES[6]), name="k6", sid=session_id(6), person=NAMES[6])
    assert "differencing" not in gates(build(shop, "internal", "--config", small(shop)))


def test_a_name_of_a_programs_making_leaves_only_where_it_is_known(shop):
    """In `review_by_Orjan` no redactor finds a person."""
    for number, person in enumerate(NAMES[:6]):
        log = sitting_log(number, person)
        for sitting in range(3):
            log.decide(decision_type="review_by_Orjan_Fjallstedt", module="orjanfj_m9", question=f"Z{sitting}", after=3600)
            log.decide(question=f"Y{sitting}", module="m3", question_type="Orjans typ")
        project(shop.logs, log, name=f"k{number}", sid=session_id(number), person=person)
    shop.authorise("internal")
    rows = shop.rows(build(shop, "internal", "--config", small(shop)))
    assert len(rows) > 50 and "rjan" not in str(rows) and any(row["decision_type"] is None for row in rows)
    private = shop.rows(shop.build(agree=False))
    assert any(row["decision_type"] == "review_by_Orjan_Fjallstedt" for row in private)


def test_an_instant_of_the_past_brings_nobody_back_who_has_withdrawn(shop):
    school(shop, 7)
    shop.authorise("internal")
    rows = shop.agree()
    assert shop.run("consent", "withdraw", "--subject", rows[0]["subject"], "--scope", "model_training", "--store", shop.store).code == 0
    built = build(shop, "internal", "--config", small(shop), "--as-of", "2026-06-01T00:00:00Z", agree=False)
    assert set(built["tally"]["dropped"]) == {"consent_withdrawn"} and len({row["subject_id"] for row in shop.rows(built)}) == 6


def test_nor_where_somebody_elses_statement_lies_beside_a_project(shop):
    """A consent.json is taken in after the ledger was looked at: who has withdrawn stays out all the same."""
    school(shop, 7)
    shop.authorise("internal")
    rows = shop.agree()
    gone, other = rows[0], rows[1]
    assert shop.run("consent", "withdraw", "--subject", gone["subject"], "--scope", "model_training", "--store", shop.store).code == 0
    folder = next(f for f in shop.logs.iterdir() if other["project"] in (f / "session.yaml").read_text())
    (folder / "consent.json").write_text(__import__("json").dumps({"version": 1, "subject": other["subject"], "consents": [
        {"scope": "model_training", "status": "given", "given_at": "2021-01-01", "covers_from": "2000-01-01"}]}))
    for flags in (["--dry-run"], []):
        built = build(shop, "internal", "--config", small(shop), "--as-of", "2026-06-01T00:00:00Z", *flags, agree=False)
        assert set(built["tally"]["dropped"]) == {"consent_withdrawn"}, built["tally"]["dropped"]
