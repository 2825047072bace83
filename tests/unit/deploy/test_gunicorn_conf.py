"""What gunicorn.conf.py sets, as far as it can be said without running it."""

from __future__ import annotations

import pytest

from lg_lint.deploy.gunicorn_conf import read_gunicorn_conf
from lg_lint.deploy.place import Word
from lg_lint.deploy.values import AtLeast, Environment, Value


def told(value: Value | None) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, AtLeast):
        return f"{value.least} or more"
    return value.text if isinstance(value, Word) else "unknown"


IMPORTS = "import multiprocessing, os\nfrom multiprocessing import cpu_count\nfrom os import environ as e\n"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("4", "4"),
        ("2 * 2 + 1", "5"),
        ("multiprocessing.cpu_count() * 2 + 1", "3 or more"),
        ("(2 * cpu_count()) + 1", "3 or more"),
        ("os.cpu_count() or 1", "1 or more"),
        ("min(2, cpu_count())", "1 or more"),
        ("min(1, cpu_count())", "1"),
        ("max(2, cpu_count())", "2 or more"),
        ("max(2, cpu_count() // 2)", "2 or more"),
        ("len(os.sched_getaffinity(0))", "1 or more"),
        ("cpu_count() - 1", "0 or more"),
        ("4 / 0", "unknown"),
        ("10 ** 9", "unknown"),
        ("int(os.getenv('N', '3'))", "3"),
        ("int(os.getenv('SET', '3'))", "7"),
        ("os.environ.get('SET', 3)", "7"),
        ("int(e['SET'])", "7"),
        ("int(e['OTHER'])", "unknown"),
        ("os.getenv('OTHER')", "unknown"),
        ("int(os.getenv('N') or 2)", "unknown"),
        ("int(os.getenv('N', cpu_count() * 2 + 1))", "3 or more"),
        ("int('many')", "unknown"),
        ("N_", "6"),
        ("4 if os.getenv('X') else 2", "unknown"),
        ("4 if os.getenv('X') else 4", "4"),
        ("compute()", "unknown"),
        ("None", "nothing"),
        ("True", "true"),
        ("'a' + 'b'", "ab"),
        ("f'0.0.0.0:{N_}'", "0.0.0.0:6"),
        ("f'0.0.0.0:{port}'", "unknown"),
        ("['0.0.0.0:80', 'unix:x']", "0.0.0.0:80"),
        ("str(8)", "8"),
        ("-1", "-1"),
    ],
)
def test_values(expression: str, expected: str) -> None:
    environment: Environment = {"SET": Word("7", 1)}
    text = f"{IMPORTS}N_ = 6\nworkers = {expression}\n"
    assert told(read_gunicorn_conf(text.encode(), environment).settings.get("workers")) == expected


def test_lines_and_what_branches_assign() -> None:
    text = b"workers = 4\nif x:\n    threads = 2\ntry:\n    timeout = 3\nexcept E:\n    pass\nworkers += 1\nbind = b = 'x'\n"
    settings = read_gunicorn_conf(text).settings
    assert {name: told(value) for name, value in settings.items()} == {
        "workers": "unknown",
        "threads": "unknown",
        "timeout": "unknown",
        "bind": "x",
        "b": "x",
    }
    assert settings["bind"].line == 9


def test_a_file_that_is_no_python_is_told_of() -> None:
    found = read_gunicorn_conf(b"workers = (\n")
    assert not found.settings
    assert len(found.unread) == 1
