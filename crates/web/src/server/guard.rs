//! Who asks, may they, and did the form come from our own page. Everything that can change something passes here.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use serde_json::Value;
use service::access::secret::Secret;

use super::App;
use super::asked::{Frames, Wants};
use super::errors::Fault;
use super::routes::{Route, Who};
use super::session;
use crate::backend::{Failure, Identity, Kind, Session};
use crate::pages::form::Sent;
use crate::pages::frame::Theme;

/// Most fields of a form: a bulk decision on a few thousand findings.
const FIELDS: usize = 10_000;

/// Who asks, as far as the request proves it.
#[derive(Debug, Default)]
pub struct Caller {
    /// Who; none for nobody.
    pub who: Option<Identity>,
    /// What the proofs of forms are made from: of the session, or of the forms cookie; none where a token asks.
    pub form: Option<Secret>,
    /// The session's cookie; empty for none.
    pub cookie: String,
    /// A new secret for the session's cookie.
    pub renewed: Option<Secret>,
}

/// A header as text; empty where it is absent or no text.
pub fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(|line| session::cookie(line, name))
}

/// What the browser keeps of a sign-in at the provider; empty for nothing.
pub fn way(app: &App, headers: &HeaderMap) -> String {
    cookie(headers, session::names(app.options.secure).way).unwrap_or_default()
}

/// Who asks. A token counts below `/api/` and for `/metrics` only, where no browser sends one by itself.
///
/// # Errors
/// When a token is not valid, or the backend cannot answer.
pub async fn caller(app: &App, headers: &HeaderMap, takes_tokens: bool) -> Result<Caller, Fault> {
    // The word before the token is written in letters of any size (RFC 9110).
    let bearer = text(headers, "authorization").trim().split_once(' ');
    let bearer =
        bearer.filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    if let (Some(token), true) = (bearer, takes_tokens) {
        let who = app.backend.of_token(token).await?.ok_or(Fault::WrongToken)?;
        return Ok(Caller { who: Some(who), ..Caller::default() });
    }
    let names = session::names(app.options.secure);
    let cookie = |name: &str| cookie(headers, name).filter(|text| session::is_like(text));
    if let Some(shown) = cookie(names.session)
        && let Some(session) = app.backend.session(&shown).await?
    {
        let Session { who, form, renewed } = session;
        return Ok(Caller { who: Some(who), form: Some(form), cookie: shown, renewed });
    }
    let form = cookie(names.form).map(Secret::of);
    Ok(Caller { form, ..Caller::default() })
}

/// May they?
///
/// # Errors
/// When nobody is signed in, or the role does not allow it.
pub fn may(route: &Route, who: Option<&Identity>) -> Result<(), Fault> {
    match (route.who, who) {
        (Who::Anyone, _) | (Who::SignedIn, Some(_)) => Ok(()),
        (_, None) => Err(Fault::NotSignedIn),
        (Who::May(act), Some(who)) if who.may(act) => Ok(()),
        (Who::May(_), Some(_)) => {
            Err(Failure::new(Kind::Forbidden, format!("This needs one of the roles: {}", route.who.says()))
                .into())
        }
    }
}

/// True for methods that change something.
pub fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// What was sent, after the proof that our own page sent it.
///
/// # Errors
/// When the proof is missing or wrong, or the body is too long or not understood.
pub async fn sent(app: &App, parts: &Parts, body: Body, caller: &Caller) -> Result<Sent, Fault> {
    if !is_unsafe(&parts.method) {
        return Ok(Sent::default());
    }
    is_from_here(parts, caller)?;
    let most = app.options.body;
    let bytes = to_bytes(body, most).await.map_err(|_| Fault::TooLarge(most))?;
    let sent = read(text(&parts.headers, "content-type"), &bytes)?;
    let named = text(&parts.headers, "x-csrf-token");
    is_proven(caller, if named.is_empty() { sent.text("csrf") } else { named })?;
    Ok(sent)
}

