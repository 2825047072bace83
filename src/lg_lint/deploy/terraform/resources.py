"""The resources of Terraform that matter to a stream, as records of `cloud/platforms.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import structs

from lg_lint.deploy.cloud.platforms import Collector, Function, Gateway, LoadBalancer, Platform
from lg_lint.deploy.settings import Setting, platform, unknown
from lg_lint.deploy.terraform.hcl import Block, Expression
from lg_lint.deploy.terraform.values import Module, Worth, setting
from lg_lint.deploy.words import Command

_RUN = ("300", "100", "80", "10")
"""Cloud Run's time, instances, requests at once, and the seconds after SIGTERM."""
_SCALE = "autoscaling.knative.dev/"
_KINDS = ("application", "network", "gateway")


class _Resource:
    """A resource with its module, for reading its attributes."""

    def __init__(self, module: Module, block: Block, path: str) -> None:
        self.module = module
        self.block = block
        self.path = path
        self.line = block.line
        self.name = block.labels[1]

    def value(self, name: str, default: str = "", block: Block | None = None) -> Setting | None:
        """An attribute, or what the platform does without it."""
        found = self.module.setting((block or self.block).attributes.get(name), self.path)
        return found or (platform(default, self.line) if default else None)

    def first(self, *kinds: str, of: Block | None = None) -> Block | None:
        """The first block behind the kinds."""
        return next(iter((of or self.block).inner(*kinds)), None)

    def inner(self, block: Block | None, name: str, default: str = "") -> Setting | None:
        """An attribute of an inner block, which may be missing."""
        if block is None:
            return platform(default, self.line) if default else None
        return self.value(name, default, block)

    def command(self, block: Block, name: str) -> Command | None:
        """A list of words."""
        worth = self.module.worth(block.attributes.get(name), self.path)
        if worth is None:
            return None
        expression = worth.expression
        if expression.kind != "list":
            return Command((unknown(expression.text, expression.line, self.path),), expression.line)
        words = (setting(Worth(each, worth.module, worth.path)) for each in expression.items)
        return Command(tuple(word for word in words if word is not None), expression.line)

    def table(self, expression: Expression | None) -> dict[str, Setting]:
        """The texts of an object."""
        worth = self.module.worth(expression, self.path)
        found: dict[str, Setting] = {}
        for key, each in worth.expression.entries.items() if worth is not None else ():
            assert worth is not None
            value = setting(Worth(each, worth.module, worth.path))
            if value is not None:
                found[key] = value
        return found


def collect(module: Module, into: Collector) -> None:
    """What the resources of one module make."""
    for block, path in module.resources:
        read = _READERS.get(block.labels[0])
        if read is not None and module.counted(block, path):
            read(_Resource(module, block, path), into)
    for name, (block, path) in module.children.items():
        source = block.attributes.get("source")
        if source is not None and source.kind == "literal" and module.counted(block, path):
            labelled = structs.replace(block, labels=("module", name))
            _published(source.text, _Resource(module, labelled, path), into)


def with_urls(functions: tuple[Function, ...]) -> tuple[Function, ...]:
    """Functions together with their URLs, which are resources of their own."""
    urls = [each for each in functions if each.kind == "lambda-url"]
    found = []
    for each in functions:
        if each.kind == "lambda-url":
            continue
        for url in urls:
            if url.handler is not None and f".{each.name}." in f"{url.handler.text}.":
                each = structs.replace(
                    each, invoke_mode=url.invoke_mode, fronts=(*each.fronts, "url")
                )
        found.append(each)
    return tuple(found)


def _published(source: str, read: _Resource, into: Collector) -> None:
    """A module of the registry: its arguments are those of the resource that it makes."""
    if source.startswith("terraform-aws-modules/alb"):
        _balancer(read, into)
    elif source.startswith("terraform-aws-modules/lambda"):
        _lambda(read, into)
    elif source.startswith("terraform-aws-modules/ecs") and source.endswith("modules/service"):
        _published_service(read, into)


def _published_service(read: _Resource, into: Collector) -> None:
    _ecs_service(read, into)
    least, most = read.value("autoscaling_min_capacity"), read.value("autoscaling_max_capacity")
    if most is not None:
        service = read.value("name")
        into.platforms.append(
            Platform("ecs-scaling", read.line, read.path, None, least, most, task=service)
        )
    worth = read.module.worth(read.block.attributes.get("container_definitions"), read.path)
    for name, each in worth.expression.entries.items() if worth is not None else ():
        assert worth is not None
        inner = _in(read, worth)
        expression = inner.module.worth(each, inner.path)
        if expression is not None and expression.expression.kind == "object":
            task = Setting(f"module.{read.name}.task_definition_arn", read.line, read.path)
            found = _ecs_container(_in(read, expression), expression.expression, task)
            named = found.name or Setting(name, each.line, worth.path)
            into.platforms.append(structs.replace(found, name=named))


