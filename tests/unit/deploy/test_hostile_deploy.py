"""Any bytes are read, or told to be unread: no adapter raises, and none takes without end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lg_lint.deploy.dockerfile import read_dockerfile, started_by
from lg_lint.deploy.following import File, followed
from lg_lint.deploy.gunicorn_conf import read_gunicorn_conf
from lg_lint.deploy.ini import read_ini
from lg_lint.deploy.makefile import read_makefile
from lg_lint.deploy.node_scripts import read_package, read_pm2
from lg_lint.deploy.place import Word
from lg_lint.deploy.procfile import read_procfile
from lg_lint.deploy.pyproject import read_pyproject
from lg_lint.deploy.scripts import files_of, script_call
from lg_lint.deploy.server_command import addresses, server_command
from lg_lint.deploy.shell import Script, plain_words, read_script, read_words
from lg_lint.deploy.supervisord import read_supervisord
from lg_lint.deploy.systemd import read_unit
from lg_lint.deploy.text import MOST, text_of

ENVIRONMENT = {"A": Word("x" * 4000, 1), "WEB_CONCURRENCY": Word("2", 1), "N": Word("$N ${A}", 1)}
GUARD_SECONDS = 20


def look_at(script: Script) -> None:
    """Asks of a script all that can be asked."""
    files_of(script.writes)
    for run in script.runs:
        script_call(run)
        command = server_command(run, ENVIRONMENT)
        if command is not None:
            addresses(command)


def read_shell(data: bytes) -> None:
    text = data.decode("utf-8", errors="replace")
    look_at(read_script(text, ENVIRONMENT))
    look_at(read_script(text, None, (Word(text, 1),)))
    look_at(read_words([Word("sh", 1), Word("-c", 1), Word(text, 1)], ENVIRONMENT))
    look_at(read_words(plain_words(text), ENVIRONMENT))


def read_docker(data: bytes) -> None:
    for stage in read_dockerfile(data, ENVIRONMENT).stages:
        script = started_by(stage.entrypoint, stage.command, stage.environment)
        look_at(script)
        followed(script, stage.environment, lambda name, _: File(name, data))


def read_all_services(data: bytes) -> None:
    for read in (read_unit, read_supervisord, read_procfile, read_makefile, read_package, read_pm2):
        for service in read(data, ENVIRONMENT).services:
            look_at(service.script)


def read_settings(data: bytes) -> None:
    read_ini(data)
    read_pyproject(data)
    read_gunicorn_conf(data, ENVIRONMENT)


READERS: list[Callable[[bytes], None]] = [read_shell, read_docker, read_all_services, read_settings]

WORDS = """
if then else elif fi case in esac for while until do done { } ( ) (( )) [[ ]] ! && || ; ;; & | > >>
< << <<- EOF <<< $ ${ ${A ${A:- ${N:= $( ` ' " \\ # = A=1 A+=( f() function f exec "$@" $* $1 shift
set -- export unset source . cd .. / uvicorn gunicorn -w 4 --workers a:b sh -c eval env uv run
python -m tini FROM AS CMD ENTRYPOINT ENV ARG RUN COPY HEALTHCHECK WORKDIR SHELL ["sh", "-c"]
[Service] ExecStart= Environment= [program:x] command= environment= web: all: %(ENV_A)s $(A) $$
?= := "scripts": : , \ufeff
"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\n", "\t", "\n\t", "\\\n", "\0"])


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    for read in READERS:
        read(data)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=60).map(lambda parts: " ".join(parts).encode("utf-8", "replace")))
def test_any_order_of_the_words_that_matter(data: bytes) -> None:
    for read in READERS:
        read(data)


MUCH = {
    "open substitutions": "$(" * 5000,
    "open quotes": "'\"" * 5000,
    "nested defaults": "echo " + "${A:-" * 5000,
    "closed nested defaults": "run " + "${A:-" * 1250 + "}" * 1250,
    "nested groups": "( { " * 5000,
    "nested conditions": "if a; then " * 750,
    "functions of functions": "f() " * 2500,
    "cases": "case a in " * 2500,
    "variables that double": "A=xxxxxxxx\n" + 'A="$A$A"\n' * 500 + "run $A\n" * 500,
    "words that double": "A=(x x)\n" + 'A=("${A[@]}" "${A[@]}")\n' * 100 + 'run "${A[@]}"\n' * 100,
    "arguments that double": "set -- a a\n" + 'set -- "$@" "$@"\n' * 30,
    "a function that calls itself": "f() { f; f; }\nf\n",
    "a script in a script": "sh -c \"sh -c 'sh -c x'\"\n" * 250,
    "many programs": "run a\n" * 3000,
    "many variables": "".join(f"export A{each}=1\n" for each in range(1250)) + "run\n" * 250,
    "many here-documents": "cat <<EOF > f\nx\nEOF\n" * 1250,
    "here-documents without an end": "cat <<A <<B <<C\n" * 750,
    "many stages": "FROM x AS a\nENV A=1 B=2\nRUN echo a > b\nFROM a\n" * 625,
    "a long continuation": "FROM x\nRUN a \\\n" + "  b > c \\\n" * 2500,
    "a deep array": "FROM x\nCMD " + "[" * 25000,
    "many sections": "[program:a]\ncommand=x\nenvironment=A=1\n" * 625,
    "many commands of a unit": "[Service]\n" + "ExecStart=uvicorn $A\nEnvironment=A=1\n" * 625,
    "many targets": "".join(f"t{each}:\n\techo $(A) > f\n" for each in range(1250)),
    "deep literals": "module.exports = {apps: " + "[{a:" * 3000,
    "open comments": "/*" * 25000,
    "deep Python": "workers = " + "(" * 3000,
    "long Python": "workers = " + "1 + " * 1250 + "1",
}


@pytest.mark.parametrize("name", MUCH)
def test_much_of_anything(name: str) -> None:
    import time

    started = time.process_time()
    for read in READERS:
        read(MUCH[name].encode())
    assert time.process_time() - started < GUARD_SECONDS


def test_what_is_too_long_or_no_text_is_unread() -> None:
    for data in (b"x" * (MOST + 1), b"FROM x\0"):
        assert not isinstance(text_of(data), str)
        assert len(read_dockerfile(data).unread) == 1
        for read in (
            read_unit,
            read_supervisord,
            read_procfile,
            read_makefile,
            read_package,
            read_pm2,
        ):
            assert len(read(data).unread) == 1
            assert not read(data).services
    assert len(read_script("x" * (MOST + 1)).unread) == 1
