//! What can go wrong with an index file, by what the caller can do about it.

/// An error of the index.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be read or written.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried (`open`, `write`, `rename`).
        action: &'static str,
        /// The file.
        path: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// It is not an index file at all.
    #[error("not an index file: {0}")]
    NotAnIndex(&'static str),
    /// It was written in a layout this program does not know.
    #[error(
        "index layout {found} is not known to this program (it reads layout {known}); build the index again, or use a matching program"
    )]
    UnknownLayout {
        /// Major layout number of the file.
        found: u16,
        /// Major layout number of this program.
        known: u16,
    },
    /// It is cut short or damaged.
    #[error("damaged index: {section}: {what}")]
    Damaged {
        /// Which part.
        section: &'static str,
        /// What does not fit.
        what: &'static str,
    },
    /// A delta was made for another file.
    #[error("the delta applies to another index than this one")]
    OtherBase,
    /// A delta was made by a program that compiles otherwise than this one.
    #[error("the delta was made by another version of the program; take the whole index instead")]
    OtherCompiler,
    /// The knowledge does not fit into the layout.
    #[error("index too large: {0}")]
    TooLarge(&'static str),
}

impl Error {
    /// Makes the error of a damaged part.
    pub(crate) fn damaged(section: &'static str, what: &'static str) -> Error {
        Error::Damaged { section, what }
    }
}
