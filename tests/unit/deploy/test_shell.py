"""Which programs a shell command or script starts, and which files it writes."""

from __future__ import annotations

import pytest

from lg_lint.deploy.place import Word
from lg_lint.deploy.shell import Script, plain_words, read_script, read_words
from lg_lint.deploy.values import Environment, Value


def written_out(value: Value) -> str:
    return value.text if isinstance(value, Word) else f"?{value.text}"


def started(text: str, environment: dict[str, str] | None = None, *arguments: str) -> list[str]:
    known: Environment = {name: Word(value, 1) for name, value in (environment or {}).items()}
    given = [Word(word, 1) for word in arguments] if arguments else None
    return told(read_script(text, known, given))


def told(script: Script) -> list[str]:
    """Each program with its arguments; one that may not be started has `perhaps` before it."""
    return [
        ("" if run.is_certain else "perhaps ") + " ".join(written_out(word) for word in run.words)
        for run in script.runs
    ]


SERVER = "uvicorn app:app --workers 2"


@pytest.mark.parametrize(
    "command",
    [
        SERVER,
        f"exec {SERVER}",
        f"A=1 B=2 {SERVER}",
        f"env -u X A=1 {SERVER}",
        f"uv run {SERVER}",
        f"uv run --no-sync --package api --with x {SERVER}",
        f"uv --quiet run -- {SERVER}",
        f"poetry run {SERVER}",
        f"pipenv run {SERVER}",
        f"conda run --no-capture-output -n web {SERVER}",
        f"python -m {SERVER}",
        f"python3.12 -u -X dev -W ignore -m {SERVER}",
        f".venv/bin/python -m {SERVER}",
        f'"$PYTHON_BIN" -m {SERVER}',
        f"$VENV/bin/{SERVER}",
        f"/app/.venv/bin/{SERVER}",
        f"uv run python -m {SERVER}",
        f"uv run -m {SERVER}",
        f"tini -s -- {SERVER}",
        f"/usr/bin/tini -g -p SIGTERM -- {SERVER}",
        f"dumb-init -- {SERVER}",
        f"dumb-init --rewrite 15:3 {SERVER}",
        f"gosu app:app {SERVER}",
        f"su-exec app {SERVER}",
        f"sudo -u app -E {SERVER}",
        f"timeout -k 5 60 {SERVER}",
        f"nice -n 10 nohup {SERVER} > log.txt 2>&1",
        f"ddtrace-run {SERVER}",
        f"newrelic-admin run-program {SERVER}",
        f"opentelemetry-instrument --traces_exporter otlp {SERVER}",
        f"wait-for-it.sh db:5432 -t 60 -- {SERVER}",
        f"sh -c '{SERVER}'",
        f'bash -lc "{SERVER}"',
        f"bash -euo pipefail -c '{SERVER}'",
        f"su app -c '{SERVER}'",
        f"watchfiles '{SERVER}' src",
        f"python -m debugpy --listen 0.0.0.0:5678 -m {SERVER}",
        f"coverage run -m {SERVER}",
        "uvicorn \\\n  app:app \\\n  --workers 2",
        "uvicorn 'app:app' --work\"ers\" 2 # all of them",
    ],
)
def test_what_only_passes_a_command_on_is_taken_off(command: str) -> None:
    words = [[word.text for word in run.words] for run in read_script(command).runs]
    assert [words[-1][0].rpartition("/")[2], *words[-1][1:]] == SERVER.split()


def test_a_chain_starts_all_its_parts() -> None:
    assert started("alembic upgrade head && cd api; exec gunicorn api:app") == [
        "alembic upgrade head",
        "gunicorn api:app",
    ]


def test_what_follows_an_exec_is_not_reached() -> None:
    assert started("exec uvicorn a:app\nuvicorn b:app") == ["uvicorn a:app"]


@pytest.mark.parametrize(
    ("word", "environment", "expected"),
    [
        ("$N", {}, "?$N"),
        ("$N", {"N": "4"}, "4"),
        ("${N}", {"N": "4"}, "4"),
        ("${N:-2}", {}, "2"),
        ("${N:-2}", {"N": "4"}, "4"),
        ("${N:-2}", {"N": ""}, "2"),
        ("${N-2}", {"N": ""}, ""),
        ('"${N:=2}"', {}, "2"),
        ("${N:+9}", {"N": "4"}, "9"),
        ("${N:?must be set}", {}, "?${N:?must be set}"),
        ("${N:-${M:-3}}", {}, "3"),
        ("${N:-$M}", {"M": "5"}, "5"),
        ("${N:-$M}", {}, "?${N:-$M}"),
        ("${N%x}", {"N": "4x"}, "?${N%x}"),
        ("$(nproc)", {}, "?$(nproc)"),
        ("$((2 * 2))", {}, "?$((2 * 2))"),
        ("`nproc`", {}, "?`nproc`"),
        ("'$N'", {"N": "4"}, "$N"),
        ("\\$N", {"N": "4"}, "$N"),
        ('"a $N b"', {"N": "4"}, "a 4 b"),
        ("0.0.0.0:${P:-80}", {}, "0.0.0.0:80"),
        ("0.0.0.0:$P", {}, "?0.0.0.0:$P"),
        ("$(echo \"it's) \" | sed 's/)//')", {}, "?$(echo \"it's) \" | sed 's/)//')"),
        ("$(case $A in x) echo 1;; esac)", {}, "?$(case $A in x) echo 1;; esac)"),
    ],
)
def test_what_is_not_known_is_not_guessed(
    word: str, environment: dict[str, str], expected: str
) -> None:
    assert started(f"run {word}", environment) == [f"run {expected}".rstrip()]


