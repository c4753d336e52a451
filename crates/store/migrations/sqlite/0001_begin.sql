-- Texts are never NULL: nothing known is the empty text. Moments are milliseconds since 1970 in UTC; 0 = never.

CREATE TABLE organisation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    mail TEXT NOT NULL,
    password TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX person_organisation ON person (organisation, id);

CREATE TABLE product (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    support_from INTEGER NOT NULL,
    support_until INTEGER NOT NULL,
    is_archived INTEGER NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (organisation, slug)
) STRICT;

-- product 0 = every product of the person's organisation
CREATE TABLE role_grant (
    person INTEGER NOT NULL REFERENCES person (id),
    product INTEGER NOT NULL,
    role TEXT NOT NULL,
    granted_by INTEGER NOT NULL,
    granted INTEGER NOT NULL,
    PRIMARY KEY (person, product, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    person INTEGER NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL,
    grants TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL,
    last_used INTEGER NOT NULL
) STRICT;
CREATE INDEX token_organisation ON token (organisation, id);

CREATE TABLE session (
    hash TEXT NOT NULL PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (id),
    data TEXT NOT NULL,
    created INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE release (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product INTEGER NOT NULL REFERENCES product (id),
    version TEXT NOT NULL,
    state TEXT NOT NULL,
    support_until INTEGER NOT NULL,
    released INTEGER NOT NULL,
    created INTEGER NOT NULL,
    judged INTEGER NOT NULL,
    generation TEXT NOT NULL,
    components INTEGER NOT NULL,
    summary TEXT NOT NULL,
    UNIQUE (product, version)
) STRICT;

CREATE TABLE document (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    release INTEGER NOT NULL REFERENCES release (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    size INTEGER NOT NULL,
    media TEXT NOT NULL,
    received INTEGER NOT NULL,
    received_by INTEGER NOT NULL,
    UNIQUE (release, kind, hash)
) STRICT;
CREATE INDEX document_hash ON document (hash);

-- one row per distinct component, shared by all releases
CREATE TABLE component (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    purl TEXT NOT NULL,
    role TEXT NOT NULL,
    keys_version INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX component_name ON component (name);
CREATE INDEX component_keys_version ON component (keys_version, id);

CREATE TABLE component_key (
    key TEXT NOT NULL,
    component INTEGER NOT NULL REFERENCES component (id),
    PRIMARY KEY (key, component)
) STRICT, WITHOUT ROWID;
CREATE INDEX component_key_component ON component_key (component);

CREATE TABLE release_component (
    release INTEGER NOT NULL REFERENCES release (id),
    place INTEGER NOT NULL,
    component INTEGER NOT NULL REFERENCES component (id),
    coverage TEXT NOT NULL,
    occurrence TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    PRIMARY KEY (release, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_component_component ON release_component (component, release, place);
CREATE INDEX release_component_coverage ON release_component (release, coverage);
CREATE INDEX release_component_urgency ON release_component (urgency, release, place);

-- how many components of a release are in which state of coverage; changed in the same transaction as they
CREATE TABLE coverage_count (
    release INTEGER NOT NULL REFERENCES release (id),
    coverage TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (release, coverage)
) STRICT, WITHOUT ROWID;

-- the id is computed from the name and keeps the order of CVE numbers
CREATE TABLE vulnerability (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    score INTEGER NOT NULL,
    likelihood INTEGER NOT NULL,
    is_exploited INTEGER NOT NULL,
    published INTEGER NOT NULL,
    modified INTEGER NOT NULL
) STRICT;
CREATE INDEX vulnerability_likelihood ON vulnerability (likelihood, id);
CREATE INDEX vulnerability_score ON vulnerability (score, id);
CREATE INDEX vulnerability_exploited ON vulnerability (id) WHERE is_exploited = 1;

CREATE TABLE vulnerability_alias (
    alias TEXT NOT NULL,
    vulnerability INTEGER NOT NULL REFERENCES vulnerability (id),
    PRIMARY KEY (alias, vulnerability)
) STRICT, WITHOUT ROWID;

-- a component with a vulnerability, whatever releases ship it
CREATE TABLE matched (
    component INTEGER NOT NULL REFERENCES component (id),
    vulnerability INTEGER NOT NULL REFERENCES vulnerability (id),
    verdict INTEGER NOT NULL,
    confidence INTEGER NOT NULL,
    reason TEXT NOT NULL,
    fixed TEXT NOT NULL,
    input_hash INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (component, vulnerability)
) STRICT, WITHOUT ROWID;
CREATE INDEX matched_vulnerability ON matched (vulnerability, component);

-- on what a judgement rests: profile, tables, rules; the same for many findings
CREATE TABLE basis (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE finding (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product INTEGER NOT NULL REFERENCES product (id),
    release INTEGER NOT NULL REFERENCES release (id),
    component INTEGER NOT NULL REFERENCES component (id),
    vulnerability INTEGER NOT NULL REFERENCES vulnerability (id),
    component_name TEXT NOT NULL,
    cell INTEGER NOT NULL,
    response_row INTEGER NOT NULL,
    ceiling_row INTEGER NOT NULL,
    reason TEXT NOT NULL,
    fixed TEXT NOT NULL,
    gone TEXT NOT NULL,
    basis INTEGER NOT NULL,
    decision INTEGER NOT NULL,
    input_hash INTEGER NOT NULL,
    urgency INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    due INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    turned INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX finding_pair ON finding (release, component, vulnerability);
CREATE INDEX finding_vulnerability ON finding (vulnerability, product, cell);
CREATE INDEX finding_component ON finding (component, product, cell);
CREATE INDEX finding_cell ON finding (product, cell, reason);
CREATE INDEX finding_urgency ON finding (product, urgency, id, cell);
CREATE INDEX finding_due ON finding (product, due, id, cell);
CREATE INDEX finding_changed ON finding (product, changed, id, cell);
CREATE INDEX finding_first_seen ON finding (product, first_seen, id, cell);
CREATE INDEX finding_by_vulnerability ON finding (product, vulnerability, id, cell);
CREATE INDEX finding_by_component ON finding (product, component_name, id, cell);
CREATE INDEX finding_turned ON finding (product, turned, turn, cell) WHERE turned > 0;

-- how many findings lie in a cell, per release and (release 0) per product; changed in the same transaction as the
-- findings
CREATE TABLE finding_count (
    product INTEGER NOT NULL,
    release INTEGER NOT NULL,
    cell INTEGER NOT NULL,
    reason TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (product, release, cell, reason)
) STRICT, WITHOUT ROWID;

-- open findings of a vulnerability by class (c0 = without one, c4 = immediate) and the releases that have any, per
-- product and (product 0) per organisation; changed in the same transaction as the findings
CREATE TABLE vulnerability_count (
    organisation INTEGER NOT NULL,
    product INTEGER NOT NULL,
    vulnerability INTEGER NOT NULL,
    c0 INTEGER NOT NULL,
    c1 INTEGER NOT NULL,
    c2 INTEGER NOT NULL,
    c3 INTEGER NOT NULL,
    c4 INTEGER NOT NULL,
    releases INTEGER NOT NULL,
    PRIMARY KEY (organisation, product, vulnerability)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    product INTEGER NOT NULL,
    name TEXT NOT NULL,
    vulnerability TEXT NOT NULL,
    component TEXT NOT NULL,
    state TEXT NOT NULL,
    bulk TEXT NOT NULL,
    version INTEGER NOT NULL,
    author INTEGER NOT NULL,
    reviewer INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (organisation, name)
) STRICT;
CREATE INDEX decision_product ON decision (product, id);
CREATE INDEX decision_vulnerability ON decision (organisation, vulnerability);
CREATE INDEX decision_bulk ON decision (organisation, bulk);
CREATE INDEX decision_state ON decision (organisation, state, vulnerability);

-- insert only: every state a decision ever had
CREATE TABLE decision_history (
    decision INTEGER NOT NULL REFERENCES decision (id),
    version INTEGER NOT NULL,
    act TEXT NOT NULL,
    actor TEXT NOT NULL,
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (decision, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE remark (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product INTEGER NOT NULL REFERENCES product (id),
    subject TEXT NOT NULL,
    author INTEGER NOT NULL,
    at INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX remark_subject ON remark (product, subject, id);

-- what suppliers and others say, as received; nothing of it holds before its state is accepted
CREATE TABLE statement_document (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    hash TEXT NOT NULL,
    publisher TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    trust TEXT NOT NULL,
    received INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    UNIQUE (organisation, hash)
) STRICT;

-- versions of what a maker writes: deployment profiles, rules, trust scopes; a text never changes once approved
CREATE TABLE written (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    product INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    hash TEXT NOT NULL,
    author INTEGER NOT NULL,
    approver INTEGER NOT NULL,
    created INTEGER NOT NULL,
    approved INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (organisation, kind, product, name, version)
) STRICT;

CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product INTEGER NOT NULL REFERENCES product (id),
    release INTEGER NOT NULL,
    finding INTEGER NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX event_product ON event (product, id);
CREATE INDEX event_finding ON event (finding, id);

CREATE TABLE feed (
    id TEXT NOT NULL PRIMARY KEY,
    etag TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    revision TEXT NOT NULL,
    as_of TEXT NOT NULL,
    records INTEGER NOT NULL,
    tried INTEGER NOT NULL,
    fetched INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    error TEXT NOT NULL
) STRICT;

CREATE TABLE generation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    made INTEGER NOT NULL,
    is_current INTEGER NOT NULL,
    feeds TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
    organisation INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (organisation, name)
) STRICT, WITHOUT ROWID;

-- insert only, hash-chained: one chain per product, one per organisation for what belongs to no product
CREATE TABLE audit (
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    product INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    prev TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (organisation, product, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_at ON audit (organisation, at, product, seq);
CREATE INDEX audit_subject ON audit (organisation, subject, at);
CREATE INDEX audit_actor ON audit (organisation, actor, at);
CREATE INDEX audit_act ON audit (organisation, act, at);

-- organisation 0 = the installation's own; state: 0 waiting, 1 leased, 2 done, 3 parked; run_after of a leased row is the end of its lease
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    lane TEXT NOT NULL,
    body TEXT NOT NULL,
    organisation INTEGER NOT NULL,
    state INTEGER NOT NULL,
    run_after INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    most_attempts INTEGER NOT NULL,
    leased_by TEXT NOT NULL,
    lease_no INTEGER NOT NULL,
    error TEXT NOT NULL,
    created INTEGER NOT NULL,
    finished INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX job_open ON job (kind, key) WHERE state <= 1;
CREATE INDEX job_next ON job (lane, run_after, id) WHERE state <= 1;
CREATE INDEX job_state ON job (state, id);
CREATE INDEX job_kind ON job (kind, state, id);

CREATE TABLE periodic (
    kind TEXT NOT NULL,
    due INTEGER NOT NULL,
    PRIMARY KEY (kind, due)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation INTEGER NOT NULL REFERENCES organisation (id),
    channel TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    state INTEGER NOT NULL,
    run_after INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    most_attempts INTEGER NOT NULL,
    leased_by TEXT NOT NULL,
    lease_no INTEGER NOT NULL,
    error TEXT NOT NULL,
    created INTEGER NOT NULL,
    finished INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_next ON outbox (channel, run_after, id) WHERE state <= 1;
CREATE INDEX outbox_state ON outbox (organisation, state, id);

-- what lies in the blob store, so that a backup can name all of it
CREATE TABLE blob (
    hash TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    received INTEGER NOT NULL
) STRICT;

CREATE TRIGGER finding_stays BEFORE DELETE ON finding BEGIN
    SELECT RAISE(ABORT, 'findings are never deleted');
END;
CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log takes new rows only');
END;
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log takes new rows only');
END;
CREATE TRIGGER decision_history_update BEFORE UPDATE ON decision_history BEGIN
    SELECT RAISE(ABORT, 'the history of decisions takes new rows only');
END;
CREATE TRIGGER decision_history_delete BEFORE DELETE ON decision_history BEGIN
    SELECT RAISE(ABORT, 'the history of decisions takes new rows only');
END;
