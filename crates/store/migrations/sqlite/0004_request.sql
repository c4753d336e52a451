-- requests with a key that may be repeated: written in the transaction of the change, so that a second one changes nothing
CREATE TABLE request (
    organisation INTEGER NOT NULL,
    asker TEXT NOT NULL,
    key TEXT NOT NULL,
    content TEXT NOT NULL,
    answer TEXT NOT NULL,
    made INTEGER NOT NULL,
    PRIMARY KEY (organisation, asker, key)
) STRICT;
CREATE INDEX request_made ON request (made);
