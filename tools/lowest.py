"""Prints the lowest versions that pyproject.toml allows, as constraints for pip: python tools/lowest.py."""

import re
import tomllib
from pathlib import Path

BOUND = re.compile(r"([A-Za-z0-9._-]+)(?:\[.*\])?>=([0-9.]+)")


def lowest(requirements: list[object]) -> dict[str, str]:
    found = (BOUND.fullmatch(each) for each in requirements if isinstance(each, str))
    return {bound[1]: bound[2] for bound in found if bound}


project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
versions = lowest(project["dependency-groups"]["test"])
for extra in project["project"]["optional-dependencies"].values():
    versions |= lowest(extra)
versions |= lowest(project["project"]["dependencies"])
print("\n".join(f"{name}=={version}" for name, version in sorted(versions.items())))
