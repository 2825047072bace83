"""What stands in front of a program, as its path shows it: proxies, ingresses, platforms."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from lg_lint.base.finding import Hop
from lg_lint.model.paths.records import StreamPath
from lg_lint.model.paths.stream_paths import stream_paths
from lg_lint.run.check import lint
from lg_lint.settings import Settings

APP = """\
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import START, MessagesState, StateGraph

graph = StateGraph(MessagesState).compile()
app = FastAPI()


async def events():
    async for chunk in graph.astream({"messages": []}):
        yield f"data: {chunk}\\n\\n"


@app.get("/chat")
async def chat():
    return StreamingResponse(events(), media_type="text/event-stream")
"""
IMAGE = 'FROM python:3.12\nCOPY app.py /\nCMD ["uvicorn", "app:app", "--port", "8000"]\n'
POD = """\
kind: Deployment
apiVersion: apps/v1
metadata: {name: desk}
spec:
  template:
    metadata: {labels: {app: desk}}
    spec:
      containers: [{name: desk, image: "me/desk:1", ports: [{containerPort: 8000}]}]
---
kind: Service
apiVersion: v1
metadata: {name: desk}
spec: {selector: {app: desk}, ports: [{port: 80, targetPort: 8000}]}
"""
INGRESS = """\
---
kind: Ingress
apiVersion: networking.k8s.io/v1
metadata:
  name: desk
  annotations: {%s}
spec:
  %s
  rules:
    - http:
        paths:
          - path: %s
            pathType: %s
            backend: {service: {name: desk, port: {number: 80}}}
