//! CycloneDX with `vulnerabilities`: a document of statements only, or an SBOM that carries them.
//!
//! A component of the document is named by its own identifiers; one that another document holds, by the
//! BOM-Link. Where the document says which product it describes, its components are parts of that product.

use model::note::{Note, NoteCode, Severity};
use model::vex::{ProductRef, Remediation, RemediationKind, VexDocument, VexFormat, VexStatement, VexStatus};
use rustc_hash::FxHashMap;

use super::{Reading, products, settle, words};
use crate::limits::FormatError;
use crate::text::loose::{List, Text, loose};

/// Property that keeps a remediation in our words: `kind: text`.
pub const REMEDIATION: &str = "patchwright:remediation";
/// Property that keeps what was said beside the analysis.
pub const DETAIL: &str = "patchwright:detail";

loose! {
    struct Bom<'a> {
        spec_version: Text<'a> = "specVersion",
        serial: Text<'a> = "serialNumber",
        version: Text<'a> = "version",
        metadata: Metadata<'a> = "metadata",
        components: List<Component<'a>> = "components",
        vulnerabilities: List<Vulnerability<'a>> = "vulnerabilities",
    }
}

loose! {
    struct Metadata<'a> {
        timestamp: Text<'a> = "timestamp",
        component: Component<'a> = "component",
        authors: List<Party<'a>> = "authors",
        supplier: Party<'a> = "supplier",
        manufacturer: Party<'a> = "manufacturer",
        tools: List<Tool<'a>> = "tools",
    }
}

loose! {
    struct Party<'a> {
        name: Text<'a> = "name",
    }
}

loose! {
    struct Tool<'a> {
        name: Text<'a> = "name",
        version: Text<'a> = "version",
        components: List<Component<'a>> = "components",
    }
}

loose! {
    struct Component<'a> {
        reference: Text<'a> = "bom-ref",
        name: Text<'a> = "name",
        version: Text<'a> = "version",
        cpe: Text<'a> = "cpe",
        purl: Text<'a> = "purl",
        hashes: List<Hash<'a>> = "hashes",
        components: List<Component<'a>> = "components",
    }
}

loose! {
    struct Hash<'a> {
        algorithm: Text<'a> = "alg",
        value: Text<'a> = "content",
    }
}

loose! {
    struct Vulnerability<'a> {
        id: Text<'a> = "id",
        reference: Text<'a> = "bom-ref",
        references: List<Reference<'a>> = "references",
        analysis: Analysis<'a> = "analysis",
        recommendation: Text<'a> = "recommendation",
        workaround: Text<'a> = "workaround",
        affects: List<Affected<'a>> = "affects",
        properties: List<Property<'a>> = "properties",
    }
}

loose! {
    struct Reference<'a> {
        id: Text<'a> = "id",
    }
}

loose! {
    struct Analysis<'a> {
        state: Text<'a> = "state",
        justification: Text<'a> = "justification",
        response: List<Text<'a>> = "response",
        detail: Text<'a> = "detail",
        first_issued: Text<'a> = "firstIssued",
        last_updated: Text<'a> = "lastUpdated",
    }
}

loose! {
    struct Affected<'a> {
        reference: Text<'a> = "ref",
        versions: List<Version<'a>> = "versions",
    }
}

loose! {
    struct Version<'a> {
        version: Text<'a> = "version",
        range: Text<'a> = "range",
        status: Text<'a> = "status",
    }
}

loose! {
    struct Property<'a> {
        name: Text<'a> = "name",
        value: Text<'a> = "value",
    }
}

/// Reads one document.
pub fn read(reading: &Reading<'_>, notes: &mut Vec<Note>) -> Result<VexDocument, FormatError> {
    let wire: Bom<'_> = reading.parse()?;
    if wire.vulnerabilities.items.is_empty() {
        return Err(reading.malformed("a CycloneDX document without vulnerabilities makes no statement"));
    }
    let mut document = header(&wire);
    let parts = Parts::of(&wire, notes);
    let mut bare = 0_usize;
    for (at, vulnerability) in wire.vulnerabilities.iter().enumerate() {
        let mut row = Row { vulnerability, parts: &parts, position: format!("/vulnerabilities/{at}"), notes };
        if vulnerability.analysis.state.is_empty() && !vulnerability.wrong {
            bare += 1;
            continue;
        }
        for statement in row.statements() {
            let statement = settle::finish(statement, &document, notes);
            document.statements.push(statement);
        }
    }
    if bare > 0 {
        let value =
            format!("{bare} vulnerabilities without an analysis: another tool's findings, no statements");
        notes.push(Note::new(NoteCode::StatementUnusable, Severity::Info, "/vulnerabilities", &value));
    }
    Ok(document)
}

