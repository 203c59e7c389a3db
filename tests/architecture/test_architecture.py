"""The shape of the sources: who may include whom, where a third-party library may be seen, how long a file may be.

The rules are the tables below. A change of shape is a change of a row, and shows in review."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "qf"
INSTALLATION = ROOT / "cmake" / "install.cmake"

# A folder may include itself, and these.
ALLOWED_FOLDERS = {
    "core": set(),
    "ingest": {"core"},
    "privacy": {"core"},
    "curate": {"core"},
    "output": {"core"},
    "ledger": {"core"},
    "describe": {"core"},
    "store": {"core", "ingest", "privacy", "curate", "output", "ledger"},
    "run": {"core", "ingest", "privacy", "curate", "output", "ledger", "describe", "store"},
    "rights": {"core", "ingest", "privacy", "curate", "output", "ledger", "describe", "store", "run"},
    "cli": {"core", "store", "run", "rights"},
}

# Of curate and privacy, describe may include the headers that hold results, and no others.
ALLOWED_HEADERS = {
    "describe": {
        "qf/curate/checks.h",
        "qf/curate/gates.h",
        "qf/curate/statistics.h",
        "qf/privacy/anonymity.h",
    },
}

# Headers that show a third-party library to other sources of their folder. They are not installed, so
# no header that is may include them. The build keeps the list.
PRIVATE_HEADERS = set(re.search(r"set\(QF_PRIVATE_HEADERS\s+([^)]*)\)", INSTALLATION.read_text()).group(1).split())

# Where an include of a library may stand: patterns of paths below src/qf.
CONFINED = {
    r"simdjson\.h": r"ingest/[^/]+\.cpp|ingest/body_view\.h",
    r"arrow/.*|parquet/.*": r"output/[^/]+\.cpp|output/arrow_(schema|columns)\.h",
    r"sqlite3\.h": r"ledger/[^/]+\.cpp",
    r"CLI/.*|spdlog/.*": r"cli/[^/]+",
    r"toml\+\+/.*": r"store/config[^/]*\.cpp",
    r"yaml-cpp/.*": r"ingest/[^/]+\.cpp",
}

LONGEST_FILE = 450  # lines

# Names that say nothing about what a thing is: of files and folders, and of types.
EMPTY_FILE_NAMES = re.compile(r"util|helper|manager|handler|common|misc", re.IGNORECASE)
EMPTY_TYPE_NAMES = re.compile(r"(?i:(util|helper|manager|handler|misc)|common$)")


def sources():
    return sorted(path for path in SOURCES.rglob("*") if path.suffix in {".h", ".cpp"})


def name_of(path):
    return path.relative_to(SOURCES).as_posix()


def includes(path):
    return re.findall(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', path.read_text(encoding="utf-8"), re.MULTILINE)


def code(path):
    """The text without comments and without what stands in quotes."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
    return re.sub(pattern, " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def edge_trouble(path):
    """The includes of a source that its folder may not have."""
    folder = name_of(path).split("/")[0]
    allowed = ALLOWED_FOLDERS[folder] | {folder}
    for header in includes(path):
        if not header.startswith("qf/"):
            continue
        if header.split("/")[1] not in allowed and header not in ALLOWED_HEADERS.get(folder, ()):
            yield f"{name_of(path)} includes {header}"


def test_every_folder_is_in_the_table():
    assert {path.name for path in SOURCES.iterdir() if path.is_dir()} <= set(ALLOWED_FOLDERS)


def test_folders_include_only_what_they_may():
    assert [trouble for path in sources() for trouble in edge_trouble(path)] == []


def test_own_headers_are_included_by_full_path():
    found = [f"{name_of(path)} includes {header}" for path in sources() for header in includes(path)
             if not header.startswith("qf/") and list(SOURCES.rglob(pathlib.PurePosixPath(header).name))
             and (path.parent / header).exists()]
    assert found == []


def test_third_party_libraries_stay_where_they_belong():
    found = [f"{name_of(path)} includes {header}" for path in sources() for header in includes(path)
             for library, places in CONFINED.items()
             if re.fullmatch(library, header) and not re.fullmatch(places, name_of(path))]
    assert found == []


def test_installed_headers_include_no_private_header():
    found = [f"{name_of(path)} includes {header}" for path in sources() for header in includes(path)
             if path.suffix == ".h" and name_of(path) not in PRIVATE_HEADERS
             and header.removeprefix("qf/") in PRIVATE_HEADERS]
    assert found == [], f"make it private in {INSTALLATION.name}, or take the include out"
    assert [name for name in PRIVATE_HEADERS if not (SOURCES / name).exists()] == []


def test_no_file_is_too_long():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_names_say_what_a_thing_is():
    files = [name_of(path) for path in sources() if EMPTY_FILE_NAMES.search(name_of(path))]
    types = [f"{name_of(path)}: {name}" for path in sources()
             for name in re.findall(r"\b(?:class|struct|namespace)\s+(\w+)", code(path)) if EMPTY_TYPE_NAMES.search(name)]
    assert files + types == []


@pytest.mark.parametrize("pattern, reason", [
    (r"\bstd::w?regex|#\s*include\s*<regex>", "std::regex overflows the stack on long text"),
    (r"\busing\s+namespace\s+std\s*;", "names of the standard library are written in full"),
])
def test_source_does_without(pattern, reason):
    found = [name_of(path) for path in sources() if re.search(pattern, code(path))]
    assert found == [], reason


def test_every_header_is_guarded():
    found = [name_of(path) for path in sources() if path.suffix == ".h" and "#pragma once" not in code(path)]
    assert found == []


def test_the_program_shows_no_symbol_of_its_own_simdjson():
    # Arrow's libraries export another simdjson. If ours were visible too, the loader would mix the two.
    program = pathlib.Path(os.environ.get("QF_DATASET_PROGRAM", ROOT / "build" / "release" / "qf-dataset"))
    if not program.exists():
        pytest.skip(f"{program} is not built")
    if shutil.which("nm") is None:
        pytest.skip("nm is not installed")
    symbols = subprocess.run(["nm", "-D", "--demangle", program], check=True, capture_output=True, text=True).stdout
    assert [line for line in symbols.splitlines() if "simdjson::" in line] == []
