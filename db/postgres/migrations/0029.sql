-- beside the version before
-- How many deliveries of one webhook wait.
CREATE INDEX deliveries_waiting ON deliveries (webhook_id) WHERE state = 0;
