"""The error that every part of the evaluation raises for what its user can mend."""

from __future__ import annotations


class EvaluationError(Exception):
    """Something its user can mend; the message says what was found and what was expected."""
