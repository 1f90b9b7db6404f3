-- Rooms into which guests come by an invite: JSON list of ids. Guests have the role -1.
ALTER TABLE invites ADD COLUMN rooms TEXT NOT NULL DEFAULT '[]';
