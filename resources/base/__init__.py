"""What the resources beside a service share: fields declared once, and one order of doing things.

A resource says which fields it has (`Field`: what is legal, what replaces, what the API reads
back) and what its few calls are (`observe`, `sync`, `remove`, and `post` where something is made);
`DeclarativeProvider` does the rest, the same for all:

- `check` names property, value and what is allowed; no cloud is called.
- `diff` compares what the program sets with what was last seen. Server defaults never differ.
- `create` and `update` observe, ensure that the thing exists, send what differs, read back until
  it is so. `delete` of what is gone is a success; `read` of it says so.

`Singleton` is for an object that a service or an organization has exactly one of. It is written
with a PUT or PATCH, so a lost response costs nothing, and resources of a run that write the same
one wait for each other (`claims`). `CreatedResource` is for an object that a POST creates. The POST
is noted on this machine before it is sent (`create_note`), and the object is found by its ownership
tag if the response is lost (`ownership`). `Confirmation` removes the tag from the name.

Nothing here imports more than a provider's process has loaded anyway: the client is imported when
a cloud is called.
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