"""
NGINX = (
    "server { listen 80; location /api/ { proxy_pass http://desk:8000/; proxy_read_timeout 75s; } }"
)


def ingress(
    annotations: str, said: str = "ingressClassName: nginx", path: str = "/", kind: str = "Prefix"
) -> dict[str, str]:
    return {"k8s.yaml": POD + INGRESS % (annotations, said, path, kind)}


def compose(more: str = "", **files: str) -> dict[str, str]:
    text = "services:\n  desk:\n    build: .\n" + more
    return {"compose.yaml": text, **{name.replace("_", "."): each for name, each in files.items()}}


def paths(folder: Path, files: dict[str, str], root: str = "desk") -> list[StreamPath]:
    top = folder / root
    written = {"app.py": APP, "pyproject.toml": "", "Dockerfile": IMAGE, **files}
    for name, text in written.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    report = lint([top], Settings(select=("LG304",)))
    assert report.project is not None
    return stream_paths(report.project, ())


def fronts(path: StreamPath) -> list[str]:
    """The hops behind the server, as `kind text: facts`; a question begins with "?"."""
    return [
        f"? {hop.question}" if not hop.is_known else f"{hop.title}: {', '.join(hop.facts)}"
        for hop in path.hops
        if hop.hop in (Hop.PROXY, Hop.PLATFORM)
    ]


ONCE = "passes chunks at once"
HELM = {
    "chart/Chart.yaml": "name: desk\nversion: 1.0.0\n",
    "chart/values.yaml": "image: desk\nreplicas: 2\ntime: 75\n",
    "chart/templates/_names.tpl": '{{ define "desk.name" }}{{ .Release.Name }}-desk{{ end }}\n',
    "chart/templates/all.yaml": POD.replace("me/desk:1", "{{ .Values.image }}").replace(
        "{name: desk}", '{name: {{ include "desk.name" . }}}'
    )
    + INGRESS.replace("name: desk,", 'name: {{ include "desk.name" . }},')
    % (
        'nginx.ingress.kubernetes.io/proxy-read-timeout: "{{ .Values.time }}"',
        "ingressClassName: nginx", "/", "Prefix",
    ),
}  # fmt: skip
STACK = """\
variable "idle" { default = 60 }
resource "aws_lb" "front" { idle_timeout = var.idle }
resource "aws_ecs_task_definition" "desk" {
  container_definitions = jsonencode([
    { name = "desk", image = aws_ecr_repository.desk.url, portMappings = [{ containerPort = 8000 }] }
  ])
}
resource "aws_ecs_service" "desk" {
  task_definition = aws_ecs_task_definition.desk.arn
  desired_count   = 3
}
"""
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      LoadBalancerAttributes: [{Key: idle_timeout.timeout_seconds, Value: "300"}]
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - {Name: desk, Image: "1.dkr.ecr.aws/desk:1", PortMappings: [{ContainerPort: 8000}]}
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (ingress(""), [f"ingress-nginx /: {ONCE}, read timeout 60 s", "?"]),
        (
            ingress(
                'nginx.ingress.kubernetes.io/proxy-read-timeout: "120", '
                "nginx.ingress.kubernetes.io/rewrite-target: /$2",
                path="/api(/|$)(.*)",
                kind="ImplementationSpecific",
            ),
            [f"ingress-nginx /api(/|$)(.*): {ONCE}, read timeout 120 s", "?"],
        ),
        (
            ingress("nginx.ingress.kubernetes.io/proxy-buffering: 'on'"),
            [f"ingress-nginx /: {ONCE}, read timeout 60 s", "?"],
        ),
        (ingress("", "ingressClassName: traefik"), [f"traefik /: {ONCE}, no read timeout", "?"]),
        (ingress("", path="/other"), ["?", "?"]),
        (ingress("", "ingressClassName: alb"), ["?", "AWS load balancer: idle timeout 60 s"]),
        (ingress("", "ingressClassName: gce"), ["?", "Google load balancer: limit of the answer 30 s"]),
        (HELM, [f"ingress-nginx /: {ONCE}, read timeout 75 s", "?"]),
        (
            {
                "base/kustomization.yaml": "resources: [all.yaml]\n",
                "base/all.yaml": ingress("")["k8s.yaml"],
                "prod/kustomization.yaml": "resources: [../base]\npatches: [{path: slow.yaml}]\n",
                "prod/slow.yaml": "kind: Ingress\nmetadata:\n  name: desk\n  annotations:\n"
                "    nginx.ingress.kubernetes.io/proxy-read-timeout: '3600'\n",
            },
            [f"ingress-nginx /: {ONCE}, read timeout 3600 s", "?"],
        ),
        (
            compose(
                "  edge:\n    image: caddy:2.6\n    volumes: ['./Caddyfile:/etc/caddy/Caddyfile']\n",
                Caddyfile="x.y {\n  handle_path /api/* {\n    reverse_proxy desk:8000 {\n"
                "      transport http {\n        read_timeout 30s\n      }\n    }\n  }\n}\n",
            ),
            [f"caddy: {ONCE}, read timeout 30 s, a broken end looks complete", "?"],
        ),
        (
            {
                "Dockerfile": "FROM python:3.12\nCOPY . /\n"
                "COPY nginx.conf /etc/nginx/conf.d/default.conf\n"
                'CMD ["supervisord", "-c", "/supervisord.conf"]\n',
                "supervisord.conf": "[program:nginx]\ncommand=nginx -g 'daemon off;'\n"
                "[program:web]\ncommand=uvicorn app:app --port 8000\n",
                "nginx.conf": NGINX.replace("desk:", "127.0.0.1:"),
            },
            ["nginx /api/: collects chunks in its buffer, read timeout 75 s, "
             "a broken end looks complete", "?"],
        ),
        (
            compose(
                "    labels:\n      - traefik.http.routers.a.rule=PathPrefix(`/api`)\n"
                "      - traefik.http.routers.a.middlewares=cut\n"
                "      - traefik.http.middlewares.cut.stripprefix.prefixes=/api\n"
            ),
            [f"traefik /api: {ONCE}, no read timeout", "?"],
        ),
        (
            compose(
                "    labels:\n      traefik.http.routers.a.rule: Host(`x.y`)\n"
                "      traefik.http.routers.a.middlewares: all\n"
                "      traefik.http.middlewares.all.buffering.maxResponseBodyBytes: 2000\n"
            ),
            ["traefik /: collects chunks in its buffer, no read timeout", "?"],
        ),
        (
            {
                **ingress("", path="/api")
                | {
                    "front.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: conf}\ndata:\n"
                    f"  default.conf: |\n    # nginx\n    {NGINX}\n---\n"
                    + POD.replace("desk", "web").replace("me/web:1", "nginx:1.25").replace(
                        "containers: [{",
                        "volumes: [{name: conf, configMap: {name: conf}}]\n"
                        "      containers: [{volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}], ",
                    )
                }
            },
            [
                "nginx /api/: collects chunks in its buffer, read timeout 75 s, a broken end looks "
                "complete",
                "?",
            ],
        ),
        (
            compose(
                "  web:\n    image: nginx:1.25\n    volumes: ['./a.conf:/etc/nginx/conf.d/a.conf']\n"
                "  edge:\n    image: caddy:2.6\n    volumes: ['./Caddyfile:/etc/caddy/Caddyfile']\n",
                a_conf=NGINX.replace("proxy_read", "proxy_http_version 1.1; proxy_read"),
                Caddyfile=":80 {\n  reverse_proxy web\n}\n",
            ),
            [
                f"nginx /api/: HTTP/1.1, {ONCE}, read timeout 75 s",
                f"caddy: {ONCE}, no read timeout, a broken end looks complete",
                "?",
            ],
        ),
        (
            {"fly.toml": 'app = "desk"\nkill_timeout = 60\n[http_service]\ninternal_port = 8000\n'},
            ["?", "Fly desk: killed 60 s after SIGTERM"],
        ),
        ({"Dockerfile": "", "railway.toml": '[deploy]\nstartCommand = "uvicorn app:app"\n'}, ["?", "Railway: "]),
        (
            {"Dockerfile": "", "render.yaml": "services: [{type: web, name: desk, startCommand: uvicorn app:app}]\n"},
            ["?", "Render desk: killed 30 s after SIGTERM"],
        ),
        (
            {"Dockerfile": "", ".do/app.yaml": "services: [{name: desk, run_command: uvicorn app:app}]\n"},
            ["?", "DigitalOcean desk: "],
        ),
        (
            {"Dockerfile": "", "app.yaml": "runtime: python312\nentrypoint: uvicorn app:app\n"},
            ["?", "App Engine: "],
        ),
        (
            {
                "service.yaml": "apiVersion: serving.knative.dev/v1\nkind: Service\n"
                "metadata: {name: desk}\nspec:\n  template:\n    spec:\n      timeoutSeconds: 120\n"
                "      containers: [{image: gcr.io/me/desk}]\n"
            },
            ["?", "Cloud Run desk: limit of the answer 120 s, killed 10 s after SIGTERM"],
        ),
        (
            {"main.tf": STACK},
            ["?", "ECS desk: killed 30 s after SIGTERM", "AWS load balancer: idle timeout 60 s"],
        ),
        (
            {"template.yaml": TEMPLATE},
            ["?", "ECS desk: killed 30 s after SIGTERM", "AWS load balancer: idle timeout 300 s"],
        ),
    ],
)  # fmt: skip
def test_what_stands_in_front(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    (path,) = paths(tmp_path, files)
    found = fronts(path)
    assert [each if each[0] != "?" else "?" for each in found] == expected


def test_a_load_balancer_whose_program_is_not_said_is_a_question(tmp_path: Path) -> None:
    (path,) = paths(tmp_path, {"main.tf": 'resource "aws_lb" "front" {}\n'})
    assert fronts(path)[-1] == (
        "? this AWS load balancer may stand in front: which program it leads to is not said"
    )
    assert path.hops[-2].place is not None
    assert path.hops[-2].place.path.endswith("main.tf")


def test_development_and_production_are_one_path_each(tmp_path: Path) -> None:
    files = compose()
    files["compose.prod.yaml"] = compose(
        "  web:\n    image: nginx:1.25\n    volumes: ['./a.conf:/etc/nginx/conf.d/a.conf']\n"
    )["compose.yaml"]
    files["a.conf"] = NGINX
    found = {path.deployment: fronts(path)[0][0] for path in paths(tmp_path, files)}
    assert found == {"compose.yaml": "?", "compose.prod.yaml": "n"}


def test_files_of_values_are_one_path_each(tmp_path: Path) -> None:
    files = {**HELM, "chart/values-prod.yaml": "time: 600\n"}
    found = {path.deployment: fronts(path)[0][-5:] for path in paths(tmp_path, files)}
    assert found == {"chart/values.yaml": " 75 s", "chart/values-prod.yaml": "600 s"}


def test_an_unknown_image_is_a_question(tmp_path: Path) -> None:
    text = dedent(
        """\
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: {name: x}
        spec: {template: {spec: {containers: [{image: gcr.io/me/other}]}}}
        """
    )
    found = paths(tmp_path, {"service.yaml": text, "web/Dockerfile": IMAGE.replace("8000", "1")})
    assert all(
        "which image of the project this runs cannot be told" in fronts(each)[1] for each in found
    )


def test_a_path_that_values_give_is_placed_there(tmp_path: Path) -> None:
    files = {**HELM, "chart/values.yaml": HELM["chart/values.yaml"] + "path: /\n"}
    files["chart/templates/all.yaml"] = files["chart/templates/all.yaml"].replace(
        "path: /\n", "path: {{ .Values.path }}\n"
    )
    (path,) = paths(tmp_path, files)
    place = next(hop.place for hop in path.hops if hop.hop is Hop.PROXY)
    assert place is not None
    assert (Path(place.path).name, place.row) == ("values.yaml", 4)


LAZY = """\
def __getattr__(name):
    if name == "app":
        from app import app

        return app
    raise AttributeError(name)
