//! Facts in, words out.

use service::notify::compose::compose;
use service::notify::facts::{Changed, Digest, Facts, Group, ProductDigest, Trouble, TroubleKind};
use service::notify::settings::AlertKind;

use super::desk::{findings, hostile, item, product};

fn check(facts: &Facts, expected: &str) {
    let message = compose(facts, "team", "https://pw.example/");
    let text = format!("{}\n\n{}", message.subject, message.text());
    assert_eq!(text.trim_end(), expected, "\n{text}");
    // The same words in both forms.
    let html = message.html();
    for line in [&message.subject, &message.lead, &message.link.0] {
        let escaped =
            line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;");
        assert!(html.contains(&escaped), "{line} in {html}");
    }
}

#[test]
fn one_vulnerability_in_two_releases() {
    let mut one = item("CVE-2024-6387", "openssh", "9.6p1", &["4.1.0", "4.0.3"]);
    one.before = Some("planned".to_owned());
    one.due = Some(1_795_356_300_000);
    check(
        &findings(AlertKind::Immediate, vec![one]),
        "Immediate: CVE-2024-6387 in openssh 9.6p1, Gateway 4.1.0 and 4.0.3

CVE-2024-6387 in openssh 9.6p1 needs action now in Gateway 4.1.0 and 4.0.3.

- CVE-2024-6387 in openssh 9.6p1, release 4.1.0 and 4.0.3, was planned
  Anyone can attack it.
  Due 22 Nov 2026, 14:05 UTC.
  https://pw.example/findings/10

Open the vulnerability: https://pw.example/vulnerabilities/CVE-2024-6387

-- 
Sent by subscription team. Change it: https://pw.example/settings",
    );
}

#[test]
fn what_may_be_immediate_says_that_something_is_not_known() {
    check(
        &findings(AlertKind::MayBeImmediate, vec![item("CVE-2024-1", "curl", "", &["1"])]),
        "May be immediate: CVE-2024-1 in curl (version not known), Gateway 1

CVE-2024-1 in curl (version not known) may need action now in Gateway 1. Something is not known yet, and the worst that it allows is class immediate.

- CVE-2024-1 in curl (version not known), release 1, new
  Anyone can attack it.
  https://pw.example/findings/10

Open the vulnerability: https://pw.example/vulnerabilities/CVE-2024-1

-- 
Sent by subscription team. Change it: https://pw.example/settings",
    );
}

#[test]
fn a_contested_decision_says_what_contradicts_it() {
    let mut one = item("CVE-2024-1", "curl", "8.1", &["1"]);
    one.before = Some("settled".to_owned());
    one.contested = vec!["decision D-1: the range was corrected".to_owned()];
    check(
        &findings(AlertKind::Contested, vec![one]),
        "Contested: CVE-2024-1 in curl 8.1, Gateway 1

CVE-2024-1 in curl 8.1 needs a second look in Gateway 1. New evidence contradicts what was decided or stated. What was decided stays until somebody decides again.

- CVE-2024-1 in curl 8.1, release 1
  Anyone can attack it.
  Contradicted: decision D-1: the range was corrected.
  https://pw.example/findings/10

Open the vulnerability: https://pw.example/vulnerabilities/CVE-2024-1

-- 
Sent by subscription team. Change it: https://pw.example/settings",
    );
}

#[test]
fn many_vulnerabilities_are_one_message_that_ends() {
    let items: Vec<_> =
        (0..30).map(|number| item(&format!("CVE-2024-{number:04}"), "linux", "6.6.21", &["1"])).collect();
    let message = compose(&findings(AlertKind::Immediate, items), "team", "https://pw.example");
    assert_eq!(message.subject, "Immediate: 30 vulnerabilities in Gateway 1");
    assert_eq!(message.sections[0].lines.len(), 25);
    assert_eq!(message.sections[0].more, "And 5 more.");
    assert_eq!(message.link.1, "https://pw.example/products/gateway");
}

