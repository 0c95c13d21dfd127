"""Every notebook runs from top to bottom in a real kernel."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


def read(path: Path):
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks():
    assert FOLDER / "01_quickstart.ipynb" in NOTEBOOKS


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_it_runs(path, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "error::UserWarning")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    copy = Path(shutil.copy(path, tmp_path))
    shutil.copytree(FOLDER / "exports", tmp_path / "exports")
    notebook = read(copy)
    resources = {"metadata": {"path": tmp_path}}
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources)
    client.execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert not [out for out in outputs if out["output_type"] == "error"]
    assert not [out for out in outputs if out.get("name") == "stderr"]
    for cell in notebook.cells:
        if cell.cell_type == "code" and re.search(r"\.plot(\.\w+)?\(.*\);$", cell.source):
            assert any("image/png" in out.get("data", {}) for out in cell.outputs), cell.source
    last = [out for out in notebook.cells[-1]["outputs"] if "data" in out]
    assert any({"image/png", "text/html"} & set(out["data"]) for out in last), "ends in a picture"


def test_it_is_kept_without_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


def test_it_uses_the_public_api_only(path):
    code = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    for node in ast.walk(ast.parse(code.replace("%", "#"))):
        if isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_"), node.attr


def test_the_quickstart_is_short():
    assert len(read(FOLDER / "01_quickstart.ipynb").cells) < 15
