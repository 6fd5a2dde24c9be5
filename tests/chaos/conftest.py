"""The clouds of the resources' tests."""

from tests.resources.conftest import clouds

__all__ = ["clouds"]
