//! Knowledge carried by hand.

use std::path::PathBuf;

use service::bundle::{BundleError, Import, export, import, key};
use service::compile::Silent;
use service::sync::state::StateFile;

use super::documents::kev;
use super::site::Site;

const NOW: &str = "2026-11-22T12:00:00Z";

/// A site with knowledge of a day, and a key.
fn origin(name: &str, date: &str) -> (Site, key::NewKey) {
    let site = Site::new(name);
    site.write("kev/kev.json", kev(date, &["CVE-2024-0001"]).as_bytes());
    let address = site.folder.join("kev").display().to_string();
    let site = site.feed("kev", &address);
    site.sync();
    let made = key::generate(&site.data().path("keys"), "bundle").unwrap();
    (site, made)
}

fn write(site: &Site, made: &key::NewKey, name: &str) -> PathBuf {
    let out = site.folder.join(name);
    let data = site.data();
    let manifest = export(&data, &StateFile::of(&data), &made.secret, &out, NOW.parse().unwrap()).unwrap();
    assert_eq!(manifest.feeds[0].id, "kev");
    assert!(manifest.feeds[0].source.ends_with("kev.json"), "{manifest:?}");
    out
}

fn take(
    site: &Site,
    file: &std::path::Path,
    made: &[&key::NewKey],
    older: bool,
) -> Result<Import, BundleError> {
    let trusted: Vec<_> =
        made.iter().map(|made| key::public(&made.public.to_string_lossy()).unwrap()).collect();
    let data = site.data();
    import(&data, &StateFile::of(&data), file, &trusted, older, NOW.parse().unwrap(), &Silent)
}

fn code(result: Result<Import, BundleError>) -> &'static str {
    match result {
        Ok(_) => "taken",
        Err(BundleError::Refused(refused)) => refused.code(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_bundle_carries_knowledge_across() {
    let (from, made) = origin("bundle-from", "2026-11-20");
    let file = write(&from, &made, "knowledge.pwk");
    let to = Site::new("bundle-to");
    let import = take(&to, &file, &[&made], false).unwrap();
    assert_eq!(import.key_id, made.id);
    assert_eq!(import.manifest.feeds[0].as_of, "2026-11-20");
    assert_eq!(to.index().header(), from.index().header());
    assert_eq!(to.state().imported.unwrap().generation, 1);
    assert!(take(&to, &file, &[&made], false).unwrap().generation.is_none(), "in use already");
}

#[cfg(unix)]
#[test]
fn the_secret_key_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let (_site, made) = origin("bundle-key", "2026-11-20");
    assert_eq!(std::fs::metadata(&made.secret).unwrap().permissions().mode() & 0o777, 0o600);
    let folder = made.secret.parent().unwrap();
    assert!(key::generate(folder, "bundle").is_err(), "a key is not overwritten");
    assert!(key::generate(folder, "../bundle").is_err());
}

#[test]
fn a_key_that_nobody_trusts_is_refused() {
    let (from, made) = origin("bundle-unknown", "2026-11-20");
    let other = key::generate(&from.folder.join("others"), "other").unwrap();
    let file = write(&from, &made, "knowledge.pwk");
    let to = Site::new("bundle-unknown-to");
    assert_eq!(code(take(&to, &file, &[], false)), "S_UNKNOWN_KEY");
    assert_eq!(code(take(&to, &file, &[&other], false)), "S_UNKNOWN_KEY");
    assert!(!to.data().current().exists());
    assert_eq!(code(take(&to, &file, &[&other, &made], false)), "taken");
}

/// A bundle with one changed byte is refused, wherever it is; padding of the archive is not content.
#[test]
fn every_changed_byte_is_noticed() {
    let (from, made) = origin("bundle-tampered", "2026-11-20");
    let file = write(&from, &made, "knowledge.pwk");
    let bytes = std::fs::read(&file).unwrap();
    let to = Site::new("bundle-tampered-to");
    let own = from.index();
    let mut refused = 0;
    for at in (0..bytes.len()).step_by(bytes.len() / 150) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        let path = to.write("changed.pwk", &changed);
        match take(&to, &path, &[&made], false) {
            Err(BundleError::Refused(_)) => refused += 1,
            Err(error) => panic!("{error}"),
            Ok(_) => assert_eq!(to.index().header(), own.header(), "byte {at}"),
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn what_is_no_bundle_is_refused() {
    let (from, made) = origin("bundle-cut", "2026-11-20");
    let bytes = std::fs::read(write(&from, &made, "knowledge.pwk")).unwrap();
    let to = Site::new("bundle-cut-to");
    for (name, content) in [
        ("empty", Vec::new()),
        ("text", b"this is no bundle".to_vec()),
        ("half", bytes[..bytes.len() / 2].to_vec()),
        ("manifest-only", bytes[..2048].to_vec()),
        ("twice", [bytes[..bytes.len() - 1024].to_vec(), bytes.clone()].concat()),
    ] {
        let path = to.write(name, &content);
        assert_eq!(code(take(&to, &path, &[&made], false)), "S_TAMPERED", "{name}");
    }
    assert!(!to.data().current().exists());
    assert!(!to.data().path("index/import.part").exists());
}

#[test]
fn a_step_back_is_refused_unless_wanted() {
    let (from, made) = origin("bundle-older", "2026-11-20");
    let old = write(&from, &made, "old.pwk");
    from.write("kev/kev.json", kev("2026-11-21", &["CVE-2024-0001", "CVE-2024-0002"]).as_bytes());
    from.sync();
    let new = write(&from, &made, "new.pwk");
    let to = Site::new("bundle-older-to");
    assert_eq!(code(take(&to, &new, &[&made], false)), "taken");
    assert_eq!(code(take(&to, &old, &[&made], false)), "S_DOWNGRADE");
    assert_eq!(to.index().header(), from.index().header());
    assert_eq!(code(take(&to, &old, &[&made], true)), "taken");
    assert_eq!(code(take(&to, &new, &[&made], false)), "taken");
}

/// Feeds that are set up here do not silently take the place of what was carried here.
#[test]
fn a_sync_does_not_replace_imported_knowledge() {
    let (from, made) = origin("bundle-sync", "2026-11-20");
    let file = write(&from, &made, "knowledge.pwk");
    let to = Site::new("bundle-sync-to").feed("kev", &from.folder.join("kev").display().to_string());
    take(&to, &file, &[&made], false).unwrap();
    assert!(to.try_sync().unwrap_err().to_string().contains("imported"));
}
