"""Terraform: values through variables, locals and modules, and the resources that matter."""

from __future__ import annotations

import pytest

from lg_lint.deploy.settings import Setting
from lg_lint.deploy.terraform import hcl as hcl_nodes
from lg_lint.deploy.terraform import stacks as terraform
from lg_lint.deploy.terraform.stacks import Stack


def stacks(**texts: str) -> tuple[Stack, ...]:
    names = {
        key.replace("__", "/") + ".tf": text for key, text in texts.items() if "vars" not in key
    }
    names |= {
        key.replace("__", "/").replace("_", ".") + "": text
        for key, text in texts.items()
        if "vars" in key
    }
    return terraform.stacks(
        {path: hcl_nodes.read(text.encode(), path) for path, text in names.items()}
    )


def said(setting: Setting | None) -> tuple[str, str, int, str] | None:
    if setting is None:
        return None
    return (setting.text, setting.path, setting.line, setting.origin)


def idle(**texts: str) -> tuple[str, str, int, str] | None:
    [stack] = stacks(**texts)
    assert not stack.unread
    [balancer] = stack.found.balancers
    return said(balancer.idle)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("300", "300"),
        ('"300"', "300"),
        ("var.t", "45"),
        ('"${var.t}"', "45"),
        ("local.t", "45"),
        ("local.table.t", "7"),
        ('local.table["t"]', "7"),
        ("local.list[1]", "9"),
        ("tonumber(var.t)", "45"),
        ("coalesce(var.nothing, 5)", "5"),
        ("try(local.table.t, 5)", "7"),
        ("var.yes ? 1 : 2", "1"),
        ("!var.yes ? 1 : 2", "2"),
        ('var.stage == "prod" ? 1 : 2', "2"),
        ('var.stage != "prod" ? 1 : 2', "1"),
        ("var.unset", None),
        ("coalesce(var.unset, 5)", None),
        ("var.t + 1", None),
        ("local.round", None),
        ("local.missing", None),
        ("data.x.y.z", None),
        ("max(1, 2)", None),
        ("each.value", None),
        ('"a${var.t}b"', None),
    ],
)
def test_expressions(value: str, expected: str | None) -> None:
    found = idle(
        main=f'resource "aws_lb" "a" {{\n  idle_timeout = {value}\n}}\n',
        other="""\
            variable "t" { default = 45 }
            variable "yes" { default = true }
            variable "stage" { default = "dev" }
            variable "nothing" { default = null }
            variable "unset" { type = number }
            locals {
              t = var.t
              table = { t = 7 }
              list = [8, 9]
              round = local.trip
              trip = local.round
            }
            """,
    )
    assert found is not None
    assert (found[0] if found[3] != "unknown" else None) == expected


def test_where_a_value_stands_and_who_chose_it() -> None:
    main = 'variable "t" {\n  default = 45\n}\nresource "aws_lb" "a" {\n  idle_timeout = var.t\n}\n'
    assert idle(main=main) == ("45", "main.tf", 2, "default")
    assert idle(main=main, terraform_tfvars="\nt = 90\n") == ("90", "terraform.tfvars", 2, "set")
    assert idle(main=main.replace("var.t", "30")) == ("30", "main.tf", 5, "set")
    assert idle(main='resource "aws_lb" "a" {\n  name = "x"\n}\n') == ("60", "", 1, "platform")


def test_through_three_modules() -> None:
    found = stacks(
        modules__alb__main='resource "aws_lb" "a" {\n  idle_timeout = var.idle\n}\nvariable "idle" {\n  default = 60\n}\n',
        modules__web__main='variable "t" {}\nmodule "alb" {\n  source = "../alb"\n  idle = var.t\n}\n',
        envs__prod__main='variable "lb" {}\nlocals {\n  t = var.lb.idle\n}\nmodule "web" {\n  source = "../../modules/web"\n  t = local.t\n}\n',
        envs__prod__terraform_tfvars="lb = {\n  idle = 45\n}\n",
        envs__dev__main='module "web" {\n  source = "../../modules/web"\n}\nmodule "alb" {\n  source = "../../modules/alb"\n}\n',
    )
    by_folder = {each.folder: [said(b.idle) for b in each.found.balancers] for each in found}
    assert by_folder == {
        "envs/prod": [("45", "envs/prod/terraform.tfvars", 2, "set")],
        "envs/dev": [
            ("var.t", "modules/web/main.tf", 4, "unknown"),
            ("60", "modules/alb/main.tf", 5, "default"),
        ],
    }


