"""`PickledByName`: a dynamic provider of which the state holds only the class's name.

Pulumi pickles the provider of every dynamic resource into the state (`__provider`) and later reads
and deletes the resource with that pickle. Python pickles an object by its class's module path, so
moving a class would break older states. So the pickle names the function `resources.provider_named`
instead, which never moves.
"""

from __future__ import annotations

from collections.abc import Callable

from pulumi.dynamic import ResourceProvider

__all__ = ["PickledByName"]


class PickledByName(ResourceProvider):
    """A provider without constructor arguments, pickled as a call of `resources.provider_named`."""

    # The pickle has no secret, and the engine reads a plain value without decryption.
    serialize_as_secret_always = False

    def __reduce__(self) -> tuple[Callable[[str], ResourceProvider], tuple[str]]:
        """Return the call that creates this provider again."""
        from resources import provider_named

        return provider_named, (type(self).__name__,)
