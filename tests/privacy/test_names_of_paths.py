"""Whoever the paths of a log name is masked in its texts, whosever the project is."""
import duckdb
import pytest
from conftest import Log, project
from fault.injection import needs_strace


def texts(shop):
    built = shop.build(text="redacted")
    with duckdb.connect() as db:
        return [row[0] for row in db.execute(f"SELECT question_text FROM '{built['path']}/data/decisions/*.parquet'").fetchall()]


@pytest.mark.parametrize("where", ["beginning", "further on"])
def test_a_user_of_the_log_is_masked_where_session_yaml_names_another(shop, where):
    log = Log().decide(question="Q001", question_text="fråga zqbertilx om det")
    if where == "further on":  # behind what is read of a log to tell whose it is
        log.add("tool_start", {"filler": "x" * 100_000})
    log.add("tool_start", {"source_file": "/Users/zqbertilx/Courses/kurs.md"})
    project(shop.logs, log, person="alva")
    assert texts(shop) == ["fråga [PERSON_1] om det"]


def test_a_project_that_only_its_log_names_is_staged_once(shop):
    needs_strace()
    project(shop.logs, Log().decide().add("tool_start", {"source_file": "/Users/bo/Courses/kurs.md"}), sid=None)
    shop.agree()
    trace = shop.folder / "trace"
    ran = shop.run("build", shop.logs, "--store", shop.store, "--threads", "1", "--json", prefix=["strace", "-f", "-qq", "-o", trace, "-e", "trace=openat", "--"])
    assert ran.code == 0, ran
    made = [line for line in trace.read_text().splitlines() if ".rows" in line and "O_TRUNC" in line and "/staged/" in line]
    assert len(made) == 1, made