def test_outputs_of_modules() -> None:
    found = idle(
        main='module "m" {\n  source = "./m"\n}\nresource "aws_lb" "a" {\n  idle_timeout = module.m.idle\n}\n',
        m__main='output "idle" {\n  value = 75\n}\n',
    )
    assert found == ("75", "m/main.tf", 2, "set")


def test_modules_that_use_each_other_end() -> None:
    stacks(
        a__main='module "b" {\n  source = "../b"\n}\n',
        b__main='module "a" {\n  source = "../a"\n}\n',
    )


def test_files_of_variables_are_alternatives() -> None:
    found = stacks(
        main='variable "t" {}\nresource "aws_lb" "a" {\n  idle_timeout = var.t\n}\n',
        dev_tfvars="t = 1\n",
        prod_tfvars="t = 2\n",
        all_auto_tfvars="t = 3\n",
    )
    assert [(each.variables, said(each.found.balancers[0].idle)) for each in found] == [
        ("dev.tfvars", ("1", "dev.tfvars", 1, "set")),
        ("prod.tfvars", ("2", "prod.tfvars", 1, "set")),
    ]


def test_what_is_not_made_is_not_found() -> None:
    text = (
        'variable "on" { default = false }\nresource "aws_lb" "a" {\n  count = var.on ? 1 : 0\n}\n'
    )
    [stack] = stacks(main=text)
    assert stack.found.empty
    [stack] = stacks(main=text.replace("false", "true"))
    assert not stack.found.empty


def test_load_balancers() -> None:
    [stack] = stacks(
        main="""\
            resource "aws_lb" "net" { load_balancer_type = "network" }
            resource "aws_elb" "old" { idle_timeout = 30 }
            resource "aws_lb" "some" { load_balancer_type = var.kind }
            module "alb" {
              source = "terraform-aws-modules/alb/aws"
              idle_timeout = 120
            }
            resource "google_compute_backend_service" "b" { timeout_sec = 3600 }
            """
    )
    assert [(b.kind, b.name, b.idle and b.idle.text, b.total) for b in stack.found.balancers] == [
        ("network", "net", None, False),
        ("classic", "old", "30", False),
        ("unknown", "some", "60", False),
        ("backend", "b", "3600", True),
        ("application", "alb", "120", False),
    ]


def test_functions_and_gateways() -> None:
    [stack] = stacks(
        main="""\
            resource "aws_lambda_function" "api" {
              handler = "a.b"
              timeout = 29
              environment {
                variables = { A = "1" }
              }
            }
            resource "aws_lambda_function_url" "api" {
              function_name = aws_lambda_function.api.function_name
              invoke_mode   = "RESPONSE_STREAM"
            }
            resource "aws_lambda_function" "plain" {}
            resource "aws_apigatewayv2_api" "front" { protocol_type = "HTTP" }
            resource "aws_apigatewayv2_integration" "front" { timeout_milliseconds = 5000 }
            resource "aws_api_gateway_integration" "rest" {}
            """
    )
    api, plain = stack.found.functions
    assert (api.timeout and api.timeout.text, api.fronts, api.env["A"].text) == (
        "29",
        ("url",),
        "1",
    )
    assert api.invoke_mode is not None
    assert api.invoke_mode.text == "RESPONSE_STREAM"
    assert (plain.timeout and plain.timeout.origin, plain.fronts) == ("platform", ())
    assert [(g.kind, g.timeout and g.timeout.text) for g in stack.found.gateways] == [
        ("http", None),
        ("http", "5000"),
        ("rest", "29000"),
    ]


