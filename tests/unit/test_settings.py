"""Settings: where they are found, how layers add up, what mistakes say, what they do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lg_lint.base import levels
from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.rules import registry
from lg_lint.rules.rule import Rule
from lg_lint.settings import Settings, SettingsError, as_toml, fails, load, options, visible

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rules of our own, so that no real one is needed."""
    own = tuple(
        Rule(
            code=code,
            name=name,
            severity=Severity.ERROR,
            hop=Hop.NODE,
            page="Page",
            check=lambda _rule, _project: (),
        )
        for code, name in (("LG901", "first-rule"), ("LG902", "second-rule"), ("LG911", "third"))
    )
    monkeypatch.setattr(registry, "BUILT_IN", (*registry.BUILT_IN, *own))
    registry.names.cache_clear()
    yield
    registry.names.cache_clear()


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def mistake(path: Path, text: str) -> SettingsError:
    put(path, text)
    with pytest.raises(SettingsError) as caught:
        load(path.parent)
    return caught.value


# --- where they come from ------------------------------------------------------------------


def test_without_any_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path) == Settings()


def test_the_closest_file_wins_and_others_without_our_table_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path / "pyproject.toml", "[tool.lg-lint]\ntests = true\nmax-file-size = 5\n")
    put(tmp_path / "a" / "pyproject.toml", '[project]\ndependencies = ["lg-lint"]\n')
    put(tmp_path / "a" / "b" / "pyproject.toml", "broken [ for other tools\n")
    file = put(tmp_path / "a" / "b" / "c.py", "")
    assert load(file).max_file_size == 5
    put(tmp_path / "a" / ".lg-lint.toml", "max-file-size = 6\n")
    assert (load(file).max_file_size, load(file).tests) == (6, False)
    put(tmp_path / "a" / "lg-lint.toml", "max-file-size = 7\n")
    assert load(file).max_file_size == 7
    put(tmp_path / "a" / "pyproject.toml", "[tool.lg-lint]\nmax-file-size = 8\n")
    assert load(file).max_file_size == 8
    assert load(file, isolated=True) == Settings()


def test_extend_takes_what_is_not_said_again(tmp_path: Path) -> None:
    put(
        tmp_path / "base.toml",
        'min-confidence = "low"\ntests = true\nextend-exclude = ["gen"]\nignore = ["LG901"]\n'
        'severity = { LG9 = "warning" }\n',
    )
    put(
        tmp_path / "app" / "lg-lint.toml",
        'extend = "../base.toml"\ntests = false\nextend-exclude = ["out/x"]\nignore = ["LG902"]\n'
        'severity = { LG902 = "info" }\n',
    )
    found = load(tmp_path / "app")
    assert (found.min_confidence, found.tests) == (Confidence.LOW, False)
    assert found.extend_exclude == (f"{tmp_path}/**/gen", f"{tmp_path}/app/out/x")
    assert found.ignore == ("LG901", "LG902")
    assert found.severity["LG901"] is Severity.WARNING
    assert found.severity["LG902"] is Severity.INFO


def test_extend_from_pyproject_and_circles(tmp_path: Path) -> None:
    put(tmp_path / "pyproject.toml", "[tool.lg-lint]\nmax-file-size = 9\n")
    put(tmp_path / "app" / "lg-lint.toml", 'extend = "../pyproject.toml"\n')
    assert load(tmp_path / "app").max_file_size == 9
    put(tmp_path / "pyproject.toml", '[tool.lg-lint]\nextend = "app/lg-lint.toml"\n')
    with pytest.raises(SettingsError, match="leads back"):
        load(tmp_path / "app")
    error = mistake(tmp_path / "b" / "lg-lint.toml", 'tests = true\nextend = "gone.toml"\n')
    assert (error.row, "gone.toml" in error.message) == (2, True)
    assert mistake(tmp_path / "b" / "lg-lint.toml", "extend = 3\n").row == 1


def test_the_command_line_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "lg-lint.toml", 'fail-on = "error"\nmax-file-size = 1\ntests = true\n')
    other = put(tmp_path / "other.toml", 'fail-on = "never"\nmax-file-size = 2\n')
    assert load(tmp_path, config=[str(other)]).fail_on == "never"
    assert load(tmp_path, config=["max-file-size = 3", "tests = false"]) == Settings(
        fail_on="error", max_file_size=3
    )
    overrides = {"max-file-size": 4, "extend-exclude": ["gen/x"]}
    found = load(tmp_path, config=[str(other), "max-file-size = 3"], overrides=overrides)
    assert (found.max_file_size, found.extend_exclude) == (4, (f"{tmp_path}/gen/x",))
    for config, isolated in ((["no such"], False), ([str(other)] * 2, False), ([str(other)], True)):
        with pytest.raises(SettingsError, match="--config"):
            load(tmp_path, config=config, isolated=isolated)
    long = "select = [" + "'LG901', " * 500 + "]"
    assert load(tmp_path, config=[long]).selected_codes == {"LG901"}
    with pytest.raises(SettingsError, match="test"):
        load(tmp_path, config=["test = true"])


