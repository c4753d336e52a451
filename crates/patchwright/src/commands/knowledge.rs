//! Which index a verb uses: `--index`, else `PATCHWRIGHT_INDEX`, else the data directory, else the starter knowledge.

use std::path::PathBuf;

use clap::Args;
use service::knowledge::{self, Knowledge};

use crate::exit::{Exit, Failure};
use crate::starter;

/// Options of verbs that need knowledge.
#[derive(Args, Clone, Debug, Default)]
pub struct KnowledgeOptions {
    /// The index file; else PATCHWRIGHT_INDEX, else DIR/index/current of --data, else the starter knowledge
    #[arg(long, value_name = "FILE")]
    pub index: Option<PathBuf>,
    /// A data directory whose current index is used
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Judge ages as of this time (ISO 8601); default: now
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Refuse an index older than this (7d, 12h, or days as a number)
    #[arg(long, value_name = "D")]
    pub max_index_age: Option<String>,
    /// A folder with decision tables of your own (*.csv), which take the place of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub tables: Option<PathBuf>,
}

impl KnowledgeOptions {
    /// Opens the index and refuses one that is damaged or too old.
    pub fn open(&self) -> Result<Knowledge, Failure> {
        let mut knowledge = match self.path() {
            Some(path) => knowledge::open(&path).map_err(|error| {
                Failure::new(Exit::CannotJudge, error.to_string())
                    .hint("build one with: patchwright index build DIR… --out knowledge.pwx")
            })?,
            None => starter()?,
        };
        self.refuse_old(&knowledge)?;
        if let Some(folder) = &self.tables {
            knowledge.tables = super::tables::read(folder)?.0;
        }
        Ok(knowledge)
    }

    /// The given time in ISO 8601: `--at`, else the clock. This is the only place where a verb reads it.
    pub fn time(&self) -> Result<jiff::Timestamp, Failure> {
        match &self.at {
            None => Ok(jiff::Timestamp::now()),
            Some(text) => parse_time(text).ok_or_else(|| {
                Failure::new(Exit::Usage, format!("cannot read --at {text}"))
                    .hint("write it as 2026-11-22 or 2026-11-22T14:00:00Z")
            }),
        }
    }

    /// The age limit in days, rounded up.
    pub fn max_age_days(&self) -> Result<Option<u16>, Failure> {
        self.max_index_age.as_deref().map(parse_age).transpose()
    }

    fn path(&self) -> Option<PathBuf> {
        self.index
            .clone()
            .or_else(|| {
                std::env::var_os("PATCHWRIGHT_INDEX").filter(|path| !path.is_empty()).map(PathBuf::from)
            })
            .or_else(|| self.data.as_ref().map(|data| data.join("index/current")))
    }

    fn refuse_old(&self, knowledge: &Knowledge) -> Result<(), Failure> {
        let Some(limit) = self.max_age_days()? else { return Ok(()) };
        match knowledge.age_days(self.time()?) {
            Some(age) if age <= i64::from(limit) => Ok(()),
            Some(age) => Err(Failure::new(
                Exit::CannotJudge,
                format!("the index is {age} days old, more than the limit of {limit}"),
            )
            .hint("build a newer one, or raise --max-index-age")),
            None => Err(Failure::new(Exit::CannotJudge, "the index does not tell its age")
                .hint("none of its feeds carries a date; build it with --as-of FEED=DATE")),
        }
    }
}

/// Compiles the embedded starter knowledge in memory.
pub fn starter() -> Result<Knowledge, Failure> {
    knowledge::starter(starter::RECORDS, starter::KBUILD)
        .map_err(|error| Failure::new(Exit::Fault, format!("the starter knowledge is damaged: {error}")))
}

pub(super) fn parse_time(text: &str) -> Option<jiff::Timestamp> {
    text.parse::<jiff::Timestamp>().ok().or_else(|| format!("{text}T00:00:00Z").parse().ok())
}

fn parse_age(text: &str) -> Result<u16, Failure> {
    let (number, hours) = match text.strip_suffix('h') {
        Some(number) => (number, true),
        None => (text.strip_suffix('d').unwrap_or(text), false),
    };
    let number: u16 = number.parse().map_err(|_| {
        Failure::new(Exit::Usage, format!("cannot read --max-index-age {text}")).hint("write it as 7d or 36h")
    })?;
    Ok(if hours { number.div_ceil(24) } else { number })
}