fn header(wire: &Bom<'_>) -> VexDocument {
    let metadata = &wire.metadata;
    let authors = metadata.authors.iter().map(|author| &author.name);
    let parties = [&metadata.supplier.name, &metadata.manufacturer.name];
    let author = authors.chain(parties).map(Text::get).find(|name| !name.is_empty());
    VexDocument {
        spec_version: wire.spec_version.get().to_owned(),
        id: wire.serial.get().to_owned(),
        author: author.unwrap_or_default().to_owned(),
        publisher: metadata.supplier.name.get().to_owned(),
        version: wire.version.get().to_owned(),
        timestamp: metadata.timestamp.get().to_owned(),
        tool: tools(metadata),
        ..VexDocument::new(VexFormat::CycloneDx)
    }
}

fn tools(metadata: &Metadata<'_>) -> String {
    let named = |name: &Text<'_>, version: &Text<'_>| format!("{} {}", name.get(), version.get());
    let tools = metadata.tools.iter().flat_map(|tool| {
        let inner = tool.components.iter().map(move |part| named(&part.name, &part.version));
        std::iter::once(named(&tool.name, &tool.version)).chain(inner)
    });
    let tools: Vec<String> =
        tools.map(|tool| tool.trim().to_owned()).filter(|tool| !tool.is_empty()).collect();
    tools.join(", ")
}

/// The components of the document by reference; each with the components it lies in, outermost first.
#[derive(Default)]
struct Parts<'w> {
    by_ref: FxHashMap<&'w str, (ProductRef, Option<&'w str>)>,
    /// The reference of the product that the document describes.
    product: &'w str,
}

impl<'w> Parts<'w> {
    fn of(wire: &'w Bom<'_>, notes: &mut Vec<Note>) -> Parts<'w> {
        let root = &wire.metadata.component;
        let mut parts = Parts { product: root.reference.get(), ..Parts::default() };
        parts.add(root, None, "/metadata/component", notes);
        let parent = parts.by_ref.contains_key(parts.product).then_some(parts.product);
        for (at, component) in wire.components.iter().enumerate() {
            parts.add(component, parent, &format!("/components/{at}"), notes);
        }
        parts
    }

    fn add(
        &mut self,
        component: &'w Component<'_>,
        parent: Option<&'w str>,
        place: &str,
        notes: &mut Vec<Note>,
    ) {
        let reference = component.reference.get();
        if reference.is_empty() {
            // Nothing can refer to it; what lies inside of it lies in its parent.
        } else if self.by_ref.contains_key(reference) {
            if reference != self.product {
                notes.push(Note::new(NoteCode::DupRef, Severity::Warn, place, reference));
            }
        } else {
            self.by_ref.insert(reference, (product(component), parent));
        }
        let inner_parent = if reference.is_empty() { parent } else { Some(reference) };
        for (at, inner) in component.components.iter().enumerate() {
            self.add(inner, inner_parent, &format!("{place}/components/{at}"), notes);
        }
    }

    /// What a reference names: the component in its containers, or what the reference says by itself.
    fn get(&self, reference: &str, versions: &[&Version<'_>]) -> ProductRef {
        let mut chain = Vec::new();
        let mut next = self.by_ref.get(reference);
        while let Some((product, parent)) = next {
            chain.push(product.clone());
            // The depth limit of the document bounds the chain; a reference is never its own container.
            next = parent.and_then(|parent| self.by_ref.get(parent)).filter(|_| chain.len() < 64);
        }
        if chain.is_empty() {
            chain.push(foreign(reference));
        }
        if let Some(innermost) = chain.first_mut() {
            innermost.versions.extend(versions.iter().filter_map(|version| limit(version)));
        }
        chain.reverse();
        products::nest(chain).unwrap_or_default()
    }
}

fn product(component: &Component<'_>) -> ProductRef {
    let mut product = ProductRef {
        reference: component.reference.get().to_owned(),
        name: component.name.get().to_owned(),
        ..ProductRef::default()
    };
    products::add_purl(&mut product, component.purl.get());
    products::add_cpe(&mut product, component.cpe.get());
    for hash in &component.hashes {
        products::add_hash(&mut product, hash.algorithm.get(), hash.value.get());
    }
    let version = component.version.get();
    if !version.is_empty() && !products::is_versioned(&product) {
        product.versions.push(version.to_owned());
    }
    product
}