def test_a_known_variable_falls_apart_at_blanks_where_it_is_not_quoted() -> None:
    environment = {"ARGS": "-w 3  -k asgi", "EMPTY": ""}
    script = read_script(
        'g $ARGS $EMPTY "$EMPTY" x$ARGS', {k: Word(v, 1) for k, v in environment.items()}
    )
    assert [word.text for word in script.runs[0].words] == [
        "g", "-w", "3", "-k", "asgi", "", "x-w", "3", "-k", "asgi",
    ]  # fmt: skip


def test_a_variable_is_known_behind_branches_that_agree() -> None:
    script = """
    N=2
    if [ -f /flag ]; then M=3; else M=3; fi
    if [ -f /flag ]; then N=4; fi
    serve $N $M
    """
    assert started(script) == ["serve ?$N 3"]


def test_a_branch_that_ends_the_script_changes_no_variable_behind_it() -> None:
    script = "N=2\nif [ -f /flag ]; then N=4; {}; fi\nserve $N"
    assert started(script.format("exec other")) == ["perhaps other", "perhaps serve 2"]
    assert started(script.format("exit 1")) == ["serve 2"]


@pytest.mark.parametrize(
    ("condition", "environment", "expected"),
    [
        ('[ "$MODE" = dev ]', {"MODE": "dev"}, ["one"]),
        ('[ "$MODE" = dev ]', {"MODE": "live"}, ["two"]),
        ('[ "$MODE" != dev ]', {"MODE": "dev"}, ["two"]),
        ('[[ "$MODE" == d* ]]', {"MODE": "dev"}, ["one"]),
        ('[ "${MODE:-live}" = dev ]', {}, ["two"]),
        ('[ "$MODE" = dev ]', {}, ["perhaps one", "perhaps two"]),
        ('[ -z "$MODE" ]', {}, ["perhaps one", "perhaps two"]),
        ('[ -z "${MODE:-}" ]', {}, ["perhaps one", "perhaps two"]),
        ('[ -n "$MODE" ]', {"MODE": "x"}, ["one"]),
        ('[ ! -n "$MODE" ]', {"MODE": "x"}, ["two"]),
        ('[ "$N" -gt 1 ]', {"N": "3"}, ["one"]),
        ("[[ $A == 1 && $B == 2 ]]", {"A": "1", "B": "2"}, ["perhaps one", "perhaps two"]),
        ("true", {}, ["one"]),
        ("! true", {}, ["two"]),
        ("command -v x", {}, ["perhaps x", "perhaps one", "perhaps two"]),
    ],
)
def test_a_condition_counts_where_known_variables_decide_it(
    condition: str, environment: dict[str, str], expected: list[str]
) -> None:
    found = started(f"if {condition}; then one; else two; fi", environment)
    assert [each for each in found if "-v" not in each and each != "perhaps x"] == [
        each for each in expected if each != "perhaps x"
    ]


def test_and_of_a_question_is_a_branch_and_of_a_command_is_none() -> None:
    assert started('[ "$X" = y ] && one\nmigrate && two\nthree || four') == [
        "perhaps one",
        "migrate",
        "two",
        "three",
        "perhaps four",
    ]


def test_case_takes_the_arm_of_a_known_subject() -> None:
    script = 'case "$1" in\n  api|web) exec uvicorn a:b ;;\n  work*) celery ;;\n  *) exec "$@" ;;\nesac\nlast'
    assert started(script, {}, "api") == ["uvicorn a:b"]
    assert started(script, {}, "worker") == ["celery", "last"]
    assert started(script, {}, "gunicorn", "x:y") == ["gunicorn x:y"]
    assert started(script) == [
        "perhaps uvicorn a:b",
        "perhaps celery",
        "perhaps ?$@",
        "perhaps last",
    ]


def test_an_entry_point_passes_its_arguments_on() -> None:
    assert started('set -e\nmigrate\nexec "$@"', {}, "uvicorn", "a:b") == ["migrate", "uvicorn a:b"]
    assert started('shift; exec "$@"', {}, "api", "uvicorn", "a:b") == ["uvicorn a:b"]
    assert started('set -- uvicorn "$@"; exec "$@"', {}, "a:b") == ["uvicorn a:b"]
    assert started('exec gunicorn a:b "$@"') == ["gunicorn a:b ?$@"]


