"""Withdrawal, for what was published before it: the live version goes, at the next build or at once."""
import fcntl
import json
import os
import signal
import subprocess
import time
from datetime import datetime, timedelta, timezone

import pytest
from conftest import BINARY, SCOPES, session_id
from erasure.test_erase import class_of


def withdraw(shop, subject, scope, *more):
    ran = shop.run("consent", "withdraw", "--subject", subject, "--scope", scope, "--store", shop.store, "--json", *more)
    assert ran.code == 0, ran
    return ran.json


def test_the_live_version_stays_until_the_next_build_which_takes_it_back_first(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    said = withdraw(shop, "bo", "model_training")
    assert said["revoked"] == [] and said["until_next_build"] == ["private/1.0.0"]
    assert (shop.store / "private/1.0.0").exists()
    built = shop.build(agree=False)
    assert built["revoked"] == ["private/1.0.0"] and built["version"] == "2.0.0"
    assert not (shop.store / "private/1.0.0").exists()
    assert "revoked" not in shop.build(agree=False)
    assert shop.run("verify", shop.store).code == 0


def test_at_once(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    said = withdraw(shop, "bo", "model_training", "--now")
    assert said["revoked"] == ["private/1.0.0"] and said["until_next_build"] == []
    assert not (shop.store / "private/CURRENT").exists() and not (shop.store / "private/1.0.0").exists()


def test_it_goes_even_where_nothing_can_follow(shop):
    class_of(shop, ["alva"])
    shop.build()
    withdraw(shop, "alva", "model_training")
    shop.build(agree=False, code=1)
    assert not (shop.store / "private/CURRENT").exists() and not list((shop.store / "private").glob("[0-9]*"))


def test_a_text_scope_takes_back_only_what_holds_that_text(shop):
    (shop.folder / "config.toml").write_text('[privacy.text]\nrationale = "none"\n')
    class_of(shop, ["alva", "bo"])
    shop.build("--config", shop.folder / "config.toml", text=None)
    assert withdraw(shop, "bo", "rationale_text", "--now")["revoked"] == []
    assert withdraw(shop, "bo", "share_internal", "--now")["revoked"] == []
    assert withdraw(shop, "bo", "question_text", "--now")["revoked"] == ["private/1.0.0"]
    built = shop.build("--config", shop.folder / "config.toml", text=None, agree=False)
    assert built["version"] == "2.0.0" and "revoked" not in built
    assert "revoked" not in shop.build(agree=False) and len({r["subject_id"] for r in shop.rows(built)}) == 2


def test_what_was_refused_before_takes_nothing_back(shop):
    class_of(shop, ["alva", "bo"])
    shop.agree()
    shop.consent({"subject": "bo", "scope": "rationale_text", "status": "withdrawn", "given_at": "2026-02-01T00:00:00Z"})
    shop.build(agree=False)
    shop.consent({"subject": "bo", "scope": "share_external", "given_at": "2026-03-01T00:00:00Z"})
    assert "revoked" not in shop.build(agree=False)


def test_a_version_under_hold_is_offered_to_nobody_but_stays(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    shop.run("hold", "add", "1.0.0", "--reason", "case", "--store", shop.store)
    assert withdraw(shop, "bo", SCOPES, "--now")["revoked"] == ["private/1.0.0"]
    assert not (shop.store / "private/CURRENT").exists() and (shop.store / "private/1.0.0").exists()


def test_a_project_that_counted_as_anothers_goes_with_its_owners_withdrawal(shop):
    """The register was put right after the build: the rows are the right person's, whatever name they were published under."""
    class_of(shop, ["alva", "bo", "cia"])
    shop.build()
    shop.register([(session_id(2), "dag", "2026-02-02")])
    shop.consent({"subject": "dag"})
    assert withdraw(shop, "dag", "model_training", "--now")["revoked"] == ["private/1.0.0"]
    assert not (shop.store / "private/1.0.0").exists()


def test_with_a_key_that_cannot_be_used_nothing_goes_and_the_withdrawal_stands(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    shop.key.chmod(0o644)
    words = ["consent", "withdraw", "--subject", "nobody", "--scope", "model_training", "--store", shop.store, "--now"]
    ran = shop.run(*words)
    assert ran.code == 2 and "the withdrawal is on record" in ran.err and (shop.store / "private/1.0.0").exists()
    shop.key.chmod(0o600)
    words[3] = "bo"
    assert "private/1.0.0 is revoked" in shop.run(*words).out


def test_without_a_key_only_what_was_withdrawn_since_counts(shop):
    """Nobody can tell who is in a version then: it goes for anyone's withdrawal or refusal since, and for nobody's before."""
    class_of(shop, ["alva", "bo"])
    shop.agree()
    shop.consent({"subject": "cia", "status": "withdrawn", "given_at": "2026-02-01T00:00:00Z"})
    shop.build(agree=False)
    shop.key.unlink()
    assert withdraw(shop, "cia", "share_external", "--now")["revoked"] == [], "the version rests on no share"
    shop.consent({"subject": "bo", "status": "refused", "given_at": "2026-02-01T00:00:00Z"})
    assert withdraw(shop, "cia", "share_external", "--now")["revoked"] == ["private/1.0.0"], "dated back, but recorded since"


def test_a_withdrawal_by_day_stands_against_an_agreement_of_that_day(shop):
    class_of(shop, ["alva", "bo"])
    shop.agree()
    shop.consent({"subject": "bo", "given_at": "2026-03-01T10:00:00Z"})
    shop.consent({"subject": "bo", "status": "withdrawn", "given_at": "2026-03-01"})
    built = shop.build(agree=False)
    assert set(built["tally"]["dropped"]) == {"consent_withdrawn"} and len({r["subject_id"] for r in shop.rows(built)}) == 1
    shop.consent({"subject": "bo", "given_at": "2026-03-01T12:00:00Z"})
    assert shop.build(agree=False)["tally"]["dropped"] == {}, "said again after that"


def test_what_is_on_record_as_said_later_is_taken_back_too(shop):
    """Another clock, another time zone: whoever withdraws takes back all that they said before."""
    class_of(shop, ["alva", "bo"])
    shop.agree()
    later = (datetime.now(timezone.utc) + timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    shop.consent({"subject": "bo", "given_at": later})
    withdraw(shop, "bo", "model_training")
    for as_of in ((), ("--as-of", (datetime.now(timezone.utc) + timedelta(days=3)).strftime("%Y-%m-%d"))):
        assert set(shop.build(*as_of, agree=False)["tally"]["dropped"]) == {"consent_withdrawn"}


def test_nobody_agrees_in_the_future(shop):
    class_of(shop, ["alva", "bo"])
    shop.agree()
    table = shop.folder / "later.csv"
    table.write_text("subject,scope,status,given_at\nalva,model_training,given,2099-01-01\n")
    ran = shop.run("consent", "import", table, "--store", shop.store)
    assert ran.code == 2 and "later.csv, line 2, column given_at" in ran.err and "future" in ran.err
    said = {"version": 1, "subject": "bo", "consents": [{"scopes": ["model_training"], "status": "given", "given_at": "2099-01-01"}]}
    (shop.logs / "kurs-bo/consent.json").write_text(json.dumps(said))
    built = shop.build(agree=False)
    assert set(built["tally"]["dropped"]) == {"consent_unreadable"} and any("consents[0] given_at" in w for w in built["warnings"])


@pytest.mark.parametrize("waits", [("build", "LOGS"), ("erase", "--subject", "cia")])
def test_what_is_taken_back_while_a_run_waits_for_another_counts(shop, waits):
    """The one that waits is stopped while it does, the withdrawal goes first."""
    class_of(shop, ["alva", "bo", "cia"])
    shop.build()
    words = [str(shop.logs) if w == "LOGS" else w for w in waits]
    with open(shop.store / ".lock", "r+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = subprocess.Popen([str(BINARY), *words, "--store", str(shop.store), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=dict(os.environ, QF_DATASET_KEY_FILE=str(shop.key)))
        assert "waiting" in waiting.stderr.readline()
        waiting.send_signal(signal.SIGSTOP)
    time.sleep(0.01)
    withdraw(shop, "bo", "model_training")
    waiting.send_signal(signal.SIGCONT)
    out, err = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, err
    made = json.loads(out)
    record = json.loads((shop.store / f"private-state/private-{(made.get('version') or made['successor']).split('/')[-1]}.build.json").read_text())
    assert sum(project["dropped"].get("consent_withdrawn", 0) for project in record["projects"]) > 0
