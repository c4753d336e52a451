//! VEX documents given for a release: read, believed as far as the giver says, and written again from what holds.

use analysis::statements::{self, Import, Release, Tier, Trust};
use model::component::Component;
use model::effect::Effect;
use model::finding::Finding;
use model::identity::{Cpe, Purl};
use model::note::{Note, Read};
use model::sbom::Inventory;
use model::vex::{ProductRef, VexDocument, VexFormat, VexStatement, VexStatus};

pub use analysis::statements::{Application, StatementResult, Why};
pub use formats::limits::FormatError;

use crate::judge::Judged;
use crate::scan::Document;

/// How far a document is believed, in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Believed {
    /// The own organisation's word: every justification, and texts without one.
    Own,
    /// A supplier's word: every status, justifications 1 to 3.
    #[default]
    Supplier,
    /// Shown, nothing applied.
    Nothing,
}

impl Believed {
    /// The trust scope, limited to components by pattern; no pattern = all.
    pub fn scope(self, components: &[String]) -> Trust {
        let trust = match self {
            Believed::Own => Trust::own(),
            Believed::Supplier => Trust::supplier(),
            Believed::Nothing => Trust::none(),
        };
        Trust { components: components.to_vec(), ..trust }
    }
}

/// A VEX document with whose word it is.
#[derive(Clone, Debug)]
pub struct VexInput {
    /// The document.
    pub document: VexDocument,
    /// What the reader could not use.
    pub notes: Vec<Note>,
    /// Whose word.
    pub tier: Tier,
    /// How far it is believed.
    pub trust: Trust,
}

/// Reads a document of somebody else.
///
/// # Errors
/// When it is of no form that holds statements.
pub fn read(document: &Document, trust: Trust) -> Result<VexInput, FormatError> {
    let Read { value, notes } = formats::vex::read(&document.bytes, &document.name)?;
    Ok(VexInput { document: value, notes, tier: Tier::Upstream, trust })
}

/// Reads a document as decisions of the own organisation. What rests on the deployment (justifications 3 to 5) and
/// what has a text only needs a reviewer and evidence, for which this form has no place: it is not believed.
///
/// # Errors
/// When it is of no form that holds statements.
pub fn read_own(document: &Document) -> Result<VexInput, FormatError> {
    let mut trust = Trust::supplier();
    trust.justifications.retain(|known| known.number() <= 2);
    Ok(VexInput { tier: Tier::Human, ..read(document, trust)? })
}

/// The documents as analysis takes them.
pub fn imports(inputs: &[VexInput]) -> Vec<Import<'_>> {
    (inputs.iter())
        .map(|input| {
            let (tier, trust) = (input.tier, input.trust.clone());
            Import { document: &input.document, tier, trust, vouched: false }
        })
        .collect()
}

/// The product by what is known of it: `stated` is a package URL, a CPE, or a name. Where nobody states an identity
/// it is `pkg:generic/NAME@VERSION` of the SBOM's own words, so that what we publish applies to the same release.
pub fn product(inventory: &Inventory, stated: &str) -> Option<Component> {
    let mut product = Component {
        name: inventory.product.clone(),
        version: inventory.release.clone(),
        ..Component::default()
    };
    if let Ok(purl) = Purl::parse(stated) {
        product.purls.push(purl);
    } else if let Ok(parsed) = Cpe::parse(stated) {
        product.cpes.push(model::component::ComponentCpe {
            cpe: parsed.cpe,
            wildcard_vendor: false,
            wildcard_part: false,
            was_22_uri: false,
            repaired: parsed.repaired,
        });
    } else if !stated.is_empty() {
        stated.clone_into(&mut product.name);
    }
    if product.name.is_empty() && product.purls.is_empty() && product.cpes.is_empty() {
        return None;
    }
    if product.purls.is_empty() && product.cpes.is_empty() {
        let purl = Purl {
            kind: "generic".to_owned(),
            name: product.name.clone(),
            version: product.version.clone(),
            ..Purl::default()
        };
        product.purls.extend(Purl::build(purl).ok());
    }
    Some(product)
}

