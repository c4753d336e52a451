//! What can go wrong, named by what the caller can do about it.

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or none within the scope.
    #[error("no {0}")]
    NotFound(String),
    /// What was given makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// It clashes with what is there: a name is taken, a version has moved on, a lease is lost.
    #[error("{0}")]
    Conflict(String),
    /// The database or the disk does not answer now; trying again may help.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// A fault in the program, or data damaged from outside.
    #[error("{0}")]
    Broken(String),
}

/// An answer of the store.
pub type Result<T> = std::result::Result<T, Error>;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => {
                Error::Conflict(format!("it exists already: {}", inner.message()))
            }
            sqlx::Error::Database(inner) if inner.is_foreign_key_violation() => {
                Error::NotFound(format!("thing that this belongs to: {}", inner.message()))
            }
            // Serialisation failure and deadlock of PostgreSQL, busy of SQLite: the same again may succeed.
            sqlx::Error::Database(inner)
                if inner.code().is_some_and(|code| matches!(&*code, "40001" | "40P01" | "5" | "517")) =>
            {
                Error::Unavailable(inner.message().to_owned())
            }
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Tls(_) => Error::Unavailable(error.to_string()),
            _ => Error::Broken(error.to_string()),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        Error::Unavailable(error.to_string())
    }
}
