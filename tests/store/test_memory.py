"""What a build holds in memory hardly grows with the number of sessions, and not with the number of logs."""
import resource

from conftest import Log, project, run_measured, session_id

MOST_OF_A_SESSION = 3000  # bytes; docs/architecture.md says what it is


def test_many_sessions_of_one_project(shop, monkeypatch):
    monkeypatch.setenv("QF_DATASET_KEY_FILE", str(shop.key))

    def peak(name, sessions):
        log = Log(step=1)
        for number in range(10_000):
            sid = session_id(number * sessions // 10_000)  # one after the other
            data = {"question_id": f"Q{number}", "decision_type": "bloom_level", "options_presented": ["Remember", "Apply"],
                    "user_choice": "Apply", "rationale": f"{number} " + "därför " * 900}
            log.add("user_decision", data, session_id=sid)
        logs = shop.folder / name
        project(logs, log, name=name)
        shop.run("consent", "give", "--me", logs, "--subject", "alva", "--scope", "model_training,rationale_text,question_text", "--covers-from", "2000-01-01", "--store", shop.store)
        ran = run_measured("build", logs, "--store", shop.store, "--text", "raw", "--threads", "1", "--dry-run", "--json", report=shop.folder / "r")
        assert ran.code in (0, 1) and sum(sum(splits.values()) for splits in ran.json["tally"]["written"].values()) >= 10_000, ran
        return ran.peak_bytes

    few, many = peak("few", 1), peak("many", 2000)
    assert many - few < 18_000_000, f"{few >> 20} MB, with 2,000 sessions {many >> 20} MB"


def test_what_one_session_costs(shop, monkeypatch):
    """Of many sessions with a line each, told apart from what the program takes anyway by a run with few."""
    monkeypatch.setenv("QF_DATASET_KEY_FILE", str(shop.key))
    stamp = '{"ts":"2026-02-02T08:00:00.000Z","v":1,"session_id":"%s","mcp":"qf-scaffolding","tool":"m3_stage2","event":"user_decision","level":"info","data":'
    data = '{"question_id":"Q%d","decision_type":"bloom_level","options_presented":["Remember","Apply"],"user_choice":"Apply"}}\n'

    def peak(sessions):
        logs = shop.folder / str(sessions)
        project(logs, "".join(stamp % session_id(number) + data % (number % 100) for number in range(sessions)).encode())
        shop.run("consent", "give", "--me", logs, "--subject", "alva", "--scope", "model_training", "--covers-from", "2000-01-01", "--store", shop.store)
        read, built = (run_measured(*words, "--threads", "1", "--json", report=shop.folder / "r")
                       for words in (("check", logs), ("build", logs, "--store", shop.store, "--dry-run")))
        assert read.code == 0 and built.code in (0, 1), (read, built)
        return read.peak_bytes, built.peak_bytes

    few, many = peak(1_000), peak(31_000)
    for what, before, after in zip(("read", "staged"), few, many):
        assert after - before < 30_000 * MOST_OF_A_SESSION, f"{what}: {(after - before) / 30_000:.0f} bytes for a session"


def test_many_logs_of_one_project(shop):
    """More logs than a process may have files, with lines that lie between each other's."""
    logs, lines = 2000, 10
    for number in range(logs):
        log = Log(step=60, start=f"2026-02-02T08:00:{number % 60:02d}")
        for line in range(lines):
            log.decide(question=f"Q{number}-{line}")
        project(shop.logs, log, file=f"logs/session_{number:04d}.jsonl")

    def few_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    ran = run_measured("check", shop.logs, "--threads", "1", "--json", report=shop.folder / "r", preexec_fn=few_files)
    assert ran.code == 0 and ran.json["tally"]["lines"] == logs * lines, ran
    assert ran.peak_bytes < 130_000_000, f"{ran.peak_bytes >> 20} MB"
    assert ran.seconds < 20, f"{ran.seconds:.1f} s"


def test_what_is_decoded_ahead_does_not_grow_with_the_number_of_logs(shop):
    line = ('{"ts":"2026-02-02T08:%02d:%02d.%03dZ","v":1,"session_id":"' + session_id(1) + '","mcp":"qf-scaffolding","tool":"m3_stage2","event":"user_decision",'
            '"level":"info","data":{"question_id":"Q%d","decision_type":"bloom_level","options_presented":["Apply"],"user_choice":"Apply","rationale":"' + "x" * 2000 + '"}}\n')
    for number in range(40):
        log = "".join(line % (number, n // 50, n % 50, n) for n in range(1_500))
        project(shop.logs, log.encode(), file=f"logs/session_{number:02d}.jsonl")
    alone, eight = (run_measured("check", shop.logs, "--threads", threads, "--json", report=shop.folder / "r") for threads in (1, 8))
    assert alone.code == eight.code == 0 and alone.json["tally"] == eight.json["tally"] and alone.json["tally"]["lines"] == 60_000
    assert eight.peak_bytes - alone.peak_bytes < 45_000_000, f"{alone.peak_bytes >> 20} MB, with eight threads {eight.peak_bytes >> 20} MB"
