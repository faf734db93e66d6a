"""A file has one job and a function fits on a screen: more lines than this are two."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 400
FUNCTION_LINES = 40
OURS = ("sync", "webmail", "deploy", "bench", "tests")
FRONTEND = ("*.ts", "*.svelte", "*.css", "*.mjs")  # functions there: eslint


def _python() -> list[Path]:
    return [path for top in OURS for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts]


def test_no_file_is_longer_than_one_job() -> None:
    frontend = [path for top in ("src", "test") for kind in FRONTEND for path in (ROOT / "frontend" / top).rglob(kind)]
    written = [*_python(), *(path for path in frontend if path.name != "wire.ts")]  # that one is generated
    assert len(written) > 300
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in written}
    assert {path: count for path, count in lines.items() if count > FILE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": length
        for path in _python()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}
