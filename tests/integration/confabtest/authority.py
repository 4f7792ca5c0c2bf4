# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority of a test's own, and servers that it vouches for."""

import pathlib
import ssl
import subprocess

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


class Authority:
    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.name = name
        self.certificate = self.folder / f"{name}.pem"
        self.key = self.folder / f"{name}.key"
        openssl("req", "-x509", *KEY, "-days", 2, "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate)

    def make_context(self, host="IP:127.0.0.1"):
        """What a server at that host shows."""
        request, key, certificate = (self.folder / f"{self.name}-server.{end}" for end in ("csr", "key", "pem"))
        openssl("req", "-new", *KEY, "-subj", "/CN=server", "-addext", f"subjectAltName={host}", "-keyout", key, "-out", request)
        signer = ("-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial")
        openssl("x509", "-req", "-in", request, *signer, "-days", 2, "-copy_extensions", "copy", "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context