/// A document as it was sent; the proof stands in a header, and is looked at before the document is read.
///
/// # Errors
/// When the proof is missing or wrong, or the document is too long.
pub async fn document(app: &App, parts: &Parts, body: Body, caller: &Caller) -> Result<Bytes, Fault> {
    is_from_here(parts, caller)?;
    is_proven(caller, text(&parts.headers, "x-csrf-token"))?;
    if text(&parts.headers, "content-type").trim_start().starts_with("multipart/") {
        let failure = Failure::new(Kind::Invalid, "The document came inside of a form");
        return Err(failure.hint("Send the file itself: curl --data-binary @FILE, not -F.").into());
    }
    let most = app.options.document;
    to_bytes(body, most).await.map_err(|_| Fault::TooLarge(most))
}

/// A browser says where a request comes from; one that says "from elsewhere" is refused before its body is read.
fn is_from_here(parts: &Parts, caller: &Caller) -> Result<(), Fault> {
    let from = text(&parts.headers, "sec-fetch-site");
    let is_foreign = caller.form.is_some() && matches!(from, "cross-site" | "same-site");
    if is_foreign { Err(Fault::NotOurForm) } else { Ok(()) }
}

/// A token proves itself: no browser sends it unasked. A session needs the proof of its pages.
fn is_proven(caller: &Caller, proof: &str) -> Result<(), Fault> {
    let is_token = caller.who.is_some() && caller.form.is_none();
    let is_ours = caller.form.as_ref().is_some_and(|form| session::is_proof(form, proof));
    if is_token || is_ours { Ok(()) } else { Err(Fault::NotOurForm) }
}

fn read(kind: &str, bytes: &Bytes) -> Result<Sent, Fault> {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let pairs = match kind {
        "application/json" => json(bytes)?,
        "application/x-www-form-urlencoded" => pairs(bytes),
        "" if bytes.is_empty() => Vec::new(),
        other => {
            let says = format!("cannot read a body of the kind `{other}`");
            return Err(Failure::new(Kind::Invalid, says)
                .hint("Send a form, or a JSON object as application/json.")
                .into());
        }
    };
    if pairs.len() > FIELDS {
        return Err(Failure::new(Kind::Invalid, format!("more than {FIELDS} fields")).into());
    }
    super::clean::texts(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
    Ok(Sent::of(pairs))
}

/// The pairs of an address or a form. Bytes that are no UTF-8 become U+FFFD, which no word of ours holds.
pub fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes).into_owned().collect()
}

/// A flat object: texts, numbers, yes and no, and lists of texts.
fn json(bytes: &Bytes) -> Result<Vec<(String, String)>, Fault> {
    let invalid = |says: String| Fault::from(Failure::new(Kind::Invalid, says));
    let text =
        std::str::from_utf8(bytes).map_err(|error| invalid(format!("the body is not UTF-8: {error}")))?;
    let value: Value =
        serde_json::from_str(text).map_err(|error| invalid(format!("the body is not JSON: {error}")))?;
    let Value::Object(members) = value else {
        return Err(invalid("the body is not a JSON object".to_owned()));
    };
    let mut pairs = Vec::new();
    for (name, value) in members {
        let values = if let Value::Array(values) = value { values } else { vec![value] };
        for value in values {
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                Value::Null => continue,
                Value::Array(_) | Value::Object(_) => {
                    return Err(invalid(format!(
                        "member `{name}` holds more than a text, a number or a list of texts"
                    )));
                }
            };
            pairs.push((name.clone(), text));
        }
    }
    Ok(pairs)
}

/// The parts of frames that a request brings along.
pub fn frames(app: &App, parts: &Parts, caller: &Caller) -> Result<Frames, Fault> {
    let headers = &parts.headers;
    let proof = caller.form.as_ref().map_or(Ok(String::new()), session::proof)?;
    Ok(Frames {
        who: caller.who.clone(),
        proof,
        theme: cookie(headers, session::THEME).map_or(Theme::System, |word| Theme::parse(&word)),
        flash: cookie(headers, session::FLASH).map_or(String::new(), |value| session::unwrap_text(&value)),
        here: parts.uri.path_and_query().map_or("/", |address| address.as_str()).to_owned(),
        sought: String::new(),
        now: app.backend.now(),
        program: app.options.program.clone(),
    })
}

/// Page or JSON.
pub fn wants(path: &str) -> Wants {
    if path.starts_with("/api/") { Wants::Json } else { Wants::Page }
}
