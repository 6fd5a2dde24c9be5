"""For all tests."""

# The Cloudflare plugin's stand-in puts empty shells in the place of Pulumi's packages, to start
# quickly; in a process that tests other rooms too, the real ones have to be there before it.
import pulumi  # noqa: F401

from tests.support.network_guard import stay_on_this_machine

stay_on_this_machine()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: test processes that run side by side must agree on all names.

    A compressed body, or one that holds the time, differs from process to process.
    """
    return argname if isinstance(val, bytes) else None
