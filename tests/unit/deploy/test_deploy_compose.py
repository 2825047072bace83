"""Compose files: services, variables, commands, and files that go together."""

from __future__ import annotations

import textwrap

import pytest

from lg_lint.deploy import compose, compose_files, dotenv
from lg_lint.deploy.compose import Compose, Service
from lg_lint.deploy.place import Word
from lg_lint.deploy.settings import Setting


def read(text: str, **variables: str) -> Compose:
    words = {name: Word(value, 1) for name, value in variables.items()}
    found = compose.read(textwrap.dedent(text).encode(), words)
    assert not found.unread
    return found


def service(text: str, **variables: str) -> Service:
    body = textwrap.indent(textwrap.dedent(text), "    ")
    return read(f"services:\n  api:\n{body}", **variables).services["api"]


def words(found: Service) -> list[tuple[str, int]]:
    assert found.command is not None
    return [(word.text, word.line) for word in found.command.words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "command: uvicorn a:app --workers 4\n",
            [("uvicorn", 3), ("a:app", 3), ("--workers", 3), ("4", 3)],
            id="text",
        ),
        pytest.param(
            'command: ["uvicorn", "a:app",\n  "--workers", "4"]\n',
            [("uvicorn", 3), ("a:app", 3), ("--workers", 4), ("4", 4)],
            id="flow-list",
        ),
        pytest.param(
            "command:\n  - uvicorn\n  - a:app\n  - --workers=4\n",
            [("uvicorn", 4), ("a:app", 5), ("--workers=4", 6)],
            id="block-list",
        ),
        pytest.param(
            "command: >\n  uvicorn a:app\n  --workers 4\n",
            [("uvicorn", 4), ("a:app", 4), ("--workers", 5), ("4", 5)],
            id="folded",
        ),
        pytest.param(
            "command: |\n  uvicorn a:app \\\n    --workers 4\n",
            [("uvicorn", 4), ("a:app", 4), ("--workers", 5), ("4", 5)],
            id="literal",
        ),
        pytest.param(
            "command: sh -c 'alembic upgrade head && exec uvicorn a:app'\n",
            [("sh", 3), ("-c", 3), ("alembic upgrade head && exec uvicorn a:app", 3)],
            id="shell",
        ),
        pytest.param(
            'command: run "a \\"b\\" c" d\\ e \'f "g"\'\n',
            [("run", 3), ('a "b" c', 3), ("d e", 3), ('f "g"', 3)],
            id="quotes",
        ),
        pytest.param("command: []\n", [], id="taken-away"),
    ],
)
def test_commands(text: str, expected: list[tuple[str, int]]) -> None:
    assert words(service(text)) == expected


def test_a_word_over_several_lines_knows_each() -> None:
    found = service(
        "command:\n  - sh\n  - -c\n  - |\n    alembic upgrade head\n    uvicorn a:app\n"
    )
    assert found.command is not None
    script = found.command.words[2]
    assert script.line_at(script.text.index("uvicorn")) == 8


def test_no_command_is_not_an_empty_one() -> None:
    assert service("image: a\ncommand:\n").command is None
    assert service("image: a\n").command is None


@pytest.mark.parametrize(
    ("text", "expected", "origin"),
    [
        ("${WORKERS:-4}", "4", "default"),
        ("${WORKERS-4}", "4", "default"),
        ("${WORKERS}", "${WORKERS}", "unknown"),
        ("$WORKERS", "$WORKERS", "unknown"),
        ("${WORKERS:?say how many}", "${WORKERS}", "unknown"),
        ("${WORKERS:+8}", "${WORKERS}", "unknown"),
        ("${A:-${B:-7}}", "7", "default"),
        ("${SET}", "2", "set"),
        ("$SET", "2", "set"),
        ("${SET:-4}", "2", "set"),
        ("${SET:+8}", "8", "set"),
        ("${EMPTY:-4}", "4", "default"),
        ("${EMPTY-4}", "", "set"),
        ("$$HOME", "$HOME", "set"),
        ("${broken", "${broken", "unknown"),
        ("100%", "100%", "set"),
    ],
)
def test_variables(text: str, expected: str, origin: str) -> None:
    found = service(f"environment:\n  N: '{text}'\n", SET="2", EMPTY="")
    assert (found.environment["N"].text, found.environment["N"].origin) == (expected, origin)


def test_only_the_word_with_an_unknown_variable_is_unknown() -> None:
    found = service("command: gunicorn -w ${N} -b 0.0.0.0:${PORT:-80} ${M:?a b} a:app\n")
    assert found.command is not None
    assert [(word.text, word.origin) for word in found.command.words] == [
        ("gunicorn", "set"),
        ("-w", "set"),
        ("${N}", "unknown"),
        ("-b", "set"),
        ("0.0.0.0:80", "default"),
        ("${M}", "unknown"),
        ("a:app", "set"),
    ]


