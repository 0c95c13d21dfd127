"""A real JupyterLab and a real Chromium, and a watch over everything that the browser complains about."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright

ROOT = Path(__file__).parents[2]
OUTPUT = ROOT / "output" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome")
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

expect.set_options(timeout=20_000)   # machines can be busy

# JupyterLab's own noise: what the browser says, and why it is no fault of ours.
NOISE: dict[str, str] = {}


class Watch:
    """What a tab did wrong: errors in the console and on the page, failed requests, requests elsewhere."""

    def __init__(self, context: BrowserContext):
        self.wrong: list[str] = []
        self.outside: list[str] = []
        context.on("console", lambda said: said.type == "error" and self.note(f"console: {said.text}"))
        context.on("weberror", lambda error: self.note(f"page: {error.error}"))
        context.on("request", lambda request: self.look(request.url))
        context.on("requestfailed", lambda request: self.note(f"failed: {request.url} {request.failure}"))
        context.on("response", lambda answer: answer.ok or self.answer(answer))
        context.on("page", lambda page: page.on("websocket", lambda socket: self.look(socket.url)))

    def note(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in NOISE):
            self.wrong.append(text)

    def look(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"file", "data", "blob"} and parts.hostname not in {"127.0.0.1", "localhost"}:
            self.outside.append(url)

    def answer(self, answer) -> None:
        if answer.status >= 400:
            self.note(f"status {answer.status}: {answer.request.method} {answer.url}")


@pytest.fixture(scope="session")
def hostile():
    """Ids that a browser or MathJax would make something of."""
    return [
        "<img src=x onerror='window.harmed = 1'>", "<script>window.harmed = 1</script>",
        "</summary><b>x</b>", "$x^2$", r"\(x\)", "&amp;",
    ]  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.exit("make test-browser needs Chromium: install it, on Debian with `apt install chromium`.", 1)
    # No name but this machine's is found: what asks for another fails, and the watch says so.
    options = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=options, chromium_sandbox=not AS_ROOT
        )
        yield browser
        browser.close()


@pytest.fixture
def unwatched(chromium):
    """A tab and its watch, for a test that judges itself what the watch saw."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB")
    watch = Watch(context)
    yield context.new_page(), watch
    context.close()


@pytest.fixture
def tab(unwatched):
    page, watch = unwatched
    yield page
    seen = (list(watch.wrong), list(watch.outside))   # before closing, which breaks off what still runs
    assert seen == ([], [])


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """A copy of the notebooks, so that running them leaves nothing behind."""
    return Path(shutil.copytree(ROOT / "notebooks", tmp_path_factory.mktemp("lab") / "notebooks"))


@pytest.fixture(scope="session")
def apart(folder) -> dict[str, str]:
    """The environment for a Jupyter that knows nothing of this user's settings."""
    own = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return os.environ | {name: str(folder.parent / place) for name, place in own.items()}


@pytest.fixture(scope="session")
def lab(folder, apart) -> str:
    """The address of a JupyterLab that calls nobody."""
    home = folder.parent
    settings = {
        "ServerApp": {"terminals_enabled": False, "allow_root": AS_ROOT, "open_browser": False,
                      "port_retries": 0},
        "IdentityProvider": {"token": ""},
        "LabApp": {
            "news_url": None,
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "extension_manager": "readonly",
        },
    }
    (home / "config").mkdir()
    (home / "config" / "jupyter_lab_config.json").write_text(json.dumps(settings))
    notices = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    notices.parent.mkdir(parents=True)
    notices.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--port={port}"]
    with open(home / "lab.log", "wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=apart, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            wait_for(server, f"{address}/api/status", home / "lab.log")
            yield address
        finally:
            server.terminate()
            server.wait(30)


def wait_for(server: subprocess.Popen, url: str, log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the screenshots go, for people to look at."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    return OUTPUT
