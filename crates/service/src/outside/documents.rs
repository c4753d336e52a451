//! Where documents lie, as one word: a folder, or `s3://BUCKET/PREFIX?endpoint=URL&region=NAME&style=path|host`.

use std::path::Path;
use std::sync::Arc;

use store::blobs::{Blobs, Directory};

use super::s3::{S3, S3Settings};
use crate::notify::secret::Secret;

/// Variables that hold the key, the first that is set counts; the second is the name every S3 tool knows.
const KEY_ID: [&str; 2] = ["PATCHWRIGHT_BLOBS_KEY_ID", "AWS_ACCESS_KEY_ID"];
const KEY: [&str; 2] = ["PATCHWRIGHT_BLOBS_KEY", "AWS_SECRET_ACCESS_KEY"];
const TOKEN: [&str; 2] = ["PATCHWRIGHT_BLOBS_TOKEN", "AWS_SESSION_TOKEN"];

/// Opens the place that a word names; a folder is made where it is absent. `environment` answers for variables.
///
/// # Errors
/// `Invalid` for a word that names no place or a key that is missing; otherwise as the system says.
pub fn open(place: &str, environment: &dyn Fn(&str) -> Option<String>) -> store::Result<Arc<dyn Blobs>> {
    if place.starts_with("s3:") {
        return Ok(Arc::new(S3::new(&settings(place, environment)?)?));
    }
    if let Some((scheme, _)) = place.split_once("://").filter(|(scheme, _)| *scheme != "file") {
        return Err(invalid(place, &format!("{scheme} is no kind of place; a folder and s3: are")));
    }
    let folder = place.strip_prefix("file://").unwrap_or(place);
    if folder.is_empty() {
        return Err(invalid(place, "it names no folder"));
    }
    let folder = Path::new(folder);
    let opened = Directory::open(folder).map_err(|error| invalid(place, &error.to_string()))?;
    Ok(Arc::new(opened))
}

fn invalid(place: &str, why: &str) -> store::Error {
    store::Error::Invalid(format!("cannot keep documents in {place}: {why}"))
}

/// Reads the word for a bucket.
fn settings(place: &str, environment: &dyn Fn(&str) -> Option<String>) -> store::Result<S3Settings> {
    let refuse = |why: &str| invalid(place, why);
    let rest = place.strip_prefix("s3://").ok_or_else(|| refuse("write s3://BUCKET"))?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    if bucket.is_empty() || bucket.contains('@') {
        return Err(refuse("write s3://BUCKET; the key is given by variables, not in the address"));
    }
    let (mut endpoint, mut region, mut bucket_in_host) = (String::new(), String::new(), None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("endpoint", value)) if value.starts_with("https://") || value.starts_with("http://") => {
                value.clone_into(&mut endpoint);
            }
            Some(("endpoint", _)) => return Err(refuse("the endpoint begins with https:// (or http://)")),
            Some(("region", value)) => value.clone_into(&mut region),
            Some(("style", "path")) => bucket_in_host = Some(false),
            Some(("style", "host")) => bucket_in_host = Some(true),
            Some(("style", _)) => return Err(refuse("style is path or host")),
            _ => return Err(refuse(&format!("{pair} is not understood; endpoint, region and style are"))),
        }
    }
    if endpoint.is_empty() && region.is_empty() {
        return Err(refuse("name the endpoint, or the region of AWS"));
    }
    let variable =
        |names: [&str; 2]| names.into_iter().find_map(environment).filter(|value| !value.is_empty());
    let missing = |names: [&str; 2]| refuse(&format!("set {} or {}", names[0], names[1]));
    Ok(S3Settings {
        // AWS itself wants the bucket in the host; most others are reached by one name.
        bucket_in_host: bucket_in_host.unwrap_or(endpoint.is_empty()),
        endpoint,
        region: if region.is_empty() { "us-east-1".to_owned() } else { region },
        bucket: bucket.to_owned(),
        prefix: prefix.to_owned(),
        key_id: variable(KEY_ID).ok_or_else(|| missing(KEY_ID))?,
        key: Secret::new(&variable(KEY).ok_or_else(|| missing(KEY))?),
        token: variable(TOKEN).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(place: &str) -> Result<S3Settings, String> {
        settings(place, &|name| Some(format!("of {name}"))).map_err(|error| error.to_string())
    }

    #[test]
    fn a_bucket_is_read() {
        let of = read("s3://docs/a/b?endpoint=http://minio:9000&region=eu").expect("read");
        assert_eq!((of.bucket.as_str(), of.prefix.as_str(), of.bucket_in_host), ("docs", "a/b", false));
        assert_eq!((of.endpoint.as_str(), of.region.as_str()), ("http://minio:9000", "eu"));
        assert_eq!(of.key_id, "of PATCHWRIGHT_BLOBS_KEY_ID");
        let aws = read("s3://docs?region=eu-central-1").expect("read");
        assert!(aws.bucket_in_host && aws.endpoint.is_empty() && aws.prefix.is_empty());
        assert!(!format!("{aws:?}").contains("of PATCHWRIGHT_BLOBS_KEY\""), "{aws:?}");
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (place, why) in [
            ("s3:docs", "s3://BUCKET"),
            ("s3://?region=x", "s3://BUCKET"),
            ("s3://key:secret@docs?region=x", "variables"),
            ("s3://docs", "name the endpoint"),
            ("s3://docs?endpoint=minio:9000", "https://"),
            ("s3://docs?region=x&style=virtual", "path or host"),
            ("s3://docs?region=x&acl=public", "acl=public"),
        ] {
            let error = read(place).expect_err(place);
            assert!(error.contains(why), "{place}: {error}");
        }
        let error = open("s3://docs?region=x", &|_| None).err().expect("no key").to_string();
        assert!(error.contains("AWS_ACCESS_KEY_ID"), "{error}");
        let error = open("gs://docs", &|_| None).err().expect("unknown").to_string();
        assert!(error.contains("gs is no kind"), "{error}");
        assert!(open("", &|_| None).is_err());
    }
}
