//! Our own answers, read back.

use formats::saved::read;
use model::assessment::ResponseClass;
use model::finding::Verdict;

#[test]
fn scan_and_assess_are_read_with_what_held() {
    let scan = br#"{"schema":"patchwright/scan/1","product":"p","release":"1","at":"x","findings":[
        {"vulnerability":"CVE-1","aliases":["GHSA-1"],"component":{"key":"k","name":"zlib","version":"1"},"verdict":"affected","assessment":{"class":"planned","row":1}},
        {"vulnerability":"CVE-2","aliases":[],"component":{"name":"zlib"},"verdict":"affected","assessment":{"class":"planned"},"effect":{"status":"fixed","class":null}}]}"#;
    let saved = read(scan, "scan.json").unwrap();
    assert_eq!((saved.product.as_str(), saved.release.as_str()), ("p", "1"));
    assert_eq!(saved.findings[0].ids, ["CVE-1", "GHSA-1"]);
    assert_eq!(
        (saved.findings[0].verdict, saved.findings[0].class),
        (Verdict::Affected, Some(ResponseClass::Planned))
    );
    assert_eq!((saved.findings[1].verdict, saved.findings[1].class), (Verdict::NotAffected, None));
    let assess = br#"{"schema":"patchwright/assessment/1","findings":[{"vulnerability":"CVE-1","component":"zl\u0069b","verdict":"needs_review","class":"none"}]}"#;
    let saved = read(assess, "assess.json").unwrap();
    assert_eq!(
        (saved.findings[0].component.as_str(), saved.findings[0].verdict),
        ("zlib", Verdict::NeedsReview)
    );
}

#[test]
fn anything_else_is_refused_by_name() {
    let wrong: [&[u8]; 7] = [
        b"",
        b"[]",
        b"{\"schema\":\"patchwright/inventory/1\",\"findings\":[]}",
        b"{\"schema\":\"patchwright/scan/1\"}",
        b"{\"schema\":\"patchwright/scan/1\",\"findings\":[{\"vulnerability\":\"C\",\"component\":\"a\",\"verdict\":\"bad\"}]}",
        b"{\"schema\":\"patchwright/scan/1\",\"findings\":[{\"vulnerability\":\"C\",\"component\":\"a\",\"verdict\":\"affected\",\"class\":\"x\"}]}",
        b"\xff",
    ];
    for bytes in wrong {
        let error = read(bytes, "base.json").unwrap_err();
        assert!(error.to_string().starts_with("cannot read base.json: "), "{error}");
    }
}
