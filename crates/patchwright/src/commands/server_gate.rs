//! The gate of `upload`: the words of `--fail-on`, asked of a server. Each word is a filter of its list of findings.

use std::io::Write;

use serde_json::Value;
use service::gate::{MOST_AGE_DAYS, MOST_UNEVALUATED};
use service::outside::api::Server;

use crate::client::{self, number, text};
use crate::exit::{Exit, Failure};
use crate::output::served;

/// Filters that a word stands for.
type Filters = &'static [(&'static str, &'static str)];

/// Every word, with its filters beside `release` and `state=open`.
const WORDS: &[(&str, Filters)] = &[
    ("immediate", &[("class", "immediate")]),
    ("planned", &[("class", "immediate"), ("class", "planned")]),
    ("routine", &[("class", "immediate"), ("class", "planned"), ("class", "routine")]),
    ("affected", &[("class", "immediate"), ("class", "planned"), ("class", "routine"), ("class", "none")]),
    ("needs_review", &[("class", "unknown")]),
    ("kev", &[("exploited", "yes")]),
    ("unreviewed", &[("class", "immediate"), ("class", "planned"), ("decision", "none")]),
];

/// Failing findings that are shown.
const MOST_SHOWN: usize = 20;

/// A gate that was read, before anything is sent.
pub struct ServerGate {
    words: Vec<(&'static str, Filters)>,
    most_unevaluated: f64,
}

impl ServerGate {
    /// Reads the words; none where there are none.
    pub fn read(texts: &[String], most_unevaluated: Option<f64>) -> Result<Option<ServerGate>, Failure> {
        let mut words = Vec::new();
        for word in texts.iter().flat_map(|text| text.split(',')).map(str::trim) {
            let known = WORDS.iter().find(|(known, _)| *known == word).ok_or_else(|| {
                let known: Vec<&str> = WORDS.iter().map(|(known, _)| *known).collect();
                Failure::new(Exit::Usage, format!("--fail-on: `{word}` is none of {}", known.join(", ")))
                    .hint("expressions are asked by patchwright scan; a server is asked in words")
            })?;
            words.push(*known);
        }
        let most_unevaluated = most_unevaluated.unwrap_or(MOST_UNEVALUATED);
        if !(0.0..=100.0).contains(&most_unevaluated) {
            return Err(Failure::new(Exit::Usage, "--max-unevaluated is not between 0 and 100 percent"));
        }
        Ok((!words.is_empty()).then_some(ServerGate { words, most_unevaluated }))
    }

    /// Asks the server, names what fails, and says how the gate ended.
    pub fn ask(&self, server: &Server, release: &Value, quiet: bool) -> Result<Exit, Failure> {
        let mut err = anstream::stderr();
        let mut failed = 0;
        for (word, filters) in &self.words {
            let mut pairs = vec![("release", text(release, "id").to_owned()), ("state", "open".to_owned())];
            pairs.extend(filters.iter().map(|(key, value)| (*key, (*value).to_owned())));
            let failing = client::list(server, "findings", &pairs, MOST_SHOWN)?.body;
            let number = number(&failing, "total");
            if number == 0 {
                continue;
            }
            failed += 1;
            writeln!(err, "\x1b[1;31mgate failed\x1b[0m: {number} open findings are `{word}`")?;
            if !quiet {
                served::findings(&mut err, &failing)?;
            }
        }
        if failed > 0 {
            return Ok(Exit::Failed);
        }
        let blind = self.blind(release);
        for why in &blind {
            writeln!(err, "\x1b[1;33mthe gate cannot see\x1b[0m: {why}")?;
        }
        if !blind.is_empty() {
            return Ok(Exit::CannotJudge);
        }
        if !quiet {
            let words: Vec<&str> = self.words.iter().map(|(word, _)| *word).collect();
            writeln!(err, "gate passed: no open finding is {}", words.join(" or "))?;
        }
        Ok(Exit::Done)
    }

    /// Why nothing failing means nothing.
    fn blind(&self, release: &Value) -> Vec<String> {
        let mut blind = Vec::new();
        let coverage = &release["coverage"];
        let (all, unseen) = (number(coverage, "all"), number(coverage, "not_evaluated"));
        let percent = if all == 0 { 100.0 } else { unseen as f64 * 100.0 / all as f64 };
        if percent > self.most_unevaluated {
            blind.push(format!(
                "{unseen} of {all} components could not be evaluated, more than {} percent",
                self.most_unevaluated
            ));
        }
        // A release is as old as the knowledge it was judged with, at the server's own time of the judgement.
        let moment = |name: &str| text(release, name).parse::<jiff::Timestamp>().ok();
        match (moment("knowledge"), moment("judged")) {
            (Some(knowledge), Some(_)) => {
                let days = jiff::Timestamp::now().duration_since(knowledge).as_hours() / 24;
                if days > MOST_AGE_DAYS {
                    blind.push(format!(
                        "the server's knowledge is {days} days old, more than {MOST_AGE_DAYS}"
                    ));
                }
            }
            _ => blind.push("the server does not tell the age of its knowledge".to_owned()),
        }
        blind
    }
}
