"""Terraform to the records of `cloud`: `hcl.read` takes one file, `stacks.stacks` a project's."""