/// A component of another document: the BOM-Link, and the package URL that its last part may be.
fn foreign(reference: &str) -> ProductRef {
    let mut product = ProductRef { reference: reference.to_owned(), ..ProductRef::default() };
    let local = match reference.strip_prefix("urn:cdx:") {
        Some(link) => link.split_once('#').map_or("", |(_, local)| local),
        None => reference,
    };
    // Written with a percent code for its colon, it was encoded once more than a package URL is.
    if local.get(..6).is_some_and(|head| head.eq_ignore_ascii_case("pkg%3a")) {
        products::add_identifier(&mut product, &percent_decode(local));
    } else {
        products::add_identifier(&mut product, local);
    }
    product
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let digit = |at: usize| behind.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = behind.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn limit(version: &Version<'_>) -> Option<String> {
    let text = if version.range.is_empty() { version.version.get() } else { version.range.get() };
    (!text.is_empty()).then(|| text.to_owned())
}

/// One vulnerability under the reader's eyes.
struct Row<'r, 'a> {
    vulnerability: &'r Vulnerability<'a>,
    parts: &'r Parts<'r>,
    position: String,
    notes: &'r mut Vec<Note>,
}

impl Row<'_, '_> {
    fn statements(&mut self) -> Vec<VexStatement> {
        let wire = self.vulnerability;
        if wire.wrong {
            self.note(NoteCode::FieldType, "", "not an object, ignored");
            return Vec::new();
        }
        let id = if wire.id.is_empty() { wire.reference.get() } else { wire.id.get() };
        if id.is_empty() {
            self.note(NoteCode::StatementUnusable, "", "it has no id");
            return Vec::new();
        }
        let mut statement = VexStatement::new(id, VexStatus::UnderInvestigation);
        statement.position.clone_from(&self.position);
        statement.aliases = wire.references.iter().map(|other| other.id.get().to_owned()).collect();
        let (state, justification) = (wire.analysis.state.get(), wire.analysis.justification.get());
        settle::translate(&mut statement, VexFormat::CycloneDx, state, justification, self.notes);
        self.add_texts(&mut statement);
        self.by_status(statement)
    }

    fn add_texts(&mut self, statement: &mut VexStatement) {
        let wire = self.vulnerability;
        let analysis = &wire.analysis;
        statement.impact = analysis.detail.get().to_owned();
        statement.action = wire.recommendation.get().to_owned();
        let times = [&analysis.last_updated, &analysis.first_issued];
        let time = times.into_iter().map(Text::get).find(|time| !time.is_empty());
        statement.timestamp = time.unwrap_or_default().to_owned();
        let property = |name: &'static str| {
            wire.properties
                .iter()
                .filter(move |property| property.name.get() == name)
                .map(|property| property.value.get())
        };
        for detail in property(DETAIL) {
            settle::push_text(&mut statement.detail, detail);
        }
        statement.remediations = property(REMEDIATION).filter_map(remediation).collect();
        if !statement.remediations.is_empty() {
            return;
        }
        if !wire.workaround.is_empty() {
            let text = wire.workaround.get().to_owned();
            statement.remediations.push(Remediation { kind: RemediationKind::Workaround, text });
        }
        for word in &analysis.response {
            match words::from_response(word.get()) {
                Some(kind) if statement.remediations.iter().any(|known| known.kind == kind) => {}
                Some(kind) => statement.remediations.push(Remediation { kind, text: String::new() }),
                None => self.note(NoteCode::UnknownEnum, "/analysis/response", word.get()),
            }
        }
    }

    /// One statement, or several where the rows of versions say different things.
    fn by_status(&mut self, general: VexStatement) -> Vec<VexStatement> {
        let mut statements: Vec<VexStatement> = Vec::new();
        for affected in &self.vulnerability.affects {
            let mut rows: Vec<(VexStatus, Vec<&Version<'_>>)> = Vec::new();
            for version in &affected.versions {
                let status = row_status(general.status, version.status.get());
                match rows.iter_mut().find(|(known, _)| *known == status) {
                    Some((_, versions)) => versions.push(version),
                    None => rows.push((status, vec![version])),
                }
            }
            if rows.is_empty() {
                rows.push((general.status, Vec::new()));
            }
            for (status, versions) in rows {
                let product = self.parts.get(affected.reference.get(), &versions);
                match statements.iter_mut().find(|statement| statement.status == status) {
                    Some(statement) => statement.products.push(product),
                    None => {
                        let weak = general.weak || status != general.status;
                        let products = vec![product];
                        statements.push(VexStatement { status, weak, products, ..general.clone() });
                    }
                }
            }
        }
        if statements.is_empty() {
            self.note(NoteCode::StatementUnusable, "/affects", "it names no product and applies to nothing");
            statements.push(general);
        } else if statements.iter().any(|statement| statement.status != general.status) {
            let why = "the status of single versions differs from the analysis; the worse one holds for them";
            self.note(NoteCode::StatementUnusable, "/affects", why);
        }
        statements
    }

    fn note(&mut self, code: NoteCode, field: &str, value: &str) {
        self.notes.push(Note::new(code, Severity::Warn, format!("{}{field}", self.position), value));
    }
}

/// The status of a version row beside the state of the analysis. A row that says *affected* is never excluded by
/// the state; one that says *unaffected* without saying why is no claim under a state that says otherwise.
fn row_status(state: VexStatus, row: &str) -> VexStatus {
    let excludes = !matches!(state, VexStatus::Affected | VexStatus::UnderInvestigation | VexStatus::Unknown);
    match row {
        "affected" if matches!(state, VexStatus::Fixed | VexStatus::FixedBackport) => VexStatus::Affected,
        "affected" if excludes => VexStatus::UnderInvestigation,
        "unaffected" if !excludes => VexStatus::UnderInvestigation,
        "unknown" if excludes => VexStatus::UnderInvestigation,
        _ => state,
    }
}

fn remediation(value: &str) -> Option<Remediation> {
    let (kind, text) = value.split_once(':').unwrap_or((value, ""));
    let kind = RemediationKind::parse(kind.trim())?;
    Some(Remediation { kind, text: text.trim().to_owned() })
}