/// Holds the statements against a release.
pub fn apply(
    inputs: &[VexInput],
    inventory: &Inventory,
    product: Option<&Component>,
    findings: &[Finding],
) -> Application {
    let imports = imports(inputs);
    let release = Release { product, components: &inventory.components, documents: &[] };
    let mut application = statements::apply(&imports, &release, findings);
    statements::withhold(&mut application, &imports);
    application
}

/// What is said in a document of ours.
#[derive(Clone, Debug, Default)]
pub struct Publication {
    /// Who says it.
    pub author: String,
    /// When, RFC 3339.
    pub time: String,
    /// The product: a package URL, a CPE or a name; empty = what the SBOM calls it.
    pub product: String,
    /// Findings that are not affected, and those that only took part in the build, are stated too.
    pub all: bool,
}

/// Statements of what holds: open findings, and what people and statements settled; with `all` every finding.
pub fn publish(inventory: &Inventory, judged: &Judged, publication: &Publication) -> VexDocument {
    let mut document = VexDocument::new(VexFormat::OpenVex);
    document.author.clone_from(&publication.author);
    document.timestamp.clone_from(&publication.time);
    "1".clone_into(&mut document.version);
    document.tool = format!("patchwright {}", env!("CARGO_PKG_VERSION"));
    let product =
        product(inventory, &publication.product).map(|component| statements::publish::reference(&component));
    let is_nameless = product.is_none();
    let product = product.unwrap_or_default();
    for (finding, _, effect) in judged.rows() {
        let Some(component) = inventory.components.get(finding.component) else { continue };
        let is_on_device =
            !matches!(component.scope, model::component::Scope::BuildOnly | model::component::Scope::Test);
        let is_told = effect.is_open() || effect.tier != Tier::Match;
        if publication.all || (is_told && is_on_device) {
            let mut statement = statement(&product, component, finding, effect);
            if is_nameless {
                // Nobody says what the product is: the statement is about the component itself.
                statement.products =
                    statement.products.into_iter().flat_map(|one| one.subcomponents).collect();
            }
            document.statements.push(statement);
        }
    }
    // Written as read: the form that is written finds its own words, not those of a document that came in.
    document.statements.iter_mut().for_each(|one| one.hash = formats::vex::settle::fingerprint(one));
    document
}

/// The statement on what holds. Where matching decides, its own words tell it best.
fn statement(
    product: &ProductRef,
    component: &Component,
    finding: &Finding,
    effect: &Effect,
) -> VexStatement {
    let mut statement = statements::publish::statement(product, component, finding);
    if effect.tier == Tier::Match && effect.verdict() == finding.verdict {
        return statement;
    }
    statement.status = effect.status;
    statement.justification = effect.justification;
    let said = match effect.says.as_str() {
        "" => format!("by {}", effect.source),
        says => format!("{says} ({})", effect.source),
    };
    statement.impact.clear();
    match effect.status {
        VexStatus::NotAffected | VexStatus::FalsePositive => {
            statement.impact = said;
            statement.action.clear();
            statement.detail.clear();
        }
        VexStatus::Affected => {
            if statement.action.is_empty() {
                statement.action = match effect.says.as_str() {
                    "" => formats::vex::settle::NO_ACTION.to_owned(),
                    says => says.to_owned(),
                };
            }
            statement.detail = said;
        }
        _ => {
            statement.action.clear();
            statement.detail = said;
        }
    }
    statement
}

/// Writes a document in a form; notes tell what was left out.
///
/// # Errors
/// When the form is not written, or there is nothing it could hold.
pub fn write(document: &VexDocument, format: VexFormat) -> Result<Read<String>, FormatError> {
    formats::vex::write(document, format)
}
