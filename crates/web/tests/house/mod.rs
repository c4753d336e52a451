//! A real house behind the pages: store, door, services and router, with a small index. Tests ask it as a browser or a
//! program does.
//!
//! ```ignore
//! let mut house = TestHouse::new();                          // organisation Acme, its administrator `ada`
//! let release = house.upload("gateway", "1.0.0", &bom(&[("widget", "1.0")]));
//! house.work();                                              // does all jobs: the release is judged
//! house.person("tom", &[(Role::Triager, None)]);
//! let mut tom = house.visitor("tom");                        // signed in
//! assert_eq!(tom.get("/findings").status, 200);
//! ```

mod browser;
mod entrance;
mod identity_provider;
mod oidc;
mod reading;
mod repeat;
mod settings;
mod sign_in;
mod triage;
mod walk;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use index::Index;
use jiff::Timestamp;
use model::access::Role;
use service::access::door::{Door, Knock, SignIn};
use service::access::identity::Identity;
use service::access::oidc::Provider;
use service::access::people::Invitation;
use service::access::set_up::SetUp;
use service::access::token::TokenWish;
use service::house::{Directory, House, Store};
use service::intake::{Upload, receive};
use service::jobs::queue::{Lane, Turn, turn};
use service::knowledge::{Knowledge, Origin};
use service::maker::{FindingFilter, FindingRow, Moment, Page, Products, Scope, Sort};
use service::scan::{Document, Views};
use testkit::records;
use tokio::runtime::Runtime;
use web::house::HouseBackend;
use web::server::{App, Options, shell};

use crate::visitor::{Visitor, runtime};

/// The moment at which every test begins.
pub const NOW: i64 = 1_790_000_000_000;

/// Everybody's password.
pub const PASSWORD: &str = "four words that rhyme";

/// The house, and its time.
pub struct TestHouse {
    pub house: House,
    pub door: Arc<Door>,
    pub router: axum::Router,
    pub runtime: Arc<Runtime>,
    now: Arc<AtomicI64>,
    folder: PathBuf,
}

impl Drop for TestHouse {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Two components with three findings: `widget` below 3 has CVE-2024-1 and CVE-2024-2, `gadget` below 9 CVE-2024-3.
pub fn small_index() -> Index {
    records::Knowledge::new()
        .claim("CVE-2024-1", "acme:widget", "< 3")
        .claim("CVE-2024-2", "acme:widget", "< 3")
        .claim("CVE-2024-3", "acme:gadget", "< 9")
        .index()
}

/// A complete CycloneDX BOM of names and versions; the CPE names are `acme:NAME`.
pub fn bom(components: &[(&str, &str)]) -> Vec<u8> {
    let rows: Vec<serde_json::Value> = (components.iter())
        .map(|(name, version)| {
            serde_json::json!({
                "type": "library", "bom-ref": format!("{name}-{version}"), "name": name, "version": version,
                "cpe": format!("cpe:2.3:a:acme:{name}:{version}:*:*:*:*:*:*:*"),
            })
        })
        .collect();
    serde_json::json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "component": { "type": "firmware", "bom-ref": "gw", "name": "gateway", "version": "1" } },
        "components": rows,
        "compositions": [{ "aggregate": "complete", "assemblies": ["gw"] }],
    })
    .to_string()
    .into_bytes()
}

impl TestHouse {
    /// With the small index.
    pub fn new() -> TestHouse {
        TestHouse::with(small_index(), Options::default())
    }

    /// With another index, or other options.
    pub fn with(index: Index, options: Options) -> TestHouse {
        let runtime = runtime();
        let test = runtime.block_on(async { TestHouse::bare(index, options, runtime.clone()).await });
        test.run(async {
            let secret = test.door.set_up_link(test.moment()).await.unwrap().unwrap();
            let given = SetUp {
                slug: "acme",
                organisation: "Acme",
                login: "ada",
                name: "Ada Lovelace",
                mail: "ada@example.org",
                password: PASSWORD,
            };
            test.door.set_up(secret.reveal(), given, test.moment()).await.unwrap();
        });
        test
    }

    /// Before the first start: nobody is there.
    pub fn unborn() -> TestHouse {
        let runtime = runtime();
        runtime.block_on(async { TestHouse::bare(small_index(), Options::default(), runtime.clone()).await })
    }

