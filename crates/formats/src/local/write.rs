//! Writes our own record format.

use model::record::{
    AliasKind, Claim, CpeHead, CpeLeaf, CpeNode, CpeRow, End, Entry, RangeKind, Record, RecordState,
    Reference, Source, Status, Text,
};
use model::vulnerability::{Epss, Kev};

use crate::records::wire::{List, Word};

use super::read::{FORMS, Header, SCHEMA, STATES, STATUSES};
use super::schema::{Leaf, Line, Node, Row, Vector, WireClaim, WireKev};

/// The first line of a file, without line end.
pub fn write_header(header: &Header) -> String {
    let mut line = format!("{{\"schema\":{}", quoted(SCHEMA));
    let dates: Vec<String> =
        header.as_of.iter().map(|(feed, date)| format!("{}:{}", quoted(feed), quoted(date))).collect();
    if !dates.is_empty() {
        line.push_str(&format!(",\"as_of\":{{{}}}", dates.join(",")));
    }
    if !header.revision.is_empty() {
        line.push_str(&format!(",\"revision\":{}", quoted(&header.revision)));
    }
    line.push('}');
    line
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// One record as one line, without line end. Title, description and references are left out.
pub fn write(record: &Record<'_>) -> String {
    line(&wire(record))
}

/// As [`write`], with the references and of their tags `exploit`: the caller has left in the record only those that
/// point to exploits.
pub fn write_with_exploits(record: &Record<'_>) -> String {
    let exploits = List(record.references.iter().map(reference).collect());
    line(&Line { exploits, ..wire(record) })
}

fn wire<'a>(record: &'a Record<'_>) -> Line<'a> {
    let word = |text: &'_ Text<'_>| Word(Text::Owned(text.to_string()));
    let aliases = |kind| {
        List(record.aliases.iter().filter(|alias| alias.kind == kind).map(|alias| word(&alias.id)).collect())
    };
    let state = if record.state == RecordState::Published { "" } else { name(STATES, record.state) };
    let vectors = record.severities.iter().map(|severity| Vector {
        vector: borrowed(&severity.vector),
        score: severity.base_tenths.map(|tenths| f64::from(tenths) / 10.0),
        by: borrowed(&severity.by),
    });
    let ssvc = record.ssvc.iter().map(|(name, value)| (borrowed(name), borrowed(value)));
    Line {
        id: borrowed(&record.id),
        source: Word(record.source.map_or("", Source::name).into()),
        by: borrowed(&record.by),
        state: Word(state.into()),
        disputed: record.disputed,
        published: borrowed(&record.published),
        modified: borrowed(&record.modified),
        aliases: aliases(AliasKind::Same),
        contains: aliases(AliasKind::Contained),
        related: aliases(AliasKind::Related),
        tags: words(&record.tags),
        cvss: List(vectors.collect()),
        cwe: words(&record.cwes),
        ssvc: List(ssvc.collect()),
        fixes: words(&record.fix_commits),
        claims: List(record.claims.iter().map(claim).collect()),
        cpe: List(record.configurations.iter().map(node).collect()),
        kev: None,
        epss: None,
        epss_before: None,
        exploits: List::default(),
    }
}

/// A known-exploited entry as one line.
pub fn write_kev(kev: &Kev) -> String {
    let wire = WireKev {
        added: Word(kev.date_added.as_str().into()),
        due: Word(kev.due_date.as_str().into()),
        ransomware: Word(kev.ransomware.as_str().into()),
        by: Word(kev.by.as_str().into()),
    };
    line(&Line { id: Word(kev.id.as_str().into()), kev: Some(wire), ..Line::default() })
}

/// An EPSS score as one line.
pub fn write_epss(id: &str, epss: Epss) -> String {
    let score = Some((epss.probability, epss.percentile));
    let before = epss.before.map(|before| (before.probability, Word(before.on.to_string().into())));
    line(&Line { id: Word(id.into()), epss: score, epss_before: before, ..Line::default() })
}

fn reference<'a>(reference: &'a Reference<'_>) -> (Word<'a>, Word<'a>) {
    let is_exploit = reference.tags.iter().any(|tag| tag.eq_ignore_ascii_case("exploit"));
    (borrowed(&reference.url), Word(if is_exploit { "exploit" } else { "" }.into()))
}

