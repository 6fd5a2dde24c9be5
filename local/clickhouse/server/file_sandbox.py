"""Restricts this process to the files that it needs, before ClickHouse's code runs.

ClickHouse as a library checks no path: `file()`, `filesystem()`, dictionaries, `BACKUP … TO File`
and more access all files that the process can access. So the kernel's Landlock removes these rights
from the process, for every statement: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["confine"]

# Equal on all architectures (`include/uapi/asm-generic/unistd.h`).
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

# `include/uapi/linux/landlock.h`.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE = 1 << 14
_FOR_FILES = _WRITE_FILE | _READ_FILE | _TRUNCATE
_READ = _READ_FILE | _READ_DIR
# All rights of files and folders by version of Landlock: 2 adds links between folders, which the
# engine's own renames need, 3 truncation, 5 ioctl of devices.
_RIGHTS = {2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}

# The engine and the C library read these files: the machine's memory, processors and limits; names,
# certificates and the time zone; random numbers. The files have no private data.
_SYSTEM = (
    *("/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/loadavg", "/proc/uptime"),
    *(
        "/proc/self/maps",
        "/proc/self/statm",
        "/proc/self/cgroup",
        "/sys/fs/cgroup",
        "/sys/devices/system",
    ),
    *("/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf"),
    *("/etc/services", "/etc/ssl", "/etc/pki", "/etc/localtime", "/etc/timezone"),
    *("/etc/ld.so.cache", "/usr/share/zoneinfo", "/usr/share/ca-certificates"),
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
)
_DEVICES_TO_WRITE = ("/dev/null",)


class _Ruleset(ctypes.Structure):
    _fields_ = [("handled_access_fs", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def confine(folder: Path, *, readable: Iterable[Path]) -> bool:
    """Remove the access of this process, and of all threads that it starts, to other files.

    Args:
        folder: can be read and written; no file in it can be executed.
        readable: files and folders that can be read in addition to the system's.
    Returns:
        False if the kernel cannot do so: it is not Linux 5.19 or newer, or Landlock is off.
    Raises:
        OSError: the kernel has Landlock and rejected the rules.
    """
    rights = _rights()
    if rights == 0:
        return False
    attributes = _Ruleset(rights)
    ruleset = _call(_CREATE_RULESET, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)
    try:
        _allow(ruleset, folder, rights & ~_EXECUTE)
        for path in (*map(Path, _SYSTEM), *readable):
            _allow(ruleset, path, _READ)
        for device in map(Path, _DEVICES_TO_WRITE):
            _allow(ruleset, device, _READ | _WRITE_FILE)
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_NO_NEW_PRIVS)")
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return True


def _rights() -> int:
    try:
        version = _call(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except (OSError, AttributeError):  # no Landlock or no Linux
        return 0
    return max((rights for since, rights in _RIGHTS.items() if since <= version), default=0)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # does not exist on this machine
    try:
        if not path.is_dir():
            rights &= _FOR_FILES
        rule = _PathBeneath(rights, opened)
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)


def _call(number: int, *arguments: object) -> int:
    result = int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), f"landlock: {os.strerror(ctypes.get_errno())}")
    return result
