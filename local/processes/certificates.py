"""One local certificate authority and one certificate for every name of this machine."""

from __future__ import annotations

import datetime
import fcntl
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from local.processes.durable_files import write_private

__all__ = ["Certificates", "ensure_certificates"]

# Apple's trust store refuses leaf certificates that live longer than 825 days.
_LIFETIME = datetime.timedelta(days=820)
_RENEW_BEFORE = datetime.timedelta(days=30)
_NAMES = ("localhost", "*.localhost")
_ADDRESSES = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Certificates:
    """Files of the local certificate authority, all PEM.

    Attributes:
        ca_file: the authority's own certificate.
        bundle_file: the public roots plus the authority, for `SSL_CERT_FILE`, so that a shell
            pointed at the local clouds can still reach everything else.
        certificate_file: the leaf for localhost, *.localhost, 127.0.0.1 and ::1.
        key_file: the leaf's private key, mode 0600.
    """

    ca_file: Path
    bundle_file: Path
    certificate_file: Path
    key_file: Path


def ensure_certificates(directory: Path) -> Certificates:
    """Make the authority and its leaf in `directory`, unless they are there and still good.

    Two processes may call this at once: the second waits for the first and uses its files.
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
        if not _still_good(certificates):
            _create(certificates)
    return certificates


def _still_good(certificates: Certificates) -> bool:
    # Looked at without the cryptography package where possible: starting a cloud must stay quick.
    files = (certificates.ca_file, certificates.bundle_file, certificates.certificate_file)
    if not all(file.exists() for file in (*files, certificates.key_file)):
        return False
    from cryptography import x509

    leaf = x509.load_pem_x509_certificate(certificates.certificate_file.read_bytes())
    now = datetime.datetime.now(datetime.UTC)
    return leaf.not_valid_after_utc - now > _RENEW_BEFORE


def _create(certificates: Certificates) -> None:
    import certifi
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Local clouds authority")])

    def builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + _LIFETIME)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), False
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        )

    usage = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    # Python 3.13 verifies strictly: an authority without key usage is refused.
    ca = (
        builder(ca_name, ca_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(x509.KeyUsage(**{**usage, "key_cert_sign": True, "crl_sign": True}), True)
        .sign(ca_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    leaf_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in _NAMES]
    alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in _ADDRESSES]
    leaf = (
        builder(leaf_name, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(x509.KeyUsage(**{**usage, "digital_signature": True}), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(x509.SubjectAlternativeName(alternatives), False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    write_private(
        certificates.key_file,
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    write_private(certificates.ca_file, ca.public_bytes(pem))
    roots = Path(certifi.where()).read_bytes()
    write_private(certificates.bundle_file, roots + b"\n" + ca.public_bytes(pem))
    # Written last: its presence is what says that all of them are there.
    write_private(certificates.certificate_file, leaf.public_bytes(pem))
