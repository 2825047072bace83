"""Manifests, ingresses and kustomizations."""

from __future__ import annotations

import textwrap

import pytest

from lg_lint.deploy.kubernetes import clusters as cluster
from lg_lint.deploy.kubernetes import ingress
from lg_lint.deploy.kubernetes import reading as kubernetes_reading
from lg_lint.deploy.kubernetes.clusters import Cluster
from lg_lint.deploy.kubernetes.records import Ingress, Manifest
from lg_lint.deploy.settings import Setting

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: api, tier: back}}
    spec:
      terminationGracePeriodSeconds: 15
      containers:
        - name: api
          image: x:1
          command: ["sh", "-c"]
          args:
            - |
              alembic upgrade head
              exec uvicorn a:app --workers 4
          env:
            - {name: A, value: "1"}
            - name: B
              valueFrom: {configMapKeyRef: {name: settings, key: checkpoint}}
            - name: C
              valueFrom: {secretKeyRef: {name: secret, key: c}}
            - name: D
          envFrom: [{configMapRef: {name: settings}, prefix: S_}]
          ports: [{name: http, containerPort: 8000}]
          volumeMounts: [{name: conf, mountPath: /etc/nginx}]
          livenessProbe: {httpGet: {path: /health}, periodSeconds: 5}
      volumes: [{name: conf, configMap: {name: nginx}}]
"""


def read(text: str, path: str = "") -> Manifest:
    found = kubernetes_reading.read(textwrap.dedent(text).encode(), path)
    assert not found.unread
    return found


def test_a_deployment() -> None:
    [found] = read(DEPLOYMENT).workloads
    [container] = found.containers
    assert (found.id.key, found.instances.text, found.instances.line) == (
        ("Deployment", "api"),
        "2",
        5,
    )
    assert (found.termination.text, found.termination.origin) == ("15", "set")
    assert container.command is not None
    assert container.args is not None
    [script] = container.args.words
    assert script.line_at(script.text.index("uvicorn")) == 17
    assert container.env["A"].text == "1"
    assert container.env["D"].text == ""
    assert (container.references["B"].kind, container.references["B"].key) == (
        "ConfigMap",
        "checkpoint",
    )
    assert [(name, port.text) for name, port in container.ports] == [("http", "8000")]
    assert container.probes[0].path is not None
    assert found.config_volumes == {"conf": "nginx"}


def test_what_is_not_said_is_the_platforms() -> None:
    [found] = read(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec: {}\n"
    ).workloads
    assert (found.instances.text, found.instances.origin) == ("1", "platform")
    assert (found.termination.text, found.termination.origin) == ("30", "platform")


def test_variables_of_a_container() -> None:
    found = read(
        DEPLOYMENT
        + "---\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {checkpoint: redis, X: '1'}\n"
    )
    maps = {each.id.name: each for each in found.config_maps}
    [container] = found.workloads[0].containers
    env = kubernetes_reading.environment(container, maps)
    assert env["B"].text == "redis"
    assert env["S_X"].text == "1"
    assert not env["C"].known
    assert "*" not in env
    assert not kubernetes_reading.environment(container, {})["*"].known


def test_variables_in_a_command() -> None:
    [workload] = read(
        """\
        kind: Deployment
        metadata: {name: a}
        spec:
          template:
            spec:
              containers:
                - name: api
                  args: [uvicorn, "--workers=$(N)", "$(SECRET)", "$(GONE)", "$$(N)", "$(nproc)"]
                  env:
                    - {name: N, value: "4"}
                    - {name: SECRET, valueFrom: {secretKeyRef: {name: s, key: k}}}
        """
    ).workloads
    [container] = workload.containers
    assert container.args is not None
    env = kubernetes_reading.environment(container, {})
    found = kubernetes_reading.expanded(container.args, env)
    assert [(word.text, word.known) for word in found.words] == [
        ("uvicorn", True),
        ("--workers=4", True),
        ("s.k", False),
        ("$(GONE)", True),
        ("$(N)", True),
        ("$(nproc)", True),
    ]
    hidden = {**env, "*": Setting("", 1)}
    assert [word.known for word in kubernetes_reading.expanded(container.args, hidden).words] == [
        True,
        True,
        False,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "controller", "silence", "paths"),
    [
        (
            "kind: Route\nmetadata: {name: a, annotations: {haproxy.router.openshift.io/timeout: 5m}}\n"
            "spec: {path: /api, to: {kind: Service, name: api}}\n",
            "openshift",
            300,
            ["/api"],
        ),
        ("kind: Route\nspec: {to: {name: api}}\n", "openshift", 30, [None]),
        (
            "kind: IngressRoute\nspec:\n  routes:\n"
            "    - {match: 'Host(`a`) && PathPrefix(`/api`)', services: [{name: api, port: 80}]}\n",
            "traefik",
            None,
            ["/api"],
        ),
        (
            "kind: HTTPRoute\nspec:\n  rules:\n"
            "    - {matches: [{path: {value: /api}}, {path: {value: /b}}], backendRefs: [{name: api}]}\n",
            "unknown",
            None,
            ["/api", "/b"],
        ),
        (
            "kind: VirtualService\nspec:\n  http:\n"
            "    - {match: [{uri: {prefix: /api}}], route: [{destination: {host: api}}]}\n",
            "istio",
            None,
            ["/api"],
        ),
    ],
)
def test_what_stands_in_the_place_of_an_ingress(
    text: str, controller: str, silence: float | None, paths: list[str | None]
) -> None:
    [found] = read(text).ingresses
    behaviour = ingress.behaviour(found)
    assert (behaviour.controller, behaviour.silence) == (controller, silence)
    assert [route.path.text if route.path else None for route in found.routes] == paths
    assert {route.service.text for route in found.routes} == {"api"}


def test_services_lead_to_pods() -> None:
    found = cluster.together(
        {
            "a.yaml": read(DEPLOYMENT),
            "b.yaml": read(
                """\
                apiVersion: v1
                kind: Service
                metadata: {name: api}
                spec:
                  selector: {app: api}
                  ports: [{port: 80, targetPort: http}, {port: 9000}]
                ---
                kind: Service
                apiVersion: v1
                metadata: {name: other}
                spec: {selector: {app: web}}
                """
            ),
        }
    )
    api, other = found.services
    assert [each.id.name for each in found.behind(api)] == ["api"]
    assert found.behind(other) == ()
    assert [(port.text, target.text) for port, target in api.ports] == [
        ("80", "http"),
        ("9000", "9000"),
    ]


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        (
            "kind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n  minReplicas: 2\n"
            "  maxReplicas: 9\n  scaleTargetRef: {kind: Deployment, name: api}\n",
            "2",
            "9",
        ),
        (
            "kind: ScaledObject\nmetadata: {name: h}\nspec:\n  minReplicaCount: 0\n"
            "  maxReplicaCount: 5\n  scaleTargetRef: {name: api}\n",
            "0",
            "5",
        ),
    ],
)
def test_autoscalers(text: str, least: str, most: str) -> None:
    found = cluster.together({"a.yaml": read(DEPLOYMENT), "b.yaml": read(text)})
    scaling = found.scaling(found.workloads[0])
    assert found.most(found.workloads[0]).text == most
    assert scaling is not None
    assert scaling.least is not None
    assert scaling.most is not None
    assert (scaling.least.text, scaling.most.text) == (least, most)


INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: front
  annotations:
    {annotations}
spec:
  {spec}
  rules:
    - host: a.example
      http:
        paths:
          - path: /api
            pathType: Prefix
            backend: {{service: {{name: api, port: {{number: 80}}}}}}
"""


