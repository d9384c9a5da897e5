"""Takes TLS connections on a free port, which it prints, and passes what comes on to the emulator: tls_front.py PORT
FOLDER. The folder gets roots.pem: the roots that certifi knows, about as many as Amazon Linux has, and its own.

The keys are on P-256, as those of AWS's endpoints can be; a root and one certificate, where AWS sends three."""

import datetime
import ipaddress
import select
import socket
import ssl
import sys
import threading
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def certificate(subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey, is_root: bool) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )
    if not is_root:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def context(folder: Path) -> ssl.SSLContext:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("front's root", root_key, "front's root", root_key, is_root=True)
    leaf = certificate("localhost", key, "front's root", root_key, is_root=False)
    pem = serialization.Encoding.PEM
    (folder / "roots.pem").write_bytes(Path(certifi.where()).read_bytes() + root.public_bytes(pem))
    (folder / "front.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()) + leaf.public_bytes(pem)
    )
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / "front.pem")
    return made


def serve(raw: socket.socket, made: ssl.SSLContext, port: int) -> None:
    """One connection; HTTP/1.1 speaks in turn, so that one thread is enough."""
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        with made.wrap_socket(raw, server_side=True) as client, socket.create_connection(("127.0.0.1", port)) as emulator:
            emulator.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            other = {client: emulator, emulator: client}
            while True:
                for source in [client] if client.pending() else select.select([client, emulator], [], [])[0]:
                    if not (data := source.recv(65536)):
                        return
                    other[source].sendall(data)
    except OSError:
        return  # the client is gone


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    made = context(folder)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(raw, made, port), daemon=True).start()


if __name__ == "__main__":
    main()
