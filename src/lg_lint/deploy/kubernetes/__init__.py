"""Manifests, ingresses and kustomizations of Kubernetes to records.

`reading.read` takes one file, `clusters.clusters` puts the files of a project together, and
`ingress.behaviour` says what a controller does to a stream.
"""
