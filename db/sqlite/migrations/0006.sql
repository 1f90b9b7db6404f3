-- What was for somebody, the newest first.
CREATE INDEX mentions_by_account ON mentions (account_id, message_id);
