-- beside the version before
-- Who wants to be told of words of his own: few.
CREATE INDEX accounts_with_keywords ON accounts (id) WHERE prefs LIKE '%"keywords"%';