#[test]
fn a_feed_in_trouble() {
    let trouble = Trouble {
        feed: "nvd2".to_owned(),
        what: TroubleKind::Refused,
        says: "3 failures in a row; the last: 0 records where there were 280000".to_owned(),
        fetched: 1_795_356_300_000,
    };
    check(
        &Facts::Knowledge(trouble),
        "Knowledge: what nvd2 sent was refused

What feed nvd2 sent was refused; the knowledge from before stays in use.

- 3 failures in a row; the last: 0 records where there were 280000
- It was fetched last on 22 Nov 2026, 14:05 UTC.

Open the state of knowledge: https://pw.example/knowledge

-- 
Sent by subscription team. Change it: https://pw.example/settings",
    );
}

#[test]
fn a_feed_that_fails_or_grows_old() {
    let subject = |what| {
        let trouble = Trouble { feed: "kev".to_owned(), what, says: String::new(), fetched: 0 };
        let message = compose(&Facts::Knowledge(trouble), "team", "https://pw.example");
        assert_eq!(message.sections[0].lines[0].words, "It was never fetched.");
        message.subject
    };
    assert_eq!(subject(TroubleKind::Failing), "Knowledge: kev cannot be updated");
    assert_eq!(subject(TroubleKind::Stale), "Knowledge: kev is too old");
}

fn digest(products: Vec<ProductDigest>) -> Facts {
    let until = 1_795_356_300_000;
    Facts::Digest(Digest {
        since: until - 86_400_000,
        until,
        products,
        releases: 1412,
        knowledge: until - 2_280_000,
    })
}

#[test]
fn a_digest_counts_by_product_and_shows_the_most_urgent() {
    let line = Changed {
        vulnerability: "CVE-2024-2".to_owned(),
        component: "busybox".to_owned(),
        version: "1.36.1".to_owned(),
        releases: 2,
        from: Some("planned".to_owned()),
        to: Some("immediate".to_owned()),
    };
    let gone = Changed {
        to: line.from.clone(),
        vulnerability: "CVE-2024-3".to_owned(),
        releases: 1,
        ..line.clone()
    };
    let changed = ProductDigest {
        product: product(),
        new: Group::default(),
        worse: Group { vulnerabilities: 1, findings: 2, lines: vec![line] },
        better: Group::default(),
        gone: Group { vulnerabilities: 12, findings: 14, lines: vec![gone] },
    };
    check(
        &digest(vec![changed]),
        "Digest: 0 new, 1 worse, 0 better, 12 gone

In a day, 0 new, 1 worse, 0 better, 12 gone in 1 product. 1\u{2009}412 releases are watched; knowledge is less than an hour old.

Gateway: 1 worse (2 findings)
- CVE-2024-2 in busybox 1.36.1 (2 releases): planned → immediate
  https://pw.example/vulnerabilities/CVE-2024-2

Gateway: 12 gone (14 findings)
- CVE-2024-3 in busybox 1.36.1 (1 release): planned
  https://pw.example/vulnerabilities/CVE-2024-3
And 11 more.

Open today's page: https://pw.example/

-- 
Sent by subscription team. Change it: https://pw.example/settings",
    );
}

#[test]
fn a_quiet_day_says_so() {
    let message = compose(&digest(Vec::new()), "team", "https://pw.example");
    assert_eq!(message.subject, "Digest: nothing changed");
    assert_eq!(
        message.lead,
        "Nothing changed in a day. 1\u{2009}412 releases are watched; knowledge is less than an hour old."
    );
}

#[test]
fn foreign_words_stay_words() {
    let message = compose(&hostile(), "team\r\nX: y", "https://pw.example");
    for line in [&message.subject, &message.lead, &message.footer.0] {
        assert!(!line.contains(char::is_control) && !line.contains('\u{202e}'), "{line:?}");
    }
    let text = message.text();
    assert!(!text.contains('\r') && !text.contains('\0') && !text.contains("\nBcc:"), "{text}");
    let html = message.html();
    assert!(!html.contains("<script") && !html.contains("<b>1") && !html.contains("<!channel"), "{html}");
    assert!(
        html.contains("lib&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp; Bcc: all@evil.example"),
        "{html}"
    );
    // Every address leads to the own server.
    for address in html.split("href=\"").skip(1) {
        assert!(address.starts_with("https://pw.example/"), "{address}");
    }
}
