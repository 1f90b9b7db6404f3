-- What links to a room is found by the name that the room has now: the index is to tell which
-- messages do. A build of the version before would not keep it so: none runs beside this.
INSERT INTO settings (key, value) SELECT 'index.links', '0' WHERE EXISTS (SELECT 1 FROM messages);