def front(annotations: str = "a: b", spec: str = "ingressClassName: nginx") -> Ingress:
    text = annotations.replace("\n", "\n    ")
    [found] = read(INGRESS.format(annotations=text, spec=spec)).ingresses
    return found


def test_an_ingress() -> None:
    [route] = front().routes
    assert route.path is not None
    assert route.host is not None
    assert route.port is not None
    assert (route.path.text, route.service.text, route.port.text) == ("/api", "api", "80")


def test_an_ingress_of_old() -> None:
    text = "kind: Ingress\nspec: {rules: [{http: {paths: [{path: /, backend: {serviceName: api, servicePort: 80}}]}}]}\n"
    [found] = read(text).ingresses
    assert [each.service.text for each in found.routes] == ["api"]


@pytest.mark.parametrize(
    ("annotations", "spec", "controller", "silence", "origin"),
    [
        ("a: b", "ingressClassName: nginx", "ingress-nginx", 60, "platform"),
        ("kubernetes.io/ingress.class: nginx", "x: y", "ingress-nginx", 60, "platform"),
        (
            'nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"',
            "x: y",
            "ingress-nginx",
            3600,
            "set",
        ),
        ("nginx.org/proxy-read-timeout: 5m", "ingressClassName: nginx", "nginx-inc", 300, "set"),
        ("nginx.org/websocket-services: a", "ingressClassName: nginx", "nginx-inc", 60, "platform"),
        ("a: b", "ingressClassName: traefik", "traefik", None, None),
        ('konghq.com/read-timeout: "120000"', "ingressClassName: kong", "kong", 120, "set"),
        ("a: b", "ingressClassName: kong", "kong", 60, "platform"),
        ("a: b", "ingressClassName: alb", "alb", 60, "platform"),
        (
            "alb.ingress.kubernetes.io/load-balancer-attributes: a=b,idle_timeout.timeout_seconds=300",
            "x: y",
            "alb",
            300,
            "set",
        ),
        ("a: b", "ingressClassName: gce", "gce", 30, "platform"),
        ("a: b", "ingressClassName: haproxy", "unknown", None, None),
        ("a: b", "x: y", "unknown", None, None),
        (
            "nginx.ingress.kubernetes.io/configuration-snippet: |\n  proxy_read_timeout 900s;",
            "x: y",
            "ingress-nginx",
            900,
            "set",
        ),
    ],
)
def test_what_controllers_do(
    annotations: str, spec: str, controller: str, silence: float | None, origin: str | None
) -> None:
    found = ingress.behaviour(front(annotations, spec))
    assert found.controller == controller
    assert found.silence == silence
    assert (found.read_timeout.origin if found.read_timeout else None) == origin


