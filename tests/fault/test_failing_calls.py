"""A system call that fails (no room, a bad disk, no more files) fails the run with a name and a reason, and the store stays intact (R3)."""
import pytest
from conftest import LONG
from fault.injection import needs_strace, sample, with_fault
from fault.scenarios import COMMANDS, record, try_all
from fault.test_crashes import points_of

# Per kind of failure: what messages may call it. SQLite has words of its own.
REASONS = {"ENOSPC": ("No space left",), "EIO": ("Input/output error",), "EDQUOT": ("quota",), "EMFILE": ("Too many open files",)}
OF_SQLITE = ("database or disk is full", "disk I/O error", "unable to open database file", "cannot be opened for writing")
# With QF_LONG=1 every point, else a sample.
POINTS = None if LONG else 16
NAMES = list(COMMANDS) if LONG else ["first build", "next build", "consent import", "gc"]
ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EMFILE") if LONG else ("ENOSPC", "EIO", "EMFILE")


def may_go_on(point):
    """What a run may do without: the holder's number in the lock, removing what is left over, a log that cannot be read."""
    # SQLite flushes the folder of its journal and looks away from the answer: os_unix.c says why.
    of_journal = point.name == "fdatasync" and point.text.split(">")[0].endswith("/store")
    return of_journal or "/.lock>" in point.text or point.name in ("unlink", "unlinkat", "rmdir") or point.opens_to_read


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("name", NAMES, ids=lambda v: v.replace(" ", "_"))
def test_failing_call(tmp_path, name, error):
    needs_strace()
    found = [p for p in points_of(name, tmp_path) if (p.name in ("open", "openat", "creat")) == (error == "EMFILE") or (error != "EMFILE" and not p.opens_to_read)]
    found = sample(found, POINTS)

    def attempt(bench, point):
        ran = with_fault(point, f"error={error}", bench.words, bench.env)
        wrong = []
        if ran.code not in (0, 1, 2, 3):
            wrong.append(f"exit {ran.code}")
        if ran.code == 0 and not all(map(may_go_on, ran.hit)):
            wrong.append(f"exit 0, though a call failed: {ran.hit}")
        if ran.code != 0 and not (any(r in ran.err for r in REASONS[error] + OF_SQLITE) and str(bench.folder) in ran.err):
            wrong.append(f"the message does not say which file and why: {ran.err[-300:]}")
        # Without a part of its input the run says so and gives what the rest gives: that differs from the whole. Which call
        # it was is not asked: where logs are read by several threads, the count of calls falls on another one at times.
        said = ran.code == 3 and "not read: " + str(bench.folder) in ran.err
        return wrong + [p for p in bench.problems() if not (said and p.startswith("(e)"))]

    record("R3", f"{error} from a system call of `{name}`", len(found), try_all(name, tmp_path, found, attempt))
