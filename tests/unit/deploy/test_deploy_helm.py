"""Helm templates: what of them is known by the chart's values, and on which lines it stands."""

from __future__ import annotations

import textwrap

import pytest

from lg_lint.deploy.helm import charts
from lg_lint.deploy.helm import templates as helm
from lg_lint.deploy.kubernetes import reading as kubernetes_reading
from lg_lint.deploy.yaml_nodes import Documents, Node

VALUES = """\
replicaCount: 3
autoscaling:
  enabled: false
  maxReplicas: 100
ingress:
  enabled: true
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
  hosts:
    - host: a.example
      paths:
        - path: /
        - path: /api
args: ["--workers", "8"]
empty: ""
zero: 0
quoted: "false"
name: kong
"""


def chart(text: str = VALUES) -> tuple[Node, ...]:
    return helm.values(text.encode(), "values.yaml").roots


def read(text: str, values: str | None = VALUES) -> Documents:
    roots = chart(values) if values is not None else ()
    found = helm.documents_of(textwrap.dedent(text).encode(), roots, "t.yaml", "desk")
    assert not found.unread
    return found


def first(text: str, values: str | None = VALUES) -> Node:
    root = read(text, values).root
    assert root is not None
    return root


def test_a_value_comes_with_its_place_in_the_values() -> None:
    found = first("spec:\n  replicas: {{ .Values.replicaCount }}\n").setting("spec", "replicas")
    assert found is not None
    assert (found.text, found.path, found.line, found.origin) == ("3", "values.yaml", 1, "set")


def test_a_value_inside_of_a_text() -> None:
    found = first('image: "x:{{ .Values.replicaCount }}-{{ .Chart.Name }}"\n').setting("image")
    assert found is not None
    assert (found.text, found.path, found.line) == ("x:3-desk", "t.yaml", 1)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (".Values.replicaCount | int", "3"),
        (".Values.replicaCount | quote", "3"),
        (".Values.missing | default 7", "7"),
        ("default 7 .Values.missing", "7"),
        (".Values.empty | default .Values.name", "kong"),
        (".Values.replicaCount | default 7", "3"),
        ('index .Values "autoscaling" "maxReplicas"', None),
        ("index .Values.autoscaling `maxReplicas`", "100"),
        ("(.Values.replicaCount)", "3"),
        ('"text"', "text"),
        ("ternary 1 2 .Values.empty", "2"),
        ("ternary 1 2 .Release.IsUpgrade", None),
        ("tpl .Values.name $", "kong"),
        (".Release.Name", None),
        ('include "desk.name" .', None),
        (".Values.replicaCount | mul 2", None),
    ],
)
def test_expressions(expression: str, expected: str | None) -> None:
    found = first(f"a: x\nb: {{{{ {expression} }}}}\n").setting("b")
    assert found is not None
    assert (found.text if found.known else None) == expected


@pytest.mark.parametrize(
    ("condition", "there"),
    [
        (".Values.ingress.enabled", True),
        (".Values.autoscaling.enabled", False),
        ("not .Values.autoscaling.enabled", True),
        ("and .Values.ingress.enabled .Values.autoscaling.enabled", False),
        ("or .Values.ingress.enabled .Values.autoscaling.enabled", True),
        ("and .Values.ingress.enabled (not .Values.autoscaling.enabled)", True),
        ("and .Values.autoscaling.enabled .Capabilities.x", False),
        ('eq .Values.name "kong"', True),
        ('ne .Values.name "kong"', False),
        (".Values.missing", False),
        (".Values.missing.deeper", False),
        (".Values.empty", False),
        (".Values.zero", False),
        (".Values.quoted", True),
        (".Values.ingress.annotations", True),
    ],
)
def test_conditions(condition: str, there: bool) -> None:
    text = f"a: 1\n{{{{- if {condition} }}}}\nb: 2\n{{{{- else }}}}\nc: 3\n{{{{- end }}}}\nd: 4\n"
    found = first(text)
    assert [found.text(key) for key in "abcd"] == ["1", *(["2", ""] if there else ["", "3"]), "4"]
    written = found.setting("b" if there else "c")
    assert written is not None
    assert written.line == (3 if there else 5)


def test_what_an_unknown_condition_holds_is_unknown() -> None:
    found = first("a: 1\n{{- if .Capabilities.x }}\nb: 2\n{{- end }}\nc: 3\n")
    assert [found.text(key) for key in "abc"] == ["1", "", "3"]
    inside = found.setting("b")
    assert inside is not None
    assert not inside.known


def test_else_if() -> None:
    text = (
        "{{ if .Values.autoscaling.enabled }}\na: 1\n{{ else if .Values.ingress.enabled }}\na: 2\n"
        "{{ else }}\na: 3\n{{ end }}\n"
    )
    assert first(text).text("a") == "2"


