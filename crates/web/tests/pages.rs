//! Every page with nothing, something, too much and hostile texts.

use crate::sample::{Content, RELEASES};
use crate::visitor::Visitor;

/// Longest page, in bytes.
const LONGEST: usize = 150_000;

/// Every page, with what makes it long or odd.
pub const PAGES: &[&str] = &[
    "/",
    "/products",
    "/products/gateway",
    "/products/bare",
    "/releases/gw-410",
    "/compare",
    "/compare?from=gw-403&to=gw-410",
    "/findings",
    "/findings?limit=100",
    "/findings?class=immediate&state=open&release=gw-410&find=linux&sort=epss",
    "/findings?find=nothing-fits",
    "/queue",
    "/vulnerabilities",
    "/vulnerabilities/CVE-2024-1000",
    "/vulnerabilities/CVE-2024-3094",
    "/vulnerabilities/CVE-1999-0001",
    "/components",
    "/components?limit=100",
    "/knowledge",
    "/knowledge/jobs",
    "/search",
    "/search?q=openssl",
    "/search?q=CVE-1999-0001",
    "/search?q=nothing",
    "/settings",
    "/settings/people",
    "/settings/people/grace",
    "/settings/alerts",
    "/settings/rules",
    "/products/gateway/drafts",
    "/drafts/profile/2",
    "/decisions",
    "/decisions?state=proposed",
    "/decisions/D-2026-001",
    "/deeds/B-0011223344556677",
    "/account",
    "/set-up/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "/set-up/used",
    "/join/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "/join/used",
    "/audit",
    "/help",
];

/// All tags of a page: name, and its text between the angle brackets.
fn tags(page: &str) -> Vec<(&str, &str)> {
    page.split('<')
        .skip(1)
        .map(|part| part.split('>').next().unwrap_or_default())
        .map(|tag| (tag.split([' ', '\n', '/']).next().unwrap_or_default(), tag))
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

fn is_well_made(address: &str, page: &str) {
    assert!(page.len() < LONGEST, "{address}: {} bytes", page.len());
    let tags = tags(page);
    let count = |name: &str| tags.iter().filter(|(tag, _)| *tag == name).count();
    assert_eq!(
        (count("main"), count("h1"), count("title")),
        (1, 1, 1 + page.matches("<title id=").count()),
        "{address}"
    );
    assert!(page.contains("class=\"skip\" href=\"#main\""), "{address}");
    let ids: Vec<&str> = tags.iter().filter_map(|(_, tag)| attribute(tag, "id")).collect();
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), ids.len(), "{address}: an id stands twice: {ids:?}");
    let labels: Vec<&str> = tags
        .iter()
        .filter(|(name, _)| *name == "label")
        .filter_map(|(_, tag)| attribute(tag, "for"))
        .collect();
    for (name, tag) in &tags {
        let names: Vec<&str> = tag.split('"').step_by(2).flat_map(str::split_whitespace).collect();
        assert!(
            !names.iter().any(|name| name.starts_with("style=") || name.starts_with("on")),
            "{address}: <{tag}>"
        );
        if matches!(*name, "input" | "select" | "textarea") && attribute(tag, "type") != Some("hidden") {
            let id = attribute(tag, "id").unwrap_or_else(|| panic!("{address}: no id: <{tag}>"));
            assert!(labels.contains(&id), "{address}: no label: <{tag}>");
        }
        for words in ["aria-labelledby", "aria-describedby"] {
            for id in attribute(tag, words).unwrap_or_default().split_whitespace() {
                assert!(ids.contains(&id), "{address}: {words} names {id:?}, which is not there");
            }
        }
        if *name == "a" {
            let link = attribute(tag, "href").unwrap_or_default();
            assert!(
                link.starts_with('/') || link.starts_with('#') || link.starts_with("https://"),
                "{address}: <{tag}>"
            );
            if let Some(id) = link.strip_prefix('#') {
                assert!(ids.contains(&id), "{address}: {link} leads nowhere");
            }
        }
        assert!(!matches!(*name, "iframe" | "object" | "embed" | "base" | "img"), "{address}: <{tag}>");
    }
    for form in page.split("<form ").skip(1).map(|part| part.split("</form>").next().unwrap_or_default()) {
        let is_safe = !form.split('>').next().unwrap_or_default().contains("method=\"post\"");
        assert!(
            is_safe || form.contains("name=\"csrf\" value=\""),
            "{address}: a form without proof: {form}"
        );
        assert!(!is_safe || !form.contains("name=\"csrf\""), "{address}: a proof in an address");
    }
    assert_eq!(page.matches("<script").count(), 1, "{address}: one script, from a file");
    assert!(!page.contains("<style") && !page.contains("javascript:\""), "{address}");
}

#[test]
fn every_page_is_well_made_whatever_it_shows() {
    for content in [Content::Empty, Content::Typical, Content::Huge] {
        let mut visitor = Visitor::of(content.clone());
        for address in PAGES {
            let answer = visitor.get(address);
            let is_missing = content == Content::Empty
                && (address.starts_with("/products/gateway") || address.contains("from=gw"));
            if is_missing && answer.status == 404 {
                continue;
            }
            assert_eq!(answer.status, 200, "{content:?} {address}: {}", answer.body);
            is_well_made(&format!("{content:?} {address}"), &answer.body);
        }
    }
    let mut visitor = Visitor::of(Content::Typical);
    let page = visitor.get("/findings/f00000");
    is_well_made("finding", &page.body);
    visitor.cookies.clear();
    is_well_made("sign-in", &visitor.get("/sign-in").body);
}

