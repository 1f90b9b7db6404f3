-- What people without an account may do with an open room: 0 nothing, 1 read it, 2 find it by search engines, too.
ALTER TABLE rooms ADD COLUMN world INTEGER NOT NULL DEFAULT 0;
