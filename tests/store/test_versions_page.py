"""docs/versions.md holds."""
from page_walk import walk_page


def test_every_command_of_the_walk(tmp_path):
    walk_page("versions.md", tmp_path)
    versions = [v for v in ("1.0.0", "1.1.0", "2.0.0", "3.0.0") if (tmp_path / "store/private" / v).exists()]
    assert versions == ["1.0.0", "3.0.0"]