fn line(line: &Line<'_>) -> String {
    // Every key is a text and no number is out of range: there is nothing that can fail but memory.
    serde_json::to_string(line).unwrap_or_default()
}

fn name<T: PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

fn borrowed<'a>(text: &'a Text<'_>) -> Word<'a> {
    Word(Text::Borrowed(text))
}

fn words<'a>(texts: &'a [Text<'_>]) -> List<Word<'a>> {
    List(texts.iter().map(borrowed).collect())
}

fn status(status: Status) -> Word<'static> {
    Word(name(STATUSES, status).into())
}

fn claim<'a>(claim: &'a Claim<'_>) -> WireClaim<'a> {
    let subject = &claim.subject;
    WireClaim {
        form: Word(name(FORMS, claim.form).into()),
        vendor: borrowed(&subject.vendor),
        product: borrowed(&subject.product),
        package: borrowed(&subject.package_name),
        collection: borrowed(&subject.collection_url),
        purl: borrowed(&subject.purl),
        cpes: words(&subject.cpes),
        repo: borrowed(&subject.repo),
        ecosystem: borrowed(&subject.ecosystem),
        release: borrowed(&subject.distro_release),
        modules: words(&subject.modules),
        files: words(&subject.program_files),
        platforms: words(&subject.platforms),
        default: claim.default_status.map(status).unwrap_or_default(),
        versions: List(claim.entries.iter().map(row).collect()),
    }
}

fn row<'a>(entry: &'a Entry<'_>) -> Row<'a> {
    let (before, through, open) = match &entry.end {
        End::Single => (None, None, false),
        End::Before(at) => (Some(borrowed(at)), None, false),
        End::Through(at) => (None, Some(borrowed(at)), false),
        End::Open => (None, None, true),
    };
    let changes = entry.changes.iter().map(|change| (borrowed(&change.at), status(change.status)));
    Row {
        status: if entry.status == Status::Affected { Word::default() } else { status(entry.status) },
        git: entry.kind == RangeKind::Git,
        from: borrowed(&entry.start),
        before,
        through,
        open,
        kind: borrowed(&entry.version_type),
        changes: List(changes.collect()),
    }
}

fn node<'a>(tree: &'a CpeNode<'_>) -> Node<'a> {
    Node {
        and: tree.is_and,
        not: tree.negate,
        nodes: List(tree.children.iter().map(node).collect()),
        criteria: List(tree.leaves.iter().map(leaf).collect()),
    }
}

fn leaf<'a>(leaf: &'a CpeLeaf<'_>) -> Leaf<'a> {
    Leaf {
        platform: !leaf.vulnerable,
        name: head(&leaf.head),
        rows: List(leaf.rows.iter().map(cpe_row).collect()),
    }
}

fn head<'a>(head: &'a CpeHead<'_>) -> List<Word<'a>> {
    let CpeHead { part, vendor, product, edition, language, sw_edition, target_sw, target_hw, other } = head;
    let all = [part, vendor, product, edition, language, sw_edition, target_sw, target_hw, other];
    trimmed(all.map(borrowed).into(), 3, "*")
}

fn cpe_row<'a>(row: &'a CpeRow<'_>) -> List<Word<'a>> {
    let mut all = vec![borrowed(&row.version), borrowed(&row.update)];
    match &row.bounds {
        Some(bounds) => {
            let bounds = [
                &bounds.start_including,
                &bounds.start_excluding,
                &bounds.end_including,
                &bounds.end_excluding,
            ];
            all.extend(bounds.map(borrowed));
            trimmed(all, 2, "")
        }
        None => trimmed(all, 1, "*"),
    }
}

/// Leaves out trailing members that say nothing, down to `least` members.
fn trimmed<'a>(mut words: Vec<Word<'a>>, least: usize, nothing: &str) -> List<Word<'a>> {
    while words.len() > least && words.last().is_some_and(|word| &**word == nothing) {
        words.pop();
    }
    List(words)
}
