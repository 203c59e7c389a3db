"""What a build holds in memory does not grow with the number of sessions."""
from conftest import Log, project, run_measured, session_id


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
    assert many - few < 30_000_000, f"{few >> 20} MB, with 2,000 sessions {many >> 20} MB"
