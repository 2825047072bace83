"""Cloud Run, AWS, serverless platforms, hosting platforms and LangGraph's own file."""

from __future__ import annotations

import json
import textwrap

import pytest

from lg_lint.deploy import langgraph_json, toml_nodes
from lg_lint.deploy.cloud import aws, cloud_run, hosting, serverless
from lg_lint.deploy.cloud.platforms import Found, Platform
from lg_lint.deploy.settings import Setting, seconds


def said(setting: Setting | None) -> tuple[str, int, str] | None:
    return (setting.text, setting.line, setting.origin) if setting is not None else None


def run(text: str) -> tuple[Platform, ...]:
    found = cloud_run.read(textwrap.dedent(text).encode())
    assert not found.unread
    return found.platforms


def test_a_file_of_a_cloud_run_service() -> None:
    [found] = run(
        """\
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: {name: desk}
        spec:
          template:
            metadata:
              annotations:
                autoscaling.knative.dev/maxScale: "100"
            spec:
              timeoutSeconds: 900
              containers:
                - image: x
                  args: [uvicorn, "a:app"]
                  env:
                    - {name: A, value: b}
                    - {name: S, valueFrom: {secretKeyRef: {name: s, key: latest}}}
        """
    )
    assert said(found.most) == ("100", 8, "set")
    assert said(found.least) == ("0", 1, "platform")
    assert said(found.timeout) == ("900", 10, "set")
    assert said(found.concurrency) == ("80", 1, "platform")
    assert found.args is not None
    assert found.args.texts == ("uvicorn", "a:app")
    assert {key: each.known for key, each in found.env.items()} == {"A": True, "S": False}


def test_a_deployment_in_a_block_of_cloud_build() -> None:
    [found] = run(
        """\
        steps:
          - name: gcr.io/google.com/cloudsdktool/cloud-sdk
            entrypoint: bash
            args:
              - -c
              - |
                X=$$(date)
                gcloud run deploy desk \\
                  --image=gcr.io/$PROJECT_ID/desk \\
                  --max-instances=50 \\
                  --min-instances 1 \\
                  --set-env-vars="A=1,B=$$X,C=$_MODE" --timeout=900s
                gcloud run services list --max-instances=9
        substitutions:
          _MODE: prod
        """
    )
    assert said(found.name) == ("desk", 8, "set")
    assert said(found.most) == ("50", 10, "set")
    assert said(found.least) == ("1", 11, "set")
    assert said(found.timeout) == ("900s", 12, "set")
    assert found.image is not None
    assert not found.image.known
    assert {key: (each.text, each.known) for key, each in found.env.items()} == {
        "A": ("1", True),
        "B": ("$X", False),
        "C": ("prod", True),
    }
    assert not found.more_env


def test_a_deployment_as_a_list() -> None:
    [found] = run(
        """\
        steps:
          - name: gcr.io/cloud-builders/gcloud
            args: [run, deploy, desk,
              --max-instances=5, --region, x]
        """
    )
    assert said(found.name) == ("desk", 3, "set")
    assert said(found.most) == ("5", 4, "set")


def test_a_deployment_in_a_workflow() -> None:
    both = run(
        """\
        jobs:
          one:
            steps:
              - run: |
                  set -e
                  gcloud beta run deploy ${{ env.SERVICE NAME }} --max-instances ${{ vars.N }} && echo
              - uses: google-github-actions/deploy-cloudrun@v2
                with:
                  service: desk
                  image: x:${{ github.sha }}
                  flags: --max-instances=5
                  env_vars: |
                    A=1
                    B=${{ secrets.B }}
        """
    )
    first, second = both
    assert first.most is not None
    assert not first.most.known
    assert first.most.line == 6
    assert said(second.most) == ("5", 11, "set")
    assert second.image is not None
    assert not second.image.known
    assert {key: each.known for key, each in second.env.items()} == {"A": True, "B": False}


@pytest.mark.parametrize(
    ("text", "most", "timeout"),
    [
        ("gcloud run deploy a --max-instances=3", ("3", 4, "set"), ("300", 4, "platform")),
        ("gcloud run deploy a", ("100", 4, "platform"), ("300", 4, "platform")),
        ("gcloud run services update a --timeout 5m", None, ("5m", 4, "set")),
        ("gcloud run deploy a --max-instances $N", ("$N", 4, "unknown"), ("300", 4, "platform")),
        (
            "gcloud run deploy a; x --max-instances=3",
            ("100", 4, "platform"),
            ("300", 4, "platform"),
        ),
    ],
)
def test_flags(text: str, most: object, timeout: object) -> None:
    [found] = cloud_run.deploys(Setting(text, 4))
    assert (said(found.most), said(found.timeout)) == (most, timeout)


