"""Workbooks that tests write, and what is read from them."""

import zipfile

import openpyxl
import pytest
from tassei import EvidenceError
from tassei.workbook import open_workbook


def write_book(path, *merges, **sheets):
    """Writes rows and merges as an .xlsx file, a sheet for each keyword, and gives its path."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in merges:
            sheet.merge_cells(cells)
    workbook.save(path)
    return path


def cells(raw):
    return {name: column.to_pylist() for name, column in raw.columns.items()}


def only(path, spellings=None):
    [raw] = open_workbook(path, spellings)
    assert all(len(column) == raw.rows for column in raw.columns.values())
    return raw


def refused(path, spellings=None):
    with pytest.raises(EvidenceError) as error:
        open_workbook(path, spellings)
    return str(error.value)


def changed(path, part, change):
    """The same file with one part of its archive changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
