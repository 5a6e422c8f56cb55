"""Measure retrieval, answers, citations, refusals and speed."""
