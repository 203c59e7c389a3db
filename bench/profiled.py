"""Where a build's processor time goes, by perf (Debian: linux-perf), where it is there and may look."""
import re
import shutil
import subprocess
from pathlib import Path

# The first pattern that a symbol or its library fits says what the time went into.
GROUPS = [
    ("parsing JSON (simdjson)", r"simdjson"),
    ("envelope, body and fields of a line", r"BodyView|read_envelope|LineDecoder|check_fields|find_event_type|bodies::|parse_instant|logged_value|EventBatch|key_of"),
    ("SHA-256 and other digests (OpenSSL, libsodium)", r"libcrypto|libsodium|sha256|Sha256|siphash|blake2|hmac"),
    ("linking and transforming", r"Linker|ProjectTransform|QuestionStore|QuestionBook|text_features|canonical\(|FlatMap"),
    ("staging: rows to disk and back", r"row_codec|encode_row|decode_row|RowCodec|Staged|Stager|SpillFile|ExternalSort|stage_project|Rewriter|crc32|xxh|XXH"),
    ("row digests", r"canonical_row|ContentDigest"),
    ("Parquet and zstd (Arrow)", r"libparquet|libarrow|ZSTD_|ColumnBuilder|ParquetTableWriter"),
    ("writing rows out", r"JobWriter|write_tables|Pseudonymiser|PreviousDecisions|row_index|RowIndex"),
    ("kernel: reading, writing, memory", r"\[kernel|\[k\]|kernel\.kallsyms"),
    ("copying, comparing and allocating (libc)", r"libc\.so|libstdc\+\+|operator (new|delete)"),
]
LINE = re.compile(r"^\s*([0-9.]+)%\s+(\S+)\s+\[(.)\]\s+(.*)$")


def profile_of(work: Path, run, program: Path) -> dict:
    """`run()` runs the program once. Shares of processor time by group and the costliest functions, in per cent."""
    perf = shutil.which("perf")
    if perf is None:
        return {}
    data, runner = work / "perf.data", work / "profiled"
    # The program runs under perf, in place of itself.
    runner.write_text(f'#!/bin/sh\nexec {perf} record -q -F 999 -o {data} {program} "$@"\n')
    runner.chmod(0o700)
    try:
        run(runner)
    except (SystemExit, subprocess.CalledProcessError):
        return {}
    said = subprocess.run([perf, "report", "-i", data, "--no-children", "--stdio", "-g", "none", "--sort", "dso,symbol"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode(errors="replace")
    lines = [(float(found.group(1)), found.group(2), found.group(3), found.group(4)) for found in map(LINE.match, said.splitlines()) if found]
    if not lines:
        return {}
    groups = {}
    for share, library, where, symbol in lines:
        text = f"{library} [{where}] {symbol}"
        name = next((name for name, pattern in GROUPS if re.search(pattern, text)), "the rest")
        groups[name] = groups.get(name, 0) + share
    top = [(share, re.split(r"\s{2,}|\(", symbol.replace("(anonymous namespace)::", ""))[0].strip() + (" (kernel)" if where == "k" else "")) for share, _, where, symbol in lines[:15]]
    return {"groups": dict(sorted(groups.items(), key=lambda item: -item[1])), "functions": top}
