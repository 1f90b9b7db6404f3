-- beside the version before
-- Who has keywords or blocks somebody: few, and asked for at every message.
DROP INDEX accounts_with_keywords;
CREATE INDEX accounts_with_filters ON accounts (id) WHERE prefs LIKE '%"keywords"%' OR prefs LIKE '%"blocked"%';
