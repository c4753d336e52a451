//! Small indexes and components for tests: from real documents, or written down in a few words.
//!
//! ```ignore
//! let index = Knowledge::new().document("CVE-2024-1.json", text).claim("CVE-2024-2", "acme:thing", "< 1.2").index();
//! let gateway = component("thing", "1.1").cpe("cpe:2.3:a:acme:thing:1.1:*:*:*:*:*:*:*");
//! ```

use std::borrow::Cow;

use index::{CompileOptions, Compiler, Index};
use model::build::KbuildMap;
use model::component::Component;
use model::feed::FeedStatus;
use model::record::{Claim, ClaimForm, End, Entry, Item, Record, Source, Status, Subject};
use model::sbom::Inventory;

/// Collects knowledge and compiles it in memory.
pub struct Knowledge {
    compiler: Compiler,
    feeds: std::collections::BTreeSet<&'static str>,
    as_of: String,
    keep: fn(Source) -> bool,
}

impl Default for Knowledge {
    fn default() -> Knowledge {
        Knowledge::new()
    }
}

impl Knowledge {
    /// Nothing known yet; alias and rule tables are the program's own.
    pub fn new() -> Knowledge {
        Knowledge::with_options(CompileOptions::default())
    }

    /// With tables of the test's own.
    pub fn with_tables(alias_table: &str, rule_table: &str) -> Knowledge {
        let own = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Knowledge::with_options(CompileOptions {
            alias_table: own(alias_table),
            rule_table: own(rule_table),
            ..CompileOptions::default()
        })
    }

    fn with_options(options: CompileOptions) -> Knowledge {
        let compiler = Compiler::new(options).expect("the tables are readable");
        Knowledge { compiler, feeds: Default::default(), as_of: "2026-07-20".to_owned(), keep: |_| true }
    }

    /// The date of all feeds.
    pub fn as_of(mut self, date: &str) -> Knowledge {
        self.as_of = date.to_owned();
        self
    }

    /// Keeps only records of the wanted sources.
    pub fn only(mut self, keep: fn(Source) -> bool) -> Knowledge {
        self.keep = keep;
        self
    }

    /// Reads a document of any feed; `path` helps to know its kind.
    ///
    /// # Panics
    /// When no feed knows the document.
    pub fn document(mut self, path: &str, bytes: &[u8]) -> Knowledge {
        let text = String::from_utf8_lossy(bytes);
        let feed = feeds::list::detect(&text, path).unwrap_or_else(|| panic!("no feed reads {path}"));
        let (compiler, feeds, keep) = (&self.compiler, &mut self.feeds, self.keep);
        feed.read(bytes, path, &mut |id, item| {
            if let Item::Record(record) = &item
                && !record.source.is_some_and(keep)
            {
                return;
            }
            feeds.insert(id);
            compiler.add(id, &item);
        });
        self
    }

    /// Adds a record.
    pub fn record(mut self, feed: &'static str, record: Record<'_>) -> Knowledge {
        if record.source.is_some_and(self.keep) {
            self.feeds.insert(feed);
            self.compiler.add(feed, &Item::Record(Box::new(record)));
        }
        self
    }

    /// Adds a score or an entry of a catalogue.
    pub fn item(mut self, feed: &'static str, item: &Item<'_>) -> Knowledge {
        self.feeds.insert(feed);
        self.compiler.add(feed, item);
        self
    }

    /// Adds a claim of a CVE record: `vendor:product` and rows as [`rows`] reads them.
    pub fn claim(self, id: &str, product: &str, versions: &str) -> Knowledge {
        self.record("cve-list", cve(id, product, versions))
    }

    /// Adds a file-to-option map.
    pub fn kbuild(self, map: KbuildMap) -> Knowledge {
        self.compiler.add_kbuild(map);
        self
    }

    /// Names a feed that has no records here.
    pub fn feed(mut self, id: &'static str) -> Knowledge {
        self.feeds.insert(id);
        self
    }

