"""A browser without a screen: windows, rows and a cursor, kept up by `/changes` alone.

The replay law: whatever happened, an old replica plus the changes since equals a fresh one.
"""

from sync.feed import AccountRow, ActionRow, Contact, Delta, FolderRow, MessageRow, TextBlock, Window
from sync.plan.narrow import in_window
from sync.store import reading


class Replica:
    def __init__(self, account_id: str, *, page_rows: int = 10_000) -> None:
        self.account_id = account_id
        self.page_rows = page_rows
        self.epoch, self.seq = "", 0
        self.rows: dict[str, MessageRow] = {}
        self.folders: dict[str, FolderRow] = {}
        self.actions: dict[str, ActionRow] = {}
        self.contacts: dict[str, Contact] = {}
        self.blocks: dict[str, TextBlock] = {}
        self.account: AccountRow | None = None
        self.windows: dict[str, Window] = {}
        self._apply(reading.snapshot(account_id))
        self._first_seq = self.seq

    def open(self, folder_id: str) -> None:
        """Read one page of a folder and hold it as a window."""
        page = reading.page(self.account_id, folder_id, "all", None, self.page_rows)
        for row in page.messages:
            held = self.rows.get(row.id)
            if held is None or held.seq <= row.seq:
                self.rows[row.id] = row
        if page.messages or page.complete:
            self.windows[folder_id] = Window(folder=folder_id, down_to=page.down_to)

    def open_all(self) -> "Replica":
        for folder_id in list(self.folders):
            self.open(folder_id)
        return self

    def catch_up(self, *, limit: int = 500) -> "Replica":
        """Ask for changes until there are no more; start over on a reset, as browsers do."""
        while True:
            delta = reading.changes(self.account_id, self.epoch, self.seq, list(self.windows.values()), limit=limit)
            if delta is None:
                self.__init__(self.account_id, page_rows=self.page_rows)  # type: ignore[misc]
                return self.open_all()
            self._apply(delta)
            if not delta.more:
                return self

    def owe(self) -> "Replica":
        """Ask once more from where it began, behind what it holds: so does a browser that had no frames for a page."""
        self.seq = min(self.seq, self._first_seq)
        return self

    def view(self) -> tuple[dict[str, MessageRow], *tuple[object, ...]]:
        """What must be equal: rows of held windows, folders, ledger, address book, text blocks, account."""
        rows = {pk: row for pk, row in self.rows.items() if row.folder in self.windows}
        return rows, self.folders, self.actions, self.contacts, self.blocks, self.account

    def _apply(self, delta: Delta) -> None:
        self.epoch, self.seq = delta.epoch, delta.seq
        self.rows.update({row.id: row for row in delta.messages})
        for pk in delta.lost:
            self.rows.pop(pk, None)
        self.folders.update({row.id: row for row in delta.folders})
        for pk in delta.lost_folders:
            self.folders.pop(pk, None)
            self.windows.pop(pk, None)
        self.actions.update({row.id: row for row in delta.actions})
        self.contacts.update({row.id: row for row in delta.contacts})
        self.blocks.update({row.id: row for row in delta.blocks})
        for pk in delta.lost_entries:
            self.contacts.pop(pk, None)
            self.blocks.pop(pk, None)
        self.account = delta.account or self.account


def check_replay(old: Replica) -> None:
    """Assert the law for one replica that has been lying around, within the windows it holds."""
    old.catch_up(limit=3)
    fresh = Replica(old.account_id).open_all()
    rows, *rest = old.view()
    windows = [window for folder_id, window in old.windows.items() if folder_id in fresh.folders]
    expected = {pk: row for pk, row in fresh.rows.items() if any(in_window(row, window) for window in windows)}
    assert {pk: row for pk, row in rows.items() if row.folder in fresh.folders} == expected
    assert rest == list(fresh.view()[1:])
