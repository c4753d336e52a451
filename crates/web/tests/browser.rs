//! Every page in a real browser: it fits, it is quiet, it reaches nobody, keys work.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use testkit::browser::Browser;
use tokio::runtime::Runtime;
use web::server::{App, Options, listen, shell};

use crate::pages::PAGES;
use crate::sample::{Content, Sample};
use crate::visitor::runtime;

/// A server of its own for one test, on a port that the system gives.
fn serve(content: Content) -> String {
    let options = Options { secure: false, ..Options::default() };
    listen_to(shell::router(App::new(Arc::new(Sample::of(content)), options)), runtime())
}

/// Serves a router for the rest of the test. Returns its address.
pub fn listen_to(router: axum::Router, runtime: Arc<Runtime>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        runtime.block_on(listen::serve(listener, router, None, std::future::pending())).expect("serves");
    });
    address
}

fn start(content: Content) -> Option<(Browser, String)> {
    let mut browser = open()?;
    let host = serve(content);
    sign_in(&mut browser, &host, "ada", "correct horse");
    Some((browser, host))
}

/// Chromium; `None` where there is none.
pub fn open() -> Option<Browser> {
    Browser::start(Path::new(env!("CARGO_TARGET_TMPDIR")))
}

/// Signs in by the form.
pub fn sign_in(browser: &mut Browser, host: &str, name: &str, password: &str) {
    browser.visit(&format!("{host}/sign-in"));
    browser.evaluate(&format!("document.getElementById('name').value = '{name}'; document.getElementById('password').value = '{password}'"));
    submit(browser, "document.querySelector('main form').requestSubmit()");
    assert_eq!(browser.evaluate("document.querySelector('h1').textContent"), "Today");
}

/// Does something that loads another page, and waits for it.
pub fn submit(browser: &mut Browser, does: &str) {
    let seen = browser.events.len();
    browser.evaluate(&format!("setTimeout(() => {{ {does} }}); 0"));
    let is_loaded =
        |browser: &Browser| browser.events.iter().skip(seen).any(|(name, _)| name == "Page.loadEventFired");
    while !is_loaded(browser) {
        // Each answer brings the events that came before it.
        browser.call("Target.getTargets", &json!({}));
    }
}

fn key(browser: &mut Browser, key: &str) {
    for kind in ["keyDown", "keyUp"] {
        browser.call("Input.dispatchKeyEvent", &json!({"type": kind, "key": key, "text": if kind == "keyDown" && key.len() == 1 { key } else { "" }}));
    }
}

/// Errors of the console, and requests to other hosts.
pub fn noise(browser: &Browser, host: &str) -> Vec<String> {
    let mut noise = Vec::new();
    for (name, event) in &browser.events {
        match name.as_str() {
            "Runtime.exceptionThrown" => noise.push(event.to_string()),
            "Log.entryAdded" if event["entry"]["level"] == "error" => noise.push(event["entry"].to_string()),
            "Runtime.consoleAPICalled" if event["type"] == "error" => noise.push(event.to_string()),
            "Network.requestWillBeSent" => {
                let address = event["request"]["url"].as_str().unwrap_or_default();
                // The browser draws its own date field with an image of its own; ours would break the policy, and say so.
                let is_inside =
                    ["about:", "data:image/svg+xml;"].iter().any(|start| address.starts_with(start));
                if !address.starts_with(host) && !is_inside {
                    noise.push(format!("asked another host: {address}"));
                }
            }
            _ => {}
        }
    }
    noise
}

/// What stands wider than the screen.
pub const WIDE: &str = "(() => { const w = document.documentElement.clientWidth; const wide = document.documentElement.scrollWidth > w; \
    return wide ? [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > w + 1).slice(0, 5).map(e => e.outerHTML.slice(0, 160)) : []; })()";

fn pictures() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("PATCHWRIGHT_PICTURES")?);
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    Some(folder)
}

fn name_of(address: &str) -> String {
    let name: String =
        address.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    if address == "/" { "today".to_owned() } else { name.trim_matches('-').to_owned() }
}

fn all_fit(content: Content, addresses: &[&str]) {
    let Some((mut browser, host)) = start(content.clone()) else { return };
    let folder = pictures();
    for (width, scheme) in [(1440, "light"), (1024, "light"), (390, "light"), (1440, "dark"), (390, "dark")] {
        browser.resize(width, 900);
        browser.prefer(scheme);
        for address in addresses {
            browser.visit(&format!("{host}{address}"));
            let wide = browser.evaluate(WIDE);
            assert_eq!(wide, json!([]), "{content:?} {address} at {width}");
            if let Some(folder) = &folder
                && content != Content::Huge
            {
                let kind = match content {
                    Content::Empty => "empty",
                    Content::Hostile(_) => "long",
                    _ => "some",
                };
                browser.picture(&folder.join(format!("{kind}-{}-{width}-{scheme}.png", name_of(address))));
            }
        }
    }
    assert_eq!(noise(&browser, &host), Vec::<String>::new());
}

