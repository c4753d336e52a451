//! From facts to words: one message, of which each channel shows what it can. Plain sentences, foreign words made harmless.

use serde_json::{Value, json};
use store::Moment;

use super::facts::{Changed, Digest, Facts, Findings, Group, Item, ProductDigest, Trouble, TroubleKind};
use super::links::Links;
use super::plain::{count, date, escaped, plain, shortened};
use super::settings::AlertKind;

/// A message in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is: `immediate`, `digest`, `test`.
    pub kind: &'static str,
    /// The subject, one line.
    pub subject: String,
    /// One sentence that a person could say aloud.
    pub lead: String,
    /// The rest, in groups.
    pub sections: Vec<Section>,
    /// Where it leads: words of the link, and address.
    pub link: (String, String),
    /// Why the reader gets it, and where that is changed: words and address.
    pub footer: (String, String),
    /// The facts, for machines.
    pub facts: Value,
}

/// Lines under a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The heading; may be empty.
    pub heading: String,
    /// The lines.
    pub lines: Vec<Line>,
    /// What stands below them; may be empty.
    pub more: String,
}

/// A line with its link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The line.
    pub words: String,
    /// Further sentences.
    pub details: Vec<String>,
    /// Address; may be empty.
    pub url: String,
}

/// Longest sentence that is shown whole.
const MOST_SENTENCE: usize = 600;
/// Most releases that are named.
const MOST_RELEASES: usize = 8;
/// Most lines of one message.
const MOST_LINES: usize = 25;

/// Makes the message of facts. `subscription` is named in the footer.
pub fn compose(facts: &Facts, subscription: &str, base_url: &str) -> Message {
    let links = Links::new(base_url);
    let mut message = match facts {
        Facts::Findings(findings) => of_findings(findings, &links),
        Facts::Knowledge(trouble) => of_trouble(trouble, &links),
        Facts::Digest(digest) => of_digest(digest, &links),
        Facts::Test { channel } => of_test(channel, &links),
    };
    message.kind = facts.word();
    message.facts = serde_json::to_value(facts).unwrap_or(Value::Null);
    if message.footer.0.is_empty() {
        message.footer = (format!("Sent by subscription {}.", plain(subscription)), links.settings());
    }
    message
}

fn bare(subject: String, lead: String, sections: Vec<Section>, link: (&str, String)) -> Message {
    Message {
        kind: "",
        subject,
        lead,
        sections,
        link: (link.0.to_owned(), link.1),
        footer: Default::default(),
        facts: Value::Null,
    }
}

fn of_findings(findings: &Findings, links: &Links) -> Message {
    let product = plain(&findings.product.name);
    let mut names: Vec<&str> = findings.items.iter().map(|item| item.vulnerability.as_str()).collect();
    names.dedup();
    let (one, many) = match findings.kind {
        AlertKind::MayBeImmediate => ("may need action now", "may need action now"),
        AlertKind::Contested => ("needs a second look", "need a second look"),
        _ => ("needs action now", "need action now"),
    };
    let mark = match findings.kind {
        AlertKind::MayBeImmediate => "May be immediate",
        AlertKind::Contested => "Contested",
        _ => "Immediate",
    };
    let (subject, lead, link) = match (names.as_slice(), findings.items.first()) {
        ([name], Some(item)) => {
            let what = format!("{} in {}", plain(name), component(item));
            let places = releases(&findings.items);
            (
                format!("{mark}: {what}, {product} {places}"),
                format!("{what} {one} in {product} {places}."),
                ("Open the vulnerability", links.vulnerability(name)),
            )
        }
        _ => {
            let number = count(names.len());
            let places = releases(&findings.items);
            (
                format!("{mark}: {number} vulnerabilities in {product} {places}"),
                format!("{number} vulnerabilities {many} in {product} {places}."),
                ("Open the product", links.product(&findings.product.slug)),
            )
        }
    };
    let why = match findings.kind {
        AlertKind::MayBeImmediate => {
            "Something is not known yet, and the worst that it allows is class immediate."
        }
        AlertKind::Contested => {
            "New evidence contradicts what was decided or stated. What was decided stays until somebody decides again."
        }
        _ => "",
    };
    let lines = findings.items.iter().take(MOST_LINES).map(|item| item_line(item, findings, links)).collect();
    let left = findings.items.len().saturating_sub(MOST_LINES);
    let more = if left > 0 { format!("And {} more.", count(left)) } else { String::new() };
    let lead = if why.is_empty() { lead } else { format!("{lead} {why}") };
    bare(subject, lead, vec![Section { heading: String::new(), lines, more }], link)
}

