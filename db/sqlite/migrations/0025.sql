-- Who asked for an account, and waits for an administrator to say yes.
CREATE TABLE applications (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  username TEXT    NOT NULL,
  folded   TEXT    NOT NULL UNIQUE,
  name     TEXT    NOT NULL,
  password TEXT    NOT NULL,               -- argon2id in PHC format
  reason   TEXT    NOT NULL,
  made_at  INTEGER NOT NULL
) STRICT;
