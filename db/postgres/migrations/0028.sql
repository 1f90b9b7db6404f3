-- Rooms into which guests come by an invite: JSON list of ids. Guests have the role -1. A
-- build of the version before would show a guest what a member sees: none runs beside this.
ALTER TABLE invites ADD COLUMN rooms TEXT NOT NULL DEFAULT '[]';