# --- what is selected ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "chosen"),
    [
        ({}, {"LG901", "LG902", "LG911"}),
        ({"select": ["LG90"]}, {"LG901", "LG902"}),
        ({"select": ["lg901", "third"]}, {"LG901", "LG911"}),
        ({"select": ["first-rule"], "extend-select": ["LG91"]}, {"LG901", "LG911"}),
        ({"ignore": ["LG90"]}, {"LG911"}),
        ({"select": ["LG9"], "ignore": ["LG90"], "extend-select": ["LG902"]}, {"LG902", "LG911"}),
        ({"select": ["LG901"], "ignore": ["LG9"]}, {"LG901"}),
        ({"select": ["LG901"], "ignore": ["first-rule"]}, set()),
        ({"select": []}, set()),
    ],
)
def test_the_narrower_selector_counts(
    tmp_path: Path, table: dict[str, list[str]], chosen: set[str]
) -> None:
    codes = load(tmp_path, overrides=table).selected_codes
    assert {code for code in codes if code.startswith("LG9")} == chosen


def test_a_select_on_the_command_line_forgets_what_was_ignored(tmp_path: Path) -> None:
    put(tmp_path / "lg-lint.toml", 'select = ["LG9"]\nignore = ["LG901"]\n')
    assert load(tmp_path, overrides={"select": ["LG901"]}).selected_codes == {"LG901"}
    assert "LG901" in load(tmp_path, overrides={"extend-select": ["LG901"]}).selected_codes
    assert load(tmp_path, overrides={"ignore": ["LG902"]}).selected_codes == {"LG911"}


