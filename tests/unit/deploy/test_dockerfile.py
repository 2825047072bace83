"""What a Dockerfile's stages start, in which environment, with which files."""

from __future__ import annotations

import pytest

from lg_lint.deploy.dockerfile import Stage, instructions, read_dockerfile, started_by
from lg_lint.deploy.place import Word
from lg_lint.deploy.scripts import files_of, script_call
from lg_lint.deploy.server_command import ServerCommand, server_command
from lg_lint.deploy.values import Environment, known


def stage(text: str, target: str | None = None, arguments: dict[str, str] | None = None) -> Stage:
    given: Environment = {name: Word(value, 1) for name, value in (arguments or {}).items()}
    found = read_dockerfile(text.encode(), given).stage(target)
    assert found is not None
    return found


def commands(found: Stage) -> list[str]:
    script = started_by(found.entrypoint, found.command, found.environment)
    return [" ".join(word.text for word in run.words) for run in script.runs]


def server(found: Stage) -> ServerCommand:
    script = started_by(found.entrypoint, found.command, found.environment)
    command = server_command(script.runs[-1], found.environment)
    assert command is not None
    return command


def test_lines_are_those_of_the_words_in_an_array_over_lines() -> None:
    found = stage('FROM x\n\nCMD ["uvicorn", \\\n  "a:b", \\\n  # two\n  "--workers", "2"]\n')
    assert found.command is not None
    assert [(word.text, word.line) for word in found.command.words] == [
        ("uvicorn", 3),
        ("a:b", 4),
        ("--workers", 6),
        ("2", 6),
    ]
    assert server(found).settings["workers"].value == Word("2", 6)


def test_a_health_check_is_no_command() -> None:
    text = "FROM x\nHEALTHCHECK --interval=5s \\\n  CMD curl -f http://localhost/ || exit 1\nEXPOSE 80\n"
    found = stage(text)
    assert found.command is None
    assert found.healthcheck is not None
    assert stage(text + 'CMD ["uvicorn", "a:b"]\n').command is not None
    assert stage("FROM x\nHEALTHCHECK NONE\n").healthcheck is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM x\nARG N=4\nENV WORKERS=${N}\nCMD uvicorn a:b --workers ${WORKERS}\n", "4"),
        ("FROM x\nARG N\nENV WORKERS=${N:-2}\nCMD uvicorn a:b --workers $WORKERS\n", None),
        ("ARG N=3\nFROM x\nARG N\nENV W=$N\nCMD uvicorn a:b --workers $W\n", "3"),
        ("ARG N=3\nFROM x\nENV W=$N\nCMD uvicorn a:b --workers $W\n", None),
        ("FROM x\nARG N=4\nCMD uvicorn a:b --workers $N\n", None),
        ("FROM x\nENV W 4\nCMD uvicorn a:b --workers $W\n", "4"),
        ('FROM x\nENV A=1 \\\n    # why\n    W="5" B=x\\ y\nCMD uvicorn a:b --workers $W\n', "5"),
        ("FROM x\nENV W=4\nENV W=2\nCMD exec uvicorn a:b --workers ${W:-9}\n", "2"),
        ("FROM x\nARG W=4\nENV W=2\nENV V=$W\nCMD uvicorn a:b --workers $V\n", "2"),
        ("FROM x AS base\nENV W=4\nFROM base\nCMD uvicorn a:b --workers $W\n", "4"),
        ("FROM x AS base\nARG W=4\nFROM base\nENV V=$W\nCMD uvicorn a:b --workers $V\n", None),
    ],
)  # fmt: skip
def test_variables_of_the_build_and_of_the_container(text: str, expected: str | None) -> None:
    assert known(server(stage(text)).value("workers")) == expected


def test_an_argument_of_the_build_wins_over_the_files_default() -> None:
    text = "ARG TAG=1\nFROM x:$TAG\nARG N=4\nENV W=$N\nCMD uvicorn a:b --workers $W\n"
    found = stage(text, arguments={"N": "8", "TAG": "9", "OTHER": "1"})
    assert known(server(found).value("workers")) == "8"
    assert known(found.base) == "x:9"


def test_exec_form_knows_no_variables() -> None:
    found = stage('FROM x\nENV W=4\nCMD ["uvicorn", "a:b", "--workers", "$W"]\n')
    assert commands(found) == ["uvicorn a:b --workers $W"]
    assert "no number" in server(found).failure


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ENTRYPOINT ["tini", "--"]\nCMD ["uvicorn", "a:b"]', ["uvicorn a:b"]),
        ('ENTRYPOINT ["tini", "--"]\nCMD uvicorn a:b && x', ["uvicorn a:b", "x"]),
        ('ENTRYPOINT ["uvicorn", "a:b"]\nCMD ["--workers", "2"]', ["uvicorn a:b --workers 2"]),
        ('ENTRYPOINT uvicorn a:b\nCMD ["--workers", "2"]', ["uvicorn a:b"]),
        ('CMD ["sh", "-c", "migrate && exec uvicorn a:b"]', ["migrate", "uvicorn a:b"]),
        ("CMD migrate; cd src; python -m uvicorn a:b", ["migrate", "uvicorn a:b"]),
        ('SHELL ["/bin/bash", "-c"]\nCMD uvicorn a:b', ["uvicorn a:b"]),
        ('CMD ["a"]\nCMD ["b"]', ["b"]),
        ('CMD ["a", "b"] # note', ["a b"]),
        ("CMD a \\\n  b \\\n# the end", ["a b"]),
        ("CMD ['uvicorn', 'a:b']", ["[uvicorn, a:b]"]),
        ('CMD ["a"]\nENTRYPOINT []\nCMD ["b"]', ["b"]),
        ("", []),
    ],
)
def test_what_a_container_starts(text: str, expected: list[str]) -> None:
    assert commands(stage(f"FROM x\n{text}\n")) == expected


