"""Kubernetes manifests to records. How files become one deployment is in `clusters.py`."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.settings import Setting, platform
from lg_lint.deploy.words import Command

GRACE = "30"
"""The seconds between SIGTERM and SIGKILL where `terminationGracePeriodSeconds` is not said."""
_NGINX = ("proxy_pass ", "server {", "location ", "upstream ")


class Name(Struct, frozen=True):
    """What a resource is called and where it begins."""

    kind: str
    name: str
    line: int
    path: str = ""
    namespace: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What a patch names it by."""
        return (self.kind, self.name)


class Reference(Struct, frozen=True):
    """A config map or secret that gives environment variables: one key of it, or all."""

    kind: str
    name: str
    line: int
    key: str = ""
    prefix: str = ""


class Probe(Struct, frozen=True):
    """A probe of a container: what it asks, and its times."""

    kind: str
    line: int
    path: Setting | None = None
    period: Setting | None = None
    timeout: Setting | None = None
    failures: Setting | None = None


class Container(Struct, frozen=True):
    """A container. `references` are the variables whose values stand in another resource."""

    name: Word
    image: Setting | None = None
    command: Command | None = None
    args: Command | None = None
    working_dir: Setting | None = None
    env: Mapping[str, Setting] = {}
    references: Mapping[str, Reference] = {}
    env_from: tuple[Reference, ...] = ()
    ports: tuple[tuple[str, Setting], ...] = ()
    mounts: tuple[tuple[str, Setting], ...] = ()
    probes: tuple[Probe, ...] = ()


class Workload(Struct, frozen=True):
    """A Deployment, StatefulSet or another resource that runs containers."""

    id: Name
    replicas: Setting | None = None
    grace: Setting | None = None
    labels: Mapping[str, str] = {}
    containers: tuple[Container, ...] = ()
    config_volumes: Mapping[str, str] = {}

    @property
    def instances(self) -> Setting:
        """How many pods run, without an autoscaler: 1 where nothing is said."""
        return self.replicas or platform("1", self.id.line)

    @property
    def termination(self) -> Setting:
        """The seconds after SIGTERM: 30 where nothing is said."""
        return self.grace or platform(GRACE, self.id.line)


class Service(Struct, frozen=True):
    """A name inside the cluster: the pods behind it, and its ports with those of the pods."""

    id: Name
    selector: Mapping[str, str] = {}
    ports: tuple[tuple[Setting, Setting], ...] = ()
    annotations: Mapping[str, Setting] = {}


class Autoscaler(Struct, frozen=True):
    """A HorizontalPodAutoscaler, or KEDA's ScaledObject."""

    id: Name
    target: tuple[str, str] = ("", "")
    least: Setting | None = None
    most: Setting | None = None


class Route(Struct, frozen=True):
    """A path of an Ingress and the service behind it."""

    path: Setting | None
    service: Setting
    port: Setting | None = None
    host: Setting | None = None
    path_type: str = ""


class Ingress(Struct, frozen=True):
    """An Ingress: what it does to a stream is answered by `ingress.py`.

    OpenShift's Route, Traefik's IngressRoute, HTTPRoute and VirtualService are read as one too,
    with the controller as the class.
    """

    id: Name
    ingress_class: Setting | None = None
    annotations: Mapping[str, Setting] = {}
    routes: tuple[Route, ...] = ()


class ConfigMap(Struct, frozen=True):
    """Texts by key, each with the lines on which it stands."""

    id: Name
    data: Mapping[str, Setting] = {}

    @property
    def nginx(self) -> Mapping[str, Setting]:
        """Those that are configurations of nginx."""
        return {
            key: text
            for key, text in self.data.items()
            if "\n" in text.text and sum(word in text.text for word in _NGINX) >= 2
        }


class Limit(Struct, frozen=True):
    """A time that another resource sets for requests: Istio, Gateway API, GKE, KongIngress.

    `total` says that the whole answer must be done by then, be it silent or not. `unit` is what a
    bare number counts, in seconds.
    """

    id: Name
    timeout: Setting
    total: bool
    unit: float = 1.0
    services: tuple[str, ...] = ()


class Operation(Struct, frozen=True):
    """A step of a JSON patch; `values` are the elements where the value is a list."""

    op: str
    path: str
    line: int
    value: Setting | None = None
    values: tuple[Setting, ...] = ()


class Patch(Struct, frozen=True):
    """A patch of a kustomization: in a file, a manifest, or a list of operations."""

    line: int
    target: tuple[str, str] = ("", "")
    file: Setting | None = None
    manifest: Manifest | None = None
    operations: tuple[Operation, ...] = ()


class Generated(Struct, frozen=True):
    """A config map that kustomize makes of literals and files."""

    name: Setting
    literals: Mapping[str, Setting] = {}
    files: tuple[Setting, ...] = ()
    env_files: tuple[Setting, ...] = ()


class Kustomization(Struct, frozen=True):
    """What a kustomization file puts together.

    A prefix or suffix of names is left out: it comes to all of them alike.
    """

    line: int
    resources: tuple[Setting, ...] = ()
    components: tuple[Setting, ...] = ()
    patches: tuple[Patch, ...] = ()
    replicas: Mapping[str, Setting] = {}
    generated: tuple[Generated, ...] = ()


class Manifest(Struct, frozen=True):
    """All that a file of manifests says."""

    workloads: tuple[Workload, ...] = ()
    services: tuple[Service, ...] = ()
    autoscalers: tuple[Autoscaler, ...] = ()
    ingresses: tuple[Ingress, ...] = ()
    config_maps: tuple[ConfigMap, ...] = ()
    limits: tuple[Limit, ...] = ()
    kustomization: Kustomization | None = None
    operations: tuple[Operation, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing of interest was found."""
        return not any(getattr(self, name) for name in self.__struct_fields__ if name != "unread")
