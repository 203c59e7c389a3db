"""Walks through a page: every command of its console blocks is run, in order, and what the page shows must come out."""
import os
import re
import subprocess

from conftest import BINARY, CLASSROOM, REPOSITORY


def commands(page):
    """(command, expected exit code, lines that must come out) of all console blocks."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                code = re.search(r"# exit (\d+)$", line)
                found.append((line[2:], int(code.group(1)) if code else 0, []))
            elif line:
                found[-1][2].append(line)
    return found


def shape(text):
    """Without what differs from key to key and day to day: digests, numbers, units, spaces, folders."""
    text = re.sub(r"\S*/(key\b)", r"\1", text)
    text = re.sub(r"\b[0-9a-f]{16,}\b", "#", text)
    return re.sub(r"\s+", " ", re.sub(r"\d[\d,.]*( [kM]?B)?", "#", text)).strip()


def walk_page(name, folder):
    """Walks docs/NAME in an empty folder; gives each command with what it printed."""
    walk = commands((REPOSITORY / "docs" / name).read_text(encoding="utf-8"))
    assert len(walk) > 25
    # One shell for all, so that variables and folders last; each command ends with a mark and its exit code.
    script = "".join(f"{command}\nprintf '\\n@@%s\\n' $?\n" for command, _, _ in walk)
    path = f"{BINARY.parent}:{CLASSROOM.parent}:{os.environ['PATH']}"
    done = subprocess.run(["bash"], input=script, cwd=folder, env=dict(os.environ, PATH=path), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120)
    outputs = re.split(r"\n@@(\d+)\n", done.stdout)
    printed = []
    for number, (command, code, lines) in enumerate(walk):
        output, got = outputs[2 * number], int(outputs[2 * number + 1])
        # 3: done, though the invented school has files that cannot be read.
        assert got == code or (code == 0 and got == 3), (command, output)
        shapes = {shape(line) for line in output.splitlines()}
        for line in lines:
            assert shape(line) in shapes, (command, line, output)
        printed.append((command, output))
    return printed
