"""An authority of its own for tests: server certificates that can be told from each other, and ones that cannot be used."""

import datetime
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def pem_of(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def put(path, content):
    """As an administrator should: whole, by renaming."""
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    fresh.rename(path)


class Authority:
    def __init__(self, name="test authority"):
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.serials = 1000
        self.certificate = self._sign(self.name, self.key.public_key(), True, 3650).public_bytes(serialization.Encoding.PEM)

    def _sign(self, subject, key, is_authority, days):
        now = datetime.datetime.utcnow()
        self.serials += 1
        begin = now - datetime.timedelta(days=2)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key).serial_number(self.serials)
        made = made.not_valid_before(begin).not_valid_after(now + datetime.timedelta(days=days))
        made = made.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        if not is_authority:
            import ipaddress
            names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return made.sign(self.key, hashes.SHA256())

    def server_pair(self, days=30):
        """(certificate, key, serial number); with days below zero one that has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._sign(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), key.public_key(), False, days)
        return made.public_bytes(serialization.Encoding.PEM), pem_of(key), made.serial_number
