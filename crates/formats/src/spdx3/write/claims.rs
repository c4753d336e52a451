//! Statements as relationships of the security profile.

use std::collections::BTreeMap;

use model::statement::{Statement, StatementOrigin, StatementStatus};
use model::vex::{Justification, VexFormat, VexStatus};
use serde_json::json;

use super::{Writer, element, extend};
use crate::kept;
use crate::vex::settle::NO_ACTION;
use crate::vex::words;

/// A claim of not affected must say why.
const NO_REASON: &str = "no reason stated by source";

impl Writer<'_> {
    /// Adds all statements and the vulnerabilities they are about.
    pub(super) fn statements(&mut self) {
        let inventory = self.out.inventory;
        let mut vulnerabilities: BTreeMap<&str, String> = BTreeMap::new();
        let mut written = 0_usize;
        for statement in &inventory.statements {
            let to: Vec<String> = match self.out.targets(statement) {
                None => vec![self.id("product")],
                Some(found) => found.into_iter().map(|at| self.component_id(at)).collect(),
            };
            if to.is_empty() {
                self.out.leave_out(statement);
                continue;
            }
            let number = vulnerabilities.len() + 1;
            let known = vulnerabilities.get(statement.vulnerability.as_str()).cloned();
            let from = known.unwrap_or_else(|| self.vulnerability(&statement.vulnerability, number));
            vulnerabilities.insert(&statement.vulnerability, from.clone());
            written += 1;
            self.claim(statement, written, &from, &to);
        }
    }

    fn vulnerability(&mut self, name: &str, number: usize) -> String {
        let id = self.id(&format!("vulnerability-{number}"));
        let kind = if name.starts_with("CVE-") { "cve" } else { "securityOther" };
        let mut object = element("security_Vulnerability", &id, name);
        let identifier =
            json!([{ "type": "ExternalIdentifier", "externalIdentifierType": kind, "identifier": name }]);
        self.elements.push(object.put("externalIdentifier", identifier).take());
        id
    }

    fn claim(&mut self, statement: &Statement, number: usize, from: &str, to: &[String]) {
        let status = match statement.status {
            StatementStatus::NotAffected => VexStatus::NotAffected,
            StatementStatus::Affected => VexStatus::Affected,
            StatementStatus::Fixed => VexStatus::Fixed,
            StatementStatus::UnderInvestigation => VexStatus::UnderInvestigation,
        };
        let Some((class, relation)) = words::status_row(status).and_then(|row| row.spdx3) else { return };
        let id = self.id(&format!("statement-{number}"));
        let mut object = element(class, &id, "");
        object.text("relationshipType", relation).text("from", from).put("to", json!(to));
        let text = statement.text.trim();
        let mut plain = Statement {
            justification: String::new(),
            text: text.to_owned(),
            origin: StatementOrigin::Supplier,
            ..statement.clone()
        };
        match statement.status {
            StatementStatus::NotAffected => {
                let justification = justification(&statement.justification);
                justification.clone_into(&mut plain.justification);
                let reason = if justification.is_empty() && text.is_empty() { NO_REASON } else { text };
                reason.clone_into(&mut plain.text);
                object.text("security_justificationType", justification);
                object.text("security_impactStatement", reason);
            }
            StatementStatus::Affected => {
                object.text("security_statusNotes", text).text("security_actionStatement", NO_ACTION);
            }
            StatementStatus::Fixed | StatementStatus::UnderInvestigation => {
                object.text("security_statusNotes", text);
            }
        }
        extend(&mut object, &kept::of_statement(statement, &plain));
        self.elements.push(object.take());
    }
}

/// A coded reason in the words of SPDX 3; empty for one without such a word.
fn justification(written: &str) -> &'static str {
    let own = Justification::ALL.iter().map(|known| words::spdx3(*known)).find(|word| *word == written);
    let forms = [VexFormat::OpenVex, VexFormat::CycloneDx, VexFormat::Yocto];
    let other =
        || forms.iter().find_map(|form| words::justification(*form, written)).map_or("", words::spdx3);
    own.unwrap_or_else(other)
}
