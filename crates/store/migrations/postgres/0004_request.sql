-- requests with a key that may be repeated: written in the transaction of the change, so that a second one changes nothing
CREATE TABLE request (
    organisation BIGINT NOT NULL,
    asker TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (organisation, asker, key)
);
CREATE INDEX request_made ON request (made);
