-- the aliases of a vulnerability, which were found by looking at all of them
CREATE INDEX vulnerability_alias_vulnerability ON vulnerability_alias (vulnerability, alias);
