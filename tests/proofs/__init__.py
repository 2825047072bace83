"""Proofs: each rule's bad and good form, run on real servers and measured as a client sees it."""
