"""Opens a notebook in JupyterLab, Notebook 7 and nbclassic, edits it as a student would, and saves it.

Needs what the project does not: see README.md beside this file. Nothing but loopback is addressed.

    python tests/editors/browse.py ORIGINAL.ipynb OUT_FOLDER [jupyterlab] [notebook] [nbclassic]
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

LONGEST = 60  # seconds for a page, a command or a save
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SERVERS = {
    "jupyterlab": ("jupyterlab", "lab/tree/{name}", ["--LabApp.expose_app_in_browser=True"]),
    "notebook": ("notebook", "notebooks/{name}", ["--JupyterNotebookApp.expose_app_in_browser=True"]),
    "nbclassic": ("nbclassic", "nbclassic/notebooks/{name}", []),
}


class Jupyter4:
    """JupyterLab 4, and Notebook 7, which is made of the same parts."""

    ready = """name => { const panel = window.jupyterapp?.shell.currentWidget;
        return panel?.context?.path === name && panel.context.isReady && panel.content.widgets.length > 50
            && panel.sessionContext?.session?.kernel?.status === 'idle'; }"""
    focus = """async ([name, line]) => { const notebook = window.jupyterapp.shell.currentWidget.content;
        const place = notebook.widgets.findIndex(cell => cell.model.getMetadata('nbgrader')?.grade_id === name
            || cell.model.id === name);
        notebook.activeCellIndex = place; notebook.deselectAll(); await notebook.scrollToItem(place);
        if (line === null) {
            notebook.mode = 'command'; notebook.node.focus(); notebook.activeCell.node.focus(); return; }
        notebook.mode = 'edit'; const editor = notebook.activeCell.editor; editor.focus();
        const last = line < 0 ? editor.lineCount + line : line;
        editor.setCursorPosition({line: last, column: line < 0 ? editor.getLine(last).length : 0}); }"""
    cells = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.type)"

    def move_down(self, page: Page) -> None:
        page.keyboard.press("Control+Shift+ArrowDown")


class Classic:
    """The interface of Notebook 6, as nbclassic keeps it."""

    ready = """name => window.Jupyter?.notebook?._fully_loaded && Jupyter.notebook.notebook_name === name
        && Jupyter.notebook.get_cells().length > 50
        && Jupyter.notebook.kernel?.info_reply?.status === 'ok'"""
    focus = """([name, line]) => { const notebook = Jupyter.notebook;
        const place = notebook.get_cells().findIndex(
            cell => cell.metadata.nbgrader?.grade_id === name || cell.id === name);
        notebook.select(place); notebook.scroll_cell_percent(place, 20, 0);
        if (line === null) { notebook.command_mode(); notebook.focus_cell(); return; }
        notebook.edit_mode(); const editor = notebook.get_cell(place).code_mirror;
        const last = line < 0 ? editor.lineCount() + line : line;
        editor.focus(); editor.setCursor({line: last, ch: line < 0 ? editor.getLine(last).length : 0}); }"""
    cells = "() => Jupyter.notebook.get_cells().map(cell => cell.cell_type)"

    def move_down(self, page: Page) -> None:
        page.click("#move_up_down button:nth-child(2)")


class Editor:
    """One notebook, open in a browser."""

    def __init__(self, page: Page, kind: Jupyter4 | Classic, path: Path) -> None:
        self.page, self.kind, self.path = page, kind, path
        page.wait_for_function(kind.ready, arg=path.name, timeout=LONGEST * 1000)
        time.sleep(1)

    def select(self, name: str) -> None:
        self.page.evaluate(self.kind.focus, [name, None])

    def edit(self, name: str, line: int) -> None:
        """Put the cursor at the beginning of a line; from behind (-1): at the end of one."""
        self.page.evaluate(self.kind.focus, [name, line])

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            time.sleep(0.3)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def shape(self) -> list[str]:
        return list(self.page.evaluate(self.kind.cells))

    def save(self) -> None:
        before = self.path.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        end = time.monotonic() + LONGEST
        while self.path.stat().st_mtime_ns == before:
            if time.monotonic() > end:
                raise TimeoutError(f"{self.path} was not saved.")
            self.page.wait_for_timeout(200)
        self.page.wait_for_timeout(500)


def edited(editor: Editor) -> None:
    """Type a line into an exercise and run a cell of the student's own."""
    editor.edit("ex-rnn_step", -1)
    editor.press("Enter")
    editor.type("# typed in the editor")
    editor.select("own-print")
    editor.press("Control+Enter")
    editor.page.wait_for_timeout(2000)