STAGES = """
FROM python:3.12 AS Base
ENV A=1
WORKDIR /app
EXPOSE 8000/tcp
CMD ["base"]

FROM base AS dev
WORKDIR src
CMD ["uvicorn", "a:b", "--reload"]

FROM base AS live
ENTRYPOINT ["gunicorn"]

FROM base
"""


def test_stages_have_what_they_begin_with() -> None:
    assert commands(stage(STAGES)) == ["base"]
    assert commands(stage(STAGES, "dev")) == ["uvicorn a:b --reload"]
    assert stage(STAGES, "DEV").folder == "/app/src"
    assert commands(stage(STAGES, "live")) == ["gunicorn"]  # an entry point drops the base's CMD
    assert stage(STAGES, "0").name == "Base"
    assert [port.text for port in stage(STAGES, "live").ports] == ["8000/tcp"]
    assert read_dockerfile(STAGES.encode()).stage("other") is None
    assert known(stage(STAGES, "live").environment["A"]) == "1"


def test_a_script_of_the_image_gets_the_command_as_its_arguments() -> None:
    found = stage('FROM x\nENTRYPOINT ["/entry.sh"]\nCMD ["uvicorn", "a:b"]\n')
    run = started_by(found.entrypoint, found.command).runs[0]
    call = script_call(run)
    assert call is not None
    assert call.path.text == "/entry.sh"
    assert [each.text for each in call.arguments] == ["uvicorn", "a:b"]


def test_files_that_a_build_writes() -> None:
    text = (
        "FROM nginx\nWORKDIR /etc\n"
        "RUN echo 'server {' > /etc/nginx/x.conf && \\\n"
        "    # the rest\n"
        "    echo '}' >> /etc/nginx/x.conf\n"
        "RUN cat <<EOF > y.conf\nlisten $PORT;\nEOF\n"
        "COPY <<'EOF' /z.sh\nexec $run\nEOF\n"
        "RUN <<EOF\necho one > w\nEOF\n"
        "COPY --from=build --chown=a:b nginx.conf other/ /etc/nginx/\n"
    )
    found = stage(text)
    files = {each.path.text: each for each in files_of(found.writes)}
    assert [(line.text, line.line) for line in files["/etc/nginx/x.conf"].lines] == [
        ("server {", 3),
        ("}", 5),
    ]
    assert [(line.text, line.line) for line in files["y.conf"].lines] == [("listen $PORT;", 7)]
    assert files["y.conf"].folder == "/etc"
    assert [(line.text, line.line) for line in files["/z.sh"].lines] == [("exec $run", 10)]
    assert [(line.text, line.line) for line in files["w"].lines] == [("one", 13)]
    copy = found.copies[0]
    assert [each.text for each in copy.sources] == ["nginx.conf", "other/"]
    assert known(copy.stage) == "build"


def test_the_escape_character_may_be_another() -> None:
    text = "# escape=`\nFROM x\nCMD uvicorn a:b `\n  --workers 2\n"
    assert commands(stage(text)) == ["uvicorn a:b --workers 2"]
    late = "FROM x\n# escape=`\nCMD uvicorn a:b \\\n  --workers 2\n"
    assert commands(stage(late)) == ["uvicorn a:b --workers 2"]


def test_instructions_begin_where_a_build_sees_them() -> None:
    text = (
        "\n# note\nfrom x\n\n  run a \\\n\n  # inside\n  b\nRUN --mount=type=cache,target=/c \\\n"
        "  --network=none pip\nENV A=\\\n  b\nRUN cat <<A <<-B\n1\nA\n\t2\n\tB\nCMD x \\\\\nEXPOSE 1\n"
    )
    found, unread = instructions(text)
    assert not unread
    assert [(each.name, each.line) for each in found] == [
        ("FROM", 3), ("RUN", 5), ("RUN", 9), ("ENV", 11), ("RUN", 13), ("CMD", 18), ("EXPOSE", 19),
    ]  # fmt: skip
    assert [flag.text for flag in found[2].flags] == [
        "--mount=type=cache,target=/c",
        "--network=none",
    ]
    assert [[line.text for line in each.lines] for each in found[4].documents] == [["1"], ["2"]]


def test_a_byte_order_mark_and_carriage_returns() -> None:
    assert commands(stage("\ufeffFROM x\r\nCMD a \\\r\n  b\r\n")) == ["a b"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CMD a",
        "FROM",
        "FROM \\",
        "FROM x\nENV\nCOPY a\nHEALTHCHECK\nSHELL []\nWORKDIR\nARG\nONBUILD CMD x",
    ],
)
def test_a_file_that_builds_nothing(text: str) -> None:
    found = read_dockerfile(text.encode())
    assert all(each.command is None for each in found.stages)
