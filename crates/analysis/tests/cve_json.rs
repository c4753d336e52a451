//! CVE records from JSON, and real ones from the shared packs: as much of the format as the range tests need.

use std::io::Read;
use std::ops::ControlFlow;

use model::record::{
    Change, Claim, End, Entry, RangeKind, Record, RecordState, Source, Status, Subject, Text,
};
use serde_json::Value;

/// The CNA container of a CVE record.
pub fn cna_record(json: &Value) -> Record<'static> {
    let metadata = &json["cveMetadata"];
    let container = &json["containers"]["cna"];
    Record {
        source: Some(Source::CveCna),
        id: text(&metadata["cveId"]),
        by: text(&container["providerMetadata"]["shortName"]),
        published: text(&metadata["datePublished"]),
        state: if metadata["state"] == "REJECTED" { RecordState::Rejected } else { RecordState::Published },
        claims: claims(container),
        ..Record::default()
    }
}

/// The claims of a container (CNA or ADP).
pub fn claims(container: &Value) -> Vec<Claim<'static>> {
    list(&container["affected"]).map(claim).collect()
}

/// One entry of `affected[]`.
pub fn claim(affected: &Value) -> Claim<'static> {
    Claim {
        subject: Subject {
            vendor: text(&affected["vendor"]),
            product: text(&affected["product"]),
            package_name: text(&affected["packageName"]),
            ..Subject::default()
        },
        entries: list(&affected["versions"]).map(entry).collect(),
        default_status: affected["defaultStatus"].as_str().map(status),
        ..Claim::default()
    }
}

fn entry(version: &Value) -> Entry<'static> {
    let version_type = text(&version["versionType"]);
    let start = text(&version["version"]);
    let end = match (&version["lessThan"], &version["lessThanOrEqual"]) {
        (Value::String(end), _) => End::Before(Text::Owned(end.clone())),
        (_, Value::String(end)) => End::Through(Text::Owned(end.clone())),
        _ => End::Single,
    };
    let bound = match &end {
        End::Before(end) | End::Through(end) => end.as_ref(),
        _ => start.as_ref(),
    };
    let is_git =
        version_type == "git" && bound.len() >= 7 && bound.bytes().all(|byte| byte.is_ascii_hexdigit());
    let changes = list(&version["changes"])
        .map(|change| Change {
            at: text(&change["at"]),
            status: change["status"].as_str().map(status).unwrap_or_default(),
        })
        .collect();
    Entry {
        status: version["status"].as_str().map(status).unwrap_or_default(),
        kind: if is_git { RangeKind::Git } else { RangeKind::Version },
        start,
        end,
        version_type,
        changes,
    }
}

/// The status of a word of the CVE format.
pub fn status(word: &str) -> Status {
    match word {
        "affected" => Status::Affected,
        "unaffected" => Status::Unaffected,
        _ => Status::Unknown,
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> Text<'static> {
    Text::Owned(value.as_str().unwrap_or_default().to_owned())
}

/// Streams the files of a shared pack (`kev`, `cve-v5-vulnrichment`) whose path `wanted` accepts, until `with`
/// breaks off. Nothing happens where the shared folder is absent.
pub fn each_in_pack(
    pack: &str,
    wanted: impl Fn(&str) -> bool,
    mut with: impl FnMut(&str, &[u8]) -> ControlFlow<()>,
) {
    let Some(path) = testkit::shared(&format!("data/{pack}.tar.zst")) else { return };
    let mut decoder = zstd::Decoder::new(std::fs::File::open(path).unwrap()).unwrap();
    decoder.window_log_max(27).unwrap();
    let mut archive = tar::Archive::new(decoder);
    let mut bytes = Vec::new();
    for member in archive.entries().unwrap() {
        let mut member = member.unwrap();
        let path = member.path().unwrap().to_string_lossy().into_owned();
        if !wanted(&path) {
            continue;
        }
        bytes.clear();
        member.read_to_end(&mut bytes).unwrap();
        if with(&path, &bytes).is_break() {
            return;
        }
    }
}
