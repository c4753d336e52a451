//! The questions and deeds without a scope, each with its reason. `cargo xtask tidy` refuses any other.

use model::access::Role;

use crate::error::Result;
use crate::grant::{self, Grant};
use crate::organisation::{self, Organisation};
use crate::person::{self, Person, SecretHash};
use crate::session::Session;
use crate::token::{self, Token};
use crate::{Change, Look, Moment};

/// Names of methods without a scope, and why they need none.
pub const UNSCOPED: &[(&str, &str)] = &[
    ("commit", "ends a transaction"),
    ("abandon", "ends a transaction"),
    ("organisations", "the installation's own list, for jobs and set-up"),
    ("add_organisation", "before it, there is no scope"),
    ("sign_in", "finds who asks, before a scope can be made"),
    ("token_by_prefix", "finds who asks, before a scope can be made"),
    ("touch_token", "a mark of the sign-in itself"),
    ("session", "finds who asks, before a scope can be made"),
    ("grants_of", "from it the scope is made"),
    ("put_session", "part of the sign-in"),
    ("end_session", "part of the sign-in"),
    ("sweep_sessions", "a job of the installation"),
    ("sweep_requests", "a job of the installation"),
    ("link", "finds what a link opens, before a scope can be made"),
    ("use_link", "part of opening a link"),
    ("person_by_link", "finds who asks, before a scope can be made"),
    ("renew_password", "part of the sign-in"),
    ("components_with_keys", "jobs: knowledge is one for the installation"),
    ("releases_with_components", "jobs: rescan reaches every organisation"),
    ("releases_with_any", "jobs: rescan reaches every organisation"),
    ("release_marks", "jobs: rescan reaches every organisation"),
    ("documents_of_release", "jobs: rescan reaches every organisation"),
    ("components_by_id", "jobs: distinct components are shared by all releases"),
    ("components_of_other_keys", "jobs: keys are made anew for all"),
    ("put_components", "components are shared by all releases"),
    ("put_component_keys", "components are shared by all releases"),
    ("put_vulnerabilities", "knowledge is one for the installation"),
    ("vulnerability", "knowledge is one for the installation"),
    ("put_matches", "matches are independent of releases"),
    ("remove_matches", "matches are independent of releases"),
    ("matches_of_vulnerabilities", "matches are independent of releases"),
    ("judged_of", "jobs: what is stored about the pairs that are judged again"),
    ("put_findings", "jobs: rescan reaches every organisation"),
    ("retire_findings", "jobs: rescan reaches every organisation"),
    ("put_basis", "interned text, no row of anybody"),
    ("put_events", "jobs: written with the findings"),
    ("put_trend", "jobs: written with the findings"),
    ("mark_judged", "jobs: written with the findings"),
    ("feeds", "knowledge is one for the installation"),
    ("feed", "knowledge is one for the installation"),
    ("put_feed", "knowledge is one for the installation"),
    ("forget_feed", "knowledge is one for the installation"),
    ("generations", "knowledge is one for the installation"),
    ("current_generation", "knowledge is one for the installation"),
    ("put_generation", "knowledge is one for the installation"),
    ("hold_generation", "knowledge is one for the installation"),
    ("enqueue_all", "the queue is the installation's"),
    ("enqueue", "the queue is the installation's"),
    ("enqueue_periodic", "the queue is the installation's"),
    ("claim", "the queue is the installation's"),
    ("renew", "the queue is the installation's"),
    ("complete", "the queue is the installation's"),
    ("fail", "the queue is the installation's"),
    ("give_back", "the queue is the installation's"),
    ("free_leases", "the queue is the installation's"),
    ("unpark", "the operator's page shows the installation's queue"),
    ("jobs", "the operator's page shows the installation's queue"),
    ("sweep", "the queue is the installation's"),
    ("claim_message", "the dispatcher sends everybody's messages"),
    ("renew_message", "the dispatcher sends everybody's messages"),
    ("message_accepted", "the dispatcher sends everybody's messages"),
    ("message_failed", "the dispatcher sends everybody's messages"),
    ("message_refused", "the dispatcher sends everybody's messages"),
    ("note_blob", "a blob is known by its hash and belongs to rows"),
    ("noted_blobs", "backups hold the whole installation"),
];