def split(editor: Editor) -> None:
    """Split an exercise inside the body of its function."""
    editor.edit("ex-rnn_step", 8)
    editor.press("Control+Shift+Minus")


def merged(editor: Editor) -> None:
    """Merge an exercise with its check, which stands below it."""
    editor.select("ex-embed")
    editor.press("Shift+M")


def deleted(editor: Editor) -> None:
    """Delete a check."""
    editor.select("check-rnn_forward")
    editor.press("d", "d")


def copied(editor: Editor) -> None:
    """Paste a copy of an exercise below it, and go on working in the copy."""
    editor.select("ex-pad_batch")
    editor.press("c", "v", "Enter")
    editor.press("Control+End", "Enter")
    editor.type("# this is the copy")


def moved(editor: Editor) -> None:
    """Move an exercise behind its check and the cell below that."""
    editor.select("ex-next_word_pairs")
    for _ in range(2):
        editor.kind.move_down(editor.page)
        editor.page.wait_for_timeout(300)


def retyped(editor: Editor) -> None:
    """Turn an exercise into Markdown."""
    editor.select("ex-encode")
    editor.press("m")


ACTIONS: list[Callable[[Editor], None]] = [edited, split, merged, deleted, copied, moved, retyped]
SHAPING = {split, merged, deleted}  # after these there are other cells


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(editor: str, folder: Path) -> Iterator[str]:
    """Run the server of an editor on a folder; its address, on loopback."""
    module, _, options = SERVERS[editor]
    port = free_port()
    settings = [f"--port={port}", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=", *options]
    command = [sys.executable, "-m", module, "--ip=127.0.0.1", "--no-browser", "--allow-root", *settings]
    with tempfile.TemporaryDirectory() as home, (folder.parent / f"{editor}.log").open("wb") as log:
        env = os.environ | {"HOME": home, "JUPYTER_CONFIG_DIR": f"{home}/config", "JUPYTER_DATA_DIR": f"{home}/data"}
        server = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}/"
            for _ in range(4 * LONGEST):
                with suppress(OSError), urllib.request.urlopen(f"{address}api", timeout=5):  # noqa: S310  (loopback)
                    break
                time.sleep(0.25)
            yield address
        finally:
            server.terminate()
            server.wait(LONGEST)


def perform(page: Page, url: str, kind: Jupyter4 | Classic, path: Path, action: Callable[[Editor], None]) -> str:
    """Open, act, save. An editor that refuses is asked again, with cells that may be deleted; say so."""
    first = contents(path)
    page.goto(url)
    opened = Editor(page, kind, path)
    before = opened.shape()
    action(opened)
    page.wait_for_timeout(500)
    if action in SHAPING and opened.shape() == before:
        opened.save()
        unlock(path)
        page.reload()
        opened = Editor(page, kind, path)
        action(opened)
        page.wait_for_timeout(500)
        assert opened.shape() != before
        opened.save()
        return "refused with the released cells; done with cells that may be deleted"
    opened.save()
    assert contents(path) != first, f"{action.__name__} changed nothing"
    return "done"


def contents(path: Path) -> list[tuple[str, str]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]


def unlock(path: Path) -> None:
    """Take away nbgrader's "deletable" and "editable", as a pasted copy of a cell comes without them."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        for lock in ("deletable", "editable"):
            cell["metadata"].pop(lock, None)
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def main(original: Path, out: Path, *editors: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for editor in editors or SERVERS:
        kind = Classic() if editor == "nbclassic" else Jupyter4()
        with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
            folder = Path(place) / "root"
            folder.mkdir()
            with serving(editor, folder) as address:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
                for action in ACTIONS:
                    path = folder / f"{action.__name__}.ipynb"
                    shutil.copy(original, path)
                    url = address + SERVERS[editor][1].format(name=path.name)
                    page = browser.new_page(viewport={"width": 1200, "height": 900})
                    page.set_default_timeout(LONGEST * 1000)
                    said = perform(page, url, kind, path, action)
                    page.screenshot(path=out / f"{editor}-{action.__name__}.png")
                    shutil.copy(path, out / f"{editor}-{action.__name__}.ipynb")
                    sys.stdout.write(f"{editor} {action.__name__}: {said}\n")
                    sys.stdout.flush()
                    page.close(run_before_unload=False)
                browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
