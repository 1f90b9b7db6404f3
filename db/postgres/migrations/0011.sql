-- beside the version before
ALTER TABLE rooms ADD COLUMN picture BIGINT NOT NULL DEFAULT 0; -- the file that shows the room; 0: none
