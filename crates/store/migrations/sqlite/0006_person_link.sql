-- people whom an identity provider names: by issuer and subject, and by nothing else. is_mapped: made by the mapping of
-- groups to roles, which then also decides the roles
CREATE TABLE person_link (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person INTEGER NOT NULL REFERENCES person (id),
    is_mapped INTEGER NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;
CREATE INDEX person_link_person ON person_link (person);
