//! Requests with a key: the same key again gives the same answer and changes nothing twice. That it was done is written
//! in the transaction of the change; the words of the answer follow.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Result;
use crate::{Change, Look, Moment, Scope, Store};

/// A request as it is kept. Its key and its content are kept as hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asked (`person/5`, `token/7`).
    pub asker: String,
    /// SHA-256 of the key.
    pub key: String,
    /// SHA-256 of what was asked.
    pub content: String,
    /// What was answered; empty when the program ended before it was known, or when it was a secret.
    pub answer: String,
    /// When.
    pub made: Moment,
}

/// A request that is noted with the first change that becomes true.
#[derive(Clone, Debug)]
pub(crate) struct Noted {
    scope: Scope,
    request: Request,
    is_written: Arc<AtomicBool>,
}

impl Store {
    /// The same store, whose next change notes a request in its own transaction. `Conflict` at the commit when the key was
    /// used meanwhile: then nothing of the change is true.
    pub fn noting(&self, scope: &Scope, request: Request) -> Store {
        let noted = Noted { scope: scope.clone(), request, is_written: Arc::default() };
        Store { noted: Some(noted), ..self.clone() }
    }
}

impl Look {
    /// What became of the request with a key.
    pub async fn request(&mut self, scope: &Scope, asker: &str, key: &str) -> Result<Option<Request>> {
        let sql = "SELECT asker, key, content, answer, made FROM request
                   WHERE organisation = $1 AND asker = $2 AND key = $3";
        let row = self.line.row(sql, &[scope.organisation.into(), asker.into(), key.into()]).await?;
        row.map(|row| {
            Ok(Request {
                asker: row.text(0)?,
                key: row.text(1)?,
                content: row.text(2)?,
                answer: row.text(3)?,
                made: row.moment(4)?,
            })
        })
        .transpose()
    }
}

impl Change {
    /// Notes a request. `Conflict` when its key was used before.
    pub async fn put_request(&mut self, scope: &Scope, request: &Request) -> Result<()> {
        let sql = "INSERT INTO request (organisation, asker, key, content, answer, made)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let values = [
            scope.organisation.into(),
            (&request.asker).into(),
            (&request.key).into(),
            (&request.content).into(),
            (&request.answer).into(),
            request.made.into(),
        ];
        self.line.run(sql, &values).await?;
        Ok(())
    }

    /// Keeps what was answered.
    pub async fn answer_request(
        &mut self,
        scope: &Scope,
        asker: &str,
        key: &str,
        answer: &str,
    ) -> Result<()> {
        let sql = "UPDATE request SET answer = $1 WHERE organisation = $2 AND asker = $3 AND key = $4";
        let values = [answer.into(), scope.organisation.into(), asker.into(), key.into()];
        self.line.run(sql, &values).await?;
        Ok(())
    }

    /// Forgets requests made before a moment. Listed in [`crate::unscoped`].
    pub async fn sweep_requests(&mut self, before: Moment) -> Result<u64> {
        self.line.run("DELETE FROM request WHERE made < $1", &[before.into()]).await
    }

    /// Writes the request that this change answers, once for all changes of a deed.
    pub(crate) async fn note_request(&mut self) -> Result<()> {
        let Some(noted) = self.noted.take() else { return Ok(()) };
        if noted.is_written.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        self.put_request(&noted.scope, &noted.request).await
    }
}
