"""Builds the site: python docs/build.py [folder], by default build/docs.

The sources are copied, the pages that say what the package and the standard say are written beside
them, notebooks are executed, and every warning is an error.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from pathlib import Path

import reference  # beside this file
import standard
import tassei
from sphinx.cmd.build import main as sphinx
from tassei.framework import data_folders

HERE = Path(__file__).resolve().parent
# what a browser would fetch by itself, and where scripts fetch from
_ELSEWHERE = re.compile(
    r"""(?:<(?:script|img|iframe|link|source)\b[^>]*?\b(?:src|href)=|url\(|@import )["']?"""
    r"""((?:https?:)?//[^"'\s>)]+)"""
    r"""|(https?://(?:cdn\.|cdnjs\.|unpkg\.|fonts\.)[^"'\s>)]+)"""
)


def forget_what_is_old(folder: Path) -> None:
    """Outputs are kept between builds, but not those of another state of the package."""
    said = hashlib.sha256()
    for home in (*map(Path, tassei.__path__), *data_folders("frameworks")):
        for file in sorted(home.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                said.update(file.read_bytes())
    stamp = folder / "package"
    if not stamp.exists() or stamp.read_text() != said.hexdigest():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        stamp.write_text(said.hexdigest())


def stage(target: Path) -> None:
    """Everything that the site is made of, in one folder; files that did not change keep their dates."""
    pages = standard.pages() | reference.pages()
    kept = set()
    for folder, within in ((HERE, ""), (HERE.parent / "notebooks", "notebooks")):
        for file in folder.rglob("*"):
            if file.is_file() and file.parent.name not in ("__pycache__", ".ipynb_checkpoints"):
                copy = target / within / file.relative_to(folder)
                kept.add(copy)
                if not copy.exists() or copy.read_bytes() != file.read_bytes():
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(file, copy)
    for name, text in pages.items():
        page = target / name
        kept.add(page)
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
    for file in [*target.rglob("*.md"), *target.rglob("*.rst"), *target.rglob("*.ipynb")]:
        if file not in kept:
            file.unlink()


def elsewhere(site: Path) -> list[str]:
    """What pages would load from elsewhere."""
    return [
        f"{page.relative_to(site)}: {''.join(address)}"
        for page in sorted([*site.rglob("*.html"), *site.rglob("*.css")])
        for address in _ELSEWHERE.findall(page.read_text(encoding="utf-8"))
    ]


def main(folder: Path) -> int:
    forget_what_is_old(folder)
    stage(folder / "source")
    code = sphinx(
        ["-b", "html", "-W", "--keep-going", "-q", "-j", "auto", "-d", str(folder / "doctrees"),
         str(folder / "source"), str(folder / "html")]
    )  # fmt: skip
    found = elsewhere(folder / "html")
    if found:
        print("\n".join(["pages load from elsewhere:", *found]), file=sys.stderr)
    if code or found:
        shutil.rmtree(folder / "doctrees")  # else the next build would not say it again
    return code or bool(found)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "build/docs").resolve()))
