"""The small grocer of the tests of requests, for the tests of faults."""

from tests.reviews.conftest import board, catalogue, draft, in_review

__all__ = ["board", "catalogue", "draft", "in_review"]