impl Look {
    /// All organisations, by slug.
    pub async fn organisations(&mut self) -> Result<Vec<Organisation>> {
        let sql = format!("SELECT {} FROM organisation ORDER BY slug", organisation::COLUMNS);
        self.line.rows(sql, &[]).await?.iter().map(organisation::read).collect()
    }

    /// The active person of a login and the hash to check the password against.
    pub async fn sign_in(&mut self, login: &str) -> Result<Option<(Person, SecretHash)>> {
        let sql =
            format!("SELECT {}, password FROM person WHERE login = $1 AND is_active = 1", person::COLUMNS);
        let row = self.line.row(sql, &[login.into()]).await?;
        row.map(|row| Ok((person::read(&row)?, SecretHash(row.text(7)?)))).transpose()
    }

    /// The token of a prefix with its hash and its person, if it is in force and its person is active.
    pub async fn token_by_prefix(
        &mut self,
        prefix: &str,
        now: Moment,
    ) -> Result<Option<(Token, SecretHash, Person)>> {
        let sql = format!(
            "SELECT {}, hash FROM token WHERE prefix = $1 AND revoked = 0 AND (expires = 0 OR expires > $2)",
            token::COLUMNS
        );
        let Some(row) = self.line.row(sql, &[prefix.into(), now.into()]).await? else { return Ok(None) };
        let token = token::read(&row)?;
        let hash = SecretHash(row.text(10)?);
        Ok(self.active_person(token.person).await?.map(|person| (token, hash, person)))
    }

    /// The session of a cookie's hash with its person, if its time is not over and the person is active.
    pub async fn session(&mut self, hash: &SecretHash, now: Moment) -> Result<Option<(Session, Person)>> {
        let sql =
            "SELECT person, data, created, last_seen, expires FROM session WHERE hash = $1 AND expires > $2";
        let Some(row) = self.line.row(sql, &[(&hash.0).into(), now.into()]).await? else { return Ok(None) };
        let session = Session {
            hash: hash.clone(),
            person: row.int(0)?,
            data: row.text(1)?,
            created: row.moment(2)?,
            last_seen: row.moment(3)?,
            expires: row.moment(4)?,
        };
        Ok(self.active_person(session.person).await?.map(|person| (session, person)))
    }

    /// All roles of a person.
    pub async fn grants_of(&mut self, person: i64) -> Result<Vec<Grant>> {
        let sql = format!(
            "SELECT {} FROM role_grant g WHERE g.person = $1 ORDER BY g.product, g.role",
            grant::COLUMNS
        );
        self.line.rows(sql, &[person.into()]).await?.iter().map(grant::read).collect()
    }

    async fn active_person(&mut self, id: i64) -> Result<Option<Person>> {
        let sql = format!("SELECT {} FROM person WHERE id = $1 AND is_active = 1", person::COLUMNS);
        self.line.row(sql, &[id.into()]).await?.as_ref().map(person::read).transpose()
    }
}

impl Change {
    /// Adds an organisation and returns the scope of its administrator.
    pub async fn add_organisation(&mut self, slug: &str, name: &str, now: Moment) -> Result<crate::Scope> {
        let sql = "INSERT INTO organisation (slug, name, created) VALUES ($1, $2, $3) RETURNING id";
        let id = self.line.int(sql, &[slug.into(), name.into(), now.into()]).await?;
        Ok(crate::Scope::whole(id, Role::Admin))
    }

    /// Writes the same password's hash anew, where it is still the one that was checked. Sessions go on.
    pub async fn renew_password(&mut self, person: i64, old: &SecretHash, new: &SecretHash) -> Result<()> {
        let sql = "UPDATE person SET password = $1 WHERE id = $2 AND password = $3";
        self.line.run(sql, &[(&new.0).into(), person.into(), (&old.0).into()]).await?;
        Ok(())
    }

    /// Notes that a token was used.
    pub async fn touch_token(&mut self, id: i64, now: Moment) -> Result<()> {
        self.line.run("UPDATE token SET last_used = $1 WHERE id = $2", &[now.into(), id.into()]).await?;
        Ok(())
    }
}
