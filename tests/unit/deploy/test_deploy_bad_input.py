"""Any bytes: each adapter ends and raises nothing; and no parser is loaded where none is needed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lg_lint.deploy
from lg_lint.deploy import compose, compose_files, dotenv, langgraph_json, toml_nodes, yaml_nodes
from lg_lint.deploy.cloud import aws, cloud_run, hosting, serverless
from lg_lint.deploy.helm import charts
from lg_lint.deploy.helm import templates as helm
from lg_lint.deploy.kubernetes import clusters as cluster
from lg_lint.deploy.kubernetes import ingress
from lg_lint.deploy.kubernetes import reading as kubernetes_reading
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.terraform import hcl as hcl_nodes
from lg_lint.deploy.terraform import stacks as terraform
from lg_lint.deploy.words import command_of_text


def _compose(data: bytes) -> None:
    compose_files.deployments({"compose.yml": compose.read(data), "b.yml": compose.read(data)})


def _manifest(data: bytes) -> None:
    read = kubernetes_reading.read(data)
    for each in cluster.clusters({"a/kustomization.yaml": read, "b.yaml": read}):
        for front in each.ingresses:
            ingress.behaviour(front, next(iter(each.config_maps), None))
        for workload in each.workloads:
            for container in workload.containers:
                env = kubernetes_reading.environment(container, each.maps)
                for command in (container.command, container.args):
                    if command is not None:
                        kubernetes_reading.expanded(command, env)


def _chart(data: bytes) -> None:
    charts.releases({"t.yaml": data}, {"values.yaml": data}, {"v.yaml": data}, charts.name(data))


def _terraform(data: bytes) -> None:
    read = hcl_nodes.read(data)
    terraform.stacks({"main.tf": read, "a.tfvars": read, "m/main.tf": read})


def _text(data: bytes) -> None:
    text = Setting(yaml_nodes.decoded(data), 1)
    cloud_run.deploys(text)
    command_of_text(text, {})


ADAPTERS: dict[str, Callable[[bytes], object]] = {
    "compose": _compose,
    "manifest": _manifest,
    "chart": _chart,
    "terraform": _terraform,
    "text": _text,
    "dotenv": dotenv.read,
    "cloud-run": cloud_run.read,
    "aws": aws.read,
    "framework": serverless.framework,
    "vercel": serverless.vercel,
    "azure-host": serverless.azure_host,
    "azure-function": serverless.azure_function,
    "fly": hosting.fly,
    "railway-toml": hosting.railway_toml,
    "railway-json": hosting.railway_json,
    "render": hosting.render,
    "app-engine": hosting.app_engine,
    "nixpacks": hosting.nixpacks,
    "digital-ocean": hosting.digital_ocean,
    "langgraph": langgraph_json.read,
    "toml": toml_nodes.read,
    "helm-values": helm.values,
}

_LISTED = """
services functions resources Resources kind Deployment Ingress Kustomization patches metadata
name spec template containers env command args deploy scale build image ports volumes extends
include configs graphs http app Properties Type AWS::Lambda::Function containerDefinitions
annotations data x-a events url processes replicas op path value items List apiVersion
serving.knative.dev/v1 gcloud run deploy --max-instances=3 ${A:-1} ${B} $C !Ref null ~ 1 true
resource "aws_lb" "a" = { } [ ] var.x locals module source "./m" default variable
{{ .Values.a }} {{- if .Values.b }} {{ end }} {{ range .a }} {{- toYaml . | nindent 4 }} <<
"""
WORDS = tuple(_LISTED.split())
PIECES = st.sampled_from(
    [*WORDS, ":", ": ", "\n", "\n  ", "\n    ", "- ", "|", ">", "&a", "*a", ","]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=25,
)


@pytest.mark.parametrize("name", list(ADAPTERS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=200) | TEXTS.map(str.encode) | JSON.map(lambda v: repr(v).encode()))
def test_any_bytes(name: str, data: bytes) -> None:
    ADAPTERS[name](data)


LARGE = b"a: {b: 1}\n" * 1_000_000
DEEP = b"{" * 3_000


@pytest.mark.parametrize("name", list(ADAPTERS))
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(LARGE, id="10-megabytes"),
        pytest.param(b"\x7fELF\0\0\1" * 1_000, id="binary"),
        pytest.param(DEEP, id="deep"),
        pytest.param(b"a: " + b"${a:-" * 40_000, id="variables"),
        pytest.param(b"- " * 900 + b"a", id="lists"),
        pytest.param(b"\n" * 500_000, id="blank"),
        pytest.param(b"", id="empty"),
    ],
)
def test_hostile_bytes(name: str, data: bytes) -> None:
    ADAPTERS[name](data)


@pytest.mark.parametrize("name", ["compose", "manifest", "aws", "framework", "langgraph", "vercel"])
def test_a_bomb_of_aliases(name: str) -> None:
    keys = (
        "services",
        "spec",
        "Resources",
        "functions",
        "graphs",
        "environment",
        "env",
        "metadata",
    )
    rows = ["a0: &a0 {kind: Deployment, image: x}"]
    for n in range(1, 40):
        inner = ", ".join(f"{key}: *a{n - 1}" for key in keys)
        rows.append(f"a{n}: &a{n} {{{inner}, containers: [*a{n - 1}, *a{n - 1}]}}")
    rows += [f"{key}: *a39" for key in keys] + ["kind: Deployment"]
    ADAPTERS[name]("\n".join(rows).encode())


def test_what_is_too_large_is_told_once() -> None:
    assert len(compose.read(LARGE).unread) == 1
    assert len(hcl_nodes.read(LARGE).unread) == 1
    assert len(kubernetes_reading.read(LARGE).unread) == 1


def test_no_parser_is_loaded_before_a_file_is_read() -> None:
    folder = Path(lg_lint.deploy.__file__).parent
    paths = [path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py")]
    names = sorted(".".join(path.parts) for path in paths if path.stem != "__init__")
    assert len(names) > 20
    imports = "; ".join(f"import lg_lint.deploy.{name}" for name in names)
    parsers = "('yaml', 'tree_sitter', 'tree_sitter_hcl', 'crossplane')"
    program = f"import sys; {imports}; print([name for name in {parsers} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