"""


@pytest.mark.parametrize(
    ("files", "hop", "title"),
    [
        (
            compose(
                "  web:\n    image: nginx:1.25\n    volumes: ['./a.conf:/etc/nginx/conf.d/a.conf']\n",
                a_conf="server { set $up http://desk:8000; location / { proxy_pass $up; } }",
            ),
            Hop.PROXY,
            "nginx /",
        ),
        (
            {"deploy.sh": "#!/bin/sh\necho gcloud run deploy other\ngcloud run deploy desk --image $I\n"},
            Hop.PLATFORM,
            "Cloud Run desk",
        ),
        (
            {
                "Dockerfile": "",
                "app.py": "",
                "api/app.py": APP,
                "render.yaml": "services: [{type: web, name: desk, "
                "startCommand: 'cd api && export A=b && python -m uvicorn app:app'}]\n",
            },
            Hop.SERVER,
            "uvicorn (desk)",
        ),
        (
            {"Dockerfile": "", "lazy/__init__.py": LAZY, "Procfile": "web: uvicorn lazy:app\n"},
            Hop.SERVER,
            "uvicorn (web)",
        ),
    ],
)  # fmt: skip
def test_forms_of_public_repositories(
    tmp_path: Path, files: dict[str, str], hop: Hop, title: str
) -> None:
    (path,) = paths(tmp_path, files)
    assert [each.title for each in path.hops if each.hop is hop] == [title]