fn component(item: &Item) -> String {
    match plain(&item.version).as_str() {
        "" => format!("{} (version not known)", plain(&item.component)),
        version => format!("{} {version}", plain(&item.component)),
    }
}

/// The releases of some items, each once, in the order in which they came.
fn releases(items: &[Item]) -> String {
    let mut names: Vec<String> = Vec::new();
    for place in items.iter().flat_map(|item| &item.releases) {
        let name = plain(&place.release);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let left = names.len().saturating_sub(MOST_RELEASES);
    names.truncate(MOST_RELEASES);
    if left > 0 {
        return format!("{} and {} more", names.join(", "), count(left));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn item_line(item: &Item, findings: &Findings, links: &Links) -> Line {
    let was = match (&item.before, findings.kind) {
        (Some(class), AlertKind::Immediate) => format!(", was {}", plain(class)),
        (None, AlertKind::Immediate | AlertKind::MayBeImmediate) => ", new".to_owned(),
        _ => String::new(),
    };
    let words = format!(
        "{} in {}, release {}{was}",
        plain(&item.vulnerability),
        component(item),
        releases(std::slice::from_ref(item))
    );
    let mut details: Vec<String> = Vec::new();
    details
        .extend(Some(&item.says).filter(|says| !says.is_empty()).map(|says| shortened(says, MOST_SENTENCE)));
    details
        .extend(item.contested.iter().map(|why| format!("Contradicted: {}.", shortened(why, MOST_SENTENCE))));
    details.extend(item.due.map(|due| format!("Due {}.", date(Moment(due)))));
    let url = match item.releases.first() {
        Some(place) => links.finding(place.finding),
        None => links.vulnerability(&item.vulnerability),
    };
    Line { words, details, url }
}

fn of_trouble(trouble: &Trouble, links: &Links) -> Message {
    let feed = plain(&trouble.feed);
    let (subject, lead) = match trouble.what {
        TroubleKind::Failing => (
            format!("Knowledge: {feed} cannot be updated"),
            format!(
                "Feed {feed} could not be updated again and again; the knowledge from before stays in use."
            ),
        ),
        TroubleKind::Refused => (
            format!("Knowledge: what {feed} sent was refused"),
            format!("What feed {feed} sent was refused; the knowledge from before stays in use."),
        ),
        TroubleKind::Stale => (
            format!("Knowledge: {feed} is too old"),
            format!("Feed {feed} is older than it may be: what it would tell by now is not known here."),
        ),
    };
    let fetched = match trouble.fetched {
        0 => "It was never fetched.".to_owned(),
        at => format!("It was fetched last on {}.", date(Moment(at))),
    };
    let says = shortened(&trouble.says, MOST_SENTENCE);
    let details = [says, fetched].into_iter().filter(|text| !text.is_empty());
    let lines = details.map(|words| Line { words, ..Line::default() }).collect();
    bare(
        subject,
        lead,
        vec![Section { lines, ..Section::default() }],
        ("Open the state of knowledge", links.knowledge()),
    )
}

fn of_test(channel: &str, links: &Links) -> Message {
    let channel = plain(channel);
    let mut message = bare(
        format!("Test message of channel {channel}"),
        format!("This is a test: channel {channel} works. Nothing happened."),
        Vec::new(),
        ("Open Patchwright", links.today()),
    );
    message.footer = ("Somebody asked for this test.".to_owned(), links.settings());
    message
}

fn of_digest(digest: &Digest, links: &Links) -> Message {
    let total = |of: fn(&ProductDigest) -> &Group| -> usize {
        digest.products.iter().map(|product| of(product).vulnerabilities).sum()
    };
    let (new, worse) = (total(|one| &one.new), total(|one| &one.worse));
    let (better, gone) = (total(|one| &one.better), total(|one| &one.gone));
    let counts =
        format!("{} new, {} worse, {} better, {} gone", count(new), count(worse), count(better), count(gone));
    let watched =
        format!("{}; {}", plural(digest.releases, "release is watched", "releases are watched"), age(digest));
    let (subject, lead) = if new + worse + better + gone == 0 {
        ("Digest: nothing changed".to_owned(), format!("Nothing changed in a day. {watched}."))
    } else {
        let products = plural(digest.products.len(), "product", "products");
        (format!("Digest: {counts}"), format!("In a day, {counts} in {products}. {watched}."))
    };
    let sections = digest.products.iter().flat_map(|product| product_sections(product, links)).collect();
    bare(subject, lead, sections, ("Open today's page", links.today()))
}

fn age(digest: &Digest) -> String {
    if digest.knowledge == 0 {
        return "when knowledge was fetched is not known".to_owned();
    }
    match digest.until.saturating_sub(digest.knowledge) / 60_000 {
        i64::MIN..60 => "knowledge is less than an hour old".to_owned(),
        60..2880 => {
            format!("knowledge is {} hours old", digest.until.saturating_sub(digest.knowledge) / 3_600_000)
        }
        minutes => format!("knowledge is {} days old", minutes / 1440),
    }
}

fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

fn product_sections(product: &ProductDigest, links: &Links) -> Vec<Section> {
    let name = plain(&product.product.name);
    let groups = product.groups().into_iter().filter(|(_, group)| group.vulnerabilities > 0);
    groups
        .map(|(word, group)| {
            let left = group.vulnerabilities.saturating_sub(group.lines.len());
            Section {
                heading: format!(
                    "{name}: {} {word} ({})",
                    count(group.vulnerabilities),
                    plural(group.findings, "finding", "findings")
                ),
                lines: group.lines.iter().map(|changed| changed_line(changed, links)).collect(),
                more: if left > 0 { format!("And {} more.", count(left)) } else { String::new() },
            }
        })
        .collect()
}

fn changed_line(changed: &Changed, links: &Links) -> Line {
    let class = |class: &Option<String>| class.as_deref().map_or("nothing to do".to_owned(), plain);
    let (from, to) = (class(&changed.from), class(&changed.to));
    let course = if from == to { to } else { format!("{from} → {to}") };
    let name = format!("{} {}", plain(&changed.component), plain(&changed.version));
    let words = format!(
        "{} in {} ({}): {course}",
        plain(&changed.vulnerability),
        name.trim_end(),
        plural(changed.releases, "release", "releases")
    );
    Line { words, details: Vec::new(), url: links.vulnerability(&changed.vulnerability) }
}

impl Message {
    /// As plain text.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.lead);
        for section in &self.sections {
            text.push('\n');
            if !section.heading.is_empty() {
                text.push_str(&format!("{}\n", section.heading));
            }
            for line in &section.lines {
                text.push_str(&format!("- {}\n", line.words));
                for detail in &line.details {
                    text.push_str(&format!("  {detail}\n"));
                }
                if !line.url.is_empty() {
                    text.push_str(&format!("  {}\n", line.url));
                }
            }
            if !section.more.is_empty() {
                text.push_str(&format!("{}\n", section.more));
            }
        }
        let (words, url) = &self.link;
        text.push_str(&format!("\n{words}: {url}\n\n-- \n{} Change it: {}\n", self.footer.0, self.footer.1));
        text
    }

    /// The same words as a page of HTML without scripts, pictures or foreign addresses.
    pub fn html(&self) -> String {
        let mut html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
             <body style=\"font:15px/1.5 system-ui,sans-serif\"><p><b>{}</b></p>",
            escaped(&self.subject),
            escaped(&self.lead)
        );
        html.push_str(&self.html_sections());
        let link = |words: &str, url: &str| format!("<a href=\"{}\">{}</a>", escaped(url), escaped(words));
        html.push_str(&format!("<p>{}</p>", link(&self.link.0, &self.link.1)));
        html.push_str(&format!(
            "<hr><p style=\"font-size:13px\">{} {}</p></body></html>",
            escaped(&self.footer.0),
            link("Change it", &self.footer.1)
        ));
        html
    }

    /// The groups as HTML.
    pub(super) fn html_sections(&self) -> String {
        let mut html = String::new();
        for section in &self.sections {
            if !section.heading.is_empty() {
                html.push_str(&format!("<p><b>{}</b></p>", escaped(&section.heading)));
            }
            html.push_str("<ul>");
            for line in &section.lines {
                html.push_str(&match line.url.as_str() {
                    "" => format!("<li>{}", escaped(&line.words)),
                    url => format!("<li><a href=\"{}\">{}</a>", escaped(url), escaped(&line.words)),
                });
                for detail in &line.details {
                    html.push_str(&format!("<br>{}", escaped(detail)));
                }
                html.push_str("</li>");
            }
            html.push_str("</ul>");
            if !section.more.is_empty() {
                html.push_str(&format!("<p>{}</p>", escaped(&section.more)));
            }
        }
        html
    }

    /// For machines: the words and the facts.
    pub fn json(&self, key: &str, written: Moment) -> Value {
        json!({
            "version": 1,
            "id": key,
            "kind": self.kind,
            "at": crate::house::instant(written),
            "subject": self.subject,
            "text": self.text(),
            "link": self.link.1,
            "facts": self.facts,
        })
    }
}
