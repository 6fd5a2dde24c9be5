"""Keeps a local certificate authority and one certificate for all names of this machine."""

from __future__ import annotations

import datetime
import fcntl
from dataclasses import dataclass
from pathlib import Path

from local.processes.durable_files import write_private

__all__ = ["Certificates", "ensure_certificates"]

_RENEW_BEFORE = datetime.timedelta(days=30)
_NAMES = ("localhost", "*.localhost")
_ADDRESSES = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Certificates:
    """Files of the local certificate authority, all PEM.

    Attributes:
        ca_file: the authority's own certificate.
        bundle_file: the public roots plus the authority, for `SSL_CERT_FILE`, so that a shell
            with the local clouds' environment can still reach all other servers.
        certificate_file: the leaf for localhost, *.localhost, 127.0.0.1 and ::1.
        key_file: the leaf's private key, mode 0600.
    """

    ca_file: Path
    bundle_file: Path
    certificate_file: Path
    key_file: Path


def ensure_certificates(directory: Path) -> Certificates:
    """Create the authority and its leaf in `directory`, unless both exist and stay valid.

    Two processes may call this at the same time: the second waits and uses the files of the first.
    """
    directory.mkdir(parents=True, exist_ok=True)
    certificates = Certificates(
        ca_file=directory / "ca.pem",
        bundle_file=directory / "bundle.pem",
        certificate_file=directory / "localhost.pem",
        key_file=directory / "localhost.key",
    )
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current(certificates):
            _create(certificates)
    return certificates


def _is_current(certificates: Certificates) -> bool:
    # `cryptography` is imported only if all files exist, so that a cloud starts quickly.
    files = (certificates.ca_file, certificates.bundle_file, certificates.certificate_file)
    if not all(file.exists() for file in (*files, certificates.key_file)):
        return False
    from cryptography import x509

    leaf = x509.load_pem_x509_certificate(certificates.certificate_file.read_bytes())
    now = datetime.datetime.now(datetime.UTC)
    return leaf.not_valid_after_utc - now > _RENEW_BEFORE


def _create(certificates: Certificates) -> None:
    import certifi

    from local.processes.certificate_authority import (
        CertificateAuthority,
        private_pem,
        public_pem,
    )

    authority = CertificateAuthority.create("Local clouds authority")
    key, certificate = authority.issue(_NAMES, _ADDRESSES)
    ca = public_pem(authority.certificate)
    write_private(certificates.key_file, private_pem(key))
    write_private(certificates.ca_file, ca)
    write_private(certificates.bundle_file, Path(certifi.where()).read_bytes() + b"\n" + ca)
    # Written last: if this file exists, all four exist.
    write_private(certificates.certificate_file, public_pem(certificate))
