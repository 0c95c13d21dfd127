"""A private PostgreSQL server of Debian's package, for as long as a test needs it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

USER, PASSWORD = "tassei", "a secret: 50% / @#"
ABSENT = "PostgreSQL is not installed (apt-get install postgresql): reading from it is not tested"


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres` of the newest version that is installed."""
    found = [file.parent for file in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    found = [folder for folder in found if (folder / "postgres").exists()]
    return max(found, key=lambda folder: [int(p) for p in folder.parts if p.isdigit()], default=None)


@pytest.fixture(scope="module", name="server")
def postgres_server() -> Iterator[str]:
    """The URL of a running server; import it where it is used."""
    folder = binaries()
    if folder is None:
        pytest.skip(ABSENT)
    with postgres(folder) as url:
        yield url


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Starts a server from `folder` (see `binaries`) that listens on a socket of its own only.

    Yields the URL of its database `postgres`, with user and password.
    """
    home = Path(tempfile.mkdtemp(prefix="tassei-pg-", dir="/tmp"))  # a socket's path must be short
    log = home / "log"
    server = None
    try:
        secret = home / "secret"
        secret.write_text(PASSWORD)
        become: list[str] = []
        if os.geteuid() == 0:  # the server refuses to run as root
            owner = pwd.getpwnam("postgres")
            become = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--init-groups"]
            for path in (home, secret):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        data = home / "data"
        subprocess.run(
            [
                *become, folder / "initdb", "--pgdata", data, "--username", USER, "--pwfile", secret,
                "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync",
            ],
            check=True, stdout=subprocess.DEVNULL, cwd=home,
        )  # fmt: skip
        options = {
            "listen_addresses": "", "unix_socket_directories": str(home), "fsync": "off",
            "shared_buffers": "16MB", "timezone": "Asia/Tokyo",
        }  # fmt: skip
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with log.open("wb") as out:
            server = subprocess.Popen(
                [*become, folder / "postgres", "-D", data, *settings], stdout=out, stderr=out, cwd=home
            )
        _wait(server, folder, home, log)
        quoted = "".join(c if c.isalnum() else f"%{ord(c):02X}" for c in PASSWORD)
        yield f"postgresql://{USER}:{quoted}@/postgres?host={home}"
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            server.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def _wait(server: subprocess.Popen[bytes], folder: Path, home: Path, log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        ready = subprocess.run([folder / "pg_isready", "-q", "-h", home])
        if ready.returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
