-- Support: rooms whose people answer visitors of web sites, and their conversations.
ALTER TABLE rooms ADD COLUMN queue INTEGER NOT NULL DEFAULT 0;
CREATE TABLE widgets (
  room_id INTEGER PRIMARY KEY REFERENCES rooms ON DELETE CASCADE,
  slug    TEXT    NOT NULL UNIQUE,       -- of its address
  bot_id  INTEGER NOT NULL REFERENCES accounts, -- tells the room of who comes
  data    BLOB    NOT NULL,              -- its settings, as JSON
  rev     INTEGER NOT NULL DEFAULT 0     -- counts changes of its cases
) STRICT;
CREATE TABLE cases (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id    INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  visitor    BLOB,                       -- SHA-256 of the cookie; NULL: forgotten
  name       TEXT    NOT NULL,
  mail       TEXT    NOT NULL,
  page       TEXT    NOT NULL,           -- where the visitor is
  state      INTEGER NOT NULL,           -- 0 waits, 1 taken, 2 closed
  taken_by   INTEGER REFERENCES accounts,
  rev        INTEGER NOT NULL,           -- of the widget at the latest change
  opened_at  INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  waits_at   INTEGER NOT NULL,           -- since when the visitor waits; 0: does not
  last       TEXT    NOT NULL            -- what was said last, the beginning
) STRICT;
CREATE INDEX cases_by_room ON cases (room_id, state, id);
CREATE INDEX cases_by_visitor ON cases (visitor) WHERE visitor IS NOT NULL;
CREATE TABLE case_lines (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,
  kind    INTEGER NOT NULL,              -- 0 of the visitor, 1 of the team, 2 opened, 3 taken, 4 handed on, 5 closed
  author  INTEGER REFERENCES accounts,   -- of the team
  at      INTEGER NOT NULL,
  body    TEXT    NOT NULL
) STRICT;
CREATE INDEX case_lines_by_case ON case_lines (case_id, id);
