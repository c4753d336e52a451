//! The report in a real browser: it fits, it is quiet, it reaches nobody, and foreign letters do nothing.

use std::path::{Path, PathBuf};

use testkit::browser::Browser;

use crate::binary::{run, scratch};

fn start() -> Option<Browser> {
    Browser::start(Path::new(env!("CARGO_TARGET_TMPDIR")))
}

/// Writes a report and returns its file.
fn report(name: &str, words: &[&str]) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let out = format!("html={}", file.display());
    let mut all = vec!["scan"];
    all.extend(words);
    all.extend(["--at", "2026-09-22", "--out", out.as_str()]);
    let ran = run(&all);
    assert_eq!(ran.code, 0, "{}", ran.err);
    file
}

fn gateway(name: &str) -> PathBuf {
    // Relative names: the pictures of the manual show no folder of the machine they were taken on.
    report(name, &["starter/gateway-4.1.0.spdx.json", "starter/gateway-4.1.0.config", "--all"])
}

/// What a page must never report.
fn complaints(browser: &Browser) -> Vec<String> {
    let is_bad = |method: &str| matches!(method, "Runtime.exceptionThrown" | "Log.entryAdded");
    let bad = browser.events.iter().filter(|(method, _)| is_bad(method));
    bad.map(|(method, what)| format!("{method}: {what}")).collect()
}

fn assert_fits(browser: &mut Browser, width: u32) {
    browser.resize(width, 900);
    let wide = browser.evaluate("document.documentElement.scrollWidth");
    assert!(wide.as_u64().is_some_and(|wide| wide <= u64::from(width)), "{wide} at {width}");
}

#[test]
fn the_report_fits_and_is_quiet() {
    let file = gateway("gateway-fits.html");
    let Some(mut browser) = start() else { return };
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        for width in [1440, 390] {
            browser.resize(width, 900);
            browser.open(&file);
            assert_fits(&mut browser, width);
            // Everything unfolded, too.
            browser.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
            assert_fits(&mut browser, width);
        }
    }
    assert_eq!(complaints(&browser), Vec::<String>::new());
    let asked: Vec<&str> = (browser.events.iter())
        .filter(|(method, _)| method == "Network.requestWillBeSent")
        .filter_map(|(_, what)| what["request"]["url"].as_str())
        .filter(|url| !url.starts_with("file://"))
        .collect();
    assert!(asked.is_empty(), "{asked:?}");
}

#[test]
fn the_report_can_reach_nobody() {
    let file = gateway("gateway-reach.html");
    let Some(mut browser) = start() else { return };
    browser.open(&file);
    for attempt in [
        "fetch('https://example.invalid/')",
        "new Promise((done, fail) => { const one = new Image(); one.onload = done; one.onerror = fail; \
         one.src = 'https://example.invalid/x.png'; })",
    ] {
        let refused = browser.evaluate(&format!(
            "new Promise((done) => {{ document.addEventListener('securitypolicyviolation', (event) => \
             done(event.effectiveDirective)); ({attempt}).catch(() => 0); }})"
        ));
        assert!(matches!(refused.as_str(), Some("connect-src" | "img-src")), "{attempt}: {refused}");
    }
    // A script that is not ours does not run, wherever it comes from.
    let hit = browser.evaluate(
        "(() => { const one = document.createElement('script'); one.textContent = 'window.hit = 1'; \
         document.body.append(one); return window.hit === undefined; })()",
    );
    assert_eq!(hit, true);
}

#[test]
fn numbers_lead_to_exactly_their_rows() {
    let file = gateway("gateway-rows.html");
    let Some(mut browser) = start() else { return };
    browser.open(&file);
    let seen = "[...document.querySelectorAll('.f')].filter((row) => !row.classList.contains('hide')";
    let all = browser.evaluate(&format!("{seen}).length"));
    let planned = browser.evaluate("document.querySelectorAll('.f[data-c=planned]').length");
    browser.evaluate("document.querySelector('input[value=planned]').click()");
    assert_eq!(browser.evaluate(&format!("{seen}).length")), planned);
    assert!(planned.as_u64() < all.as_u64());
    assert_eq!(browser.evaluate("location.hash"), "#?class=planned");
    // The address is the state: the same link shows the same rows.
    browser.evaluate("document.querySelector('button[type=reset]').click()");
    let back =
        browser.evaluate(&format!("new Promise((done) => setTimeout(() => done({seen}).length), 50))"));
    assert_eq!(back, all);
}

/// Foreign letters in every place that a document can fill.
#[test]
fn foreign_letters_do_nothing() {
    let hostile = "</title></style><script>window.hit=1</script><img src=x onerror=window.hit=1>\\\"' onclick=window.hit=1 \\u202e";
    let long = "x".repeat(400);
    let bom = format!(
        "{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"metadata\":{{\"component\":{{\"type\":\"firmware\",\"name\":\"{hostile}\",\"version\":\"{hostile}\"}}}},\
         \"components\":[{{\"type\":\"library\",\"name\":\"{hostile}\",\"version\":\"{hostile}\",\"purl\":\"javascript:alert(1)\",\"externalReferences\":[{{\"type\":\"website\",\"url\":\"javascript:window.hit=1\"}}]}},\
         {{\"type\":\"application\",\"name\":\"dnsmasq\",\"version\":\"2.85\",\"cpe\":\"cpe:2.3:a:thekelleys:dnsmasq:2.85:*:*:*:*:*:*:*\",\"supplier\":{{\"name\":\"{hostile}\"}}}},\
         {{\"type\":\"library\",\"name\":\"{long}\",\"version\":\"{long}\"}}]}}"
    );
    let sbom = scratch("hostile.cdx.json", bom.as_bytes());
    let file = report("hostile.html", &[&sbom]);
    let page = std::fs::read_to_string(&file).expect("the report");
    assert_eq!(page.matches("<script").count(), 1, "only our own");
    assert!(!page.contains("<img") && !page.contains("javascript:w") && !page.contains('\u{202e}'));
    assert!(page.contains("&#60;script&#62;"), "the name is shown, harmless");
    let Some(mut browser) = start() else { return };
    browser.resize(390, 900);
    browser.open(&file);
    assert_fits(&mut browser, 390);
    assert_eq!(browser.evaluate("window.hit === undefined && document.scripts.length === 1"), true);
    assert_eq!(complaints(&browser), Vec::<String>::new());
}

/// The pictures of the manual: `PATCHWRIGHT_REFRESH=1` takes them again.
#[test]
fn pictures_of_the_manual() {
    if std::env::var_os("PATCHWRIGHT_REFRESH").is_none() {
        return;
    }
    let file = gateway("gateway-pictures.html");
    let Some(mut browser) = start() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/images");
    for (name, scheme, width, height, place) in [
        ("report.png", "light", 1200, 1080, "main"),
        ("report-funnel.png", "light", 1200, 1130, "funnel"),
        ("report-dark.png", "dark", 1200, 760, "findings"),
        ("report-phone.png", "light", 390, 844, "main"),
    ] {
        browser.prefer(scheme);
        browser.resize(width, height);
        browser.open(&file);
        let line = if place == "main" {
            "scrollTo(0, 0)".to_owned()
        } else {
            format!(
                "document.querySelector('.g').open = true; document.getElementById('{place}').scrollIntoView()"
            )
        };
        browser.evaluate(&line);
        browser.picture(&folder.join(name));
    }
}