def test_a_mapping_that_is_put_in_keeps_its_lines() -> None:
    text = """\
        metadata:
          {{- with .Values.ingress.annotations }}
          annotations:
            own: "1"
            {{- toYaml . | nindent 4 }}
          {{- end }}
        """
    found = first(text).at("metadata", "annotations")
    assert found is not None
    timeout = found.setting("nginx.ingress.kubernetes.io/proxy-read-timeout")
    assert timeout is not None
    assert (timeout.text, timeout.path, timeout.line) == ("3600", "values.yaml", 8)
    assert found.text("own") == "1"


def test_a_list_that_is_put_in() -> None:
    found = first("args:\n  {{- toYaml .Values.args | nindent 2 }}\n  - last\n").get("args")
    assert found is not None
    assert [each.text() for each in found.elements()] == ["--workers", "8", "last"]


def test_lines_of_a_text_with_values_in_it() -> None:
    text = """\
        kind: ConfigMap
        metadata: {name: {{ .Values.name }}-conf}
        data:
          nginx.conf: |
            # {{ include "x.comment" . }}
            upstream api { server {{ .Values.name }}:80; }
            {{- if .Values.autoscaling.enabled }}
            # many
            {{- end }}
            server { location / {
              proxy_pass http://{{ .Values.name }};
              proxy_read_timeout {{ .Values.replicaCount }}0s;
            } }
        """
    known = textwrap.dedent(text).replace('{{ include "x.comment" . }}', "comment")
    manifest = kubernetes_reading.manifest(helm.documents_of(known.encode(), chart()))
    [config] = manifest.config_maps
    assert config.id.name == "kong-conf"
    found = config.nginx["nginx.conf"]
    line = known[: known.index("proxy_read_timeout")].count("\n") + 1
    at = found.text.index("proxy_read_timeout")
    assert found.text[at:].startswith("proxy_read_timeout 30s;")
    assert (found.line_at(at), found.known) == (line, True)
    manifest = kubernetes_reading.manifest(
        helm.documents_of(textwrap.dedent(text).encode(), chart())
    )
    found = manifest.config_maps[0].nginx["nginx.conf"]
    assert not found.known
    assert found.line_at(found.text.index("proxy_read_timeout")) == 12


def test_loops() -> None:
    text = """\
        rules:
          {{- range .Values.ingress.hosts }}
          - host: {{ .host | quote }}
            paths:
              {{- range .paths }}
              - path: {{ .path }}
                name: {{ $.Values.name }}
              {{- end }}
          {{- end }}
        """
    rules = first(text).get("rules")
    assert rules is not None
    [rule] = rules.elements()
    paths = rule.get("paths")
    assert rule.text("host") == "a.example"
    assert paths is not None
    assert [(each.text("path"), each.text("name")) for each in paths.elements()] == [
        ("/", "kong"),
        ("/api", "kong"),
    ]


def test_loops_with_variables() -> None:
    text = (
        "{{- range $key, $value := .Values.ingress.annotations }}\n"
        "{{ $key }}: {{ $value | quote }}\n{{- end }}\nb: 1\n"
    )
    assert first(text).text("nginx.ingress.kubernetes.io/proxy-read-timeout") == "3600"
    text = "{{- $n := .Values.replicaCount }}\na: {{ $n }}\n"
    assert first(text).text("a") == "3"


def test_one_expression_is_one_word() -> None:
    text = (
        'a: {{ include "x.name" . }}-db\nb: {{ include "x.name" $ }}-db\nc: {{ include "y" . }}\n'
    )
    found = first(text)
    names = [found.setting(key) for key in "abc"]
    texts = [each.text for each in names if each is not None]
    assert texts[0] == texts[1] != texts[2]
    assert not any(each.known for each in names if each is not None)


def test_labels_of_one_helper_are_the_same() -> None:
    text = (
        'a:\n  {{- include "x.labels" . | nindent 2 }}\nb:\n  k: v\n'
        '  {{- include "x.labels" . | nindent 2 }}\nc:\n  - 1\n  {{- include "x.list" . | nindent 2 }}\n'
    )
    found = helm.documents_of(text.encode(), chart())
    assert not found.unread
    assert found.root is not None
    text = text.partition("c:")[0]
    both = first(text)
    a, b = both.get("a"), both.get("b")
    assert a is not None
    assert b is not None
    assert set(a.entries()) < set(b.entries())