def test_environment_as_a_list_and_as_a_table() -> None:
    listed = service("environment:\n  - A=1\n  - B=x=y\n  - C\n  - D=${V:-2}\n", C="set")
    table = service("environment:\n  A: 1\n  B: x=y\n  C:\n  D: ${V:-2}\n  E:\n", C="set")
    for found in (listed, table):
        texts = {key: (each.text, each.origin) for key, each in found.environment.items()}
        assert texts["A"] == ("1", "set")
        assert texts["B"] == ("x=y", "set")
        assert texts["C"] == ("set", "set")
        assert texts["D"] == ("2", "default")
    assert not table.environment["E"].known


def test_environment_through_a_merge_key() -> None:
    found = read(
        """\
        x-env: &env
          UVICORN_WORKERS: 4
        services:
          api:
            environment:
              <<: *env
              A: 1
        """
    )
    workers = found.services["api"].environment["UVICORN_WORKERS"]
    assert (workers.text, workers.line) == ("4", 2)


@pytest.mark.parametrize(
    ("text", "published", "target"),
    [
        ("8000:80", "8000", "80"),
        ("80", None, "80"),
        ("127.0.0.1:8000:80/tcp", "8000", "80"),
        ("${P:-9000}:80", "9000", "80"),
        ("${P}:80", "${P}", "80"),
    ],
)
def test_ports(text: str, published: str | None, target: str) -> None:
    [port] = service(f"ports: ['{text}']\n").ports
    assert (port.published.text if port.published else None, port.target.text) == (
        published,
        target,
    )


def test_ports_in_the_long_form() -> None:
    [port] = service("ports:\n  - target: 80\n    published: '8000'\n").ports
    assert port.published is not None
    assert (port.published.text, port.target.text, port.target.line) == ("8000", "80", 4)


def test_the_rest_of_a_service() -> None:
    found = service(
        """\
        build:
          context: ./app
          dockerfile: Dockerfile.prod
          target: api
          args: [WORKERS=2]
        env_file: [.env, {path: b.env, required: false}]
        volumes: [./app:/srv, {type: bind, source: a, target: /b}]
        working_dir: /srv
        deploy: {replicas: 3}
        stop_grace_period: 1m30s
        depends_on: {db: {condition: service_started}}
        labels: ["traefik.enable=true"]
        configs: [{source: nginx, target: /etc/nginx/nginx.conf}]
        """
    )
    assert found.build is not None
    build = (found.build.context, found.build.dockerfile, found.build.target)
    assert [each.text for each in build if each] == ["./app", "Dockerfile.prod", "api"]
    assert found.build.args["WORKERS"].text == "2"
    assert [each.text for each in found.env_files] == [".env", "b.env"]
    assert [(m.source.text, m.target.text) for m in found.volumes] == [
        ("./app", "/srv"),
        ("a", "/b"),
    ]
    assert (found.instances.text, found.instances.origin) == ("3", "set")
    assert (found.grace.text, found.grace.origin) == ("1m30s", "set")
    assert [each.text for each in found.depends_on] == ["db"]
    assert found.labels["traefik.enable"].text == "true"
    assert found.configs[0].target.text == "/etc/nginx/nginx.conf"


def test_what_is_not_said_is_the_platforms() -> None:
    found = service("image: a\n")
    assert (found.instances.text, found.instances.origin) == ("1", "platform")
    assert (found.grace.text, found.grace.origin) == ("10s", "platform")
    assert service("image: a\nscale: 2\n").instances.text == "2"


def files(**texts: str) -> dict[str, Compose]:
    names = {key.replace("__", "/").replace("_", "."): text for key, text in texts.items()}
    return {
        path: compose.read(textwrap.dedent(text).encode(), {}, path) for path, text in names.items()
    }


def test_an_override_goes_over_the_plain_file() -> None:
    [found] = compose_files.deployments(
        files(
            compose_yml="""\
            services:
              api: {image: a, command: one, environment: [A=1, B=1], ports: ["1:1"], labels: {x: y}}
              db: {image: d}
            """,
            compose_override_yml="""\
            services:
              api: {environment: {B: 2}, ports: ["2:2"], deploy: {replicas: 2}}
            """,
        )
    )
    api = found.services["api"]
    assert found.paths == ("compose.yml", "compose.override.yml")
    assert {key: each.text for key, each in api.environment.items()} == {"A": "1", "B": "2"}
    assert api.environment["B"].path == "compose.override.yml"
    assert [port.target.text for port in api.ports] == ["1", "2"]
    assert (api.instances.text, api.grace.origin) == ("2", "platform")
    assert "db" in found.services