    async fn bare(index: Index, options: Options, runtime: Arc<Runtime>) -> TestHouse {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("patchwright-web-{}-{number}", std::process::id()));
        let store = Store::temporary().await.unwrap();
        let blobs = Arc::new(Directory::open(&folder).unwrap());
        let knowledge =
            Knowledge { index, origin: Origin::Starter, views: Views::default(), tables: Default::default() };
        let house = House::new(store.clone(), blobs, knowledge, "g1".to_owned());
        let door = Arc::new(Door::new(store).unwrap());
        let now = Arc::new(AtomicI64::new(NOW));
        let clock = now.clone();
        let clock = Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::Relaxed)).unwrap());
        let backend = Arc::new(HouseBackend::new(house.clone(), door.clone(), clock));
        let router = shell::router(App::new(backend, options));
        TestHouse { house, door, router, runtime, now, folder }
    }

    /// The same house with an identity provider.
    pub fn knowing(mut self, provider: Provider) -> TestHouse {
        let clock = self.now.clone();
        let clock = Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::Relaxed)).unwrap());
        let backend =
            HouseBackend::new(self.house.clone(), self.door.clone(), clock).knowing(Some(Arc::new(provider)));
        let options = Options { base_url: "https://pw.example".to_owned(), ..Options::default() };
        self.router = shell::router(App::new(Arc::new(backend), options));
        self
    }

    /// Runs a future of the test.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn moment(&self) -> Moment {
        Moment(self.now.load(Ordering::Relaxed))
    }

    /// Lets time pass.
    pub fn pass(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// Somebody who has that password.
    pub fn identity(&self, login: &str) -> Identity {
        self.run(async {
            let knock = Knock { login, password: PASSWORD, address: "192.0.2.1", agent: "test" };
            match self.door.sign_in(knock, self.moment()).await.unwrap() {
                SignIn::In(signed) => signed.identity,
                other => panic!("{login}: {other:?}"),
            }
        })
    }

    /// Invites somebody, who chooses [`PASSWORD`]. Returns the id.
    pub fn person(&self, login: &str, roles: &[(Role, Option<i64>)]) -> i64 {
        let ada = self.identity("ada");
        let invitation = Invitation {
            login: login.to_owned(),
            name: login.to_owned(),
            mail: format!("{login}@example.org"),
            roles: roles.to_vec(),
        };
        self.run(async {
            let (person, link) = self.door.invite(&ada, &invitation, self.moment()).await.unwrap();
            self.door.choose_password(link.reveal(), PASSWORD, self.moment()).await.unwrap();
            person
        })
    }

    /// Somebody before the door.
    pub fn stranger(&self) -> Visitor<()> {
        Visitor::to(self.router.clone(), Arc::new(()), self.runtime.clone())
    }

    /// Somebody who is signed in.
    pub fn visitor(&self, login: &str) -> Visitor<()> {
        let mut visitor = self.stranger();
        let answer = visitor.sign_in(login, PASSWORD);
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{}", answer.body);
        visitor
    }

    /// A program with a token of somebody, in some of the roles.
    pub fn program(&self, login: &str, roles: &[Role]) -> Visitor<()> {
        let who = self.identity(login);
        let wish = TokenWish {
            name: "test".to_owned(),
            roles: roles.iter().copied().collect(),
            products: Products::All,
            expires: self.moment().plus(86_400_000),
        };
        let made = self.run(self.door.make_token(&who, who.person, &wish, self.moment())).unwrap().1;
        let mut program = self.stranger();
        program.headers.push(("authorization", format!("Bearer {}", made.reveal())));
        program
    }

    /// The border of the whole organisation, for looking at the store.
    pub fn scope(&self) -> Scope {
        self.identity("ada").scope(model::access::Act::Administer).unwrap()
    }

    /// The product of a short name, made where it is new.
    pub fn product(&self, slug: &str) -> i64 {
        let scope = self.scope();
        self.run(async {
            service::products::product(&self.house, &scope, slug, "person/1", self.moment()).await.unwrap()
        })
    }

    /// Takes a document into a release. Returns the release.
    pub fn upload(&self, slug: &str, version: &str, document: &[u8]) -> i64 {
        let (scope, product) = (self.scope(), self.product(slug));
        let document = Document { name: "bom.cdx.json".to_owned(), bytes: document.to_vec() };
        let upload = Upload {
            product,
            version: version.to_owned(),
            documents: vec![document],
            actor: "person/1".to_owned(),
            person: 1,
        };
        self.run(async { receive(&self.house, &scope, upload, self.moment()).await.unwrap().release })
    }

    /// Does all jobs that are due. Returns how many.
    pub fn work(&self) -> usize {
        let now = self.moment();
        self.run(async {
            let mut done = 0;
            loop {
                match turn(&self.house, Lane::ALL, "test", &|| now, 0).await.unwrap() {
                    Turn::Idle => return done,
                    Turn::Done { .. } => done += 1,
                    Turn::Failed { kind, key, why } => panic!("{kind} {key}: {why}"),
                }
            }
        })
    }

    /// Active findings of the whole organisation, the most urgent first.
    pub fn findings(&self) -> Vec<FindingRow> {
        let scope = self.scope();
        self.run(async {
            let mut look = self.house.store.look().await.unwrap();
            let page = Page { after: None, limit: 1000 };
            look.findings(&scope, &FindingFilter::default(), Sort::default(), &page).await.unwrap().rows
        })
    }

    /// The finding of a vulnerability in a release.
    pub fn finding(&self, release: i64, vulnerability: &str) -> FindingRow {
        let is_it = |row: &FindingRow| row.release == release && row.vulnerability == vulnerability;
        self.findings().into_iter().find(is_it).unwrap_or_else(|| panic!("no finding of {vulnerability}"))
    }

    /// Another organisation, which the pages of this one must never show; its border.
    pub fn neighbour(&self, slug: &str) -> Scope {
        self.run(async {
            let mut change = self.house.store.change().await.unwrap();
            let scope = change.add_organisation(slug, slug, self.moment()).await.unwrap();
            change.commit().await.unwrap();
            scope
        })
    }

    /// The acts of the log, oldest first: `person/1 role.granted person/2`.
    pub fn log(&self) -> Vec<String> {
        let scope = self.scope();
        self.run(async {
            let mut look = self.house.store.look().await.unwrap();
            let page = Page { after: None, limit: 1000 };
            let rows = look.audit(&scope, None, "", &page).await.unwrap().rows;
            let line = |entry: &service::maker::Audited| {
                format!("{} {} {}", entry.entry.actor, entry.entry.act, entry.entry.subject)
            };
            rows.iter().rev().map(line).collect()
        })
    }
}