def test_a_command_that_was_split_before() -> None:
    def words(text: str) -> list[Setting]:
        return [Setting(word, 3) for word in text.split()]

    found = cloud_run.deployment(words("gcloud beta run deploy a --max-instances=2"))
    assert found is not None
    assert (said(found.name), said(found.most)) == (("a", 3, "set"), ("2", 3, "set"))
    assert cloud_run.deployment(words("gcloud run services update a")) is not None
    assert cloud_run.deployment(words("gcloud run services list")) is None
    assert cloud_run.deployment(words("run deploy a")) is None


def test_lists_in_flags() -> None:
    text = "gcloud run deploy a --set-env-vars ^@^A=1,2@B=3 --command=uvicorn --args=a:app,--workers=4 --set-secrets=S=s:1"
    [found] = cloud_run.deploys(Setting(text, 1))
    assert {key: each.text for key, each in found.env.items()} == {"A": "1,2", "B": "3"}
    assert found.command is not None
    assert found.args is not None
    assert (found.command.texts, found.args.texts) == (("uvicorn",), ("a:app", "--workers=4"))
    assert found.more_env


def test_several_deployments_in_one_text_have_their_lines() -> None:
    text = "gcloud run deploy a \\\n  --max-instances=1\n\ngcloud run deploy b --max-instances=2\n"
    found = cloud_run.deploys(Setting(text, 1))
    assert [said(each.most) for each in found] == [("1", 2, "set"), ("2", 4, "set")]


def test_a_task_of_ecs() -> None:
    text = json.dumps(
        {
            "family": "desk",
            "containerDefinitions": [
                {
                    "name": "api",
                    "image": "x",
                    "entryPoint": ["sh", "-c"],
                    "command": ["uvicorn a:app --workers 4"],
                    "environment": [{"name": "A", "value": "1"}],
                    "secrets": [{"name": "S", "valueFrom": "arn"}],
                    "portMappings": [{"containerPort": 8000}],
                    "stopTimeout": 120,
                },
                {"name": "side", "image": "y"},
            ],
        },
        indent=2,
    )
    api, side = aws.read(text.encode()).platforms
    assert api.command is not None
    assert api.args is not None
    assert (api.command.texts, api.args.texts) == (("sh", "-c"), ("uvicorn a:app --workers 4",))
    assert (api.port and api.port.text, api.more_env, api.env["A"].text) == ("8000", True, "1")
    assert (api.grace and api.grace.text, side.grace and side.grace.origin) == ("120", "platform")


def template(text: str) -> Found:
    found = aws.read(textwrap.dedent(text).encode())
    assert not found.unread
    return found


def test_a_template_of_cloudformation() -> None:
    found = template(
        """\
        Parameters:
          Idle: {Type: Number, Default: 45}
          Count: {Type: Number}
        Resources:
          Balancer:
            Type: AWS::ElasticLoadBalancingV2::LoadBalancer
            Properties:
              LoadBalancerAttributes:
                - {Key: idle_timeout.timeout_seconds, Value: !Ref Idle}
          Plain:
            Type: AWS::ElasticLoadBalancingV2::LoadBalancer
            Properties: {Scheme: internal}
          Net:
            Type: AWS::ElasticLoadBalancingV2::LoadBalancer
            Properties: {Type: network}
          Service:
            Type: AWS::ECS::Service
            Properties: {DesiredCount: !Ref Count, TaskDefinition: !Ref Task}
          Task:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Family: desk
              ContainerDefinitions:
                - {Name: api, Image: x, Command: [uvicorn], StopTimeout: 60}
          Target:
            Type: AWS::ApplicationAutoScaling::ScalableTarget
            Properties: {MinCapacity: 1, MaxCapacity: 9}
        """
    )
    said_idle = {each.name: (each.kind, said(each.idle)) for each in found.balancers}
    assert said_idle == {
        "Balancer": ("application", ("45", 2, "default")),
        "Plain": ("application", ("60", 10, "platform")),
        "Net": ("network", None),
    }
    kinds = {each.kind: each for each in found.platforms}
    count = kinds["ecs-service"].most
    assert count is not None
    assert not count.known
    assert said(kinds["ecs-scaling"].most) == ("9", 27, "set")
    assert kinds["ecs-task"].grace is not None
    assert kinds["ecs-task"].grace.text == "60"