#[test]
fn empty_pages_teach() {
    let mut visitor = Visitor::of(Content::Empty);
    for (address, teaches) in [
        ("/", "curl "),
        ("/products", "curl "),
        ("/products/bare", "curl "),
        ("/releases/gw-410", "not judged yet"),
        ("/findings", "Hand one in"),
        ("/queue", "Nothing waits here"),
        ("/vulnerabilities", "See how old our knowledge is"),
        ("/components", "Hand in a release"),
        ("/knowledge", "patchwright feeds add"),
        ("/knowledge/jobs", "Jobs come with"),
        ("/settings", "your account"),
        ("/settings/alerts", "Nobody is told of anything yet"),
        ("/settings/rules", "A rule says what your house does differently"),
        ("/products/gateway/drafts", "inferred from the SBOM"),
        ("/decisions", "It is made on a finding"),
        ("/account", "A build needs one to hand in its SBOM"),
        ("/settings/people/grace", "Give a role below"),
        ("/vulnerabilities/CVE-2024-3094", "We do not know: no release is watched"),
    ] {
        let page = visitor.get(address).body;
        assert!(page.contains(teaches), "{address} lacks {teaches:?}: {page}");
        assert!(!page.contains("Nothing needs you today"), "nothing watched is not nothing to do");
    }
}

#[test]
fn nowhere_is_an_answer() {
    let mut visitor = Visitor::of(Content::Typical);
    let page = visitor.get("/vulnerabilities/CVE-2024-3094").body;
    assert!(page.contains("Nowhere: in none of 412 releases checked."));
    let unknown = visitor.get("/vulnerabilities/CVE-1999-0001").body;
    assert!(unknown.contains("No feed of ours knows this id"));
    assert!(visitor.get("/search?q=CVE-1999-0001").body.contains("in none of 412 releases"));
}

#[test]
fn addresses_that_a_record_names_act_only_as_web_addresses() {
    let page = Visitor::of(Content::Typical).get("/vulnerabilities/CVE-2024-3094").body;
    assert!(page.contains("<li>javascript:alert(1)</li>"));
    assert!(page.contains("href=\"https://example.org/advisory\" rel=\"noreferrer noopener\""));
}

/// Every number that is a link leads to a list that shows the same number.
#[test]
fn numbers_lead_to_exactly_their_rows() {
    let mut visitor = Visitor::of(Content::Typical);
    let mut followed = std::collections::BTreeSet::new();
    for address in [
        "/",
        "/products",
        "/products/gateway",
        "/releases/gw-410",
        "/releases/se-220",
        "/components?limit=30",
        "/vulnerabilities?limit=30",
        "/knowledge",
    ] {
        let page = visitor.get(address).body;
        for (_, tag) in tags(&page) {
            let Some(number) = attribute(tag, "data-n") else { continue };
            let link = attribute(tag, "href").expect("a link").replace("&amp;", "&").replace("&#38;", "&");
            // A release is judged by the sample in one list; products are counted as releases there.
            if link == "/products" || !followed.insert(link.clone()) {
                continue;
            }
            let list = visitor.get(&link);
            assert_eq!(list.status, 200, "{address}: {link}: {}", list.body);
            let total = tags(&list.body)
                .into_iter()
                .find_map(|(_, tag)| attribute(tag, "data-total"))
                .unwrap_or("0")
                .to_owned();
            if link.starts_with("/knowledge/jobs") {
                continue;
            }
            assert_eq!(total, number, "{address}: {link}");
        }
    }
    assert!(followed.len() > 60, "{}", followed.len());
    assert_eq!(RELEASES.len(), 5);
}

/// Tags and their attribute names.
fn structure(page: &str) -> std::collections::BTreeSet<String> {
    let mut known = std::collections::BTreeSet::new();
    for (name, tag) in tags(page) {
        let mut rest = tag;
        while let Some((before, after)) = rest.split_once("=\"") {
            known.insert(format!("{name} {}", before.split_whitespace().last().unwrap_or_default()));
            rest = after.split_once('"').map_or("", |(_, rest)| rest);
        }
        known.insert(name.to_owned());
    }
    known
}

#[test]
fn hostile_texts_stay_texts() {
    let pages = |text: &str| {
        let mut visitor = Visitor::of(Content::Hostile(text.to_owned()));
        let first = visitor.sample.rows[0].row.id.clone();
        let mut addresses: Vec<String> = PAGES.iter().map(|address| (*address).to_owned()).collect();
        addresses.push(web::pages::links::finding(&first));
        addresses.push(web::pages::list::address(
            "/findings",
            &[("component", text.to_owned()), ("find", text.to_owned())],
        ));
        addresses.push(web::pages::list::address("/search", &[("q", text.to_owned())]));
        addresses.push(web::pages::links::vulnerability(text));
        addresses
            .into_iter()
            .map(|address| {
                let answer = visitor.get(&address);
                assert_eq!(answer.status, 200, "{text:?}: {address}: {}", answer.body);
                (address, answer.body)
            })
            .collect::<Vec<_>>()
    };
    let plain = pages("plain text");
    for text in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "\" onfocus=alert(1) autofocus x=\"",
        "javascript:alert(1)",
        "</title></textarea><svg onload=alert(1)>",
        "{{ 7*7 }}{% include %}",
        "a\u{202e}gnp.exe",
        "../../etc/passwd?a=b&c#d",
    ] {
        for ((address, page), (_, plain)) in pages(text).iter().zip(&plain) {
            let (known, found) = (structure(plain), structure(page));
            let foreign: Vec<_> = found.difference(&known).collect();
            assert!(foreign.is_empty(), "{text:?} at {address}: {foreign:?}");
            is_well_made(address, page);
            assert!(!page.contains('\u{202e}'), "{address}");
        }
    }
}
