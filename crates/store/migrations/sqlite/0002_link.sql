-- one-time links: the first start, invitations, new passwords; known by the SHA-256 of what the link holds
CREATE TABLE link (
    hash TEXT NOT NULL PRIMARY KEY,
    organisation INTEGER NOT NULL,
    kind TEXT NOT NULL,
    person INTEGER NOT NULL,
    made_by INTEGER NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER NOT NULL
) STRICT;
CREATE INDEX link_person ON link (organisation, person);