def test_buffering_of_the_two_nginx_controllers() -> None:
    plain = ingress.behaviour(front())
    assert plain.buffering is not None
    assert (plain.buffering.text, plain.buffering.origin) == ("off", "platform")
    said = ingress.behaviour(front('nginx.ingress.kubernetes.io/proxy-buffering: "on"'))
    assert said.buffering is not None
    assert (said.buffering.text, said.buffering.line) == ("on", 6)
    inc = ingress.behaviour(front("nginx.org/proxy-buffering: 'False'"))
    assert inc.buffering is not None
    assert inc.buffering.text == "off"


def test_the_controllers_own_settings() -> None:
    text = "kind: ConfigMap\nmetadata: {name: c}\ndata: {proxy-read-timeout: '600', use-gzip: 'true'}\n"
    [settings] = read(text).config_maps
    found = ingress.behaviour(front(), settings)
    assert found.silence == 600
    assert found.gzip is not None
    assert found.gzip.text == "on"
    own = front('nginx.ingress.kubernetes.io/proxy-read-timeout: "30"')
    assert ingress.behaviour(own, settings).silence == 30


def test_limits_of_other_resources() -> None:
    found = read(
        """\
        kind: BackendConfig
        metadata: {name: a}
        spec: {timeoutSec: 40}
        ---
        kind: KongIngress
        metadata: {name: b}
        proxy: {read_timeout: 30000}
        ---
        kind: VirtualService
        metadata: {name: c}
        spec: {http: [{timeout: 30s, route: [{destination: {host: api}}]}]}
        ---
        kind: HTTPRoute
        metadata: {name: d}
        spec: {rules: [{timeouts: {request: 10s}, backendRefs: [{name: api}]}]}
        """
    )
    assert [(each.id.kind, each.timeout.text, each.total) for each in found.limits] == [
        ("BackendConfig", "40", True),
        ("KongIngress", "30000", False),
        ("VirtualService", "30s", True),
        ("HTTPRoute", "10s", True),
    ]
    assert found.limits[2].services == ("api",)


def test_nginx_in_a_config_map() -> None:
    [found] = read(
        """\
        kind: ConfigMap
        metadata: {name: nginx}
        data:
          nginx.conf: |
            server {
              location / { proxy_pass http://api; }
            }
          other: text
        """
    ).config_maps
    assert list(found.nginx) == ["nginx.conf"]
    text = found.nginx["nginx.conf"]
    assert text.line_at(text.text.index("location")) == 6


def clusters(**texts: str) -> tuple[Cluster, ...]:
    names = {key.replace("__", "/") + ".yaml": text for key, text in texts.items()}
    return cluster.clusters({path: read(text, path) for path, text in names.items()})


BASE = {
    "base__deployment": DEPLOYMENT,
    "base__ingress": INGRESS.format(
        annotations='nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"',
        spec="ingressClassName: nginx",
    ),
    "base__kustomization": "resources: [deployment.yaml, ingress.yaml]\n",
}