def test_a_template_of_sam() -> None:
    found = template(
        """\
        Transform: AWS::Serverless-2016-10-31
        Globals: {Function: {Timeout: 29}}
        Resources:
          One:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Events: {A: {Type: HttpApi}}
              FunctionUrlConfig: {InvokeMode: RESPONSE_STREAM}
          Two:
            Type: AWS::Serverless::Function
            Properties:
              Timeout: 5
              Events: {A: {Type: Api}}
          Three:
            Type: AWS::Lambda::Function
            Properties: {Handler: a.b}
          Api:
            Type: AWS::ApiGatewayV2::Api
            Properties: {ProtocolType: HTTP}
        """
    )
    one, two, three = found.functions
    assert (said(one.timeout), one.fronts) == (("29", 2, "set"), ("http", "url"))
    assert said(one.invoke_mode) == ("RESPONSE_STREAM", 9, "set")
    assert (said(two.timeout), two.fronts) == (("5", 13, "set"), ("rest",))
    assert three.timeout is not None
    assert [each.kind for each in found.gateways] == ["http"]


def test_serverless_framework() -> None:
    text = """\
        custom: {seconds: 25}
        provider: {name: aws, timeout: "${self:custom.seconds}", environment: {A: "${env:A}"}}
        functions:
          one: {handler: a.b, events: [{httpApi: "*"}]}
          two: {handler: a.c, timeout: "${opt:t}", url: {invokeMode: RESPONSE_STREAM}}
          three: {handler: a.d, timeout: "${self:custom.none, 7}", events: [{http: {path: /}}]}
        """
    one, two, three = serverless.framework(textwrap.dedent(text).encode()).functions
    assert (said(one.timeout), one.fronts) == (("25", 1, "set"), ("http",))
    assert not one.env["A"].known
    assert two.timeout is not None
    assert not two.timeout.known
    assert (two.invoke_mode and two.invoke_mode.text, two.fronts) == ("RESPONSE_STREAM", ("url",))
    assert (said(three.timeout), three.fronts) == (("7", 6, "default"), ("rest",))
    plain = serverless.framework(b"functions: {a: {handler: x}}").functions[0]
    assert said(plain.timeout) == ("6", 1, "platform")


def test_vercel() -> None:
    text = """\
        {
          "functions": {"api/*.py": {"maxDuration": 60}, "b.py": {"memory": 1}},
          "rewrites": [{"source": "/api/(.*)", "destination": "https://x.example/$1"}]
        }
        """
    found = serverless.vercel(textwrap.dedent(text).encode())
    assert [said(each.timeout) for each in found.functions] == [
        ("60", 2, "set"),
        ("300", 2, "platform"),
    ]
    assert found.rewrites[0].destination.line == 3


def test_azure() -> None:
    [found] = serverless.azure_host(b'{"version": "2.0", "functionTimeout": "00:10:00"}').functions
    assert said(found.timeout) == ("600", 1, "set")
    [found] = serverless.azure_host(b'{"version": "2.0"}').functions
    assert said(found.timeout) == ("300", 1, "platform")
    assert serverless.azure_host(b'{"hosts": []}').empty
    text = b'{"scriptFile": "main.py", "bindings": [{"type": "httpTrigger"}]}'
    [found] = serverless.azure_function(text).functions
    assert (found.handler and found.handler.text, found.fronts) == ("main.py", ("http",))
    assert serverless.azure_function(b'{"bindings": [{"type": "timerTrigger"}]}').empty


FLY = """\
app = "desk"
kill_timeout = "5s"  # short

[build]
  dockerfile = "deploy/Dockerfile"

[env]
  WEB_CONCURRENCY = "4"

[processes]
web = "uvicorn a:app --workers 2"
worker = "python -m jobs"

[http_service]
internal_port = 8000
min_machines_running = 2
"""


def test_fly() -> None:
    web, worker = hosting.fly(FLY.encode()).platforms
    assert web.args is not None
    assert web.args.texts == ("uvicorn", "a:app", "--workers", "2")
    assert web.args.words[0].line == 11
    assert (said(web.grace), seconds(web.grace)) == (("5s", 2, "set"), 5)
    assert said(web.env["WEB_CONCURRENCY"]) == ("4", 8, "set")
    assert (said(web.dockerfile), said(web.port)) == (
        ("deploy/Dockerfile", 5, "set"),
        ("8000", 15, "set"),
    )
    assert said(worker.name) == ("worker", 12, "set")
    [plain] = hosting.fly(b'app = "a"\n').platforms
    assert said(plain.grace) == ("5", 1, "platform")


