//! A backend with invented data, for tests only: the counts of every page are made with the very filter that its lists use.

pub mod desk;
mod pages;
mod views;

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::Timestamp;
use service::access::secret::Secret;
use web::backend::*;
use web::pages::at::At;
use web::pages::class::{Class, Counts};
use web::pages::findings::FindingRow;
use web::pages::list::{Page, Query};

/// What is in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nothing at all.
    Empty,
    /// A few products.
    Typical,
    /// Typical, and every text is this one.
    Hostile(String),
    /// 5,000 findings and components.
    Huge,
}

/// The backend.
pub struct Sample {
    pub content: Content,
    pub rows: Vec<Row>,
    /// Cookie to what the proofs are made from.
    pub sessions: Mutex<BTreeMap<String, Secret>>,
    /// Text to whose word it is.
    pub tokens: Mutex<BTreeMap<String, Identity>>,
    pub decided: Mutex<Vec<String>>,
    pub roles: Vec<Role>,
}

/// A finding with what only filters ask.
#[derive(Clone)]
pub struct Row {
    pub row: FindingRow,
    pub product_id: String,
    pub change: &'static str,
    pub reason: &'static str,
    /// The question of the funnel at which it stopped; empty for those that need action now.
    pub stopped: &'static str,
    pub gap: &'static str,
}

pub const NOW: &str = "2026-11-22T14:05:00Z";

pub fn now() -> Timestamp {
    NOW.parse().expect("a time")
}

pub fn hours_ago(hours: i64) -> At {
    At(now().checked_sub(jiff::SignedDuration::from_hours(hours)).expect("in range"))
}

pub fn days(days: i64) -> At {
    hours_ago(-24 * days)
}

const COMPONENTS: [(&str, &str, &str); 12] = [
    ("linux-yocto", "6.6.21", "6.6.55"),
    ("openssl", "3.0.13", "3.0.15"),
    ("busybox", "1.36.1", "1.37.0"),
    ("openssh", "9.6p1", "9.8p1"),
    ("curl", "8.5.0", "8.9.0"),
    ("dnsmasq", "2.89", "2.90"),
    ("xz", "5.4.6", ""),
    ("u-boot", "2024.01", "2024.10"),
    ("systemd", "255.4", "255.6"),
    ("zlib", "1.3", ""),
    ("sqlite3", "3.45.1", "3.46.0"),
    ("glibc", "2.39", "2.40"),
];

const SAYS: [&str; 4] = [
    "Anyone on the customer's network can attack it through the web interface; an exploit is public.",
    "A neighbour on the service network can make the device restart; nothing else must hold.",
    "Code on the device can read memory of the kernel; a login is needed first.",
    "The version in the build lies in the affected range; nobody has said whether the code is reached.",
];

pub const RELEASES: [(&str, &str, &str, &str); 5] = [
    ("gw-410", "gateway", "Gateway", "4.1.0"),
    ("gw-403", "gateway", "Gateway", "4.0.3"),
    ("gw-402", "gateway", "Gateway", "4.0.2"),
    ("se-220", "sensor", "Battery sensor", "2.2.0"),
    ("se-210", "sensor", "Battery sensor", "2.1.0"),
];

/// Where a match stops, by its number: most of them are settled before anybody looks.
fn fate(at: usize) -> (Option<Class>, &'static str, &'static str) {
    match at % 20 {
        0 => (Some(Class::Immediate), "", "V_IN_RANGE"),
        1 | 2 => (Some(Class::Planned), "date", "V_IN_RANGE"),
        3..=6 => (Some(Class::Routine), "release", "V_IN_RANGE"),
        7 => (Some(Class::None), "deployment", "V_IN_RANGE"),
        8 | 9 => (Some(Class::Unknown), "assessed", "V_UNKNOWN"),
        10..=12 => (None, "version", "V_OUT_OF_RANGE"),
        13..=15 => (None, "build", "B_NOT_COMPILED"),
        16 => (None, "platform", "P_OTHER"),
        17 => (None, "settled", "S_DECIDED"),
        _ => (None, "product", "I_OTHER"),
    }
}

fn row(at: usize, text: Option<&str>) -> Row {
    let own = |words: &str| text.unwrap_or(words).to_owned();
    let (class, stopped, reason) = fate(at);
    // Immediate ones are few, as in real releases.
    let (class, stopped) = match class {
        Some(Class::Immediate) if !at.is_multiple_of(60) => (Some(Class::Planned), "date"),
        _ => (class, stopped),
    };
    let (release, product_id, product, version) = RELEASES[at / 7 % RELEASES.len()];
    let (component, component_version, fixed) = COMPONENTS[at % COMPONENTS.len()];
    let class_or_none = class.unwrap_or(Class::None);
    let row = FindingRow {
        id: text.map_or_else(|| format!("f{at:05}"), |text| format!("{at:05}{text}")),
        class: class_or_none,
        ceiling: (class == Some(Class::Unknown)).then_some(Class::Immediate),
        is_open: class.is_some(),
        vulnerability: own(&format!("CVE-2024-{}", 1000 + at % 700)),
        component: own(component),
        version: own(component_version),
        product: own(product),
        release: own(version),
        release_id: release.to_owned(),
        says: own(SAYS[at % SAYS.len()]),
        fixed: own(fixed),
        exploited: at.is_multiple_of(40),
        epss: (!at.is_multiple_of(3)).then_some((at % 97) as f32 / 400.0),
        score: (at % 5 != 4).then_some(31 + (at % 68) as u16),
        due: (class <= Some(Class::Planned) && class.is_some()).then(|| days((at % 30) as i64 - 3)),
        decision: if class.is_none() && stopped == "settled" {
            "decided"
        } else {
            ["none", "none", "none", "contested", "proposed"][at % 5]
        }
        .to_owned(),
    };
    Row {
        product_id: product_id.to_owned(),
        change: ["", "", "", "new", "", "", "", "worse", "", "", "better"][at % 11],
        reason,
        stopped,
        gap: if class == Some(Class::Unknown) { ["no_version", "no_build_evidence"][at % 2] } else { "" },
        row,
    }
}