def test_cloud_run() -> None:
    [stack] = stacks(
        main="""\
            resource "google_cloud_run_v2_service" "two" {
              name = "desk"
              template {
                timeout = "900s"
                scaling {
                  max_instance_count = var.most
                }
                containers {
                  image = "x"
                  args = ["uvicorn", "a:app"]
                  env {
                    name = "A"
                    value = "1"
                  }
                  env {
                    name = "S"
                    value_source {}
                  }
                  ports { container_port = 8000 }
                }
              }
            }
            variable "most" { default = 50 }
            resource "google_cloud_run_service" "one" {
              template {
                metadata {
                  annotations = { "autoscaling.knative.dev/maxScale" = "5" }
                }
                spec {
                  timeout_seconds = 60
                  containers {
                    dynamic "env" {
                      for_each = var.x
                    }
                  }
                }
              }
            }
            """
    )
    two, one = stack.found.platforms
    assert said(two.most) == ("50", "main.tf", 23, "default")
    assert (two.timeout and two.timeout.text, two.least and two.least.origin) == (
        "900s",
        "platform",
    )
    assert two.args is not None
    assert two.args.texts == ("uvicorn", "a:app")
    assert {key: each.known for key, each in two.env.items()} == {"A": True, "S": False}
    assert (one.most and one.most.text, one.timeout and one.timeout.text) == ("5", "60")
    assert (one.more_env, two.more_env) == (True, False)


def test_ecs() -> None:
    [stack] = stacks(
        main="""\
            resource "aws_ecs_task_definition" "api" {
              container_definitions = jsonencode([{
                name        = "api"
                command     = ["uvicorn", "a:app"]
                environment = [{ name = "A", value = var.x }, { name = "B", value = "1" }]
                stopTimeout = 5
              }])
            }
            resource "aws_ecs_service" "api" {
              desired_count   = 2
              task_definition = aws_ecs_task_definition.api.arn
            }
            resource "aws_appautoscaling_target" "api" {
              min_capacity = 2
              max_capacity = 10
            }
            """
    )
    task, service, scaling = sorted(stack.found.platforms, key=lambda each: each.line)
    assert task.args is not None
    assert (task.args.texts, said(task.grace)) == (("uvicorn", "a:app"), ("5", "main.tf", 6, "set"))
    assert {key: each.known for key, each in task.env.items()} == {"A": False, "B": True}
    assert service.task is not None
    assert task.task is not None
    assert service.task.text == task.task.text
    assert (service.most and service.most.text, scaling.most and scaling.most.text) == ("2", "10")


def test_a_service_by_the_published_module() -> None:
    [stack] = stacks(
        main="""\
            module "api" {
              source = "terraform-aws-modules/ecs/aws//modules/service"
              name   = "desk"
              autoscaling_max_capacity = 6
              container_definitions = {
                api = {
                  image   = "x"
                  command = ["uvicorn", "a:app"]
                }
              }
            }
            """
    )
    service, scaling, task = stack.found.platforms
    assert (service.most and service.most.origin, scaling.most and scaling.most.text) == (
        "platform",
        "6",
    )
    assert task.args is not None
    assert (task.name and task.name.text, task.args.texts) == ("api", ("uvicorn", "a:app"))


def test_what_is_no_hcl_is_told_and_the_rest_is_read() -> None:
    found = hcl_nodes.read(b'resource "aws_lb" "a" {\n  idle_timeout = 30\n}\n}}} ] =\n')
    assert len(found.unread) == 1
    assert found.unread[0].line >= 1
    assert any(block.labels == ("aws_lb", "a") for block in found.blocks)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\0\1", id="binary"),
        pytest.param(b"a" * 600_000, id="large"),
        pytest.param(b"a = " + b"[" * 20_000, id="open"),
        pytest.param(b"a = " + b"[" * 5_000 + b"]" * 5_000, id="deep"),
        pytest.param(b"a {\n" * 5_000 + b"}\n" * 5_000, id="deep-blocks"),
        pytest.param(b"a = " + b"(" * 3_000 + b"1" + b")" * 3_000, id="brackets"),
        pytest.param(b"a = " + b"1 + " * 20_000 + b"1", id="sum"),
        pytest.param(b"a = " + b"x ? 1 : " * 3_000 + b"1", id="conditions"),
    ],
)
def test_hostile_files_end(data: bytes) -> None:
    hcl_nodes.read(data)


def test_values_that_fan_out_end() -> None:
    rows = ['locals {\n  a0 = "x"'] + [
        f"  a{n} = try(local.a{n - 1}, local.a{n - 1}, local.b)" for n in range(1, 60)
    ]
    text = "\n".join(rows) + '\n}\nresource "aws_lb" "a" {\n  idle_timeout = local.a59\n}\n'
    found = idle(main=text)
    assert found is not None
    assert found[3] == "unknown"
