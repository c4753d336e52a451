//! Deployment profiles as files: read, proposed from an SBOM, checked, explained, compared.

use std::collections::BTreeMap;

use model::profile::Profile;
use model::sbom::Inventory;

pub use analysis::risk::profile_check::Finding;
pub use analysis::risk::profile_words::{Effect, Explained, Section, Statement, explain};
pub use formats::profile::{Fault, ProfileError, hash, to_json};

use crate::scan::Document;

/// Reads a profile, TOML or JSON.
///
/// # Errors
/// When it is neither, or its form is wrong; all faults at once.
pub fn read(document: &Document) -> Result<Profile, ProfileError> {
    formats::profile::read(&document.bytes, &document.name)
}

/// The profile that is assumed of a product without one. The draft of [`draft`] differs from it only in what a file
/// must say and nobody knows.
pub fn infer(inventory: &Inventory) -> Profile {
    analysis::risk::infer::infer(inventory).profile
}

/// A proposed profile with what each line rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The profile.
    pub profile: Profile,
    /// Key path to comment.
    pub comments: BTreeMap<String, String>,
}

impl Draft {
    /// The file for the author to go on with.
    pub fn to_toml(&self) -> String {
        formats::profile::to_toml(&self.profile, &self.comments)
    }
}

/// Proposes a profile of what is in an SBOM. `product` is the product's id where the caller knows it, `day` the day of
/// the proposal.
pub fn draft(inventory: &Inventory, product: Option<&str>, day: &str) -> Draft {
    let inferred = analysis::risk::infer::infer(inventory);
    let (mut profile, mut comments) = (inferred.profile, inferred.assumptions);
    day.clone_into(&mut profile.valid_from);
    if let Some(product) = product {
        product.clone_into(&mut profile.product);
        comments.remove("product");
    }
    // A draft becomes the standard profile; only the nameless one of a scan is called inferred.
    profile.id = format!("{}/standard", profile.product);
    comments.insert("id".to_owned(), "assumed: the profile of the standard deployment".to_owned());
    "Standard deployment: to be described in one line".clone_into(&mut profile.title);
    if profile.platform.bits == 0 {
        profile.platform.bits = 64;
    }
    let of: Vec<&str> = inventory.documents.iter().map(|document| document.file.as_str()).collect();
    comments.insert(String::new(), heading(&of));
    Draft { profile, comments }
}

fn heading(files: &[&str]) -> String {
    let base = |file: &&str| file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned();
    let files: Vec<String> = files.iter().map(base).collect();
    format!(
        "Draft of a deployment profile, made from {}.\nEach comment says what a line rests on. Correct the line or confirm \
         it, then take the comment away;\nonce all are gone, set default_confidence to \"stated\".",
        files.join(", ")
    )
}

/// True for what can be a product's id.
pub fn is_product_id(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.bytes().next().is_some_and(is_letter) && text.bytes().all(|byte| is_letter(byte) || byte == b'-')
}

/// A finding of a check, with the file it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The file.
    pub file: String,
    /// The rule that is broken.
    pub finding: Finding,
}

/// Checks profiles, each by itself and against the SBOM where one is given, then all together.
pub fn check(profiles: &[(String, Profile)], inventory: Option<&Inventory>, at: &str) -> Vec<Checked> {
    let alone = profiles.iter().flat_map(|(file, profile)| {
        let findings = analysis::risk::profile_check::check(profile, inventory, at);
        findings.into_iter().map(|finding| Checked { file: file.clone(), finding })
    });
    let mut found: Vec<Checked> = alone.collect();
    let all: Vec<Profile> = profiles.iter().map(|(_, profile)| profile.clone()).collect();
    let together = analysis::risk::profile_check::check_together(&all);
    found.extend(together.into_iter().filter_map(|finding| by_file(finding, profiles)));
    found
}

/// The rules about several profiles name them by their places; people know them by their files.
fn by_file(mut finding: Finding, profiles: &[(String, Profile)]) -> Option<Checked> {
    let (place, key) = finding.key.strip_prefix("profile[")?.split_once("].")?;
    let (file, _) = profiles.get(place.parse::<usize>().ok()?)?;
    let (file, key) = (file.clone(), key.to_owned());
    for (number, (name, _)) in profiles.iter().enumerate() {
        finding.text = finding.text.replace(&format!("profile[{number}]"), name);
    }
    finding.key = key;
    Some(Checked { file, finding })
}

/// A key whose value differs; JSON texts, `None` where there is no such key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Key path; rows are named by their ids.
    pub key: String,
    /// Before.
    pub from: Option<String>,
    /// After.
    pub to: Option<String>,
}

/// What changed from one profile to another.
pub fn diff(from: &Profile, to: &Profile) -> Vec<Change> {
    let (from, to) = (formats::profile::values(from), formats::profile::values(to));
    let mut keys: Vec<&String> = from.keys().chain(to.keys()).collect();
    keys.sort();
    keys.dedup();
    let change =
        |key: &String| Change { key: key.clone(), from: from.get(key).cloned(), to: to.get(key).cloned() };
    keys.into_iter().map(change).filter(|change| change.from != change.to).collect()
}
