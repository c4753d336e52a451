//! How long the branches of a product are maintained: facts with a date and a source.

/// One branch of a product, as one source tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Branch {
    /// Canonical name of the product (`linux`, `openssl`).
    pub product: String,
    /// The branch: `6.6`, `1.1.1`; `*` of a product that keeps one line only.
    pub branch: String,
    /// Maintained for long by its project.
    pub is_lts: bool,
    /// The project keeps one line of releases only, so that the newest release is the upgrade; the branch is `*`.
    pub is_rolling: bool,
    /// First release, `YYYY-MM` or longer; empty when unknown.
    pub released: String,
    /// Last day of full support, as planned on `date`; empty when none is announced.
    pub end_of_support: String,
    /// Last day on which flaws are mended, as planned on `date`; empty when none is announced.
    pub end_of_life: String,
    /// Who says so: `upstream` for the table of the program, else the name that a feed's document bears.
    pub source: String,
    /// The day of the statement, `YYYY-MM` or longer.
    pub date: String,
    /// The id of the feed it came with; empty for the table of the program.
    pub feed: String,
}

impl Branch {
    /// True when maintenance had ended before the day `today` (`YYYY-MM-DD`). An end given as a month ends
    /// with that month.
    pub fn has_ended(&self, today: &str) -> bool {
        is_over(&self.end_of_life, today)
    }

    /// Who says so and when, in words for people: `endoflife.date, 2026-11-20`; empty for the table of the program.
    pub fn told_by(&self) -> String {
        match (self.feed.is_empty(), self.date.is_empty()) {
            (true, _) => String::new(),
            (false, true) => self.source.clone(),
            (false, false) => format!("{}, {}", self.source, self.date.get(..10).unwrap_or(&self.date)),
        }
    }
}

/// True when a day, or a month, is over on the day `today`; an empty one never is.
pub fn is_over(end: &str, today: &str) -> bool {
    let length = end.len().min(today.len());
    !end.is_empty() && end.get(..length) < today.get(..length)
}
