//! Who may what, and did our own page send it.

use web::backend::Role;
use web::server::Options;
use web::server::routes::{ROUTES, Verb, Who};

use crate::sample::{Content, Sample};
use crate::visitor::{Visitor, proof};

fn stranger() -> Visitor {
    Visitor::new(Sample::of(Content::Typical), Options::default())
}

/// An address with every part filled.
fn filled(path: &str) -> String {
    path.replace("{finding}", "f00000")
        .replace("{release}", "gw-410")
        .replace("{product}", "gateway")
        .replace("{vulnerability}", "CVE-2024-1000")
        .replace("{feed}", "nvd")
        .replace("{token}", "abc")
        .replace("{version}", "4.1.0")
        .replace("{decision}", "D-2026-001")
        .replace("{deed}", "B-0011223344556677")
        .replace("{person}", "grace")
        .replace("{channel}", "security%20team")
        .replace("{session}", "8899aabbccddeeff")
        .replace("{kind}", "profile")
        .replace("{id}", "2")
        .replace("{secret}", crate::sample::desk::OPEN)
}

#[test]
fn a_stranger_sees_the_door_and_nothing_else() {
    let mut stranger = stranger();
    for route in ROUTES {
        if !route.page.is_empty() && route.verb == Verb::Get {
            let answer = stranger.get(&filled(route.page));
            match route.who {
                Who::Anyone => assert!(answer.status < 400, "{}", route.page),
                _ => assert_eq!(
                    (answer.status, answer.header("location").split('?').next()),
                    (303, Some("/sign-in")),
                    "{}",
                    route.page
                ),
            }
        }
        if !route.api.is_empty() && route.who != Who::Anyone {
            let answer = stranger.send(route.verb.word(), &filled(route.api), "", String::new());
            assert_eq!(answer.status, 401, "{} {}", route.verb.word(), route.api);
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
    }
}

#[test]
fn a_stranger_comes_back_to_where_they_wanted() {
    let mut stranger = stranger();
    let answer = stranger.get("/findings?class=immediate");
    assert_eq!(answer.header("location"), "/sign-in?next=%2Ffindings%3Fclass%3Dimmediate");
    let form = stranger.get(answer.header("location"));
    let answer = stranger.post(
        "/sign-in",
        &[
            ("csrf", &proof(&form.body)),
            ("name", "ada"),
            ("password", "correct horse"),
            ("next", "/findings?class=immediate"),
        ],
    );
    assert_eq!(answer.header("location"), "/findings?class=immediate");
    let form = {
        stranger.cookies.clear();
        stranger.get("/sign-in")
    };
    let answer = stranger.post(
        "/sign-in",
        &[
            ("csrf", &proof(&form.body)),
            ("name", "ada"),
            ("password", "correct horse"),
            ("next", "//example.org"),
        ],
    );
    assert_eq!(answer.header("location"), "/", "no other host");
}

#[test]
fn signing_in_makes_a_new_session_and_signing_out_ends_it() {
    let mut visitor = Visitor::of(Content::Typical);
    let first = visitor.cookies.clone();
    let line = "__Host-patchwright";
    assert!(first.iter().any(|(name, _)| name == line));
    let page = visitor.get("/");
    assert_eq!(page.status, 200);
    // Again: the secret is another one, and the old one is worth nothing.
    let secret = first.iter().find(|(name, _)| name == line).expect("a session").1.clone();
    let answer = visitor
        .post("/sign-in", &[("csrf", &proof(&page.body)), ("name", "ada"), ("password", "correct horse")]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_ne!(visitor.cookies.iter().find(|(name, _)| name == line).expect("a session").1, secret);
    let fresh = std::mem::replace(&mut visitor.cookies, vec![(line.to_owned(), secret)]);
    assert_eq!(visitor.get("/").status, 303, "the old session is over");
    visitor.cookies = fresh;
    let page = visitor.get("/");
    let answer = visitor.post("/sign-out", &[("csrf", &proof(&page.body))]);
    assert_eq!(answer.header("location"), "/sign-in");
    assert_eq!(visitor.sample.sessions.lock().expect("free").len(), 0);
}

#[test]
fn cookies_are_marked() {
    let mut stranger = stranger();
    let form = stranger.get("/sign-in");
    let answer = stranger
        .post("/sign-in", &[("csrf", &proof(&form.body)), ("name", "ada"), ("password", "correct horse")]);
    let lines: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("text")).collect();
    for line in lines {
        for mark in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(line.contains(mark), "{line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
}

#[test]
fn wrong_names_and_wrong_passwords_are_told_alike() {
    let mut stranger = stranger();
    let (one, other) = (stranger.sign_in("ada", "wrong"), stranger.sign_in("nobody", "wrong"));
    assert_eq!((one.status, other.status), (422, 422));
    let masked = |body: &str, name: &str| body.replace(&proof(body), "").replace(name, "");
    assert_eq!(masked(&one.body, "ada"), masked(&other.body, "nobody"));
}

#[test]
fn nothing_changes_without_the_proof() {
    let mut visitor = Visitor::of(Content::Typical);
    let good = proof(&visitor.get("/").body);
    let other = proof(&Visitor::of(Content::Typical).get("/").body);
    for route in ROUTES.iter().filter(|route| route.verb != Verb::Get) {
        for path in [route.page, route.api].into_iter().filter(|path| !path.is_empty()) {
            for bad in ["", "x", other.as_str()] {
                let address = filled(path);
                let answer = visitor.send(
                    route.verb.word(),
                    &address,
                    "application/x-www-form-urlencoded",
                    format!("csrf={bad}&name=ada&password=x"),
                );
                assert_eq!(answer.status, 403, "{address} with {bad:?}: {}", answer.body);
            }
        }
    }
    visitor.headers.push(("sec-fetch-site", "cross-site".into()));
    assert_eq!(visitor.post("/theme", &[("csrf", &good), ("theme", "dark")]).status, 403);
    assert!(visitor.sample.decided.lock().expect("free").is_empty());
}

#[test]
fn roles_open_doors() {
    let mut sample = Sample::of(Content::Typical);
    sample.roles = vec![Role::Support];
    let mut support = Visitor::new(sample, Options::default()).signed_in();
    let page = support.get("/");
    assert!(
        !page.body.contains("href=\"/settings\"") && !page.body.contains(">Settings<"),
        "what one may not use is absent"
    );
    for path in ["/settings", "/settings/people", "/audit", "/metrics"] {
        assert_eq!(support.get(path).status, 403, "{path}");
    }
    assert!(!support.get("/findings/f00000").body.contains("id=\"decide\""));
    assert!(!support.get("/findings").body.contains("type=\"checkbox\""));
    let proof = proof(&page.body);
    assert_eq!(
        support
            .post("/findings/f00000/decision", &[("csrf", &proof), ("status", "fixed"), ("comment", "x")])
            .status,
        403
    );
    let mut sample = Sample::of(Content::Typical);
    sample.roles = vec![Role::Auditor];
    let mut auditor = Visitor::new(sample, Options::default()).signed_in();
    assert_eq!((auditor.get("/audit").status, auditor.get("/settings").status), (200, 403));
}

#[test]
fn a_token_asks_the_api_and_no_page() {
    let mut visitor = Visitor::of(Content::Typical);
    let page = visitor.get("/account");
    let made = visitor.post(
        "/account/tokens",
        &[
            ("csrf", &proof(&page.body)),
            ("name", "build"),
            ("days", "30"),
            ("roles", "triager"),
            ("roles", "auditor"),
            ("roles", "product_manager"),
        ],
    );
    assert_eq!((made.status, made.header("cache-control")), (200, "no-store"));
    let token = made
        .body
        .split("<code>")
        .find(|part| part.starts_with("pw_") && !part.contains('…'))
        .expect("shown once");
    let token = token.split('<').next().expect("a token").to_owned();
    assert!(!visitor.get("/account").body.contains(&token), "shown this once");
    let mut program = Visitor {
        cookies: Vec::new(),
        headers: vec![("authorization", format!("Bearer {token}"))],
        ..visitor
    };
    let answer = program.get("/api/v1/findings?class=immediate&limit=3");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["items"].as_array().expect("items").len(), 3);
    assert!(answer.header("link").contains("after=3") && answer.header("link").contains("rel=\"next\""));
    assert_eq!(program.get("/findings").status, 303, "tokens open no pages");
    assert_eq!(program.get("/api/v1/people").status, 403, "a token has its roles and no others");
    assert!(program.get("/metrics").body.contains("patchwright_open_findings{class=\"immediate\"}"));
    // A token needs no proof: no browser sends it by itself.
    program.headers.push(("idempotency-key", "k1".into()));
    program.headers.push(("if-match", "\"v1\"".into()));
    let body = r#"{"status":"affected","action":"Update.","comment":"confirmed","evidence":["e1"]}"#;
    let answer = program.send("POST", "/api/v1/findings/f00000/decision", "application/json", body);
    assert_eq!((answer.status, answer.json()["done"].as_str()), (200, Some("Decided: affected")));
    assert_eq!(*program.sample.decided.lock().expect("free"), ["f00000 affected by ada key k1"]);
    program.headers.pop();
    program.headers.push(("if-match", "\"v0\"".into()));
    assert_eq!(
        program.send("POST", "/api/v1/findings/f00000/decision", "application/json", body).status,
        412
    );
    let wrong = program.send(
        "POST",
        "/api/v1/findings/f00000/decision",
        "application/json",
        r#"{"status":"affected","colour":"red"}"#,
    );
    let fields: Vec<_> = wrong.json()["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|one| one["field"].as_str().expect("a name").to_owned())
        .collect();
    assert_eq!((wrong.status, fields), (422, vec!["action".to_owned(), "colour".into(), "comment".into()]));
    for bad in ["[]", "{", "{\"a\":{\"b\":1}}", "\u{0}"] {
        assert_eq!(
            program.send("POST", "/api/v1/findings/f00000/decision", "application/json", bad).status,
            422,
            "{bad}"
        );
    }
    let place = "/api/v1/products/gateway/releases/4.1.1/documents";
    let taken = program.send("POST", place, "text/plain", "CONFIG_BT=y\n");
    assert_eq!((taken.status, taken.json()["done"].as_str()), (200, Some("Took 12 bytes for gateway 4.1.1")));
    let none = program.send("POST", place, "", String::new());
    assert!(
        none.status == 422 && none.json()["hint"].as_str().is_some_and(|hint| hint.contains("--data-binary"))
    );
    program.headers[0].1.push('x');
    assert_eq!(program.get("/api/v1/today").status, 401);
}

#[test]
fn an_answer_that_is_known_is_not_sent_again() {
    let mut visitor = Visitor::of(Content::Typical);
    let first = visitor.get("/api/v1/today");
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"'));
    visitor.headers.push(("if-none-match", tag));
    let again = visitor.get("/api/v1/today");
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(visitor.get("/api/v1/findings/f00000").header("etag"), "\"v1\"");
}

#[test]
fn every_answer_is_strict_and_has_an_id() {
    let mut visitor = Visitor::of(Content::Typical);
    for path in [
        "/",
        "/sign-in",
        "/nowhere",
        "/findings/none",
        "/api/v1/nowhere",
        "/static/none.css",
        "/health",
        "/api/v1/openapi.json",
    ] {
        let answer = visitor.get(path);
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        for hole in ["unsafe", "http:", "https:", "data:", "*", "blob:", "nonce"] {
            assert!(!policy.contains(hole), "{path}: {hole}");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(
            answer.header("strict-transport-security").starts_with("max-age") || path.starts_with("/static"),
            "{path}"
        );
        assert!(answer.header("x-request-id").len() == 16 || path.starts_with("/static"), "{path}");
    }
}

#[test]
fn errors_say_what_to_do_under_an_id() {
    let mut visitor = Visitor::of(Content::Typical);
    let page = visitor.get("/findings/none");
    assert_eq!(page.status, 404);
    assert!(
        page.body.contains("There is no such finding") && page.body.contains(page.header("x-request-id"))
    );
    let json = visitor.get("/api/v1/findings/none");
    assert_eq!(json.json()["type"], "urn:patchwright:problem:not-found");
    for (path, says) in [
        ("/findings?colour=red", "no filter `colour`"),
        ("/findings?class=urgent", "`urgent` is none of immediate"),
        ("/findings?passed=x", "`x` is none of build"),
        ("/findings?export=pdf", "none of csv, json"),
        ("/findings?limit=1000000", "no number from 1 to 100"),
        ("/queue?view=x", "none of urgent"),
        ("/?x=1", "no words"),
        ("/search?q=%00", "U+0000"),
    ] {
        let answer = visitor.get(path);
        assert_eq!(answer.status, 422, "{path}");
        assert!(answer.body.contains(says), "{path}: {}", answer.body);
    }
    let wrong = visitor.send("DELETE", "/findings", "", String::new());
    assert_eq!(wrong.status, 405);
    let long = "x".repeat(2 << 20);
    assert_eq!(visitor.send("POST", "/theme", "application/x-www-form-urlencoded", long).status, 413);
}

#[test]
fn a_panic_is_an_answer_and_its_words_stay_inside() {
    let mut stranger = stranger();
    let answer = stranger.sign_in("panic", "x");
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("Something failed in Patchwright") && !answer.body.contains("as asked"));
}

#[test]
fn static_files_are_kept_for_ever_under_names_of_their_content() {
    let mut visitor = Visitor::of(Content::Typical);
    let page = visitor.get("/").body;
    for part in page.split("\"/static/").skip(1) {
        let name = part.split('"').next().expect("a name");
        let answer = visitor.get(&format!("/static/{name}"));
        assert_eq!(
            (answer.status, answer.header("cache-control")),
            (200, "public, max-age=31536000, immutable")
        );
    }
    assert_eq!(visitor.get("/static/look-0000000000000000.css").status, 404);
}

#[test]
fn a_decision_that_is_refused_comes_back_as_it_was_written() {
    let mut visitor = Visitor::of(Content::Typical);
    let page = visitor.get("/findings/f00000");
    let proof = proof(&page.body);
    let answer = visitor.post(
        "/findings/f00000/decision",
        &[
            ("csrf", &proof),
            ("version", "v1"),
            ("status", "not_affected"),
            ("comment", "half a thought"),
            ("evidence", "e2"),
        ],
    );
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains(">half a thought</textarea>")
            && answer.body.contains("say why it is not affected")
    );
    assert!(
        answer.body.contains("value=\"e2\" checked")
            && answer.body.contains("value=\"not_affected\" checked")
    );
    let answer = visitor.post(
        "/findings/f00000/decision",
        &[("csrf", &proof), ("version", "v0"), ("status", "fixed"), ("comment", "kept")],
    );
    assert!(
        answer.status == 422
            && answer.body.contains(">kept</textarea>")
            && answer.body.contains("decided in the meantime")
    );
    let answer = visitor.post(
        "/findings/f00000/decision",
        &[
            ("csrf", &proof),
            ("version", "v1"),
            ("status", "fixed"),
            ("comment", "done"),
            ("return", "/queue?view=urgent"),
        ],
    );
    assert_eq!((answer.status, answer.header("location")), (303, "/queue?view=urgent"));
    let queue = visitor.get("/queue?view=urgent");
    assert!(queue.body.contains("<p class=\"flash\" role=\"status\">Decided: fixed</p>"));
    assert!(!visitor.get("/queue?view=urgent").body.contains("class=\"flash\""), "said once");
}

#[test]
fn many_are_decided_after_the_preview_only() {
    let mut visitor = Visitor::of(Content::Typical);
    let proof = proof(&visitor.get("/findings").body);
    let none = visitor.post("/findings/decide", &[("csrf", &proof)]);
    assert!(none.status == 422 && none.body.contains("No finding is selected"));
    let chosen = [("csrf", proof.as_str()), ("finding", "f00000"), ("finding", "f00001")];
    let first = visitor.post("/findings/decide", &chosen);
    assert!(
        first.status == 200 && !first.body.contains("formaction") && !first.body.contains("role=\"alert\"")
    );
    let mut form = chosen.to_vec();
    form.extend([("status", "under_investigation"), ("comment", "both together")]);
    let blind = visitor.post("/findings/decide/all", &form);
    assert!(
        blind.status == 200 && blind.body.contains("formaction=\"/findings/decide/all\""),
        "shown, not done"
    );
    form.push(("preview", "seen"));
    assert_eq!(visitor.post("/findings/decide/all", &form).status, 303);
    form.pop();
    form.push(("preview", "older"));
    assert_eq!(visitor.post("/findings/decide/all", &form).status, 409);
}

#[test]
fn exports_have_every_row_of_the_filter() {
    let mut visitor = Visitor::of(Content::Huge);
    let all = visitor.get("/findings?export=csv");
    assert_eq!(all.body.lines().count(), 5001);
    assert_eq!(all.header("content-disposition"), "attachment; filename=\"findings.csv\"");
    let some = visitor.get("/findings?state=settled&export=json");
    let number = visitor.sample.number(&[("state", "settled")]) as usize;
    assert!(number > 1000 && some.json().as_array().expect("rows").len() == number);
    let none = Visitor::of(Content::Empty).get("/findings?export=json");
    assert_eq!(none.json(), serde_json::json!([]));
}
