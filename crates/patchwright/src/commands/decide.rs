//! `decide FINDING`: a decision on a finding, sent to a server; same rules and same log as on its page.

use clap::Args;
use serde_json::{Value, json};
use service::outside::api::Content;

use super::Global;
use super::ask::show;
use crate::client::{ServerOptions, failure, rows, text};
use crate::exit::{Exit, Failure};
use crate::output::table::printable;

/// Decide on a finding of a server, or propose where a second person must agree
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright decide 4711 --status not_affected --justification vulnerable_code_not_present \\\n    --evidence kernel_config --comment 'CONFIG_BT is off in every build of this line'\n  patchwright decide 4711 --status affected --action 'install 4.1.1' --comment 'sshd is on by default'\n\nThe decision is refused when somebody has decided since (code 1); --version names the one that was read.\nThe words are those of docs/manual/triage.md."
)]
pub struct Decide {
    /// The finding, as `patchwright findings` shows its id
    #[arg(value_name = "FINDING")]
    finding: String,
    /// affected, not_affected, fixed, fixed_backport, false_positive or under_investigation
    #[arg(long, value_name = "STATUS")]
    status: String,
    /// Why it is not affected: component_not_present, vulnerable_code_not_present, …
    #[arg(long, value_name = "WORD")]
    justification: Option<String>,
    /// Another class than the computed one
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// Evidence it rests on: an id or a kind, as `patchwright finding show --json` lists them below proposals; repeatable
    #[arg(long, value_name = "ID|KIND")]
    evidence: Vec<String>,
    /// The last day on which it holds
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// Why, in your words
    #[arg(long, value_name = "TEXT")]
    comment: String,
    /// What customers shall do; needed for affected
    #[arg(long, value_name = "TEXT")]
    action: Option<String>,
    /// The version of the decision that you have read; default: the newest
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    #[command(flatten)]
    server: ServerOptions,
}

impl Decide {
    /// Reads the finding, sends the decision, says what came of it.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let server = self.server.open()?;
        let finding = server.get(&["findings", &self.finding], &[]).map_err(failure)?.body;
        let version = self.version.clone().unwrap_or_else(|| text(&finding["draft"], "version").to_owned());
        let body = self.body(&finding, &version)?;
        // The same decision on the same version is the same request, however often it is sent.
        let whole = body.to_string();
        let key =
            service::outside::data_directory::sum_of_parts(&[self.finding.as_bytes(), whole.as_bytes()]);
        let path = ["findings", &self.finding, "decision"];
        let answer = server.post(&path, &[], Content::Json(&body), &key, &version).map_err(failure)?.body;
        show(&self.server, global, &answer, |out| writeln!(out, "{}", printable(text(&answer, "done"))))
    }

    fn body(&self, finding: &Value, version: &str) -> Result<Value, Failure> {
        let evidence = self
            .evidence
            .iter()
            .map(|named| evidence_id(finding, named))
            .collect::<Result<Vec<String>, Failure>>()?;
        let mut body = json!({"status": self.status, "comment": self.comment, "evidence": evidence});
        for (name, value) in [
            ("justification", &self.justification),
            ("class", &self.class),
            ("expires", &self.expires),
            ("action", &self.action),
        ] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        if !version.is_empty() {
            body["version"] = json!(version);
        }
        Ok(body)
    }
}

/// The id of evidence that is named by id or by kind.
fn evidence_id(finding: &Value, named: &str) -> Result<String, Failure> {
    let known = |field| rows(finding, "proposals").find(move |proposal| text(proposal, field) == named);
    let found = known("id").or_else(|| known("kind"));
    found.map(|proposal| text(proposal, "id").to_owned()).ok_or_else(|| {
        let kinds: Vec<&str> = rows(finding, "proposals").map(|proposal| text(proposal, "kind")).collect();
        let kinds = if kinds.is_empty() { "none".to_owned() } else { kinds.join(", ") };
        Failure::new(Exit::Unreadable, format!("this finding has no evidence {}", printable(named)))
            .hint(format!("it has: {}", printable(&kinds)))
    })
}
