"""Every notebook runs from top to bottom in a real kernel."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pytest
import tassei
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
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


def first_lines(path: Path) -> list[str]:
    """The lines of the first block of Python on a page or in a notebook's first cell."""
    text = read(path).cells[0].source if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    return re.search(r"```python\n(.*?)```", text, re.S)[1].splitlines()


def test_five_lines_lead_from_a_folder_to_a_picture(tmp_path, monkeypatch):
    lines = first_lines(ROOT / "README.md")
    assert len(lines) == 5 and lines[0] == "import tassei"
    for other in ("01_quickstart.ipynb", "02_your_data.ipynb"):
        assert first_lines(FOLDER / other) == lines
    tables = tassei.synthesize(people=60, seed=3)
    monkeypatch.chdir(tmp_path)
    Path("my-folder").mkdir()
    for name, frame in tables.items():
        frame.to_csv(f"my-folder/{name}.csv", index=False)
    scope: dict = {}
    plt.close("all")
    exec("\n".join(lines), scope)  # as a reader would
    (ax,) = plt.gcf().axes
    bars = sorted(patch.get_height() for box in ax.containers for patch in box)
    found = scope["a"].distribution()
    plt.close("all")
    assert found.groupby("specialty")["certain"].sum().tolist() == [60, 60, 60]
    assert bars == sorted([*found["certain"], *found["possible"]])


def pictures() -> dict[str, inspect.Signature]:
    found = {name: getattr(tassei.plot, name) for name in tassei.plot.__all__}
    signatures = {name: inspect.signature(made) for name, made in found.items() if inspect.isfunction(made)}
    return {name: said for name, said in signatures.items() if "ax" in said.parameters}


def test_every_picture_is_known():
    assert set(tassei.plot.PICTURES) < set(pictures()) and len(pictures()) >= 11


@pytest.mark.parametrize("name", pictures())
def test_the_gallery_shows_every_picture(name):
    """Also by group, and for the pointer, where there is such a thing."""
    parameters = pictures()[name].parameters
    of = next(iter(parameters))  # a trend and a comparison have one picture each
    call = f"a.plot.{name}" if name in tassei.plot.PICTURES else f"{of}.plot"
    code = "\n".join(c.source for c in read(FOLDER / "04_gallery.ipynb").cells if c.cell_type == "code")
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    said = [{word.arg for word in node.keywords} for node in calls if ast.unparse(node.func) == call]
    assert said, f"no {name}"
    if "by" in parameters:
        assert any("by" in words for words in said), f"no {name} by group"
    if "by" in parameters and parameters["by"].default is None:
        assert any("by" not in words for words in said), f"no {name} of everybody"
    if "interactive" in parameters:
        assert any("interactive" in words for words in said), f"no {name} for the pointer"


def test_the_gallery_shows_what_is_no_picture_of_matplotlib():
    code = "\n".join(c.source for c in read(FOLDER / "04_gallery.ipynb").cells if c.cell_type == "code")
    assert {"report", "to_excel", "explore"} <= set(re.findall(r"^a\.(\w+)\(", code, re.M))
    assert 'lang="ja"' in code
