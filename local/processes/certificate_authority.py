"""Creates a certificate authority and the certificates that it signs.

Import this module only where a certificate has to be created: `cryptography` takes long to load,
and a local cloud has to start quickly.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

__all__ = ["CertificateAuthority", "private_pem", "public_pem"]

# Apple's trust store rejects leaf certificates that are valid for more than 825 days.
_LIFETIME = datetime.timedelta(days=820)
# Allows for clocks that are a little slow.
_VALID_SINCE = datetime.timedelta(minutes=5)
_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class CertificateAuthority:
    """A new authority: its key, which is stored nowhere, and its own certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def create(cls, name: str) -> CertificateAuthority:
        """Create a key and a certificate that it signs itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        # Python 3.13 verifies strictly: it rejects an authority without key usage.
        certificate = (
            _builder(_name(name), key, issuer=_name(name), issuer_key=key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
            .add_extension(_key_usage("key_cert_sign", "crl_sign"), True)
            .sign(key, hashes.SHA256())
        )
        return cls(key, certificate)

    def issue(
        self, names: Sequence[str], addresses: Sequence[str]
    ) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        """Create a key and sign a server certificate for it.

        Args:
            names: DNS names; the first one is the certificate's subject.
            addresses: IP addresses.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
        alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        issuer = self.certificate.subject
        certificate = (
            _builder(_name(names[0]), key, issuer=issuer, issuer_key=self.key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
            .add_extension(_key_usage("digital_signature"), True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
            .add_extension(x509.SubjectAlternativeName(alternatives), False)
            .sign(self.key, hashes.SHA256())
        )
        return key, certificate


def public_pem(certificate: x509.Certificate) -> bytes:
    """Encode a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Encode a private key as PEM, without encryption."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in allowed for usage in _KEY_USAGES})


def _builder(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    since = datetime.datetime.now(datetime.UTC) - _VALID_SINCE
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + _LIFETIME)
        .add_extension(issued_by, False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )
