"""Backup and restore of what is kept in the data folder: the records to one place, the keys to another."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

RECORDS, KEYS = "records.sqlite3", "keys.sqlite3"
KEY_FILES = ("vault.key", "identity.key")


class BackupTrouble(Exception):
    """A backup that cannot be made or put back; the text says what to do."""


def back_up(data: Path, records_to: Path | None, keys_to: Path) -> None:
    """Copy the records into `records_to` and the keys into `keys_to`, while the service runs.

    `records_to` None: records and data keys lie in PostgreSQL and are dumped there; only the key files are copied. The
    records are copied first: whatever stands in the copy then has its key in the copy of the keys, unless it was erased
    in between. Raises BackupTrouble when something is missing, damaged or in the way, OSError when nothing can be
    written; then no copy is left.
    """
    if records_to is not None and records_to.resolve() == keys_to.resolve():
        raise BackupTrouble("填报和密钥要备份到两个地方：放在一起，谁拿到都能打开")
    databases = [] if records_to is None else [(data / RECORDS, records_to), (data / KEYS, keys_to)]
    files = [(data / name, keys_to) for name in KEY_FILES]
    for source, folder in (*databases, *files):
        if not source.is_file():
            raise BackupTrouble(f"{source} 不在；请检查数据文件夹对不对")
        if (folder / source.name).exists():
            raise BackupTrouble(f"{folder / source.name} 已经有了，不覆盖；请换一个文件夹（例如用日期命名）")
    with _all_or_none() as made:
        master = (data / KEY_FILES[0]).read_bytes()
        for source, folder in databases:
            _copy_database(source, _made(folder) / source.name, made)
        for source, folder in files:
            _copy_file(source, _made(folder) / source.name, made)
        if (keys_to / KEY_FILES[0]).read_bytes() != master:
            raise BackupTrouble("备份的时候换了主密钥；请等换好了再备份一次")


def restore(data: Path, records_from: Path | None, keys_from: Path) -> None:
    """Put a backup into the data folder, which holds nothing yet.

    Raises BackupTrouble, and OSError when it cannot be written; then nothing was put there.
    """
    sources = [keys_from / name for name in KEY_FILES]
    if records_from is not None:
        sources += [records_from / RECORDS, keys_from / KEYS]
    for source in sources:
        if not source.is_file():
            raise BackupTrouble(f"备份里没有 {source}；请核对文件夹：填报一处，密钥一处，密钥用最新的")
        # Their journals too: one of another database, found beside a copy, would be written into it.
        for there in data.glob(f"{source.name}*"):
            raise BackupTrouble(f"{there} 已经有了，不覆盖；请先把数据文件夹移到别处")
    with _all_or_none() as made:
        for source in sources:
            _copy_file(source, _made(data) / source.name, made)


@contextmanager
def _all_or_none() -> Iterator[list[Path]]:
    """Yield a list for the files that are made; they are removed again when something breaks."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for file in made:
            file.unlink(missing_ok=True)
        raise


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _copy_database(source: Path, target: Path, made: list[Path]) -> None:
    """Copy a database as it is at one moment, whoever writes meanwhile, and see that the copy is whole."""
    os.close(_opened(target, made))
    try:
        original = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
        with closing(original), closing(sqlite3.connect(target)) as copy:
            original.backup(copy)
            # Without a journal beside it: who carries the copy away then carries all of it.
            copy.execute("PRAGMA journal_mode=DELETE")
            told = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupTrouble(f"{source} 复制不了（{type(error).__name__}）；请检查磁盘空间") from None
    if told != "ok":
        raise BackupTrouble(f"{source} 坏了，没有备份；请留着上一次的备份，检查磁盘后用它恢复")


def _copy_file(source: Path, target: Path, made: list[Path]) -> None:
    with os.fdopen(_opened(target, made), "wb") as file, source.open("rb") as original:
        shutil.copyfileobj(original, file)
        file.flush()
        os.fsync(file.fileno())


def _opened(target: Path, made: list[Path]) -> int:
    """Make the file, readable by its owner alone."""
    descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    made.append(target)
    return descriptor
