"""Random damage to a published version is found and the file named (R10), bad Parquet is read without harm (R34); the logs are only ever read (R23)."""
import os
import random
import shutil
import subprocess

import pytest
from conftest import LONG, run_measured
from fault.intact import files_of
from fault.scenarios import BUILD, origin, record
from store.forged import rewrite_lists


def damage(kind, folder, chance):
    """Does one damage to a version and says which files are no longer as they were."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    file = chance.choice(files)
    file.chmod(0o644)
    content = file.read_bytes()
    if kind == "bit":
        at = chance.randrange(len(content))
        file.write_bytes(content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1:])
    elif kind == "cut":
        file.write_bytes(content[:chance.randrange(len(content))])
    elif kind == "zeros":
        at = chance.randrange(len(content))
        length = min(chance.randrange(1, 4096), len(content) - at)
        changed = content[:at] + bytes(length) + content[at + length:]
        if changed == content:
            return damage("bit", folder, chance)
        file.write_bytes(changed)
    elif kind == "grown":
        file.write_bytes(content + chance.randbytes(chance.randrange(1, 100)))
    elif kind == "delete":
        file.unlink()
    elif kind == "extra":
        extra = file.parent / chance.choice(("notes.txt", ".hidden", "train-00001-of-00001.parquet", "x.part"))
        extra.write_bytes(chance.randbytes(10))
        return [extra]
    elif kind == "swap":
        other = chance.choice([f for f in files if f != file and f.read_bytes() != content])
        other.chmod(0o644)
        file.write_bytes(other.read_bytes())
        other.write_bytes(content)
        return [file, other]
    elif kind == "link":
        file.unlink()
        file.symlink_to("/dev/null")
    return [file]


def test_random_damage_is_found(tmp_path):
    shop = origin("next build", tmp_path)
    whole, copy = shop.store / "private/1.0.0", tmp_path / "copy"
    kinds, chance = ("bit", "cut", "zeros", "grown", "delete", "extra", "swap", "link"), random.Random(11)
    count, failed = 200 if LONG else 24, {}
    for number in range(count):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(whole, copy)
        kind = kinds[number % len(kinds)]
        touched = damage(kind, copy, chance)
        names = [p.relative_to(copy).as_posix() for p in touched]
        ran = shop.run("verify", copy, "--json")
        said = "" if ran.code not in (0, 1) else " ".join(f"{p['file']} {p['problem']}" for p in ran.json["problems"])
        if ran.code != 1 or not any(name in said for name in names):
            failed[number] = f"{kind} of {names}: exit {ran.code}, {said[:300]}"
    record("R10", "random damages to a version, of " + ", ".join(kinds), count, failed)


def spoil(place, file, chance):
    """Sets a few bytes of a Parquet file, in its footer, its page headers or its pages, or lies about the footer's length."""
    import pyarrow.parquet as pq
    content, metadata = bytearray(file.read_bytes()), pq.read_metadata(file)
    footer = len(content) - 8 - metadata.serialized_size
    if place == "length":
        content[-8:-4] = chance.randrange(1 << 32).to_bytes(4, "little")
    elif place == "cut":
        del content[chance.randrange(len(content)):]
    else:
        chunk = metadata.row_group(0).column(chance.randrange(metadata.num_columns))
        headers = [o for o in (chunk.dictionary_page_offset, chunk.data_page_offset) if o]
        start, length = {"footer": (footer, metadata.serialized_size), "header": (chance.choice(headers), 24), "page": (4, footer - 4)}[place]
        for _ in range(chance.choice((1, 1, 2, 8))):
            content[start + chance.randrange(length)] = chance.choice((0, 0x7f, 0x80, 0xff, chance.randrange(256)))
    if content == file.read_bytes():
        return spoil(place, file, chance)
    file.write_bytes(content)


def test_bad_parquet_under_lists_that_fit_is_read_without_harm(tmp_path):
    """Digests do not keep the reader from these files: it must say no, or find every row as it was."""
    shop = origin("next build", tmp_path)
    whole, copy = shop.store / "private/1.0.0", tmp_path / "copy"
    places, chance = ("footer", "header", "page", "length", "cut"), random.Random(34)
    count, failed = 500 if LONG else 30, {}
    for number in range(count):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(whole, copy)
        for path in copy.rglob("*"):
            if path.is_file():
                path.chmod(0o644)
        file = chance.choice(sorted(copy.glob("data/*/*.parquet")))
        place = places[number % len(places)]
        spoil(place, file, chance)
        rewrite_lists(copy)
        ran = run_measured("verify", copy, "--json", report=tmp_path / "measured")
        if ran.code not in (0, 1):
            failed[number] = f"{place}: {ran}"
        elif ran.code == 1 and file.relative_to(copy).as_posix() not in ran.out and "content_digest" not in ran.out:
            failed[number] = f"{place}: not named: {ran}"
        elif ran.seconds > 5 or ran.peak_bytes > 1 << 30:
            failed[number] = f"{place}: {ran.seconds:.1f} s, {ran.peak_bytes >> 20} MB"
    record("R34", "bad Parquet files, of " + ", ".join(places) + ": a message, no crash, at most 5 s and 1 GB", count, failed)


def stamps(folder):
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_size, p.stat().st_mode, p.stat().st_ino) for p in sorted(folder.rglob("*"))}


def test_logs_are_never_touched(tmp_path):
    shop = origin("first build", tmp_path)
    digests, facts = files_of(shop.logs), stamps(shop.logs)
    words = [{"LOGS": shop.logs, "STORE": shop.store}.get(w, w) for w in BUILD]
    tried = [words, ["check", shop.logs], ["people", "list", shop.logs], ["none" if w == "raw" else w for w in words], ["rebuild", "1.0.0", "--store", shop.store], ["verify", shop.store], ["gc", "--store", shop.store]]
    failed = {}
    for number, one in enumerate(tried):
        ran = shop.run(*one)
        if ran.code not in (0, 1):
            failed[number] = f"{one[0]}: {ran}"
        if files_of(shop.logs) != digests or stamps(shop.logs) != facts:
            failed[number] = f"{one[0]} changed the logs"
    record("R23", "verbs after which digest, time, mode and inode of every log are as before", len(tried), failed)


def test_logs_on_a_read_only_mount(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root may mount a folder read-only")
    shop = origin("first build", tmp_path)
    done = subprocess.run(["mount", "--bind", shop.logs, shop.logs], capture_output=True)
    if done.returncode:
        pytest.skip("may not mount here: " + done.stderr.decode(errors="replace").strip())
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", shop.logs], check=True)
        with pytest.raises(OSError):
            (shop.logs / "x").write_text("x")
        words = [{"LOGS": shop.logs, "STORE": shop.store}.get(w, w) for w in BUILD]
        ran, again = shop.run(*words), shop.run(*words)
        failed = [str(r) for r in (ran, again) if r.code]
        if not failed and (ran.json["version"] != "1.0.0" or not again.json["unchanged"]):
            failed.append("not 1.0.0, or not unchanged the second time")
    finally:
        subprocess.run(["umount", shop.logs], check=True)
    record("R23", "builds from logs on a read-only mount", 2, failed)