impl Sample {
    pub fn of(content: Content) -> Sample {
        let (number, text) = match &content {
            Content::Empty => (0, None),
            Content::Typical => (420, None),
            Content::Hostile(text) => (60, Some(text.as_str())),
            Content::Huge => (5000, None),
        };
        let rows = (0..number).map(|at| row(at, text)).collect();
        Sample {
            rows,
            content: content.clone(),
            sessions: Mutex::default(),
            tokens: Mutex::default(),
            decided: Mutex::default(),
            roles: vec![Role::Triager, Role::Lead, Role::Admin, Role::Auditor],
        }
    }

    pub fn text(&self, words: &str) -> String {
        match &self.content {
            Content::Hostile(text) => text.clone(),
            _ => words.to_owned(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.content == Content::Empty
    }

    pub fn identity(&self) -> Identity {
        Identity {
            person: "ada".into(),
            name: self.text("Ada Lovelace"),
            organisation: "example".into(),
            organisation_name: self.text("Example Devices"),
            roles: self.roles.clone(),
            token: String::new(),
            known: None,
        }
    }

    /// The rows that a query leaves, in its order.
    pub fn left(&self, query: &Query) -> Vec<&Row> {
        let passes = |row: &Row, upto: &str| {
            let place = |word: &str| web::pages::chart::QUESTIONS.iter().position(|(one, _)| *one == word);
            row.stopped.is_empty() || place(row.stopped) > place(upto)
        };
        let mut rows: Vec<&Row> = (self.rows.iter())
            .filter(|one| {
                let row = &one.row;
                query.allows("class", row.class.word())
                    && (query.of("class").is_empty() || row.is_open)
                    && query.allows("state", if row.is_open { "open" } else { "settled" })
                    && query.allows("decision", &row.decision)
                    && query.allows("change", one.change)
                    && query.allows("exploited", if row.exploited { "yes" } else { "no" })
                    && query.allows("product", &one.product_id)
                    && query.allows("release", &row.release_id)
                    && query.allows("component", &row.component)
                    && query.allows("vulnerability", &row.vulnerability)
                    && query.allows("reason", one.reason)
                    && query.allows("gap", one.gap)
                    && query.allows("stopped", one.stopped)
                    && (query.of("passed").is_empty()
                        || query.of("passed").iter().any(|upto| passes(one, upto)))
                    && format!("{} {}", row.vulnerability, row.component)
                        .to_lowercase()
                        .contains(&query.find.to_lowercase())
            })
            .collect();
        rows.sort_by_key(|one| (!one.row.is_open, one.row.class));
        rows
    }

    /// The number of rows of an address's words: what lists will show.
    pub fn number(&self, words: &[(&str, &str)]) -> u64 {
        let pairs: Vec<_> =
            words.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let query = Query::parse(&web::pages::findings::LIST, &pairs).expect("known words");
        self.left(&query).len() as u64
    }

    pub fn open(&self, words: &[(&str, &str)]) -> Counts {
        let pairs: Vec<_> =
            words.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let query = Query::parse(&web::pages::findings::LIST, &pairs).expect("known words");
        let mut counts = Counts::default();
        self.left(&query).into_iter().filter(|row| row.row.is_open).for_each(|row| counts.add(row.row.class));
        counts
    }
}

/// A page of a list by key; keys are places here.
pub fn page<T: Clone>(rows: &[T], query: &Query) -> Page<T> {
    let start = match (query.after.parse::<usize>(), query.before.parse::<usize>()) {
        (Ok(after), _) => after,
        (_, Ok(before)) => before.saturating_sub(query.limit),
        _ => 0,
    };
    let end = (start + query.limit).min(rows.len());
    Page {
        items: rows.get(start..end).unwrap_or_default().to_vec(),
        total: rows.len() as u64,
        next: if end < rows.len() { end.to_string() } else { String::new() },
        previous: if start > 0 { start.to_string() } else { String::new() },
    }
}

pub fn ready<'a, T: Send + 'a>(value: Result<T, Failure>) -> Answer<'a, T> {
    Box::pin(std::future::ready(value))
}

pub fn missing<'a, T: Send + 'a>(what: &str) -> Answer<'a, T> {
    ready(Err(Failure::new(Kind::NotFound, format!("There is no such {what}"))))
}