def test_without_values_everything_is_unknown() -> None:
    found = first("a: {{ .Values.x }}\n{{ if .Values.y }}\nb: 1\n{{ end }}\nc: 1\n", None)
    known = {key: found.setting(key) for key in "abc"}
    assert {key: each.known for key, each in known.items() if each is not None} == {
        "a": False,
        "b": False,
        "c": True,
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{{/* a comment }} with braces */}}\na: 1\n", id="comment"),
        pytest.param("{{- /* a comment */ -}}\na: 1\n", id="trimmed-comment"),
        pytest.param('{{ fail "no" }}\na: 1\n', id="fail"),
        pytest.param("a: 1\n{{ .Files.Get `x` | indent 4 }}\n", id="file"),
        pytest.param("a: 1\n{{ end }}\n{{ else }}\n", id="too-many-ends"),
        pytest.param("a: 1\n{{ if .Values.ingress.enabled }}\n", id="open"),
        pytest.param("a: 1 # {{\n", id="half"),
        pytest.param("a: 1\n# {{ .Values.x }}\n", id="commented"),
        pytest.param('{{ define "x" }}\nb: [\n{{ end }}\na: 1\n', id="define"),
    ],
)
def test_forms(text: str) -> None:
    assert first(text).text("a") == "1"


def test_lines_below_trimmed_actions() -> None:
    text = "x: 0\n{{ if true -}}\n\n\na: 1\n{{- end }}\n\n{{- with .Values.name }}\n\nb: y{{ . }}\n{{- end }}\n"
    found = first(text)
    a, b = found.setting("a"), found.setting("b")
    assert a is not None
    assert b is not None
    assert [(a.text, a.line), (b.text, b.line)] == [("1", 5), ("ykong", 10)]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"{{ if .Values.x }}" * 20_000, id="ifs"),
        pytest.param(b"{{ .Values.x }}" * 30_000, id="one-line"),
        pytest.param(b"{{ range .Values.args }}" * 40 + b"a" * 1000, id="nested-loops"),
        pytest.param(b"{{" * 100_000, id="braces"),
        pytest.param(b" " * 300_000 + b"{{ x }}", id="blanks"),
        pytest.param(b"a: {{ " + b"(" * 1500 + b" }}", id="brackets"),
        pytest.param(b"a: {{ " + b'"' * 200_000 + b" }}", id="quotes"),
    ],
)
def test_hostile_templates_end(data: bytes) -> None:
    helm.documents_of(data, chart())


def test_a_loop_writes_no_more_than_it_may() -> None:
    values = "a: [" + "1, " * 5000 + "]"
    text = "{{ range .Values.a }}\n" + "- " + "x" * 50_000 + "\n{{ end }}\n"
    found = helm.documents_of(text.encode(), chart(values))
    assert found.unread[0].reason.startswith("writes more")


def test_a_text_with_one_large_value_many_times() -> None:
    text = 'a: "' + "{{ .Values.a }}" * 20_000 + '"\n'
    found = helm.documents_of(text.encode(), chart("a: " + "x" * 200_000))
    assert found.root is not None
    setting = found.root.setting("a")
    assert setting is not None
    assert not setting.known


HELPERS = """\
{{- define "x.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "x.fullname" -}}
{{- if contains "a" .Release.Name }}{{ .Release.Name }}{{ else }}b{{ end }}
{{- end }}
{{- define "x.labels" -}}
chart: {{ include "x.chart" . }}
{{ include "x.selectorLabels" . }}
{{- end }}
{{- define "x.selectorLabels" -}}
name: {{ include "x.name" . }}
instance: {{ .Release.Name }}
{{- end }}
{{- define "x.one" -}}
instance: {{ .Release.Name }}
{{- end }}
{{- define "x.env" -}}
{{- $root := .root | default . }}
{{- if $root.Values.ingress.enabled }}
- name: YES
  value: "1"
{{- end }}
{{- if $root.Values.autoscaling.enabled }}
- name: NO
  value: "1"
{{- end }}
{{- end }}
{{- define "x.perhaps" -}}
{{- if .Capabilities.x }}
perhaps: "1"
{{- end }}
always: "1"
{{- end }}
{{- define "x.item" -}}
{{ .item.host }}-{{ .root.Values.name }}
{{- end }}
{{- define "x.round" -}}{{ include "x.round" . }}{{- end }}
"""


def helped(text: str) -> Node:
    found = helm.documents_of(
        textwrap.dedent(text).encode(),
        chart(),
        "t.yaml",
        "desk",
        helm.helpers(HELPERS.encode()),
    )
    assert not found.unread
    assert found.root is not None
    return found.root


