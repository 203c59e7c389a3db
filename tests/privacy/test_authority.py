"""An authorisation that was taken back: nothing leaves by it any more, and nothing stands in the way because of it."""
import json

from conftest import Log, project, session_id
from privacy.test_audiences import build, gates, hand_out, school, sitting_log, small


def revoke_authorisation(shop):
    assert shop.run("authorise", "revoke", "1", "--by", "Karin", "--store", shop.store).code == 0


def test_an_instant_of_the_past_brings_no_authorisation_back(shop):
    school(shop, 6)
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop))
    revoke_authorisation(shop)
    refused = build(shop, "internal", "--config", small(shop), "--as-of", "2026-06-01T00:00:00Z", agree=False, code=1)
    assert [gate["name"] for gate in refused["gates"]] == ["authorisation"] and refused["version"] is None
    ran = shop.run("rebuild", f"internal/{built['version']}", "--store", shop.store, "--json")
    assert ran.code == 1 and any("authorisation" in reason for reason in ran.json["reasons"]), ran


def test_a_version_that_somebody_holds_does_not_hinder_a_build_without_rows(shop):
    school(shop, 6)
    shop.authorise("internal")
    hand_out(shop, build(shop, "internal", "--config", small(shop)), "internal")
    revoke_authorisation(shop)
    refused = build(shop, "internal", "--config", small(shop), agree=False, code=1)
    assert not gates(refused)["authorisation"]["passed"]
    subject = shop.people()[0]["subject"]
    ran = shop.run("erase", "--subject", subject, "--store", shop.store, "--json")
    assert ran.code == 0 and list((shop.store / "receipts").glob("*.json")), ran


def test_few_people_in_one_table_are_named_by_the_refusal(shop):
    school(shop, 7)
    for number, person in enumerate(("alva", "bo")):
        log = sitting_log(number, person)
        for count in range(20):
            log.add("correction_made", {"question_id": f"Q{count % 4:03d}", "field": "title", "before": f"Före {number} {count}", "after": f"Efter {number} {count}"})
        project(shop.logs, log, name=f"k{number}", sid=session_id(number), person=person)
    shop.authorise("internal")
    built = build(shop, "internal", "--config", small(shop), text="none", code=1)
    hint = gates(built)["suppression"]["hint"]
    assert "corrections: 3 more people with rows in it" in hint, json.dumps(built["gates"], indent=1)


def test_how_people_agreed_is_part_of_the_identity(shop):
    """The certificate says it, so versions that differ in it are not the same build."""
    project(shop.logs, Log().decide())
    shop.agree()
    identities = set()
    for method in ("paper", "mail"):
        store = shop.folder / f"store-{method}"
        statements = shop.folder / f"{method}.csv"
        statements.write_text("subject,scope,status,given_at,covers_from,expires_at,method,evidence,recorded_by,notice\n"
                              f"alva,model_training,given,2026-03-01T00:00:00Z,2000-01-01T00:00:00Z,,{method},,test,\n")
        (shop.folder / "people.csv").write_text(f"project,subject,first_day\n{shop.people()[0]['project']},alva,\n")
        for words in (("people", "import", shop.folder / "people.csv"), ("consent", "import", statements)):
            ran = shop.run(*words, "--store", store)
            assert ran.code == 0, ran
        ran = shop.run("build", shop.logs, "--store", store, "--json")
        assert ran.code == 0, ran
        record = json.loads((store / "private-state/private-1.0.0.build.json").read_text())
        identities.add(record["identity"])
    assert len(identities) == 2
