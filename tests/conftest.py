"""For all tests."""

# The Cloudflare plugin's stand-in puts empty shells in the place of Pulumi's packages, to start
# quickly; in a process that tests other rooms too, the real ones have to be there before it.
import pulumi  # noqa: F401

from tests.isolation.guard import stay_on_this_machine

stay_on_this_machine()
