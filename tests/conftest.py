"""Configuration of all tests."""

# The local Cloudflare plugin replaces Pulumi's packages by empty modules to start quickly. In a
# process that also tests other folders, the real packages must be imported first.
import pulumi  # noqa: F401

from tests.support.network_guard import stay_on_this_machine

stay_on_this_machine()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Use the argument's name as the id of a bytes parameter.

    pytest-xdist requires the same ids in every process. Compressed bodies and bodies that contain
    the time differ between processes.
    """
    return argname if isinstance(val, bytes) else None