def test_helpers_give_words() -> None:
    found = helped(
        """\
        a: {{ include "x.name" . }}
        b: "{{ template "x.name" $ }}-db"
        c: {{ include "x.fullname" . }}
        d: {{ include "x.gone" . | quote }}
        e: {{ include "x.round" . }}
        """
    )
    assert [found.text(key) for key in "abcde"] == ["desk", "desk-db", "", "", ""]
    unknown = found.setting("c")
    assert unknown is not None
    assert unknown.text == '{{ include "x.fullname" }}'


def test_helpers_give_lines() -> None:
    found = helped(
        """\
        labels:
          {{- include "x.labels" . | nindent 2 }}
        selector:
          {{- include "x.selectorLabels" . | nindent 2 }}
        one:
          {{- include "x.one" . | nindent 2 }}
        last: 1
        """
    )
    labels, selector = found.get("labels"), found.get("selector")
    one, last = found.get("one"), found.setting("last")
    assert labels is not None
    assert selector is not None
    assert one is not None
    assert last is not None
    assert list(labels.entries()) == ["chart", "name", "instance"]
    assert list(selector.entries()) == ["name", "instance"]
    assert list(one.entries()) == ["instance"]
    assert (labels.text("name"), last.line) == ("desk", 7)


def test_what_a_helper_writes_under_a_condition() -> None:
    found = helped('env:\n  {{- include "x.env" (dict "root" $) | nindent 2 }}\n').get("env")
    assert found is not None
    assert [each.text("name") for each in found.elements()] == ["YES"]
    found = helped('env:\n  {{- include "x.env" . | nindent 2 }}\n').get("env")
    assert found is not None
    assert [each.text("name") for each in found.elements()] == ["YES"]
    found = helped('a:\n  {{- include "x.perhaps" . | nindent 2 }}\n').get("a")
    assert found is not None
    perhaps = found.setting("perhaps")
    assert perhaps is not None
    assert (perhaps.known, perhaps.line) == (False, 2)


def test_a_helper_with_a_table_of_its_own() -> None:
    text = (
        "hosts:\n{{- range .Values.ingress.hosts }}\n"
        '  - {{ include "x.item" (dict "item" . "root" $) }}\n{{- end }}\n'
    )
    found = helped(text).get("hosts")
    assert found is not None
    assert [each.text() for each in found.elements()] == ["a.example-kong"]


def test_helpers_that_call_each_other_end() -> None:
    many = "".join(
        f'{{{{ define "a{n}" }}}}' + f'{{{{ include "a{n + 1}" . }}}}\n' * 50 + "{{ end }}"
        for n in range(8)
    )
    read_helpers = helm.helpers(many.encode())
    helm.documents_of(b'a: {{ include "a0" . }}\n', chart(), helped=read_helpers)


HPA = """\
{{- if .Values.autoscaling.enabled }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: {{ include "x.name" . }}}
spec:
  scaleTargetRef: {kind: Deployment, name: {{ include "x.name" . }}}
  maxReplicas: {{ .Values.autoscaling.maxReplicas }}
{{- end }}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ include "x.name" . }}}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  template:
    spec:
      containers:
        - name: {{ .Chart.Name }}
          args: {{- toYaml .Values.args | nindent 12 }}
"""


def test_a_chart_is_one_deployment_for_each_file_of_values() -> None:
    templates = {"t/hpa.yaml": HPA.encode(), "t/deployment.yaml": DEPLOYMENT.encode()}
    over = {"values.prod.yaml": b"autoscaling: {enabled: true}\n"}
    plain, prod = charts.releases(templates, {"values.yaml": VALUES.encode()}, over, "desk")
    [workload] = plain.cluster.workloads
    assert plain.values == ("values.yaml",)
    assert plain.cluster.scaling(workload) is None
    assert (workload.instances.text, workload.instances.path) == ("3", "values.yaml")
    [container] = workload.containers
    assert container.args is not None
    assert container.args.texts == ("--workers", "8")
    [workload] = prod.cluster.workloads
    scaling = prod.cluster.scaling(workload)
    assert prod.values == ("values.prod.yaml", "values.yaml")
    assert workload.instances.origin == "platform"
    assert scaling is not None
    assert scaling.most is not None
    assert (scaling.most.text, scaling.most.path, scaling.most.line) == ("100", "values.yaml", 4)


def test_a_template_that_is_no_yaml_is_told_and_the_others_count() -> None:
    templates = {"t/bad.yaml": b"a: [\n", "t/deployment.yaml": DEPLOYMENT.encode()}
    [found] = charts.releases(templates, {"values.yaml": VALUES.encode()}, {})
    assert [path for path, _ in found.unread] == ["t/bad.yaml"]
    assert len(found.cluster.workloads) == 1


def test_the_name_of_a_chart() -> None:
    assert charts.name(b"apiVersion: v2\nname: desk\n") == "desk"
    assert charts.name(b"[") == ""
