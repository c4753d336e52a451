//! Only plain web addresses become links.

use web::link::{of_vulnerability, web_address};

#[test]
fn only_web_addresses() {
    for good in
        ["https://example.org/a?b=c#d", "HTTP://example.org", "https://[::1]/", "https://bücher.example/"]
    {
        assert_eq!(web_address(good), Some(good));
    }
    for bad in [
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https:/example.org",
        "https://",
        "https:///x",
        "https://a b",
        "https://a\"onclick=x",
        "https://a<b",
        "https://a\u{0}",
        " https://example.org",
        "//example.org",
        "",
    ] {
        assert_eq!(web_address(bad), None, "{bad:?}");
    }
}

#[test]
fn ids_that_are_none_have_no_page() {
    assert_eq!(
        of_vulnerability("CVE-2024-1086").as_deref(),
        Some("https://www.cve.org/CVERecord?id=CVE-2024-1086")
    );
    for none in ["CVE-1\"><script>", "CVE-2024-1 x", "ACME-1", "", "javascript:x"] {
        assert_eq!(of_vulnerability(none), None, "{none:?}");
    }
}