def test_railway() -> None:
    [found] = hosting.railway_toml(b'[deploy]\nstartCommand = "a b"\nnumReplicas = 3\n').platforms
    assert (said(found.most), found.command and found.command.texts) == (
        ("3", 3, "set"),
        ("a", "b"),
    )
    [found] = hosting.railway_json(b'{"deploy":\n {"numReplicas": 2}}').platforms
    assert said(found.most) == ("2", 2, "set")
    [found] = hosting.railway_json(b"{}").platforms
    assert said(found.most) == ("1", 1, "platform")


def test_render() -> None:
    text = """\
        services:
          - type: web
            name: api
            startCommand: gunicorn a:app
            numInstances: 2
            envVars: [{key: A, value: 1}, {key: B, sync: false}, {fromGroup: g}]
          - type: pserv
            scaling: {minInstances: 1, maxInstances: 4}
            maxShutdownDelaySeconds: 300
          - {type: web, runtime: static}
          - {type: cron}
        """
    api, other = hosting.render(textwrap.dedent(text).encode()).platforms
    assert (said(api.most), said(api.grace)) == (("2", 5, "set"), ("30", 2, "platform"))
    assert (api.env["A"].known, api.env["B"].known, api.more_env) == (True, False, True)
    assert (said(other.most), said(other.grace)) == (("4", 8, "set"), ("300", 9, "set"))


def test_nixpacks_and_digital_ocean() -> None:
    [found] = hosting.nixpacks(b'[phases.x]\n[start]\ncmd = "uvicorn a:app"\n').platforms
    assert found.command is not None
    assert (found.command.texts, found.line) == (("uvicorn", "a:app"), 3)
    assert hosting.nixpacks(b"[phases]\n").empty
    text = """\
        services:
          - name: api
            run_command: gunicorn -w 2 a:app
            instance_count: 3
            envs: [{key: A, value: x}, {key: S, type: SECRET}]
          - {name: other, autoscaling: {min_instance_count: 1, max_instance_count: 4}}
        """
    api, other = hosting.digital_ocean(textwrap.dedent(text).encode()).platforms
    assert (said(api.most), api.env["S"].known) == (("3", 4, "set"), False)
    assert said(other.most) == ("4", 6, "set")


def test_app_engine() -> None:
    text = "runtime: python312\nentrypoint: gunicorn -w 4 a:app\nautomatic_scaling: {max_instances: 9}\n"
    [found] = hosting.app_engine(text.encode()).platforms
    assert (said(found.most), found.command and found.command.texts[:3]) == (
        ("9", 3, "set"),
        ("gunicorn", "-w", "4"),
    )
    assert hosting.app_engine(b"apiVersion: v1\nruntime: x\n").empty
    assert hosting.app_engine(b"name: x\n").empty


def test_toml_keeps_lines() -> None:
    text = 'a = 1\n[b]\nc.d = 2\n[[e]]\nf = 3\n[[e]]\nf = 4\n[g."h.i"]\nj = [\n  5,\n]\n'
    table, unread = toml_nodes.read(text.encode())
    assert not unread
    assert table is not None
    assert said(table.setting("b", "c", "d")) == ("2", 3, "set")
    listed = table.get("e")
    assert listed is not None
    assert [said(each.setting("f")) for each in listed.elements()] == [
        ("3", 5, "set"),
        ("4", 7, "set"),
    ]
    assert toml_nodes.read(b"a = \n")[0] is None


def test_langgraph_json() -> None:
    text = """\
        {
          "graphs": {
            "agent": "./a.py:graph",
            "other": {"path": "./b.py:graph", "description": "x"}
          },
          "http": {"app": "./main.py:app"},
          "env": ".env",
          "dependencies": ["."],
          "checkpointer": {"ttl": {"default_ttl": 1}}
        }
        """
    found = langgraph_json.read(textwrap.dedent(text).encode())
    assert {key: said(each) for key, each in found.graphs.items()} == {
        "agent": ("./a.py:graph", 3, "set"),
        "other": ("./b.py:graph", 4, "set"),
    }
    assert (said(found.app), said(found.env_file)) == (
        ("./main.py:app", 6, "set"),
        (".env", 7, "set"),
    )
    assert said(found.checkpointer) == ("", 9, "set")
    assert found.store is None
    other = langgraph_json.read(
        b'{"graphs": {}, "env": {"A": "1"}, "checkpointer": {"path": "x:y"}}'
    )
    assert (said(other.env["A"]), said(other.checkpointer)) == (("1", 1, "set"), ("x:y", 1, "set"))
