"""Proofs that take minutes: run by hand, a short version of each in the suite."""
