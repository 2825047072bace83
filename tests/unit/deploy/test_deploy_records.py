"""Records of deployment files survive the cache, and nodes say what PyYAML itself would."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lg_lint.deploy import compose, langgraph_json
from lg_lint.deploy.cloud import aws, hosting, serverless
from lg_lint.deploy.kubernetes import reading
from lg_lint.deploy.terraform import hcl
from lg_lint.deploy.yaml_nodes import Node, documents

COMPOSE = b"""
include: [a.yml]
services:
  api:
    build: {context: ., args: [A=1]}
    command: |
      uvicorn a:app
      --workers ${N:-2}
    environment: {A: 1, B: "${B}"}
    ports: ["80:80"]
    volumes: [".:/srv"]
    extends: {service: b}
    depends_on: [db]
configs: {a: {content: x}}
"""
MANIFEST = b"""
kind: Deployment
metadata: {name: a}
spec: {template: {spec: {containers: [{name: a, args: [x], env: [{name: A, value: b}], ports: [{containerPort: 1}], livenessProbe: {periodSeconds: 1}}]}}}
---
kind: Ingress
spec: {rules: [{http: {paths: [{path: /, backend: {service: {name: a}}}]}}]}
---
kind: VirtualService
spec: {http: [{timeout: 1s}]}
---
kind: ConfigMap
data: {a: b}
---
kind: HorizontalPodAutoscaler
spec: {maxReplicas: 3, scaleTargetRef: {name: a}}
---
resources: [a]
patches: [{patch: "kind: Deployment\\nmetadata: {name: a}\\nspec: {replicas: 2}"}]
configMapGenerator: [{name: a, literals: [a=b]}]
"""
HCL = b'locals {\n  a = [1, { b = var.c ? "x" : jsonencode([]) }]\n}\nmodule "m" {\n  x {}\n}\n'


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(compose.read(COMPOSE, {}, "compose.yml"), id="compose"),
        pytest.param(reading.read(MANIFEST, "a.yaml"), id="manifest"),
        pytest.param(hcl.read(HCL, "main.tf"), id="hcl"),
        pytest.param(hcl.read(b"}}", "main.tf"), id="unread"),
        pytest.param(hosting.fly(b'[processes]\na = "b c"\n'), id="fly"),
        pytest.param(
            aws.read(b"Resources: {A: {Type: AWS::Lambda::Function, Properties: {Timeout: 1}}}"),
            id="aws",
        ),
        pytest.param(
            serverless.vercel(b'{"rewrites": [{"source": "a", "destination": "b"}]}'), id="vercel"
        ),
        pytest.param(
            langgraph_json.read(b'{"graphs": {"a": "b:c"}, "env": ".env"}'), id="langgraph"
        ),
    ],
)
def test_records_come_back_as_they_were(record: msgspec.Struct) -> None:
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=type(record))
    assert again == record


def plain(node: Node) -> Any:
    """What a node says, every scalar as a text."""
    if node.kind == "mapping":
        return {key.text: plain(each) for key, each in node.items()}
    if node.kind == "sequence":
        return [plain(each) for each in node.elements()]
    setting = node.setting()
    return setting.text if setting is not None else None


def texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): texts(each) for key, each in value.items()}
    return [texts(each) for each in value] if isinstance(value, list) else value


WORDS = st.text("ab:#-' \"\n\\&*!%@`{}[]|>?,~0é", max_size=12)
VALUES = st.recursive(
    st.none() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(value=st.dictionaries(WORDS, VALUES, max_size=4), flow=st.sampled_from([True, False, None]))
def test_nodes_say_what_was_dumped(value: Any, flow: bool | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True, width=20)
    found = documents(text.encode())
    assert not found.unread
    assert found.root is not None
    assert plain(found.root) == texts(value)


KEYS = st.sampled_from("abcd")


@settings(deadline=None)
@given(
    bases=st.lists(
        st.dictionaries(KEYS, st.sampled_from("xyz"), max_size=3), min_size=1, max_size=3
    ),
    own=st.dictionaries(KEYS, st.sampled_from("xyz"), max_size=3),
    first=st.booleans(),
)
def test_merge_keys_are_as_pyyaml_has_them(
    bases: list[dict[str, str]], own: dict[str, str], first: bool
) -> None:
    rows = []
    for index, base in enumerate(bases):
        inner = ", ".join(f"{key}: {value}" for key, value in base.items())
        rows.append(f"b{index}: &b{index} {{{inner}}}")
    parts = [f"  {key}: {value}" for key, value in own.items()]
    names = ", ".join(f"*b{index}" for index in range(len(bases)))
    parts.insert(0 if first else len(parts), f"  <<: [{names}]")
    text = "\n".join([*rows, "own:", *parts]) + "\n"
    expected = yaml.safe_load(text)
    found = documents(text.encode())
    assert found.root is not None
    assert plain(found.root) == expected


def test_a_merge_of_a_merge() -> None:
    found = documents(b"a: &a {k: 1}\nb: &b {<<: *a, k: 2}\nc: {<<: *b}\n")
    assert found.root is not None
    assert found.root.text("c", "k") == "2"
