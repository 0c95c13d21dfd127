"""Prints the JSON Schema of framework files: ``python -m tassei.schema``."""

from __future__ import annotations

import json
import sys

from .framework import framework_schema

if __name__ == "__main__":
    json.dump(framework_schema(), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
