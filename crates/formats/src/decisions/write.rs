//! One decision as TOML: the order of keys is that of the reader; keys that say nothing are left out.

use model::decision::{Atom, Decision, EvidenceItem, Seen};

/// The text of one decision.
pub(super) fn entry(decision: &Decision) -> String {
    let mut out = Out(String::from("\n[[decision]]\n"));
    out.text("id", &decision.id);
    out.text("state", decision.state.word());
    out.text("product", &decision.product);
    let key = &decision.component;
    out.inline("component", &[("name", &key.name), ("purl", &key.purl), ("vendor_tree", &key.vendor_tree)]);
    out.text("versions", &decision.versions);
    out.text("vulnerability", &decision.vulnerability);
    out.list("aliases", &decision.aliases);
    out.text("status", decision.status.map_or("", |status| status.word()));
    out.text("justification", decision.justification.map_or("", |known| known.word()));
    out.text("class", decision.class.map_or("", |class| class.word()));
    if decision.accepts_risk {
        out.0.push_str("accept_risk = true\n");
    }
    out.text("exploitation", decision.attacks.map_or("", |attacks| attacks.word()));
    out.text("reason", &decision.reason);
    out.text("action", &decision.action);
    out.text("author", &decision.author);
    out.text("reviewer", &decision.reviewer);
    out.text("created", &decision.created);
    out.text("expires", &decision.expires);
    out.list("supersedes", &decision.supersedes);
    out.seen(&decision.seen);
    out.rows("condition", decision.conditions.iter().map(condition));
    out.rows("evidence", decision.evidence.iter().map(evidence));
    out.0
}

fn condition(atom: &Atom) -> String {
    let keys = [
        ("atom", atom.kind.word()),
        ("subject", &atom.subject),
        ("value", &atom.expected),
        ("hash", &atom.hash),
    ];
    inline(&keys)
}

fn evidence(item: &EvidenceItem) -> String {
    inline(&[
        ("kind", item.kind.word()),
        ("subject", &item.subject),
        ("value", &item.value),
        ("tool", &item.tool),
        ("tool_version", &item.tool_version),
        ("collected_at", &item.collected_at),
        ("release", &item.release),
        ("hash", &item.hash),
        ("attachment", &item.attachment),
    ])
}

/// `{ key = "value", … }` without the empty ones.
fn inline(keys: &[(&str, &str)]) -> String {
    let told: Vec<String> = (keys.iter().filter(|(_, text)| !text.is_empty()))
        .map(|(key, text)| format!("{key} = {}", quoted(text)))
        .collect();
    format!("{{ {} }}", told.join(", "))
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

struct Out(String);

impl Out {
    fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.0.push_str(&format!("{key} = {}\n", quoted(text)));
        }
    }

    fn list(&mut self, key: &str, texts: &[String]) {
        if !texts.is_empty() {
            let told: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            self.0.push_str(&format!("{key} = [{}]\n", told.join(", ")));
        }
    }

    fn inline(&mut self, key: &str, keys: &[(&str, &str)]) {
        self.0.push_str(&format!("{key} = {}\n", inline(keys)));
    }

    fn rows(&mut self, key: &str, rows: impl Iterator<Item = String>) {
        let rows: Vec<String> = rows.map(|row| format!("  {row},\n")).collect();
        if !rows.is_empty() {
            self.0.push_str(&format!("{key} = [\n{}]\n", rows.concat()));
        }
    }

    fn seen(&mut self, seen: &Seen) {
        let score =
            seen.base_tenths.map_or(String::new(), |tenths| format!("{}.{}", tenths / 10, tenths % 10));
        let keys = [
            ("release", seen.release.as_str()),
            ("verdict", seen.verdict.map_or("", |verdict| verdict.word())),
            ("class", seen.class.map_or("", |class| class.word())),
            ("exploitation", seen.exploitation.map_or("", |level| level.word())),
            ("cvss", &score),
            ("profile", &seen.profile),
        ];
        if *seen == Seen::default() {
            return;
        }
        let mut text = inline(&keys);
        if seen.is_disputed {
            let open = if text == "{  }" { "{ disputed = true" } else { "{ disputed = true, " };
            text = text.replacen("{ ", open, 1);
        }
        self.0.push_str(&format!("seen = {text}\n"));
    }
}
