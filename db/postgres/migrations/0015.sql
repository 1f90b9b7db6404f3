-- beside the version before
ALTER TABLE keys ADD COLUMN feed BIGINT NOT NULL DEFAULT 0; -- 1: it stands in the address of feeds, and opens nothing else
