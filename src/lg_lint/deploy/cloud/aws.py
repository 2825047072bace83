"""AWS: task and service files of ECS, CloudFormation and SAM templates.

Defaults of the platform: a task has 30 s after SIGTERM, an application load balancer and a classic
one cut after 60 s of silence, a Lambda function ends after 3 s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import structs

from lg_lint.deploy.cloud.platforms import (
    Collector,
    Found,
    Function,
    Gateway,
    LoadBalancer,
    Platform,
)
from lg_lint.deploy.kubernetes.pods import command
from lg_lint.deploy.place import Word
from lg_lint.deploy.settings import Setting, platform, unknown
from lg_lint.deploy.yaml_nodes import Node, documents, guarded

STOP = "30"
IDLE = "60"
LAMBDA = "3"
_KINDS = {"application": "application", "network": "network", "gateway": "gateway"}


def read(data: bytes, path: str = "") -> Found:
    """A task or service file of ECS, or a template of CloudFormation or SAM."""
    found = documents(data, path)
    into = Collector()
    into.unread += found.unread

    def one(root: Node) -> None:
        if root.get("containerDefinitions") is not None:
            into.platforms += _task(root, "family", _NAMES, _plain)
        elif root.get("taskDefinition") is not None or root.get("desiredCount") is not None:
            into.platforms.append(_service(root))
        elif root.get("Resources") is not None:
            _Template(root, into).read()

    guarded(one, found.roots, into.unread)
    return into.found()


_NAMES = {
    "containers": "containerDefinitions",
    "name": "name",
    "image": "image",
    "command": "command",
    "entry": "entryPoint",
    "env": "environment",
    "key": "name",
    "value": "value",
    "secrets": "secrets",
    "files": "environmentFiles",
    "stop": "stopTimeout",
    "ports": "portMappings",
    "port": "containerPort",
}


Reading = Callable[..., Setting | None]


def _plain(node: Node | None, *keys: str) -> Setting | None:
    return node.setting(*keys) if node is not None else None


def _task(root: Node, family: str, names: Mapping[str, str], value: Reading) -> Iterator[Platform]:
    """The containers of a task, in the spelling that `names` gives."""
    containers = root.get(names["containers"])
    for each in containers.elements() if containers is not None else ():
        env: dict[str, Setting] = {}
        listed = each.get(names["env"])
        for pair in listed.elements() if listed is not None else ():
            key = pair.setting(names["key"])
            if key is not None:
                node = value(pair, names["value"])
                env[key.text] = node or unknown("", key.line, key.path)
        ports = each.get(names["ports"])
        first = next(ports.elements(), None) if ports is not None else None
        yield Platform(
            "ecs-task",
            each.line,
            each.source.path,
            value(each, names["name"]),
            grace=value(each, names["stop"]) or platform(STOP, each.line),
            command=command(each.get(names["entry"])),
            args=command(each.get(names["command"])),
            env=env,
            more_env=each.get(names["secrets"]) is not None or each.get(names["files"]) is not None,
            image=value(each, names["image"]),
            port=value(first, names["port"]),
            task=value(root, family),
        )


def _service(root: Node) -> Platform:
    count = root.setting("desiredCount") or platform("1", root.line)
    return Platform(
        "ecs-service",
        root.line,
        root.source.path,
        root.setting("serviceName"),
        count,
        count,
        task=root.setting("taskDefinition"),
    )


class _Template:
    def __init__(self, root: Node, into: Collector) -> None:
        self.root = root
        self.into = into
        self.globals = root.at("Globals", "Function")

    def read(self) -> None:
        resources = self.root.get("Resources")
        for name, node in resources.items() if resources is not None else ():
            kind = node.text("Type")
            properties = node.get("Properties")
            if kind.startswith("AWS::") and properties is not None:
                self._one(kind[5:], name, node, properties)

    def value(self, node: Node | None, *keys: str) -> Setting | None:
        """A value; one that is a parameter's is its default, others with a tag are unknown."""
        found = node.at(*keys) if node is not None else None
        if found is None:
            return None
        name = ""
        if found.kind == "mapping":
            name = found.text("Ref")
            if not name:
                return unknown("", found.line, found.source.path)
        elif found.tag == "!Ref":
            name = str(found.raw.value)
        if name:
            default = self.root.setting("Parameters", name, "Default")
            if default is None:
                return unknown(name, found.line, found.source.path)
            return Setting(default.text, default.line, default.path, "default")
        setting = found.setting()
        return setting if setting is not None else unknown("", found.line, found.source.path)

    def _one(self, kind: str, key: Word, node: Node, said: Node) -> None:
        line, path, name = key.line, node.source.path, key.text
        if kind == "ElasticLoadBalancingV2::LoadBalancer":
            self.into.balancers.append(self._balancer(key, said, path))
        elif kind == "ElasticLoadBalancing::LoadBalancer":
            idle = self.value(said, "ConnectionSettings", "IdleTimeout") or platform(IDLE, line)
            self.into.balancers.append(LoadBalancer("classic", line, path, name, idle))
        elif kind in ("Lambda::Function", "Serverless::Function"):
            self.into.functions.append(self._function(key, said, path))
        elif kind in ("ApiGateway::RestApi", "Serverless::Api"):
            self.into.gateways.append(Gateway("rest", line, path, name))
        elif kind == "ApiGateway::Method":
            timeout = self.value(said, "Integration", "TimeoutInMillis")
            transfer = self.value(said, "Integration", "ResponseTransferMode")
            timeout = timeout or platform("29000", line)
            self.into.gateways.append(Gateway("rest", line, path, name, timeout, transfer))
        elif kind in ("ApiGatewayV2::Api", "Serverless::HttpApi"):
            socket = said.text("ProtocolType") == "WEBSOCKET"
            gateway = Gateway("websocket" if socket else "http", line, path, name)
            self.into.gateways.append(gateway)
        else:
            self._container(kind, key, said, path)

    def _container(self, kind: str, key: Word, node: Node, path: str) -> None:
        line, name = key.line, key.text
        if kind == "ECS::TaskDefinition":
            upper = {key: word[0].upper() + word[1:] for key, word in _NAMES.items()}
            task = Setting(name, line, path)
            for each in _task(node, "Family", upper, self.value):
                self.into.platforms.append(structs.replace(each, task=task))
        elif kind == "ECS::Service":
            count = self.value(node, "DesiredCount") or platform("1", line)
            service = Setting(name, line, path)
            wanted = self.value(node, "TaskDefinition")
            self.into.platforms.append(
                Platform("ecs-service", line, path, service, count, count, task=wanted)
            )
        elif kind == "ApplicationAutoScaling::ScalableTarget":
            least, most = self.value(node, "MinCapacity"), self.value(node, "MaxCapacity")
            resource = self.value(node, "ResourceId")
            self.into.platforms.append(
                Platform("ecs-scaling", line, path, None, least, most, task=resource)
            )

    def _balancer(self, key: Word, node: Node, path: str) -> LoadBalancer:
        line, name = key.line, key.text
        written = self.value(node, "Type")
        kind = "application"
        if written is not None:
            kind = _KINDS.get(written.text, "unknown") if written.known else "unknown"
        idle: Setting | None = platform(IDLE, line) if kind == "application" else None
        attributes = node.get("LoadBalancerAttributes")
        for each in attributes.elements() if attributes is not None else ():
            if each.text("Key") == "idle_timeout.timeout_seconds":
                idle = self.value(each, "Value")
        return LoadBalancer(kind, line, path, name, idle)

    def _function(self, name: Word, node: Node, path: str) -> Function:
        line = name.line
        env: dict[str, Setting] = {}
        for where in (self.globals, node):
            variables = where.at("Environment", "Variables") if where is not None else None
            for key, each in variables.items() if variables is not None else ():
                env[key.text] = self.value(each) or unknown("", key.line)
        events = node.get("Events")
        types = [each.text("Type") for _, each in events.items()] if events is not None else []
        fronts = [{"Api": "rest", "HttpApi": "http"}.get(each, "") for each in types]
        url = node.get("FunctionUrlConfig")
        return Function(
            "lambda",
            line,
            path,
            name.text,
            self.value(node, "Handler") or self.value(self.globals, "Handler"),
            self.value(node, "Timeout")
            or self.value(self.globals, "Timeout")
            or platform(LAMBDA, line),
            self.value(url, "InvokeMode"),
            tuple(dict.fromkeys([*filter(None, fronts), *(["url"] if url is not None else [])])),
            env,
            self.value(node, "ImageUri") or self.value(node, "Code", "ImageUri"),
        )
