"""Faults done to real processes: nothing is lost and nothing sent twice."""
