"""Withdrawal, for what was published before it: the live version goes, at the next build or at once."""
from conftest import SCOPES
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
