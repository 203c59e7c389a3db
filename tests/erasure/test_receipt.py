"""The receipt of an erasure: it proves the removal by itself, and stands for nothing once a byte of it is changed."""
import hashlib
import json
import random
import shutil
import sqlite3
from contextlib import closing

from conftest import LONG, Log, project, run, session_id
from erasure.test_erase import class_of, erase


def receipt_of(shop, said):
    from pathlib import Path
    return json.loads(Path(said["receipt"]).read_text())


def root_of(leaves):
    """RFC 6962, section 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + root_of(leaves[:k]) + root_of(leaves[k:])).digest()


def places_of(runs):
    """"3-5,9" → 3, 4, 5, 9."""
    return [at for run_ in runs.split(",") if run_ for at in range(int(run_.split("-")[0]), int(run_.split("-")[-1]) + 1)]


def root_by_proof(leaves, rows, proof):
    """Ours of the multi-proof, level by level, apart from the program's: leaves are {place: hash}."""
    known, proof, last = dict(leaves), list(proof), rows - 1
    while last:
        above = {}
        for at in sorted(known):
            if at // 2 in above:
                continue
            pair = [known.get(at & ~1), known.get(at | 1)]
            if None in pair and not (at == last and at % 2 == 0):
                pair[pair.index(None)] = proof.pop(0)
            above[at // 2] = pair[0] if None in pair else hashlib.sha256(b"\x01" + pair[0] + pair[1]).digest()
        known, last = above, last // 2
    assert not proof
    return known[0]


def leaves_of(text):
    return [bytes.fromhex(text[i:i + 64]) for i in range(0, len(text), 64)]


def test_the_receipt_holds_and_names_nobody(shop, tmp_path):
    class_of(shop, ["alva", "zqperson", "cia"], marked=["zqperson"])
    shop.build()
    class_of(shop, ["alva", "zqperson", "cia"], marked=["zqperson"], questions=8)
    shop.build()
    said = erase(shop, "zqperson")
    ran = run("verify", "--receipt", said["receipt"], "--json", cwd=tmp_path)
    assert ran.code == 0, ran
    assert ran.json["versions"] == ran.json["proven_versions"] == 2 and ran.json["removed_rows"] == 2 * 3 * 20
    receipt = receipt_of(shop, said)
    assert [v["state_before"] for v in receipt["versions"]] == ["superseded", "live"]
    live = receipt["versions"][1]
    old = leaves_of(live["leaves"])
    assert root_of(old).hex() == live["root"] and len(old) == live["rows"] == 108
    gone = set(places_of(live["removed"]))
    kept = [leaf for i, leaf in enumerate(old) if i not in gone]
    nothing = {"places": "", "new_leaves": ""}
    assert len(gone) == 60 and live["successor"]["added"] == nothing
    assert live["successor"]["changed"] == {"suppressed": nothing, "moved": nothing, "generalised_anew": nothing}
    assert root_of(kept).hex() == live["successor"]["root"]
    superseded = receipt["versions"][0]
    removed = dict(zip(places_of(superseded["removed"]), leaves_of(superseded["removed_leaves"]), strict=True))
    assert len(removed) == 60 and root_by_proof(removed, superseded["rows"], leaves_of(superseded["inclusion"])).hex() == superseded["root"]
    assert not any(k in json.dumps(receipt) for k in ("zqperson", session_id(2)))
    assert ran.json["public_key"] == receipt["public_key"]
    assert run("verify", "--receipt", said["receipt"], "--public-key", receipt["public_key"]).code == 0
    assert shop.run("verify", "--receipt", said["receipt"], "--store", shop.store).code == 0
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        ledger.execute("UPDATE row_trees SET root = ? WHERE version = '1.1.0'", ("0" * 64,))
        ledger.commit()
    assert shop.run("verify", "--receipt", said["receipt"], "--store", shop.store).code == 1
    assert run("verify", "--receipt", said["receipt"], "--public-key", "0" * 64).code == 1


def test_a_receipt_has_to_be_on_record_like_a_certificate(shop):
    class_of(shop, ["bo"], questions=2)
    shop.build()
    before = shop.folder / "before"
    shutil.copytree(shop.store, before)
    said = erase(shop, "bo")
    verify = lambda store: shop.run("verify", "--receipt", said["receipt"], "--store", store)
    assert verify(shop.store).code == 0
    ran = verify(before)
    assert ran.code == 1 and "no record of this receipt" in ran.out, "signed with the key, of a root that was published: yet not this store's word"
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        ledger.execute("INSERT INTO erasing VALUES ('')")
        ledger.execute("DELETE FROM chain_bodies WHERE subject_key = ''")
        ledger.execute("DELETE FROM erasing")
        ledger.commit()
    assert verify(shop.store).code == 0, "bodies go after three years"


def test_any_changed_byte_is_found(shop, tmp_path):
    class_of(shop, ["alva", "bo"], questions=2)
    shop.build()
    from pathlib import Path
    whole = Path(erase(shop, "bo")["receipt"]).read_bytes()
    bad, chance = tmp_path / "bad.json", random.Random(7)
    places = range(len(whole)) if LONG else chance.sample(range(len(whole)), 150)
    for place in places:
        other = chance.choice([c for c in b'0aZ{"\n :' if c != whole[place]])
        bad.write_bytes(whole[:place] + bytes([other]) + whole[place + 1:])
        ran = run("verify", "--receipt", bad)
        assert ran.code == 1, (place, ran)
    for cut in (0, 1, len(whole) // 2, len(whole) - 1):
        bad.write_bytes(whole[:cut])
        assert run("verify", "--receipt", bad).code == 1
    bad.write_bytes(whole + b"\n")
    assert run("verify", "--receipt", bad).code == 1
    assert run("verify", "--receipt", tmp_path / "none.json").code == 2


def test_rows_that_changed_are_listed_with_their_reason(shop):
    """The successor reads logs that have grown and lost lines since: what is not the person's shows, row by row."""
    class_of(shop, ["alva", "bo"], questions=4)
    shop.build()
    log = Log(sid=session_id(1))
    for i in (0, 1, 3, 9):
        log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", question_text=f"Which ord alva {i} fits?", rationale="since", choice="Apply" if i else "Remember")
    project(shop.logs, log, name="kurs-alva", sid=session_id(1), person="alva")
    said = erase(shop, "bo")
    successor = receipt_of(shop, said)["versions"][0]["successor"]
    assert places_of(successor["changed"]["suppressed"]["places"]) and places_of(successor["added"]["places"])
    assert run("verify", "--receipt", said["receipt"]).code == 0


def test_salts_go_with_the_rows_and_over_to_the_successor(shop):
    class_of(shop, ["alva", "bo"], questions=3)
    shop.build()
    before = (shop.store / "private-state/private-1.0.0.leaves").read_bytes()[8:]
    salts = {before[i:i + 16] for i in range(0, len(before), 48)}
    erase(shop, "bo")
    after = (shop.store / "private-state/private-2.0.0.leaves").read_bytes()[8:]
    kept = {after[i:i + 16] for i in range(0, len(after), 48)}
    assert kept < salts and len(salts) == 2 * len(kept) == 18
    gone = salts - kept
    assert not any(s in p.read_bytes() for p in shop.folder.rglob("*") if p.is_file() for s in gone)
    assert not list((shop.store / "private-state").glob("*.proof")) and not list((shop.store / "private-state").glob("*carried*"))


def test_without_a_tree_the_receipt_says_so(shop):
    class_of(shop, ["alva", "bo"], questions=3)
    shop.build()
    (shop.store / "private-state/private-1.0.0.leaves").unlink()
    said = erase(shop, "bo")
    version = receipt_of(shop, said)["versions"][0]
    assert version["root"] is None and version["no_root_because"] and version["removed"] == ""
    assert run("verify", "--receipt", said["receipt"]).code == 0


def test_a_receipt_of_an_older_form_is_refused_by_its_name(shop, tmp_path):
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"format": "qf-erasure-receipt-1"}, indent=1) + "\n")
    ran = run("verify", "--receipt", old)
    assert ran.code == 1 and "qf-erasure-receipt-1" in ran.out + ran.err


def test_verify_reads_what_receipts_will_rest_on(shop):
    class_of(shop, ["alva", "bo"], questions=3)
    shop.build()
    leaves = shop.store / "private-state/private-1.0.0.leaves"
    whole = leaves.read_bytes()
    assert shop.run("verify", shop.store).code == shop.run("verify", "private/1.0.0", "--store", shop.store).code == 0
    chance = random.Random(3)
    for place in chance.sample(range(len(whole)), 12):
        leaves.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
        for words in ([shop.store], ["private/1.0.0", "--store", shop.store]):
            ran = shop.run("verify", *words)
            assert ran.code == 1 and ".leaves" in ran.out, (place, ran)
    leaves.unlink()
    assert shop.run("verify", shop.store).code == 1
    leaves.write_bytes(whole)
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        ledger.execute("UPDATE row_trees SET root = ?", ("0" * 64,))
        ledger.commit()
    ran = shop.run("verify", shop.store)
    assert ran.code == 1 and ".leaves" in ran.out
