//! The main way through the real house in a real browser: sign in, find what is urgent, decide, see what became of it.

use model::access::Role;
use serde_json::json;
use testkit::browser::Browser;
use web::server::Options;

use super::{PASSWORD, TestHouse, bom, small_index};
use crate::browser::{WIDE, listen_to, noise, open, sign_in, submit};

/// Text of the first element that a selector finds.
fn text(browser: &mut Browser, selector: &str) -> String {
    let found = browser.evaluate(&format!("document.querySelector({selector:?})?.textContent ?? ''"));
    found.as_str().unwrap_or_default().trim().to_owned()
}

fn fits(browser: &mut Browser, host: &str, addresses: &[String]) {
    for width in [1440, 390] {
        browser.resize(width, 900);
        for address in addresses {
            browser.visit(&format!("{host}{address}"));
            assert_eq!(browser.evaluate(WIDE), json!([]), "{address} at {width}");
            let heading = text(browser, "h1");
            assert!(!heading.is_empty() && !heading.contains("wrong"), "{address}: {heading}");
        }
    }
    browser.resize(1440, 900);
}

#[test]
fn from_the_door_to_a_decision() {
    let Some(mut browser) = open() else { return };
    let house = TestHouse::with(small_index(), Options { secure: false, ..Options::default() });
    let first = house.upload("gateway", "1.0.0", &bom(&[("widget", "1.0"), ("gadget", "2")]));
    let second = house.upload("gateway", "1.1.0", &bom(&[("widget", "3.1"), ("gadget", "2")]));
    house.work();
    house.person("tom", &[(Role::Triager, None)]);
    let finding = house.finding(first, "CVE-2024-1").id;
    let host = listen_to(house.router.clone(), house.runtime.clone());
    sign_in(&mut browser, &host, "tom", PASSWORD);

    // Every page with real data, wide and narrow.
    let addresses = [
        "/",
        "/products",
        "/products/gateway",
        "/findings",
        "/queue",
        "/vulnerabilities",
        "/vulnerabilities/CVE-2024-1",
        "/vulnerabilities/CVE-1999-1",
        "/components",
        "/decisions",
        "/knowledge",
        "/knowledge/jobs",
        "/compare",
        "/account",
        "/help",
        "/search?q=widget",
    ];
    let mut addresses: Vec<String> = addresses.iter().map(|address| (*address).to_owned()).collect();
    addresses.push(format!("/releases/{first}"));
    addresses.push(format!("/findings/{finding}"));
    addresses.push(format!("/compare?from={first}&to={second}"));
    fits(&mut browser, &host, &addresses);

    // From the release's number to its rows, to one of them.
    browser.visit(&format!("{host}/releases/{first}"));
    submit(&mut browser, "document.querySelector('#findings .lead a').click()");
    assert_eq!(browser.evaluate("document.querySelectorAll('[data-row]').length"), 3);
    submit(
        &mut browser,
        "[...document.querySelectorAll('[data-row] a.open')].find(a => a.textContent == 'CVE-2024-1').click()",
    );
    assert!(text(&mut browser, "h1").contains("CVE-2024-1"));

    // The form refuses what is incomplete, and keeps what was written.
    browser.evaluate("document.querySelector('input[name=status][value=affected]').click(); document.getElementById('comment').value = 'seen on a device'");
    submit(&mut browser, "document.getElementById('comment').form.requestSubmit()");
    assert_eq!(browser.evaluate("document.getElementById('comment').value"), "seen on a device");
    assert!(!text(&mut browser, ".wrong").is_empty(), "what customers shall do is missing");
    browser.evaluate("document.getElementById('action').value = 'Update.'");
    submit(&mut browser, "document.getElementById('comment').form.requestSubmit()");
    assert!(text(&mut browser, "main").contains("D-2026-001"), "{}", text(&mut browser, "main"));

    browser.visit(&format!("{host}/decisions"));
    assert_eq!(browser.evaluate("document.querySelectorAll('[data-row]').length"), 1);
    browser.visit(&format!("{host}/vulnerabilities/CVE-2024-1"));
    assert!(text(&mut browser, "section[aria-labelledby=said-h]").contains("D-2026-001"));
    // Another form of another page: leaving ends the session.
    submit(&mut browser, "document.querySelector('form[action=\"/sign-out\"]').requestSubmit()");
    browser.visit(&format!("{host}/findings/{finding}"));
    assert_eq!(text(&mut browser, "h1"), "Sign in");
    let errors: Vec<String> =
        noise(&browser, &host).into_iter().filter(|line| !line.contains("422")).collect();
    assert_eq!(errors, Vec::<String>::new());
}