def test_files_beside_each_other_are_alternatives() -> None:
    found = compose_files.deployments(
        files(
            compose_yml="services: {api: {image: a, command: run --reload}}",
            compose_prod_yml="services: {api: {image: a, command: run --workers 4}}",
        )
    )
    assert [each.paths for each in found] == [("compose.yml",), ("compose.prod.yml",)]
    assert all(each.certain for each in found)


def test_a_file_that_needs_the_plain_one_goes_over_it() -> None:
    _, found = compose_files.deployments(
        files(
            compose_yml="services: {api: {build: ., command: run}}",
            compose_gpu_yml="services: {api: {build: {args: [GPU=1]}, environment: [A=1]}}",
        )
    )
    assert found.paths == ("compose.yml", "compose.gpu.yml")
    assert not found.certain
    api = found.services["api"]
    assert api.build is not None
    assert (api.build.context.text, api.build.args["GPU"].text) == (".", "1")
    assert api.command is not None


def test_extends_and_include() -> None:
    given = files(
        base_yml="services: {web: {image: a, command: one, environment: [A=1]}}",
        compose_yml="""\
        include: [db.yml]
        services:
          api: {extends: {file: base.yml, service: web}, environment: [B=2]}
          two: {extends: api, command: two}
          loop: {extends: loop, image: x}
        """,
        db_yml="services: {db: {image: d}}",
    )
    by_paths = {each.paths: each for each in compose_files.deployments(given)}
    found = by_paths["compose.yml",]
    assert set(found.services) == {"api", "two", "loop", "db"}
    two = found.services["two"]
    assert (two.image and two.image.text, two.command and two.command.texts) == ("a", ("two",))
    assert set(two.environment) == {"A", "B"}
    assert ("db.yml",) not in by_paths


def test_a_file_that_is_not_there_is_told() -> None:
    [found] = compose_files.deployments(
        files(compose_yml="services: {api: {image: a, extends: {file: no.yml, service: x}}}")
    )
    assert [(path, each.line) for path, each in found.unread] == [("compose.yml", 1)]


def test_a_reset_takes_away() -> None:
    [found] = compose_files.deployments(
        files(
            compose_yml='services: {api: {image: a, command: one, ports: ["1:1"]}}',
            compose_override_yml="services: {api: {command: !reset null, ports: !override ['2:2']}}",
        )
    )
    api = found.services["api"]
    assert api.command is None
    assert [port.target.text for port in api.ports] == ["2"]


def test_variables_from_files_lie_under_a_services_own() -> None:
    found = service("env_file: [a.env, b.env, gone.env]\nenvironment: {B: own}\n")
    files = {"a.env": b"A=1\nB=1\nC=1\n", "b.env": b"C=2\n"}

    def read_file(path: str) -> dict[str, Setting] | None:
        return dotenv.read(files[path], path) if path in files else None

    env = compose.environment(found, read_file)
    assert {key: each.text for key, each in env.items() if each.known} == {
        "A": "1",
        "B": "own",
        "C": "2",
    }
    assert not env["*"].known


def test_a_value_that_is_made_of_an_unknown_one_is_unknown() -> None:
    names = dotenv.read(b"A=${GONE}\nB=${A}x\nC=${D:-1}\n")
    assert not names["B"].known
    found = compose.read(
        b"services: {a: {command: 'run ${A} ${C} x', environment: {N: '${A:-1}', M: '$C'}}}", names
    ).services["a"]
    assert found.command is not None
    assert [word.origin for word in found.command.words] == ["set", "unknown", "default", "set"]
    assert not found.environment["N"].known
    assert (found.environment["M"].text, found.environment["M"].origin) == ("1", "default")


def test_values_that_double_at_each_step_stay_small() -> None:
    rows = ["A0=xxxxxxxxxx"] + [f"A{n}=${{A{n - 1}}}$A{n - 1}" for n in range(1, 80)]
    found = dotenv.read("\n".join(rows).encode())
    assert sum(len(each.text) for each in found.values()) < 2_000_000
    assert (found["A3"].text, found["A79"].known) == ("x" * 80, False)


def test_an_env_file() -> None:
    text = (
        "# WORKERS=9\nexport WORKERS=4 # four\nA='x $B # y'\nB=\"two\nlines\"\n"
        "C=${WORKERS}0\nD=${NO}\nnot a line\nE=\nWORKERS=5\nF = spaced \n"
    )
    found = dotenv.read(text.encode(), ".env")
    texts = {key: (each.text, each.line) for key, each in found.items()}
    assert texts["A"] == ("x $B # y", 3)
    assert texts["B"] == ("two\nlines", 4)
    assert texts["C"] == ("40", 6)
    assert not found["D"].known
    assert texts["E"] == ("", 9)
    assert texts["WORKERS"] == ("5", 10)
    assert texts["F"] == ("spaced", 11)
    assert dotenv.read(b"A=1\0") == {}