    /// The bytes of the index.
    ///
    /// # Panics
    /// When compiling fails.
    pub fn bytes(self) -> Vec<u8> {
        for id in &self.feeds {
            let max_age_days = feeds::list::by_id(id).map_or(0, |feed| feed.max_age_days);
            self.compiler.feed(FeedStatus {
                id: (*id).to_owned(),
                as_of: self.as_of.clone(),
                max_age_days,
                ..FeedStatus::default()
            });
        }
        let mut bytes = Vec::new();
        self.compiler.finish(&mut bytes).expect("the index compiles");
        bytes
    }

    /// The index, opened.
    ///
    /// # Panics
    /// When it cannot be compiled or opened.
    pub fn index(self) -> Index {
        Index::from_bytes(self.bytes()).expect("the index opens")
    }
}

/// A published CVE record with one claim.
pub fn cve<'a>(id: &'a str, product: &'a str, versions: &'a str) -> Record<'a> {
    let (vendor, product) = product.split_once(':').unwrap_or(("", product));
    Record {
        source: Some(Source::CveCna),
        id: id.into(),
        claims: vec![Claim {
            subject: Subject { vendor: vendor.into(), product: product.into(), ..Subject::default() },
            entries: rows(versions),
            default_status: Some(Status::Unaffected),
            form: ClaimForm::CveVersions,
        }],
        ..Record::default()
    }
}

/// Reads rows separated by `;`: `1.0..2.0` (up to, not including), `1.0..=2.0`, `< 2.0`, `1.5` (that version);
/// `!` before a row makes it unaffected.
pub fn rows(text: &str) -> Vec<Entry<'_>> {
    text.split(';').map(str::trim).filter(|row| !row.is_empty()).map(row).collect()
}

fn row(text: &str) -> Entry<'_> {
    let (status, text) = match text.strip_prefix('!') {
        Some(rest) => (Status::Unaffected, rest.trim()),
        None => (Status::Affected, text),
    };
    let (start, end) = if let Some(bound) = text.strip_prefix('<') {
        ("0", End::Before(Cow::Borrowed(bound.trim())))
    } else if let Some((start, end)) = text.split_once("..=") {
        (start, End::Through(Cow::Borrowed(end)))
    } else if let Some((start, end)) = text.split_once("..") {
        (start, End::Before(Cow::Borrowed(end)))
    } else {
        (text, End::Single)
    };
    Entry { status, start: start.into(), end, ..Entry::default() }
}

/// A component under construction.
#[derive(Clone, Debug, Default)]
pub struct Building {
    /// What is built.
    pub component: Component,
}

/// Begins a component.
pub fn component(name: &str, version: &str) -> Building {
    let component = Component {
        name: name.to_owned(),
        version: version.to_owned(),
        source_ref: format!("{name}@{version}"),
        ..Component::default()
    };
    Building { component }
}

impl Building {
    /// Adds a CPE as an SBOM would write it.
    pub fn cpe(mut self, text: &str) -> Building {
        formats::normalise::identity::add_cpe(&mut self.component, text, "test");
        self
    }

    /// Adds a package URL as an SBOM would write it.
    pub fn purl(mut self, text: &str) -> Building {
        formats::normalise::identity::add_purl(&mut self.component, text, "test");
        self
    }

    /// Adds a download address.
    pub fn download(mut self, url: &str) -> Building {
        formats::normalise::identity::add_download(&mut self.component, url);
        self
    }

    /// Changes anything else.
    pub fn with(mut self, change: impl FnOnce(&mut Component)) -> Building {
        change(&mut self.component);
        self
    }
}

/// An inventory of components on a Yocto-built Linux, normalised as readers do.
pub fn inventory(components: Vec<Building>) -> Inventory {
    let mut inventory = Inventory::default();
    inventory.platform.os = "linux".to_owned();
    inventory.platform.distribution = "yocto".to_owned();
    inventory.components = components.into_iter().map(|building| building.component).collect();
    normalise(inventory)
}

/// Normalises an inventory as every reader does at its end.
pub fn normalise(mut inventory: Inventory) -> Inventory {
    formats::normalise::finish(&mut inventory);
    inventory
}

/// Reads a `.config`.
///
/// # Panics
/// When it is none.
pub fn kernel_config(text: &str, name: &str) -> model::build::Config {
    formats::kconfig::read(text.as_bytes(), name).expect("a config").value
}
