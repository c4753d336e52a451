//! The verbs that ask a server one question and show the answer: `releases`, `findings`, `finding`, `vulnerability`,
//! `today`, `jobs`.

use std::io::Write;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Global;
use crate::client::{self, ReleaseName, ServerOptions, failure, text};
use crate::exit::{Exit, Failure};
use crate::output::served;

/// Writes a view: the server's JSON, or lines for people.
pub fn show(
    options: &ServerOptions,
    global: &Global,
    view: &Value,
    lines: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<Exit, Failure> {
    if options.json {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, view)?;
        writeln!(out)?;
    } else if !global.quiet {
        lines(&mut anstream::stdout().lock())?;
    }
    Ok(Exit::Done)
}

/// Ask a server for products and releases, or for one release
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright releases\n  patchwright releases gateway\n  patchwright releases gateway@4.1.0 --json"
)]
pub struct Releases {
    /// A product, or one release of it; default: all products
    #[arg(value_name = "PRODUCT[@VERSION]")]
    what: Option<String>,
    #[command(flatten)]
    server: ServerOptions,
}

impl Releases {
    /// Asks and shows.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let server = self.server.open()?;
        if let Some(name) = self.what.as_ref().and_then(|what| what.parse::<ReleaseName>().ok()) {
            let release = client::release(&server, &name)?;
            return show(&self.server, global, &release, |out| served::release(out, &release));
        }
        let ids = match self.what {
            Some(product) => vec![product],
            None => {
                let products = client::list(&server, "products", &[], 1000)?.body;
                client::rows(&products, "items").map(|product| text(product, "id").to_owned()).collect()
            }
        };
        let mut products = Vec::new();
        for id in &ids {
            products.push(server.get(&["products", id], &[]).map_err(failure)?.body);
        }
        show(&self.server, global, &json!({"products": products}), |out| served::releases(out, &products))
    }
}

/// Ask a server for findings, by every filter of its list
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright findings --class immediate --class planned\n  patchwright findings --release gateway@4.1.0 --state open --sort epss\n  patchwright findings --vulnerability CVE-2024-6387 --limit 1000 --json"
)]
pub struct Findings {
    /// immediate, planned, routine, none or unknown; repeatable, as all filters are
    #[arg(long, value_name = "CLASS")]
    class: Vec<String>,
    /// open or settled
    #[arg(long, value_name = "STATE")]
    state: Vec<String>,
    /// none, decided, contested, overtaken or proposed
    #[arg(long, value_name = "WORD")]
    decision: Vec<String>,
    /// Since yesterday: new, worse, better or gone
    #[arg(long, value_name = "WORD")]
    change: Vec<String>,
    /// yes: those that are known to be exploited
    #[arg(long, value_name = "yes", num_args = 0..=1, default_missing_value = "yes")]
    exploited: Vec<String>,
    /// Of this product
    #[arg(long, value_name = "PRODUCT")]
    product: Vec<String>,
    /// Of this release, by PRODUCT@VERSION or its id
    #[arg(long, value_name = "RELEASE")]
    release: Vec<String>,
    /// Of this component
    #[arg(long, value_name = "NAME")]
    component: Vec<String>,
    /// Of this vulnerability
    #[arg(long, value_name = "ID")]
    vulnerability: Vec<String>,
    /// With this reason code
    #[arg(long, value_name = "CODE")]
    reason: Vec<String>,
    /// Those that closing this gap of our knowledge would decide
    #[arg(long, value_name = "CODE")]
    gap: Vec<String>,
    /// Those left after this question of the funnel
    #[arg(long, value_name = "QUESTION")]
    passed: Vec<String>,
    /// Those that ended at this question of the funnel
    #[arg(long, value_name = "QUESTION")]
    stopped: Vec<String>,
    /// With this text
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
    /// urgency, new, epss, score or component
    #[arg(long, value_name = "ORDER")]
    sort: Option<String>,
    /// Most rows
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    server: ServerOptions,
}

impl Findings {
    /// Filters as the list knows them, without releases that are named by product and version.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let of: [(&'static str, &[String]); 12] = [
            ("class", &self.class),
            ("state", &self.state),
            ("decision", &self.decision),
            ("change", &self.change),
            ("exploited", &self.exploited),
            ("product", &self.product),
            ("component", &self.component),
            ("vulnerability", &self.vulnerability),
            ("reason", &self.reason),
            ("gap", &self.gap),
            ("passed", &self.passed),
            ("stopped", &self.stopped),
        ];
        let of =
            of.into_iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value.clone())));
        let one = [("find", &self.find), ("sort", &self.sort)];
        of.chain(one.into_iter().filter_map(|(key, value)| Some((key, value.clone()?)))).collect()
    }

    /// Asks and shows.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let server = self.server.open()?;
        let mut pairs = self.pairs();
        for release in &self.release {
            let id = match release.parse::<ReleaseName>() {
                Ok(name) => text(&client::release(&server, &name)?, "id").to_owned(),
                Err(_) => release.clone(),
            };
            pairs.push(("release", id));
        }
        let found = client::list(&server, "findings", &pairs, self.limit.max(1))?.body;
        show(&self.server, global, &found, |out| served::findings(out, &found))
    }
}

