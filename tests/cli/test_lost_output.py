"""Output that does not arrive."""
import subprocess

import pytest
from conftest import BINARY, Log, project


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["build", "--help"], ["list", "vocabularies"], ["schema", "decisions"]])
def test_output_that_cannot_be_written_is_exit_2(words):
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(BINARY), *words], stdout=full, stderr=subprocess.PIPE, timeout=30, text=True)
    assert done.returncode == 2 and "standard output could not be written" in done.stderr, done


def test_a_command_whose_output_is_lost_says_that_it_stands(shop):
    project(shop.logs, Log().decide())
    shop.agree()
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(BINARY), "consent", "list", "--store", str(shop.store)], stdout=full, stderr=subprocess.PIPE, timeout=30, text=True)
    assert done.returncode == 2 and "standard output could not be written" in done.stderr and "stands" in done.stderr, done
