"""Compose an answer's draft: one module for each shape of answer, none of which knows the others' order."""
