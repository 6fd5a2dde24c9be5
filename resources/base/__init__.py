"""The common base of the resources: declared fields, and one lifecycle.

A resource declares its fields (`Field`: valid values, replacing changes, and whether the API
returns them) and implements a few calls (`observe`, `sync`, `remove`, and `post` to create an
object). `DeclarativeProvider` does the rest in the same way for all resources:

- `check` reports property, value and what is allowed. It sends no request.
- `diff` compares the properties that the program sets with those at the last read. Server
  defaults never differ.
- `create` and `update` observe the object, ensure that it exists, send the fields that differ, and
  read until the API returns them. For a deleted object, `delete` succeeds and `read` returns an
  empty id.

`Singleton` is for an object that a service or an organization has exactly one of. It is written
with a PUT or PATCH, so a lost response costs nothing, and resources of a run that write the same
one wait for each other (`claims`). `CreatedResource` is for an object that a POST creates. The POST
is noted on this machine before it is sent (`create_note`), and the object is found by its ownership
tag if the response is lost (`ownership`). `Confirmation` removes the tag from the name.

These modules import only what a provider's process has loaded already. The client is imported
before the first request.
"""

from resources.base.created_resource import CreatedResource
from resources.base.declarative_provider import Change, DeclarativeProvider, Live
from resources.base.properties import marks_of, plain, with_secrets
from resources.base.protected_resource import ProtectedResource
from resources.base.singleton import Singleton

__all__ = [
    "Change",
    "CreatedResource",
    "DeclarativeProvider",
    "Live",
    "ProtectedResource",
    "Singleton",
    "marks_of",
    "plain",
    "with_secrets",
]
