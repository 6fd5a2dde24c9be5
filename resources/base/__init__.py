"""What the resources beside a service share: fields declared once, and one order of doing things.

A resource says which fields it has (`Field`: what is legal, what replaces, what the API reads
back) and what its few calls are (`observe`, `sync`, `remove`, and `post` where something is made);
`Declared` does the rest, the same for all:

- `check` names property, value and what is allowed; no cloud is called.
- `diff` compares what the program sets with what was last seen. Server defaults never differ.
- `create` and `update` observe, ensure that the thing exists, send what differs, read back until
  it is so. `delete` of what is gone is a success; `read` of it says so.

`Part` is for what a service or an organization has one of: it is put there, so a lost answer costs
nothing, and those who write the same one take turns. `Made` is for what a POST makes: it is noted
before it is sent, and found again by its mark if the answer is lost. The marks are those of
`ownership`; `Confirmation` removes them.

Nothing here imports more than a provider's process has loaded anyway: the client is imported when
a cloud is called.
"""

from resources.base.created import Made
from resources.base.declared import Change, Declared, Live
from resources.base.properties import marks_of, plain, with_secrets
from resources.base.singleton import Part

__all__ = ["Change", "Declared", "Live", "Made", "Part", "marks_of", "plain", "with_secrets"]