# --- mistakes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "row", "words"),
    [
        ("x = 1\n[tool.lg-lint]\n# c\nselct = []\n", 4, 'did you mean "select"'),
        ("[tool.lg-lint]\nmin_confidence = 'low'\n", 2, 'did you mean "min-confidence"'),
        ("[tool.lg-lint]\nzzz = 1\n", 2, 'no option "zzz"'),
        ('[tool.x]\nselect = 1\n[tool.lg-lint]\nselect = "LG901"\n', 4, "list of strings"),
        ("[tool.lg-lint]\nignore = [1]\n", 2, "list of strings"),
        ('[tool.lg-lint]\nselect = [\n  "LG901",\n  "LG9O2",\n]\n', 4, 'did you mean "LG902"'),
        ('[tool.lg-lint]\nignore = ["frist-rule"]\n', 2, 'did you mean "first-rule"'),
        ("[tool.lg-lint]\ntests = 'yes'\n", 2, "true or false"),
        ("[tool.lg-lint]\nmax-file-size = true\n", 2, "number of bytes"),
        ("[tool.lg-lint]\nmax-file-size = 0\n", 2, "number of bytes"),
        ("[tool.lg-lint]\nfail-on = 'eror'\n", 2, 'did you mean "error"'),
        ("[tool.lg-lint]\nmin-confidence = 1\n", 2, 'one of "high"'),
        ("[tool.lg-lint.severity]\nLG9 = 'info'\nLG901 = 'bad'\n", 3, "one of"),
        ("[tool.lg-lint.severity]\nLG999 = 'info'\n", 2, 'no rule "LG999"'),
        ("[tool.lg-lint]\nseverity = 'info'\n", 2, "table of rules"),
        ("[tool.lg-lint]\nper-file-ignores = []\n", 2, "table of file patterns"),
        ("[tool.lg-lint.per-file-ignores]\n'a' = ['LG901']\n'b' = ['LGX']\n", 3, '"LGX"'),
        ("[tool.lg-lint]\nexclude = ['ok', '!']\n", 2, "not a file pattern"),
        ("[tool.lg-lint]\nblocking-calls = ['']\n", 2, "not empty"),
        ("[tool.lg-lint]\noffloaders = 'a.b'\n", 2, "list of dotted names"),
        ("[tool.lg-lint]\ngraph-types = [\n  1,\n]\n", 3, "list of dotted names"),
        ("[tool.lg-lint]\ngraph-factories = [\n  'a.b',\n  'build',\n]\n", 4, '"build" is no'),
        ("[tool.lg-lint]\nretry-decorators = ['a.b()']\n", 2, '"a.b()" is no dotted name'),
        ("[tool.lg-lint]\nreducers = ['.a']\n", 2, "no dotted name"),
        ("[tool.lg-lint]\nsavers = ['a.b']\n", 2, "table of classes"),
        ("[tool.lg-lint.savers]\n'a.b' = 'sync'\n'a.c' = 'asynch'\n", 3, 'mean "async"'),
        ("[tool.lg-lint.savers]\n'Saver' = 'sync'\n", 2, '"Saver" is no dotted name'),
        ("[tool.lg-lint]\ntests = \n", 2, "not valid TOML"),
        ("[tool.lg-lint]\ntests = true\ntests = true\n", 3, "not valid TOML"),
        ("tool.lg-lint = 3\n", None, "expected a table"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, text: str, row: int | None, words: str
) -> None:
    path = tmp_path / "pyproject.toml"
    error = mistake(path, text)
    assert (error.path, error.row) == (str(path), row)
    assert words in error.message
    assert str(error).startswith(f"{path}:{row}: " if row else f"{path}: ")


def test_settings_that_are_not_text(tmp_path: Path) -> None:
    path = tmp_path / "lg-lint.toml"
    path.write_bytes(b"tests = true\n# \xff\n")
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert (caught.value.row, caught.value.message) == (2, "not valid UTF-8")


# --- what they do --------------------------------------------------------------------------


def finding(path: Path, code: str = "LG901", confidence: Confidence = Confidence.HIGH) -> Finding:
    place = Place(str(path), 1, 1, 1, 2)
    return Finding(code, "n", "m", Severity.ERROR, confidence, Hop.NODE, place)


def test_per_file_ignores_are_relative_to_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(
        tmp_path / "lg-lint.toml",
        '[per-file-ignores]\n"scripts/*.py" = ["LG90"]\n"legacy" = ["third"]\n'
        '"!app/**" = ["LG902"]\n',
    )
    settings = load(tmp_path)

    def shown(name: str) -> list[str]:
        codes = ("LG901", "LG902", "LG911")
        return [f.code for f in visible([finding(Path(name), c) for c in codes], settings)]

    assert shown(f"{tmp_path}/app/a.py") == ["LG901", "LG902", "LG911"]
    assert shown(f"{tmp_path}/scripts/a.py") == ["LG911"]
    assert shown(f"{tmp_path}/app/scripts/a.py") == ["LG901", "LG902", "LG911"]
    assert shown(f"{tmp_path}/app/legacy/deep/a.py") == ["LG901", "LG902"]
    monkeypatch.chdir(tmp_path)
    assert shown("scripts/a.py") == ["LG911"]


def test_severity_confidence_and_selection_are_applied(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    table = {"severity": {"LG901": "warning", "LG9": "info"}, "ignore": ["LG911"]}
    settings = load(tmp_path, overrides=table)
    all_sure = [finding(path, confidence=each) for each in Confidence]
    found = [*all_sure, finding(path, "LG902"), finding(path, "LG911")]
    shown = visible(found, settings)
    assert [(each.code, each.severity.value) for each in shown] == [
        ("LG901", "warning"),
        ("LG901", "warning"),
        ("LG902", "info"),
    ]
    low = load(tmp_path, overrides={"min-confidence": "low"})
    assert len(visible(found, low)) == 5


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        ("error", [Severity.ERROR]),
        ("warning", list(Severity)[:2]),
        ("info", Severity),
        ("never", []),
    ],
)
def test_fail_on(tmp_path: Path, fail_on: str, failing: list[Severity]) -> None:
    settings = load(tmp_path, overrides={"fail-on": fail_on})
    one = finding(tmp_path)
    assert [each for each in Severity if fails([one.with_severity(each)], settings)] == list(
        failing
    )
    assert not fails([], settings)


# --- the table of options ------------------------------------------------------------------


def test_what_is_shown_can_be_read_again(tmp_path: Path) -> None:
    put(
        tmp_path / "lg-lint.toml",
        'select = ["LG9"]\nseverity = { LG901 = "info" }\nmin-confidence = "high"\n'
        'blocking-calls = ["a.b"]\n[per-file-ignores]\n"a \\"b\\"/*.py" = ["LG901"]\n',
    )
    settings = load(tmp_path)
    shown = as_toml(settings)
    table = tomllib.loads(shown)
    assert set(table) == set(options())
    assert table["severity"] == {"LG901": "info"}
    assert all(option.doc in shown for option in options().values())
    again = load(tmp_path, isolated=True, overrides={k: table[k] for k in ("select", "severity")})
    assert (again.select, again.severity) == (settings.select, settings.severity)


def test_every_option_says_what_it_takes() -> None:
    for option in options().values():
        assert option.doc.endswith("."), option.key
        assert option.kind.expects
        assert option.kind.schema


def test_the_words_of_settings_are_those_of_findings_and_every_setting_is_an_option() -> None:
    assert tuple(each.value for each in Severity) == levels.SEVERITIES
    assert tuple(each.value for each in Confidence) == levels.CONFIDENCES
    assert {key.replace("-", "_") for key in options()} == Settings.__annotations__.keys()
    with pytest.raises(TypeError):
        Settings(tezts=True)
