-- Profiles, and what each person has chosen for everything and for each room.
ALTER TABLE accounts ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN bio TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN prefs TEXT NOT NULL DEFAULT '{}'; -- as JSON
ALTER TABLE memberships ADD COLUMN level INTEGER NOT NULL DEFAULT 0; -- notifications: 0 as usual, 1 all, 2 mentions, 3 off
ALTER TABLE memberships ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memberships ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