def _balancer(read: _Resource, into: Collector) -> None:
    written = read.value("load_balancer_type")
    kind = "application"
    if written is not None:
        kind = written.text if written.known and written.text in _KINDS else "unknown"
    idle = read.value("idle_timeout", "60")
    if kind not in ("application", "unknown"):
        idle = None
    into.balancers.append(LoadBalancer(kind, read.line, read.path, read.name, idle))


def _classic(read: _Resource, into: Collector) -> None:
    idle = read.value("idle_timeout", "60")
    into.balancers.append(LoadBalancer("classic", read.line, read.path, read.name, idle))


def _backend(read: _Resource, into: Collector) -> None:
    idle = read.value("timeout_sec", "30")
    into.balancers.append(LoadBalancer("backend", read.line, read.path, read.name, idle, True))


def _lambda(read: _Resource, into: Collector) -> None:
    variables = read.first("environment")
    table = variables.attributes.get("variables") if variables is not None else None
    into.functions.append(
        Function(
            "lambda",
            read.line,
            read.path,
            read.name,
            read.value("handler"),
            read.value("timeout", "3"),
            env=read.table(table or read.block.attributes.get("environment_variables")),
            image=read.value("image_uri"),
        )
    )


def _lambda_url(read: _Resource, into: Collector) -> None:
    name = read.block.attributes.get("function_name")
    handler = Setting(name.text, name.line, read.path) if name is not None else None
    mode = read.value("invoke_mode", "BUFFERED")
    into.functions.append(
        Function("lambda-url", read.line, read.path, read.name, handler, invoke_mode=mode)
    )


def _http_api(read: _Resource, into: Collector) -> None:
    socket = read.value("protocol_type")
    kind = "websocket" if socket is not None and socket.text == "WEBSOCKET" else "http"
    into.gateways.append(Gateway(kind, read.line, read.path, read.name))


def _http_integration(read: _Resource, into: Collector) -> None:
    timeout = read.value("timeout_milliseconds", "30000")
    into.gateways.append(Gateway("http", read.line, read.path, read.name, timeout))


def _rest_integration(read: _Resource, into: Collector) -> None:
    timeout = read.value("timeout_milliseconds", "29000")
    transfer = read.value("response_transfer_mode")
    into.gateways.append(Gateway("rest", read.line, read.path, read.name, timeout, transfer))


def _cloud_run(read: _Resource, into: Collector) -> None:
    spec = read.first("template", "spec")
    metadata = read.first("template", "metadata")
    annotations = read.table(metadata.attributes.get("annotations") if metadata else None)
    container = read.first("containers", of=spec) if spec is not None else None
    base = _container("cloud-run", read, container, "value_from")
    into.platforms.append(
        structs.replace(
            base,
            name=read.value("name"),
            least=annotations.get(_SCALE + "minScale") or platform("0", read.line),
            most=annotations.get(_SCALE + "maxScale") or platform(_RUN[1], read.line),
            timeout=read.inner(spec, "timeout_seconds", _RUN[0]),
            concurrency=read.inner(spec, "container_concurrency", _RUN[2]),
            grace=platform(_RUN[3], read.line),
        )
    )


def _cloud_run_v2(read: _Resource, into: Collector) -> None:
    template = read.first("template")
    scaling = read.first("template", "scaling")
    base = _container("cloud-run", read, read.first("template", "containers"), "value_source")
    into.platforms.append(
        structs.replace(
            base,
            name=read.value("name"),
            least=read.inner(scaling, "min_instance_count", "0"),
            most=read.inner(scaling, "max_instance_count", _RUN[1]),
            timeout=read.inner(template, "timeout", _RUN[0]),
            concurrency=read.inner(template, "max_instance_request_concurrency", _RUN[2]),
            grace=platform(_RUN[3], read.line),
        )
    )


def _container_app(read: _Resource, into: Collector) -> None:
    template = read.first("template")
    base = _container("container-app", read, read.first("template", "container"), "secret_name")
    into.platforms.append(
        structs.replace(
            base,
            name=read.value("name"),
            least=read.inner(template, "min_replicas"),
            most=read.inner(template, "max_replicas"),
            grace=read.inner(template, "termination_grace_period_seconds"),
        )
    )


