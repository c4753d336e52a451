-- people whom an identity provider names: by issuer and subject, and by nothing else. is_mapped: made by the mapping of
-- groups to roles, which then also decides the roles
CREATE TABLE person_link (
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    person BIGINT NOT NULL REFERENCES person (id),
    is_mapped SMALLINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX person_link_person ON person_link (person);
