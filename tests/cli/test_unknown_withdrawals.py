"""Withdrawals of people of whom nothing is on record."""
from conftest import Log, project


def test_who_withdraws_and_is_not_on_record_is_told(shop):
    """It is recorded all the same: who withdraws beforehand is kept out later."""
    project(shop.logs, Log().decide())
    shop.agree()
    words = ("consent", "withdraw", "--scope", "model_training", "--store", shop.store)
    ran = shop.run(*words, "--subject", "alwa")
    assert ran.code == 0 and "on record" in ran.err and "1 statements recorded" in ran.out, ran
    assert shop.run(*words, "--subject", "bo", "--json").json["on_record"] is False
    again = shop.run(*words, "--subject", "alwa")
    assert "on record" not in again.err, "now there is a statement of this name"
    known = shop.run(*words, "--subject", "alva", "--json")
    assert known.code == 0 and known.json["on_record"] is True and known.err == ""
