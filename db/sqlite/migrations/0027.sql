-- Programs answer a command for a while at an address of their own: how often one did, and
-- which message that made last.
ALTER TABLE deliveries ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN answer_id INTEGER NOT NULL DEFAULT 0;
-- How often a message was tried of which something is to be fetched.
ALTER TABLE fetches ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
-- Up to which line the team, and the visitor, have seen a conversation.
ALTER TABLE cases ADD COLUMN seen_team INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN seen_visitor INTEGER NOT NULL DEFAULT 0;
