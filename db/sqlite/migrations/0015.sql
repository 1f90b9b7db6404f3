ALTER TABLE keys ADD COLUMN feed INTEGER NOT NULL DEFAULT 0; -- 1: it stands in the address of feeds, and opens nothing else