def test_a_patch_over_a_base() -> None:
    [found] = clusters(
        **BASE,
        prod__kustomization="resources: [../base]\npatches: [{path: patch.yaml}]\nreplicas: []\n",
        prod__patch="kind: Deployment\nmetadata: {name: api}\nspec: {replicas: 5}\n---\n"
        "kind: Ingress\nmetadata: {name: front, annotations: {own: x}}\n",
    )
    [workload] = found.workloads
    assert set(found.paths) == {
        "prod/kustomization.yaml",
        "prod/patch.yaml",
        "base/kustomization.yaml",
        "base/deployment.yaml",
        "base/ingress.yaml",
    }
    assert (workload.instances.text, workload.instances.path) == ("5", "prod/patch.yaml")
    assert workload.containers[0].env["A"].text == "1"
    assert ingress.behaviour(found.ingresses[0]).silence == 3600
    assert not found.unread


@pytest.mark.parametrize(
    "patches",
    [
        "replicas: [{name: api, count: 7}]",
        "patchesStrategicMerge:\n  - |\n    kind: Deployment\n    metadata: {name: api}\n    spec: {replicas: 7}",
        "patches:\n  - target: {kind: Deployment, name: api}\n    patch: |\n"
        "      - op: replace\n        path: /spec/replicas\n        value: 7",
        "patches:\n  - target: {kind: Deployment, name: a.*}\n    patch: |-\n"
        "      - {op: replace, path: /spec/replicas, value: 7}",
        "patchesJson6902:\n  - target: {kind: Deployment, name: api}\n    patch: |-\n"
        "      - {op: add, path: /spec/replicas, value: 7}",
    ],
)
def test_forms_of_patches(patches: str) -> None:
    [found] = clusters(**BASE, prod__kustomization=f"resources: [../base]\n{patches}\n")
    [workload] = found.workloads
    assert (workload.instances.text, workload.instances.path) == ("7", "prod/kustomization.yaml")


def test_lines_of_an_inline_patch() -> None:
    text = "resources: [../base]\npatches:\n  - patch: |\n      kind: Deployment\n      metadata: {name: api}\n      spec:\n        replicas: 7\n"
    [found] = clusters(**BASE, prod__kustomization=text)
    assert found.workloads[0].instances.line == 7


def test_steps_of_a_json_patch() -> None:
    steps = (
        "- {op: replace, path: /spec/template/spec/containers/0/args, value: [--workers, '8']}\n"
        "- {op: replace, path: /spec/template/spec/terminationGracePeriodSeconds, value: 120}\n"
        "- {op: replace, path: /spec/unheard/of, value: 1}\n"
        "- {op: remove, path: /spec/template/spec/containers/99/image}\n"
    )
    front_steps = (
        "- op: replace\n  path: /metadata/annotations/nginx.ingress.kubernetes.io~1proxy-read-timeout\n"
        "  value: '30'\n"
    )
    [found] = clusters(
        **BASE,
        prod__kustomization="resources: [../base]\npatches:\n"
        "  - {path: steps.yaml, target: {kind: Deployment}}\n"
        "  - {path: front.yaml, target: {kind: Ingress}}\n",
        prod__steps=steps,
        prod__front=front_steps,
    )
    [workload] = found.workloads
    assert workload.containers[0].args is not None
    assert workload.containers[0].args.texts == ("--workers", "8")
    assert workload.termination.text == "120"
    assert ingress.behaviour(found.ingresses[0]).silence == 30


def test_generated_config_maps_and_missing_files() -> None:
    [found] = clusters(
        one__kustomization="resources: [gone.yaml, https://x.example/y]\nconfigMapGenerator:\n"
        "  - {name: settings, literals: [A=1], files: [nginx.conf]}\n",
    )
    assert found.maps["settings"].data["A"].text == "1"
    assert not found.maps["settings"].data["nginx.conf"].known
    assert [each.reason for _, each in found.unread] == ["gone.yaml is not there"]


def test_kustomizations_that_name_each_other_end() -> None:
    clusters(a__kustomization="resources: [../b]\n", b__kustomization="resources: [../a]\n")


def test_plain_folders_are_deployments_of_their_own() -> None:
    found = clusters(a__one=DEPLOYMENT, a__two=DEPLOYMENT, b__one=DEPLOYMENT)
    assert [each.paths for each in found] == [("a/one.yaml", "a/two.yaml"), ("b/one.yaml",)]


def test_other_files_with_resources_are_no_kustomizations() -> None:
    assert read("resources: [a.yaml]\n", "tools/settings.yaml").empty
    assert read("resources: [a.yaml]\n", "base/kustomization.yml").kustomization is not None
    assert read("kind: Kustomization\nresources: [a.yaml]\n", "base/all.yaml").kustomization


def test_lists_of_resources() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n" + textwrap.indent(DEPLOYMENT, "    ").replace(
        "    apiVersion", "  - apiVersion", 1
    )
    assert len(read(text).workloads) == 1
