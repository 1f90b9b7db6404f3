ALTER TABLE rooms ADD COLUMN picture INTEGER NOT NULL DEFAULT 0; -- the file that shows the room; 0: none
