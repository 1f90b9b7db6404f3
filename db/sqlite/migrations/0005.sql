-- The index of search follows the log: posting does not touch it. A message up
-- to indexed.upto is in it as the message now is; what is above is added soon
-- after, in batches. See db/search_index.go for what the words look like.

CREATE VIRTUAL TABLE words USING fts5 (
  word,
  content = '', contentless_delete = 1,
  tokenize = 'ascii',                    -- folding and splitting is done before
  prefix = '2 3'                         -- longer beginnings are rare enough
);
-- What was added is merged in small steps of their own, not while others wait.
INSERT INTO words (words, rank) VALUES ('automerge', 0);
INSERT INTO words (words, rank) VALUES ('crisismerge', 64);

CREATE TABLE indexed (
  upto INTEGER NOT NULL
) STRICT;
INSERT INTO indexed VALUES (0);

-- Which messages a day (in UTC) has, so that dates become bounds of ids; ids
-- need not follow the clock for that.
CREATE TABLE days (
  day   INTEGER PRIMARY KEY,             -- since 1970
  first INTEGER NOT NULL,                -- message
  last  INTEGER NOT NULL
) STRICT;