def _container(kind: str, read: _Resource, block: Block | None, reference: str) -> Platform:
    """The container of a service, with its variables written as blocks."""
    if block is None:
        return Platform(kind, read.line, read.path)
    env: dict[str, Setting] = {}
    for each in block.inner("env"):
        name, value = read.value("name", block=each), read.value("value", block=each)
        if name is not None:
            held = each.inner(reference) or reference in each.attributes
            none = unknown("", each.line, read.path) if held else Setting("", each.line, read.path)
            env[name.text] = value or none
    port = read.first("ports", of=block)
    return Platform(
        kind,
        read.line,
        read.path,
        command=read.command(block, "command"),
        args=read.command(block, "args"),
        env=env,
        more_env=block.dynamic("env"),
        image=read.value("image", block=block),
        port=read.inner(port, "container_port"),
    )


def _ecs_service(read: _Resource, into: Collector) -> None:
    count = read.value("desired_count", "1")
    task = read.block.attributes.get("task_definition")
    into.platforms.append(
        Platform(
            "ecs-service",
            read.line,
            read.path,
            read.value("name"),
            count,
            count,
            task=Setting(task.text, task.line, read.path) if task is not None else None,
            address=f"aws_ecs_service.{read.name}",
        )
    )


def _scaling(read: _Resource, into: Collector) -> None:
    least, most = read.value("min_capacity"), read.value("max_capacity")
    resource = read.block.attributes.get("resource_id")
    task = unknown(resource.text, resource.line, read.path) if resource is not None else None
    into.platforms.append(
        Platform("ecs-scaling", read.line, read.path, None, least, most, task=task)
    )


def _ecs_task(read: _Resource, into: Collector) -> None:
    worth = read.module.worth(read.block.attributes.get("container_definitions"), read.path)
    if worth is None:
        return
    task = Setting(f"aws_ecs_task_definition.{read.name}.arn", read.line, read.path)
    for each in worth.expression.items if worth.expression.kind == "list" else ():
        inner = read.module.worth(each, worth.path) if worth.module is read.module else None
        block = (inner or Worth(each, worth.module, worth.path)).expression
        if block.kind == "object":
            into.platforms.append(_ecs_container(_in(read, worth), block, task))


def _in(read: _Resource, worth: Worth) -> _Resource:
    """The same resource, read in the module where a value of it stands."""
    return _Resource(worth.module, read.block, worth.path)


def _ecs_container(read: _Resource, expression: Expression, task: Setting) -> Platform:
    block = Block("", expression.line, (), expression.entries)
    env: dict[str, Setting] = {}
    listed = read.module.worth(expression.entries.get("environment"), read.path)
    for pair in _objects(listed):
        name = read.module.setting(pair.get("name"), read.path)
        value = read.module.setting(pair.get("value"), read.path)
        if name is not None:
            env[name.text] = value or unknown("", name.line, read.path)
    open_env = "secrets" in expression.entries or "environmentFiles" in expression.entries
    port = next(_objects(read.module.worth(expression.entries.get("portMappings"), read.path)), {})
    stop = read.module.setting(expression.entries.get("stopTimeout"), read.path)
    return Platform(
        "ecs-task",
        expression.line,
        read.path,
        read.value("name", block=block),
        grace=stop or platform("30", expression.line),
        command=read.command(block, "entryPoint"),
        args=read.command(block, "command"),
        env=env,
        more_env=open_env or (listed is not None and listed.expression.kind != "list"),
        image=read.value("image", block=block),
        port=read.module.setting(port.get("containerPort"), read.path),
        task=task,
    )


def _objects(worth: Worth | None) -> Iterator[dict[str, Expression]]:
    if worth is not None and worth.expression.kind == "list":
        for each in worth.expression.items:
            if each.kind == "object":
                yield dict(each.entries)


_READERS: dict[str, Callable[[_Resource, Collector], None]] = {
    "aws_lb": _balancer,
    "aws_alb": _balancer,
    "aws_elb": _classic,
    "aws_lambda_function": _lambda,
    "aws_lambda_function_url": _lambda_url,
    "aws_apigatewayv2_api": _http_api,
    "aws_apigatewayv2_integration": _http_integration,
    "aws_api_gateway_integration": _rest_integration,
    "aws_ecs_service": _ecs_service,
    "aws_ecs_task_definition": _ecs_task,
    "aws_appautoscaling_target": _scaling,
    "google_cloud_run_service": _cloud_run,
    "google_cloud_run_v2_service": _cloud_run_v2,
    "google_compute_backend_service": _backend,
    "google_compute_region_backend_service": _backend,
    "azurerm_container_app": _container_app,
}
