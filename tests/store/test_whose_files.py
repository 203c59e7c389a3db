"""Who may read and write what the program makes."""
import os
import stat

from conftest import Log, project


def test_nobody_else_may_write_what_is_made_whatever_the_mask(shop):
    project(shop.logs, Log().decide().decide(question="Q002"))
    before = os.umask(0)
    try:
        shop.build()
        assert shop.run("access", "--subject", "alva", shop.logs, "--store", shop.store, "--out", shop.folder / "access").code == 0
    finally:
        os.umask(before)
    for path in [shop.store, *shop.store.rglob("*"), shop.folder / "access", *(shop.folder / "access").rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        inside = path.relative_to(shop.folder).parts
        if inside[0] == "access" or inside[1:2] == ("private-state",):
            assert mode & 0o077 == 0, (path, oct(mode))
        assert mode & 0o022 == 0, (path, oct(mode))
        if path.is_file() and inside[1:3] == ("private", "1.0.0"):
            assert mode == 0o444, (path, oct(mode))
    assert stat.S_IMODE(shop.key.stat().st_mode) == 0o600