#[test]
fn every_page_fits_every_screen_and_is_quiet() {
    let mut addresses = PAGES.to_vec();
    addresses.push("/findings/f00000");
    all_fit(Content::Typical, &addresses);
}

#[test]
fn empty_pages_and_long_names_fit() {
    let addresses: Vec<&str> = PAGES
        .iter()
        .copied()
        .filter(|address| !address.contains("gateway") && !address.contains("from="))
        .collect();
    all_fit(Content::Empty, &addresses);
    let long = "averyveryverylongnamewithoutanyblankinit_".repeat(4) + "<b>&\"'";
    let text = Box::leak(web::pages::links::finding(&format!("00000{long}")).into_boxed_str());
    let mut addresses = PAGES.to_vec();
    addresses.push(text);
    all_fit(Content::Hostile(long), &addresses);
}

#[test]
fn keys_walk_select_open_and_decide() {
    let Some((mut browser, host)) = start(Content::Typical) else { return };
    browser.visit(&format!("{host}/findings"));
    let at = |browser: &mut Browser| {
        browser.evaluate(
            "[...document.querySelectorAll('[data-row]')].findIndex(row => row.classList.contains('at'))",
        )
    };
    assert_eq!(at(&mut browser), -1);
    for (press, place) in [("j", 0), ("j", 1), ("j", 2), ("k", 1)] {
        key(&mut browser, press);
        assert_eq!(at(&mut browser), place);
    }
    assert_eq!(
        browser.evaluate("document.activeElement.className"),
        "open id",
        "the focus is where the mark is"
    );
    assert_eq!(browser.evaluate("document.querySelector('form.bulk button').disabled"), true);
    key(&mut browser, "x");
    assert_eq!(browser.evaluate("document.querySelectorAll('input[name=finding]:checked').length"), 1);
    assert_eq!(
        browser.evaluate("document.querySelector('form.bulk button').textContent"),
        "Decide on the selected (1)"
    );
    key(&mut browser, "/");
    assert_eq!(browser.evaluate("document.activeElement.id"), "q");
    key(&mut browser, "j");
    assert_eq!(
        (at(&mut browser), browser.evaluate("document.getElementById('q').value")),
        (json!(1), json!("j")),
        "keys in a field are letters"
    );

    browser.visit(&format!("{host}/findings/f00000"));
    key(&mut browser, "e");
    assert_eq!(
        browser.evaluate("[...document.querySelectorAll('details[data-why]')].every(one => one.open)"),
        true
    );
    key(&mut browser, "d");
    assert_eq!(browser.evaluate("document.activeElement.name"), "status");
    browser.evaluate("const box = document.getElementById('comment'); box.value = 'half a thought'; box.dispatchEvent(new Event('input', {bubbles: true}))");
    browser.visit(&format!("{host}/"));
    browser.visit(&format!("{host}/findings/f00000"));
    assert_eq!(
        browser.evaluate("document.getElementById('comment').value"),
        "half a thought",
        "nothing half-written is lost"
    );
    assert_eq!(noise(&browser, &host), Vec::<String>::new());
}

#[test]
fn the_theme_is_remembered_and_works_without_a_script() {
    let Some((mut browser, host)) = start(Content::Typical) else { return };
    browser.call("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    browser.visit(&format!("{host}/help"));
    browser.call("Emulation.setScriptExecutionDisabled", &json!({"value": false}));
    submit(&mut browser, "document.querySelector('.theme button[value=dark]').click()");
    assert_eq!(
        browser.evaluate("document.documentElement.dataset.theme + ' ' + location.pathname"),
        "dark /help"
    );
    assert_eq!(browser.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(21, 24, 27)");
}

#[test]
fn every_field_and_button_can_be_seen_and_named() {
    let Some((mut browser, host)) = start(Content::Typical) else { return };
    for address in ["/", "/findings", "/findings/f00000", "/queue", "/settings", "/settings/people"] {
        browser.visit(&format!("{host}{address}"));
        let tree = browser.call("Accessibility.getFullAXTree", &json!({}));
        for node in tree["nodes"].as_array().into_iter().flatten().filter(|node| node["ignored"] == false) {
            let role = node["role"]["value"].as_str().unwrap_or_default();
            if matches!(
                role,
                "button"
                    | "link"
                    | "textbox"
                    | "searchbox"
                    | "combobox"
                    | "checkbox"
                    | "radio"
                    | "spinbutton"
            ) {
                let name = node["name"]["value"].as_str().unwrap_or_default();
                assert!(!name.trim().is_empty(), "{address}: a {role} without a name: {node}");
            }
        }
    }
}
