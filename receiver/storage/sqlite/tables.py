"""The tables of the database, and how those of earlier versions become these."""

from typing import Final

APPLICATION_ID: Final = 0x4F41_4E31  # "OAN1"
SCHEMA_VERSION: Final = 5

_EVENTS: Final = """
-- `key` is that of an installation, which needs not have reported, `event` JSON without the id
CREATE TABLE event (
    key BLOB NOT NULL,
    digest BLOB NOT NULL,
    time INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (key, digest)
) WITHOUT ROWID;
CREATE INDEX event_time ON event (time);
"""
_DOUBTED: Final = """
-- of when the clock was doubted, so that the time is to be dated anew
ALTER TABLE installation ADD COLUMN first_doubted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE installation ADD COLUMN last_doubted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX installation_doubted ON installation (last_doubted) WHERE last_doubted;
CREATE INDEX event_doubted ON event (doubted) WHERE doubted;
"""
_ROWS: Final = """
-- `key` is a hash of the installation's id, `row` all that is kept of it, see layout.py, and beside
-- it are the earliest and the latest time in it, in seconds, and whether any is of when the clock
-- was doubted
CREATE TABLE installation (
    key BLOB PRIMARY KEY,
    due INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    doubted INTEGER NOT NULL,
    row BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX installation_due ON installation (due);
CREATE INDEX installation_latest ON installation (latest);
CREATE INDEX installation_in_doubt ON installation (doubted) WHERE doubted;
-- what a code in a row stands for: a name, in JSON, of a table of the schema, or none if it was
-- given up and rows may still have the code
CREATE TABLE name (code INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT);
-- how many times codes were freed, which other names may have since
CREATE TABLE swept (times INTEGER NOT NULL);
INSERT INTO swept VALUES (0);
"""
# What was kept before stays in tables of these names until all of it is in rows.
_RENAMED: Final = """
ALTER TABLE installation RENAME TO old_installation;
ALTER TABLE event RENAME TO old_event;
-- how many reports and events of these were moved into rows, and how many dropped
CREATE TABLE old_moved (moved INTEGER NOT NULL, dropped INTEGER NOT NULL);
INSERT INTO old_moved VALUES (0, 0);
"""
SCHEMA: Final = f"""
PRAGMA page_size = 8192;
PRAGMA secure_delete = ON;
BEGIN;
{_ROWS}
CREATE TABLE history (day TEXT PRIMARY KEY, figures TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE published (
    id INTEGER PRIMARY KEY CHECK (id = 1), time INTEGER NOT NULL, figures TEXT NOT NULL
);
CREATE TABLE dropped_key (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {SCHEMA_VERSION};
PRAGMA application_id = {APPLICATION_ID};
COMMIT;
"""
# Snapshots are rows, which an earlier receiver would count as installations.
_SNAPSHOTS: Final = ""
# By version: what makes a database of the next one of it. Only statements end with a semicolon.
MIGRATIONS: Final = {1: _EVENTS, 2: _DOUBTED, 3: f"{_RENAMED}{_ROWS}", 4: _SNAPSHOTS}
