-- beside the version before
-- How many deliveries of one webhook wait.
CREATE INDEX deliveries_waiting ON deliveries (webhook_id) WHERE state = 0;
-- What a bot listens to.
CREATE INDEX webhooks_by_bot ON webhooks (bot_id);
