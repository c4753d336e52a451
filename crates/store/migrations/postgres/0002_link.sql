-- one-time links: the first start, invitations, new passwords; known by the SHA-256 of what the link holds
CREATE TABLE link (
    hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organisation BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    person BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX link_person ON link (organisation, person);