/// Look at one finding of a server
#[derive(Args)]
pub struct Finding {
    #[command(subcommand)]
    deed: FindingDeed,
}

#[derive(Subcommand)]
enum FindingDeed {
    Show(ShowFinding),
}

/// The judgement of a finding, its evidence, and what was decided
#[derive(Args)]
#[command(after_help = "Example:\n  patchwright finding show 4711")]
struct ShowFinding {
    /// Its id, as `patchwright findings` shows it
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    server: ServerOptions,
}

impl Finding {
    /// Asks and shows.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let FindingDeed::Show(of) = self.deed;
        let server = of.server.open()?;
        let finding = server.get(&["findings", &of.id], &[]).map_err(failure)?.body;
        show(&of.server, global, &finding, |out| served::finding(out, &finding))
    }
}

/// Ask a server where we have a vulnerability
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright vulnerability CVE-2024-6387\n  patchwright vulnerability CVE-2024-6387 --fail-if-open\n\nExit codes: 0 answered · 1 it is open somewhere (--fail-if-open)"
)]
pub struct Vulnerability {
    /// Its id, or one of its other names
    #[arg(value_name = "ID")]
    id: String,
    /// End with code 1 when it is open in any release
    #[arg(long)]
    fail_if_open: bool,
    #[command(flatten)]
    server: ServerOptions,
}

impl Vulnerability {
    /// Asks and shows.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let server = self.server.open()?;
        let view = server.get(&["vulnerabilities", &self.id], &[]).map_err(failure)?.body;
        show(&self.server, global, &view, |out| served::vulnerability(out, &view))?;
        let is_open = client::number(&view, "releases") > 0;
        Ok(if self.fail_if_open && is_open { Exit::Failed } else { Exit::Done })
    }
}

/// Ask a server what needs action today
#[derive(Args)]
#[command(after_help = "Examples:\n  patchwright today\n  patchwright today --json")]
pub struct Today {
    #[command(flatten)]
    server: ServerOptions,
}

impl Today {
    /// Asks and shows.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let view = self.server.open()?.get(&["today"], &[]).map_err(failure)?.body;
        show(&self.server, global, &view, |out| served::today(out, &view))
    }
}

/// Ask a server what it works on
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright jobs --state failed\n  patchwright jobs --state waiting --state running --json"
)]
pub struct Jobs {
    /// waiting, running, done or failed; repeatable
    #[arg(long, value_name = "STATE")]
    state: Vec<String>,
    /// Of this kind; repeatable
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,
    /// Most rows
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    server: ServerOptions,
}

impl Jobs {
    /// Asks and shows.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let server = self.server.open()?;
        let states = self.state.iter().map(|state| ("state", state.clone()));
        let pairs: Vec<_> = states.chain(self.kind.iter().map(|kind| ("kind", kind.clone()))).collect();
        let view = client::list(&server, "jobs", &pairs, self.limit.max(1))?.body;
        show(&self.server, global, &view, |out| served::jobs(out, &view))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_filter_of_the_list_is_an_option() {
        #[derive(clap::Parser)]
        struct Alone {
            #[command(flatten)]
            findings: super::Findings,
        }
        let command = Alone::command();
        let options: Vec<&str> = command.get_arguments().filter_map(|one| one.get_long()).collect();
        for filter in web::pages::findings::LIST.filters {
            assert!(options.contains(&filter.key), "--{} is missing", filter.key);
        }
        let find = "with them: text, order, number of rows";
        assert!(["find", "sort", "limit"].iter().all(|option| options.contains(option)), "{find}");
        let mut alone =
            <Alone as clap::Parser>::parse_from(["x", "--exploited", "--class", "none", "--find", "a"]);
        alone.findings.sort = Some("epss".to_owned());
        let own = |key, value: &str| (key, value.to_owned());
        let expected = [own("class", "none"), own("exploited", "yes"), own("find", "a"), own("sort", "epss")];
        assert_eq!(alone.findings.pairs(), expected);
    }
}
