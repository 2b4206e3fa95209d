"""Patients in, patients out: what follows from the records, for whole columns at once."""
