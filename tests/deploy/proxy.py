"""The example nginx, run for real in front of a port of this machine, with certificates made for the test."""

from __future__ import annotations

import datetime
import http.client
import ipaddress
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.architecture.sizes import ROOT

NAME = "jzz.example.gov.cn"
DEPLOY = ROOT / "deploy"
_UPSTREAM = re.compile(r"^ *upstream juzhuzheng \{.*?\n *\}\n", re.DOTALL | re.MULTILINE)
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_START_SECONDS = 20
_addresses = count(2)


@dataclass(frozen=True)
class Answer:
    """What came back over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Proxy:
    """A running nginx; each visitor has an address of their own (127.0.0.x), as far as nginx sees."""

    def __init__(self, folder: Path, plain_port: int, port: int) -> None:
        self._folder, self.plain_port, self.port = folder, plain_port, port
        self.address = ""
        self.new_visitor()

    def new_visitor(self) -> None:
        """Come from another address from now on."""
        self.address = f"127.0.0.{next(_addresses)}"

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        length: int | None = None,
    ) -> Answer:
        """Ask over HTTPS. `length` claims a body of so many bytes and sends none."""
        with closing(self._connection()) as connection:
            return _asked(connection, method, path, body, headers or {}, length)

    def ask_often(self, path: str, times: int) -> list[Answer]:
        """Ask the same over HTTPS on one connection, as fast as it goes."""
        with closing(self._connection()) as connection:
            return [_asked(connection, "GET", path, b"", {}, None) for _ in range(times)]

    def _connection(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=self._folder / "fullchain.pem")
        source = (self.address, 0)
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30, source_address=source)

    def ask_plainly(self, path: str, host: str = NAME) -> Answer:
        """Ask over HTTP, for any host."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=30)) as connection:
            return _asked(connection, "GET", path, b"", {"Host": host}, None)

    def logged(self) -> str:
        """Return everything nginx has written to its logs."""
        return "".join(file.read_text(encoding="utf-8") for file in sorted((self._folder / "logs").iterdir()))


def _asked(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    length: int | None,
) -> Answer:
    connection.putrequest(method, path, skip_host=True)
    if method == "POST":
        connection.putheader("Content-Length", str(len(body) if length is None else length))
    for name, value in {"Host": NAME, **headers}.items():
        connection.putheader(name, value)
    connection.endheaders(body or None)
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


def configuration(folder: Path, ports: tuple[int, int], upstream: str) -> str:
    """Return the example with its paths in `folder`, on these ports (HTTP, HTTPS), before this upstream block."""
    text = _UPSTREAM.sub(upstream, (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    for there, here in (
        ("user www-data;", "daemon off;"),
        ("worker_processes auto;", "worker_processes 1;"),
        ("/run/nginx.pid", f"{folder}/nginx.pid"),
        ("/var/log/nginx/", f"{folder}/logs/"),
        ("/etc/ssl/juzhuzheng/", f"{folder}/"),
        ("listen 80 ", f"listen 127.0.0.1:{ports[0]} "),
        ("listen 443 ", f"listen 127.0.0.1:{ports[1]} "),
    ):
        assert there in text, there
        text = text.replace(there, here)
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    inside = "".join(f"    {name}_temp_path {folder}/temporary/{name};\n" for name in _TEMPORARY)
    return text.replace("http {\n", f"http {{\n{inside}", 1)


def upstream_of(*ports: int) -> str:
    """Return the upstream block of the example for several hosts, with these ports of this machine."""
    lines = (DEPLOY / "nginx-several.conf").read_text(encoding="utf-8")
    block = _UPSTREAM.search(lines)
    assert block
    servers = re.findall(r"server [\d.]+:8080( .*;\n)", block[0])
    assert len(servers) == 2
    inside = "".join(f"    server 127.0.0.1:{port}{servers[0]}" for port in ports)
    return re.sub(r"(    server .*\n)+", inside, block[0])


def one(port: int) -> str:
    """Return the upstream block of the example for one host, with this port."""
    block = _UPSTREAM.search((DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    assert block
    assert "127.0.0.1:8080" in block[0]
    return block[0].replace("127.0.0.1:8080", f"127.0.0.1:{port}")


@contextmanager
def proxy(folder: Path, upstream: str) -> Iterator[Proxy]:
    """Check the example with `nginx -t`, run it, and stop it afterwards. It cannot write to its temporary files."""
    folder.mkdir()
    (folder / "logs").mkdir()
    (folder / "temporary").mkdir()
    make_certificate(folder)
    ports = free_port(), free_port()
    file = folder / "nginx.conf"
    file.write_text(configuration(folder, ports, upstream), encoding="utf-8")
    command = [nginx(), "-e", str(folder / "logs/start.log"), "-c", str(file)]
    subprocess.run([*command, "-t"], check=True, capture_output=True, timeout=30)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(ports[1], process)
        for made in (folder / "temporary").iterdir():
            shutil.rmtree(made)
        yield Proxy(folder, *ports)
    finally:
        process.terminate()
        process.wait(timeout=20)


def nginx() -> str:
    """Return the program."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        raise RuntimeError("没有程序 nginx；请先运行 sh tests/system-packages.sh")
    return found


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def make_certificate(folder: Path) -> None:
    """Write a certificate for this machine, and its key, where the example looks for them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "privkey.pem").write_bytes(secret)


def _wait_until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("nginx did not start")
        time.sleep(0.02)
