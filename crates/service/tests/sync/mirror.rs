//! Knowledge as a folder of files, and those who follow it.

use std::path::PathBuf;

use service::bundle::follow::{Followed, Place, follow};
use service::bundle::mirror::{Published, publish};
use service::bundle::{BundleError, delta, key};
use service::compile::Silent;
use service::outside::http::{HttpOptions, Network};
use service::sync::state::StateFile;

use super::documents::kev;
use super::server::{Reply, Server};
use super::site::Site;

/// A site that publishes.
struct Origin {
    site: Site,
    made: key::NewKey,
    folder: PathBuf,
}

impl Origin {
    fn new(name: &str) -> Origin {
        let site = Site::new(name);
        site.write("kev/kev.json", kev("2026-11-01", &["CVE-2024-0001"]).as_bytes());
        let address = site.folder.join("kev").display().to_string();
        let site = site.feed("kev", &address);
        site.sync();
        let made = key::generate(&site.data().path("keys"), "bundle").unwrap();
        let folder = site.folder.join("mirror");
        Origin { site, made, folder }
    }

    /// A new day with one more entry.
    fn next(&self, day: u32) {
        let ids: Vec<String> = (1..=day).map(|number| format!("CVE-2024-{number:04}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.site.write("kev/kev.json", kev(&format!("2026-11-{day:02}"), &ids).as_bytes());
        self.site.sync();
    }

    fn publish(&self, day: u32) -> Published {
        let data = self.site.data();
        let state = service::sync::state::Memory::load(&StateFile::of(&data)).unwrap();
        let index = data.current().canonicalize().unwrap();
        let now = format!("2026-11-{day:02}T12:00:00Z").parse().unwrap();
        let page = |_: &service::bundle::mirror::Listing, key: &str| format!("page of {key}");
        publish(&index, &state, &self.made.secret, &self.folder, &page, now).unwrap()
    }

    fn day(&self, day: u32) -> Published {
        self.next(day);
        self.publish(day)
    }
}

fn take(site: &Site, place: &Place<'_>, made: &key::NewKey, older: bool) -> Result<Followed, BundleError> {
    let trusted = [key::public(&made.public.to_string_lossy()).unwrap()];
    let data = site.data();
    let now = "2026-11-28T12:00:00Z".parse().unwrap();
    follow(&data, &StateFile::of(&data), place, &trusted, older, now, &Silent)
}

fn folder(origin: &Origin) -> Place<'static> {
    Place::Folder(origin.folder.clone())
}

fn names(followed: &Followed) -> Vec<&str> {
    followed.taken.iter().map(|file| file.name.split('-').next().unwrap()).collect()
}

fn code(result: Result<Followed, BundleError>) -> String {
    match result {
        Ok(_) => "taken".to_owned(),
        Err(BundleError::Refused(refused)) => refused.code().to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_whole_first_and_deltas_from_then_on() {
    let origin = Origin::new("mirror-steps");
    assert_eq!(origin.publish(1).delta, None);
    assert!(origin.publish(1).is_unchanged);
    let to = Site::new("mirror-steps-to");
    let first = take(&to, &folder(&origin), &origin.made, false).unwrap();
    assert_eq!(names(&first), ["knowledge"]);
    assert!(take(&to, &folder(&origin), &origin.made, false).unwrap().taken.is_empty(), "in use already");
    let published = origin.day(2);
    assert!(published.delta.is_some(), "{published:?}");
    origin.day(3);
    let later = take(&to, &folder(&origin), &origin.made, false).unwrap();
    assert_eq!(names(&later), ["delta", "delta"]);
    assert_eq!(to.index().header(), origin.site.index().header());
    let (ours, theirs) = (to.data().current(), origin.site.data().current());
    assert!(std::fs::read(ours).unwrap() == std::fs::read(theirs).unwrap(), "byte for byte");
    let new = Site::new("mirror-steps-new");
    assert_eq!(names(&take(&new, &folder(&origin), &origin.made, false).unwrap()), ["knowledge"]);
}

#[test]
fn what_no_list_names_is_removed_a_round_later() {
    let origin = Origin::new("mirror-forget");
    let wholes = || {
        let names = std::fs::read_dir(&origin.folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with("knowledge-")).count()
    };
    origin.publish(1);
    assert_eq!(wholes(), 1);
    origin.day(2);
    assert_eq!(wholes(), 2, "who reads the old list still finds its bundle");
    origin.day(3);
    assert_eq!(wholes(), 2);
    let page = std::fs::read_to_string(origin.folder.join("index.html")).unwrap();
    assert_eq!(page, format!("page of {}", origin.made.id));
    assert!(origin.folder.join("bundle.pub").exists());
}

#[test]
fn over_a_network() {
    let origin = Origin::new("mirror-web");
    origin.publish(1);
    origin.day(2);
    let server = Server::start();
    for entry in std::fs::read_dir(&origin.folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        server.on(&format!("/knowledge/{name}"), vec![Reply::ok(std::fs::read(&path).unwrap())]);
    }
    let to = Site::new("mirror-web-to");
    let http = HttpOptions { private_hosts: vec!["127.0.0.1".to_owned()], proxy: String::new() };
    let network = Network::new(&http, &Silent).unwrap();
    let place = Place::Address { url: server.url("/knowledge/"), transport: &network };
    assert_eq!(names(&take(&to, &place, &origin.made, false).unwrap()), ["knowledge"]);
    assert_eq!(to.index().header(), origin.site.index().header());
}

#[test]
fn lists_that_are_not_believed() {
    let origin = Origin::new("mirror-refused");
    origin.publish(1);
    let old = std::fs::read(origin.folder.join("index.json")).unwrap();
    let old_signature = std::fs::read(origin.folder.join("index.json.minisig")).unwrap();
    origin.day(2);
    let to = Site::new("mirror-refused-to");
    let stranger = key::generate(&to.folder, "other").unwrap();
    assert_eq!(code(take(&to, &folder(&origin), &stranger, false)), "S_UNKNOWN_KEY");
    assert_eq!(code(take(&to, &folder(&origin), &origin.made, false)), "taken");
    // An old list is signed as well; who shows it again keeps fixes from us.
    std::fs::write(origin.folder.join("index.json"), &old).unwrap();
    std::fs::write(origin.folder.join("index.json.minisig"), old_signature).unwrap();
    assert_eq!(code(take(&to, &folder(&origin), &origin.made, false)), "S_DOWNGRADE");
    assert_eq!(code(take(&to, &folder(&origin), &origin.made, true)), "taken");
    let text = String::from_utf8(old).unwrap().replace("2026", "2027");
    std::fs::write(origin.folder.join("index.json"), text).unwrap();
    assert_eq!(code(take(&to, &folder(&origin), &origin.made, false)), "S_TAMPERED");
    std::fs::remove_file(origin.folder.join("index.json")).unwrap();
    assert!(code(take(&to, &folder(&origin), &origin.made, false)).contains("index.json"));
}

#[test]
fn a_changed_bundle_is_refused_and_a_delta_to_something_else_too() {
    let origin = Origin::new("mirror-changed");
    let first = origin.publish(1).listing.files[0].name.clone();
    let other = Site::new("mirror-changed-to");
    let second = origin.day(2);
    let delta = origin.folder.join(second.delta.unwrap().name);
    let trusted = [key::public(&origin.made.public.to_string_lossy()).unwrap()];
    let data = other.data();
    let now = "2026-11-28T12:00:00Z".parse().unwrap();
    let import = |file: &std::path::Path| {
        service::bundle::import(&data, &StateFile::of(&data), file, &trusted, false, now, &Silent)
    };
    let refused = |result: Result<_, BundleError>| match result {
        Err(BundleError::Refused(refused)) => refused.code(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(import(&delta)), "S_OTHER_BASE", "there is nothing yet");
    let whole = origin.folder.join(&second.listing.files[0].name);
    import(&whole).unwrap();
    assert_eq!(refused(import(&delta)), "S_OTHER_BASE", "it is in use already");
    let mut bytes = std::fs::read(&whole).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&whole, bytes).unwrap();
    let fresh = Site::new("mirror-changed-fresh");
    assert_eq!(code(take(&fresh, &folder(&origin), &origin.made, false)), "S_TAMPERED");
    assert!(!fresh.data().current().exists());
    // A file by hand: the old index out of the first bundle, and the delta.
    let (old, new) = (fresh.folder.join("old.pwx"), fresh.folder.join("new.pwx"));
    delta::apply(&old, &origin.folder.join(first), &trusted, &old).unwrap();
    delta::apply(&old, &delta, &trusted, &new).unwrap();
    assert!(std::fs::read(&new).unwrap() == std::fs::read(origin.site.data().current()).unwrap());
    assert!(delta::apply(&new, &delta, &trusted, &old).is_err());
}
