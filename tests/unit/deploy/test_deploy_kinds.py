"""Which adapter a file is for."""

from __future__ import annotations

import pytest

from lg_lint.deploy.kinds import kind


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("docker-compose.prod.yml", "services:\n  a:\n", "compose"),
        ("deploy/compose.yaml", "version: '3'\nservices: {a: {image: x}}", "compose"),
        ("stack.yml", "services:\n  a:\n    image: x\n", "compose"),
        ("compose.yaml", "include: [a.yml]\n", "compose"),
        ("services.yml", "services:\n  a:\n    host: x\n", None),
        ("docker-compose/portal.yml", "services:\n  a:\n    ports: ['1:1']\n", "compose"),
        ("docker/compose/demo.yml", "name: a\ninclude: [b.yml]\n", "compose"),
        ("composer.yml", "a: 1\n", None),
        ("render.yaml", "services:\n  - type: web\n    image: x\n", "render"),
        ("k8s/api.yaml", "apiVersion: v1\nkind: Service\n", "manifest"),
        ("k8s/patch.yaml", "kind: Deployment\nmetadata: {name: a}\n", "manifest"),
        ("k8s/patch.yaml", "- op: replace\n  path: /spec\n", "manifest"),
        ("k8s/patch.yaml", "- {op: replace, path: /spec}\n", "manifest"),
        ("k8s/base/kustomization.yaml", "resources: []\n", "manifest"),
        ("chart/Chart.yaml", "name: a\n", "helm-chart"),
        ("chart/values.prod.yaml", "a: 1\n", "helm-values"),
        ("chart/templates/api.yaml", "kind: {{ x }}\n", "helm-template"),
        ("chart/templates/plain.yaml", "apiVersion: v1\nkind: Service\n", "manifest"),
        ("off/api.yaml", "apiVersion: v1\nkind: {{ .Values.x }}\n", "helm-template"),
        ("service.yaml", "apiVersion: serving.knative.dev/v1\nkind: Service\n", "cloud-run"),
        ("cloudbuild.yaml", "steps:\n  - args: [gcloud, run, deploy]\n", "cloud-run"),
        (
            ".github/workflows/d.yml",
            "uses: google-github-actions/deploy-cloudrun@v2\n",
            "cloud-run",
        ),
        (".github/workflows/t.yml", "on: push\njobs: {}\n", None),
        ("template.yaml", "Resources: {A: {Type: AWS::Lambda::Function}}\n", "aws"),
        ("task.json", '{"containerDefinitions": []}', "aws"),
        ("package.json", '{"name": "a"}', None),
        ("app.yaml", "runtime: python312\n", "app-engine"),
        ("app.yaml", "name: x\n", None),
        ("prompts.yaml", "system: be kind\n", None),
        (".do/app.yaml", "services:\n  - name: a\n    image: {}\n", "digital-ocean"),
        ("nixpacks.toml", "", "nixpacks"),
        ("fly.toml", "", "fly"),
        ("fly.staging.toml", "", "fly"),
        ("pyproject.toml", "", None),
        (".env.example", "", "dotenv"),
        ("prod.env", "", "dotenv"),
        ("main.tf", "", "terraform"),
        ("prod.auto.tfvars", "", "terraform-variables"),
        ("langgraph.dev.json", '{"graphs": {}}', "langgraph"),
        ("host.json", "{}", "azure-host"),
    ],
)
def test_kinds(path: str, text: str, expected: str | None) -> None:
    assert kind(path, text.encode()) == expected
