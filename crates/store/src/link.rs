//! One-time links: the first start of an installation, invitations, new passwords. A link is known by the SHA-256 of
//! what it holds, ends by itself, and opens once.

use crate::database::Row;
use crate::error::{Error, Result};
use crate::person::SecretHash;
use crate::{Change, Look, Moment, Scope};

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// The first start: organisation and administrator are made. It belongs to no organisation yet (0), to nobody (0).
    SetUp,
    /// Somebody new chooses a password.
    Invitation,
    /// Somebody chooses a new password.
    Reset,
}

impl LinkKind {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            LinkKind::SetUp => "set_up",
            LinkKind::Invitation => "invitation",
            LinkKind::Reset => "reset",
        }
    }

    fn parse(word: &str) -> Result<LinkKind> {
        [LinkKind::SetUp, LinkKind::Invitation, LinkKind::Reset]
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| Error::Broken(format!("unknown kind of link {word}")))
    }
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// SHA-256 of what it holds.
    pub hash: SecretHash,
    /// The organisation; 0 = none yet.
    pub organisation: i64,
    /// What it opens.
    pub kind: LinkKind,
    /// For whom; 0 = whoever has it.
    pub person: i64,
    /// Who made it; 0 = the installation.
    pub made_by: i64,
    /// When it was made.
    pub created: Moment,
    /// When it ends.
    pub expires: Moment,
    /// When it was used or replaced; [`Moment::NEVER`] = it was not.
    pub used: Moment,
}

fn read(row: &Row) -> Result<Link> {
    Ok(Link {
        hash: SecretHash(row.text(0)?),
        organisation: row.int(1)?,
        kind: LinkKind::parse(&row.text(2)?)?,
        person: row.int(3)?,
        made_by: row.int(4)?,
        created: row.moment(5)?,
        expires: row.moment(6)?,
        used: row.moment(7)?,
    })
}

impl Look {
    /// The link of a hash, if it is unused and its time is not over. Listed in [`crate::unscoped`].
    pub async fn link(&mut self, hash: &SecretHash, now: Moment) -> Result<Option<Link>> {
        let sql = "SELECT hash, organisation, kind, person, made_by, created, expires, used FROM link
                   WHERE hash = $1 AND used = 0 AND expires > $2";
        self.line.row(sql, &[(&hash.0).into(), now.into()]).await?.as_ref().map(read).transpose()
    }
}

impl Change {
    /// Adds a link; open ones for the same person are replaced by it. The scope of the first start is that of
    /// organisation 0.
    pub async fn add_link(&mut self, scope: &Scope, link: &Link) -> Result<()> {
        let is_set_up = link.kind == LinkKind::SetUp && scope.organisation == 0 && link.person == 0;
        if link.organisation != scope.organisation
            || (!is_set_up && self.person(scope, link.person).await?.is_none())
        {
            return Err(Error::NotFound(format!("person {}", link.person)));
        }
        let replace = "UPDATE link SET used = $1 WHERE organisation = $2 AND person = $3 AND used = 0 AND kind IN ($4, $5)";
        // An invitation and a new password are the same to the person: the newest link holds.
        let kinds = match link.kind {
            LinkKind::SetUp => ["set_up", "set_up"],
            LinkKind::Invitation | LinkKind::Reset => ["invitation", "reset"],
        };
        let mut values = vec![link.created.into(), link.organisation.into(), link.person.into()];
        values.extend(kinds.map(Into::into));
        self.line.run(replace, &values).await?;
        let sql = "INSERT INTO link (hash, organisation, kind, person, made_by, created, expires, used)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 0)";
        let values = [
            (&link.hash.0).into(),
            link.organisation.into(),
            link.kind.word().into(),
            link.person.into(),
            link.made_by.into(),
            link.created.into(),
            link.expires.into(),
        ];
        self.line.run(sql, &values).await?;
        Ok(())
    }

    /// Uses a link up; false when somebody was faster or its time is over. Listed in [`crate::unscoped`].
    pub async fn use_link(&mut self, hash: &SecretHash, now: Moment) -> Result<bool> {
        let sql = "UPDATE link SET used = $1 WHERE hash = $2 AND used = 0 AND expires > $1";
        Ok(self.line.run(sql, &[now.into(), (&hash.0).into()]).await? > 0)
    }
}
