//! Documents of sources, written small.

use std::io::Write;

pub fn kev(date: &str, ids: &[&str]) -> String {
    let entry = |id: &&str| {
        format!(
            r#"{{"cveID":"{id}","dateAdded":"2024-05-30","dueDate":"2024-06-20","knownRansomwareCampaignUse":"Known"}}"#
        )
    };
    let entries: Vec<String> = ids.iter().map(entry).collect();
    format!(r#"{{"catalogVersion":"1","dateReleased":"{date}","vulnerabilities":[{}]}}"#, entries.join(","))
}

pub fn epss(date: &str, ids: &[(&str, f32)]) -> String {
    let mut text = format!("#model_version:v2025.03.14,score_date:{date}\ncve,epss,percentile\n");
    ids.iter().for_each(|(id, score)| text.push_str(&format!("{id},{score},0.5\n")));
    text
}

pub fn nvd(id: &str, modified: &str, end: &str) -> String {
    format!(
        r#"{{"cve":{{"id":"{id}","sourceIdentifier":"x@example.org","published":"2024-01-01T00:00:00.000","lastModified":"{modified}","vulnStatus":"Analyzed","descriptions":[{{"lang":"en","value":"An example."}}],"configurations":[{{"nodes":[{{"operator":"OR","negate":false,"cpeMatch":[{{"vulnerable":true,"criteria":"cpe:2.3:a:acme:thing:*:*:*:*:*:*:*:*","versionEndExcluding":"{end}","matchCriteriaId":"x"}}]}}]}}]}}}}"#
    )
}

pub fn nvd_page(start: usize, total: usize, records: &[String]) -> String {
    format!(
        r#"{{"resultsPerPage":{},"startIndex":{start},"totalResults":{total},"format":"NVD_CVE","version":"2.0","timestamp":"2026-11-22T12:00:00.000","vulnerabilities":[{}]}}"#,
        records.len(),
        records.join(",")
    )
}

pub fn cve(id: &str, updated: &str, end: &str) -> String {
    format!(
        r#"{{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{{"cveId":"{id}","assignerOrgId":"11111111-1111-4111-8111-111111111111","assignerShortName":"acme","state":"PUBLISHED","datePublished":"2024-01-01T00:00:00.000Z","dateUpdated":"{updated}"}},"containers":{{"cna":{{"providerMetadata":{{"orgId":"11111111-1111-4111-8111-111111111111","shortName":"acme","dateUpdated":"{updated}"}},"title":"An example","descriptions":[{{"lang":"en","value":"An example."}}],"affected":[{{"vendor":"acme","product":"thing","defaultStatus":"unaffected","versions":[{{"version":"0","lessThan":"{end}","status":"affected","versionType":"semver"}}]}}],"references":[]}}}}}}"#
    )
}

pub fn osv(id: &str, modified: &str, fixed: &str) -> String {
    format!(
        r#"{{"schema_version":"1.6.0","id":"{id}","modified":"{modified}","published":"2024-01-01T00:00:00Z","summary":"An example","affected":[{{"package":{{"ecosystem":"Debian:12","name":"thing"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
}

pub fn zip(members: &[(&str, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn gz(text: &str) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

pub fn sha256(text: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02X}")).collect()
}