def test_functions_and_arrays() -> None:
    script = """
    start() { uvicorn "$1:app" --port $2 & }
    function stop { kill 1; }
    start api 80
    ARGS=(gunicorn api:app)
    ARGS+=(-w 3)
    stop
    "${ARGS[@]}" last
    """
    assert started(script) == ["uvicorn api:app --port 80", "gunicorn api:app -w 3 last"]


def test_a_comment_in_a_substitution_opens_no_quote() -> None:
    script = read_script("A=$(one | while read x; do\n  # it's one (\n  two\ndone)\nserve")
    assert told(script) == ["serve"]
    assert not script.unread


def test_eval_is_followed_where_its_text_is_known() -> None:
    assert started("A='run 1 && N=2'\neval \"$A\"\nrun $N") == ["run 1", "run 2"]
    script = read_script("eval $(env)\nrun ${N:-2}")
    assert told(script) == ["run ?${N:-2}"]


def test_an_array_that_a_branch_makes_longer_keeps_its_beginning() -> None:
    script = 'A=(uvicorn a:b)\nif [ -f x ]; then A+=(--reload); fi\n"${A[@]}"'
    assert started(script) == ["uvicorn a:b ?${A[@]}"]


def test_only_exported_variables_reach_a_program() -> None:
    script = read_script("A=1\nexport B=2\nset -a\nC=3\nset +a\nD=4 serve\nserve")
    first, second = script.runs
    assert {name: value.text for name, value in first.environment.items()} == {
        "B": "2",
        "C": "3",
        "D": "4",
    }
    assert "D" not in second.environment


def test_a_sourced_file_may_set_anything() -> None:
    run = read_script("source .env\nserve ${N:-2}").runs[0]
    assert run.is_open
    assert written_out(run.words[1]) == "?${N:-2}"
    assert not read_script(". .venv/bin/activate && serve").runs[0].is_open


def test_where_a_program_is_started() -> None:
    text = "one; cd api && two; cd ../web; three; cd /srv; four; (cd x; five); six; cd $D; seven"
    folders = [run.folder for run in read_script(text).runs]
    assert [run.folder for run in read_script("cd /; cd ..; one").runs] == ["/"]
    assert [run.folder for run in read_script("cd a/../..; cd b; one").runs] == ["../b"]
    assert folders == ["", "api", "web", "/srv", "/srv/x", "/srv", None]


def test_lines_are_those_of_the_words() -> None:
    run = read_script("\nuvicorn \\\n  app:app \\\n  --workers 2", line=10).runs[0]
    assert [word.line for word in run.words] == [11, 12, 13, 13]


def test_files_that_a_script_writes() -> None:
    script = read_script(
        "cat > /etc/a.conf <<EOF\nhost \\$host;\nport $PORT ${X:-1};\nEOF\n"
        "cat <<'EOF' > b.conf\n$kept\nEOF\n"
        "echo 'one' >> c\n"
        "printf 'x\\ny\\n' | sudo tee -a d > /dev/null\n"
        "tee e <<-END\n\tindented\n\tEND\n"
        "{ echo p; echo q; } > f\n",
        {"PORT": Word("80", 1)},
    )
    found = [
        (each.path.text, each.appends, [line.text for line in each.lines]) for each in script.writes
    ]
    assert found == [
        ("/etc/a.conf", False, ["host $host;", "port 80 1;"]),
        ("b.conf", False, ["$kept"]),
        ("c", True, ["one"]),
        ("d", True, ["x", "y"]),
        ("e", False, ["indented"]),
        ("f", False, ["p"]),
        ("f", True, ["q"]),
    ]
    assert [line.line for line in script.writes[0].lines] == [2, 3]


def test_words_that_no_shell_sees() -> None:
    assert told(read_words([Word("run", 1), Word("$X && y", 1)])) == ["run $X && y"]
    inner = read_words(
        [Word("sh", 1), Word("-c", 1), Word("cd x && N=1 exec run $M", 4)], {"M": Word("2", 1)}
    )
    assert told(inner) == ["run 2"]
    assert inner.runs[0].line == 4
    assert inner.runs[0].folder == "x"
    assert inner.runs[0].prefixes == ("sh", "exec")


def test_words_are_divided_as_shlex_does() -> None:
    words = plain_words('a \'b c\' "d \\" e" f\\ g \\\n h;i && $X', 3)
    assert [word.text for word in words] == ["a", "b c", 'd " e', "f g", "h;i", "&&", "$X"]
    assert [word.line for word in words] == [3, 3, 3, 3, 4, 4, 4]


@pytest.mark.parametrize(
    "text",
    [
        "echo 'open",
        'echo "open',
        "echo $(open",
        "echo ${X:-",
        "if x; then",
        "case",
        "done done )",
        "a <<EOF\nb",
    ],
)
def test_a_broken_script_is_read_as_far_as_it_goes(text: str) -> None:
    assert isinstance(read_script(f"first\n{text}"), Script)
    assert started(f"first\n{text}")[0] == "first"
