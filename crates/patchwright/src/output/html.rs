//! The report in one HTML file; the page itself is made by `web`.

use std::io::{Result, Write};

use super::answer::Answer;

/// Writes the page.
pub fn write(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let report = web::report::Report {
        inventory: answer.inventory,
        judged: answer.judged,
        knowledge: answer.knowledge,
        at: answer.at,
        all: answer.all,
        program: concat!("patchwright ", env!("CARGO_PKG_VERSION")),
    };
    web::report::write(out, &report)
}
