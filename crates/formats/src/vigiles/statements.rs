//! What people said in Vigiles: the whitelist, and judgements on single vulnerabilities.

use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use model::statement::{Statement, StatementOrigin, StatementStatus};

use super::schema::Vulnerability;
use crate::text::loose::{List, Text};

/// One entry of a whitelist. Without a package and its version nobody can say what it was meant for: it is kept in
/// sight and has no effect until a person has looked at it.
pub fn whitelisted(id: &str, package: &str, version: &str, reason: &str, place: String) -> Statement {
    let subject = match (package, version) {
        ("", _) => "disabled until reviewed, names no package".to_owned(),
        (package, "") => format!("disabled until reviewed, for any version of {package}"),
        (package, version) => format!("for {package} {version}"),
    };
    let text = match reason {
        "" => format!("whitelisted in Vigiles ({subject}), reason not given"),
        reason => format!("whitelisted in Vigiles ({subject}): {reason}"),
    };
    Statement {
        vulnerability: id.to_owned(),
        components: (!package.is_empty()).then(|| package.to_owned()).into_iter().collect(),
        status: StatementStatus::UnderInvestigation,
        justification: String::new(),
        text,
        origin: StatementOrigin::VigilesWhitelist,
        place,
    }
}

/// Adds a list of ids, of one package or of the whole manifest.
pub fn add_whitelist(inventory: &mut Inventory, list: &List<Text<'_>>, place: &str, package: Option<&str>) {
    for (at, id) in list.iter().enumerate() {
        let place = format!("{place}/{at}");
        if id.is_empty() {
            let note = Note::new(NoteCode::StatementUnusable, Severity::Warn, place, "it has no id");
            inventory.notes.push(note);
            continue;
        }
        inventory.statements.push(whitelisted(id.get(), package.unwrap_or_default(), "", "", place));
    }
}

/// Adds `vulnerabilities`. One without a person's word is what Vigiles found by itself: a note.
pub fn add_vulnerabilities(inventory: &mut Inventory, list: &[Vulnerability<'_>]) {
    let mut found = 0_usize;
    for (at, wire) in list.iter().enumerate() {
        let place = format!("/vulnerabilities/{at}");
        let id = [wire.id.get(), wire.cve_id.get()].into_iter().find(|id| !id.is_empty());
        let Some(id) = id.filter(|_| !wire.wrong) else {
            let note = Note::new(NoteCode::StatementUnusable, Severity::Warn, place, "it has no id");
            inventory.notes.push(note);
            continue;
        };
        let word = [wire.analysis.state.get(), wire.status.get()].into_iter().find(|word| !word.is_empty());
        let status = match claim(word.unwrap_or_default()) {
            Claim::Says(status) => status,
            Claim::Found => {
                found += 1;
                continue;
            }
            Claim::Unknown => {
                let value = format!("{id}: status `{}`", word.unwrap_or_default());
                inventory.notes.push(Note::new(NoteCode::UnknownEnum, Severity::Warn, place, &value));
                continue;
            }
        };
        let first = |texts: [&Text<'_>; 3]| {
            let text = texts.into_iter().map(Text::get).find(|text| !text.is_empty());
            text.unwrap_or_default().to_owned()
        };
        inventory.statements.push(Statement {
            vulnerability: id.to_owned(),
            components: concerned(wire),
            status,
            justification: first([&wire.analysis.justification, &wire.justification, &Text::Absent]),
            text: first([&wire.analysis.detail, &wire.detail, &wire.description]),
            origin: StatementOrigin::Supplier,
            place,
        });
    }
    if found > 0 {
        let value = format!("{found} vulnerabilities by another tool's match, not imported");
        inventory.notes.push(Note::new(
            NoteCode::StatementUnusable,
            Severity::Info,
            "/vulnerabilities",
            &value,
        ));
    }
}

fn concerned(wire: &Vulnerability<'_>) -> Vec<String> {
    let plain = wire.packages.iter().chain(&wire.products).chain(&wire.components);
    let affects = wire.affects.iter().flat_map(|affects| [&affects.reference, &affects.name]);
    let mut names: Vec<String> =
        plain.chain(affects).map(Text::get).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

enum Claim {
    Says(StatementStatus),
    /// Nobody's word.
    Found,
    Unknown,
}

fn claim(word: &str) -> Claim {
    use StatementStatus::{Affected, Fixed, NotAffected, UnderInvestigation};
    let word: String = word.to_ascii_lowercase().replace([' ', '-'], "_");
    match word.as_str() {
        "" | "unfixed" | "unpatched" | "open" | "new" => Claim::Found,
        "not_affected" | "not_applicable" | "false_positive" => Claim::Says(NotAffected),
        "fixed" | "resolved" | "resolved_with_pedigree" | "patched" => Claim::Says(Fixed),
        "affected" | "exploitable" | "known_affected" => Claim::Says(Affected),
        // Wanted out of sight, which is not the same as not affected.
        "in_triage"
        | "under_investigation"
        | "whitelisted"
        | "ignored"
        | "won't_fix"
        | "wont_fix"
        | "fixed,_won't_fix" => Claim::Says(UnderInvestigation),
        _ => Claim::Unknown,
    }
}
