"""The tables of the database, and how those of earlier versions become these."""

from typing import Final

APPLICATION_ID: Final = 0x4F41_4E31  # "OAN1"
SCHEMA_VERSION: Final = 3

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
SCHEMA: Final = f"""
PRAGMA page_size = 8192;
PRAGMA secure_delete = ON;
BEGIN;
-- `key` is a hash of the installation's id, `report` JSON without the id, times are in seconds
CREATE TABLE installation (
    key BLOB PRIMARY KEY,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    country TEXT,
    region TEXT,
    report TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX installation_last_seen ON installation (last_seen);
{_EVENTS}
{_DOUBTED}
CREATE TABLE history (day TEXT PRIMARY KEY, figures TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE published (
    id INTEGER PRIMARY KEY CHECK (id = 1), time INTEGER NOT NULL, figures TEXT NOT NULL
);
CREATE TABLE dropped_key (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {SCHEMA_VERSION};
PRAGMA application_id = {APPLICATION_ID};
COMMIT;
"""
# By version: what makes a database of the next one of it.
MIGRATIONS: Final = {1: _EVENTS, 2: _DOUBTED}
