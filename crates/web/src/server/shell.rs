//! Around every answer: an id, a time limit, headers that keep browsers strict, a line in the log, and the numbers.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequestParts, RawPathParams, Request};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use futures_util::FutureExt;
use sha2::{Digest, Sha256};
use tower_http::compression::CompressionLayer;

use super::asked::{Asked, Frames, Wants};
use super::clean;
use super::errors::{Fault, respond};
use super::guard;
use super::reply::{Cache, Reply};
use super::routes::{ROUTES, Route, Verb};
use super::{App, assets, session};
use crate::backend::{Failure, Kind};
use crate::pages::form::Sent;

/// What a page may load and do: our own style, script and mark, forms to ourselves, and nothing else. No inline style or
/// script, no frame around us, no other host.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// The route whose body is a document, and which may take longer.
const HAND_IN: &str = "hand-in";

/// Headers of every answer.
const STRICT: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// The server's answers to every address.
pub fn router(app: App) -> Router {
    router_of(app, |_| true)
}

/// The answers of a node that serves no pages: that it works, and its numbers.
pub fn operators_router(app: App) -> Router {
    router_of(app, |route| matches!(route.page, "/health" | "/metrics"))
}

fn router_of(app: App, is_wanted: fn(&Route) -> bool) -> Router {
    let mut router = Router::new();
    for route in ROUTES.iter().filter(|route| is_wanted(route)) {
        for path in [route.page, route.api].into_iter().filter(|path| !path.is_empty()) {
            router = router.route(path, method(app.clone(), route));
        }
    }
    let (missing, wrong) = (app.clone(), app);
    router
        .route("/static/{file}", on(MethodFilter::GET, file))
        .fallback(move |request: Request| {
            none(missing.clone(), request, || {
                Fault::Failed(Failure::new(Kind::NotFound, "There is no such page"))
            })
        })
        .method_not_allowed_fallback(move |request: Request| {
            none(wrong.clone(), request, || Fault::WrongMethod)
        })
        .layer(CompressionLayer::new())
        .layer(axum::middleware::map_response(strict))
}

fn method(app: App, route: &'static Route) -> MethodRouter {
    let filter = match route.verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
        Verb::Delete => MethodFilter::DELETE,
    };
    on(filter, move |request: Request| answer(app.clone(), route, request))
}

async fn strict(mut response: Response) -> Response {
    for (name, value) in STRICT {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

async fn file(axum::extract::Path(name): axum::extract::Path<String>, request: Request) -> Response {
    match assets::find(&name) {
        Some(asset) => Reply::bytes(asset.mime, asset.bytes.to_vec()).cached(Cache::Forever).respond(None),
        None => {
            let fault = Fault::Failed(Failure::new(Kind::NotFound, "There is no such file"));
            respond(&fault, guard::wants(request.uri().path()), &Frames::default(), "-")
        }
    }
}

/// An address or a method that no route has.
async fn none(app: App, request: Request, fault: fn() -> Fault) -> Response {
    let (parts, _) = request.into_parts();
    let id = request_id();
    let wants = guard::wants(parts.uri.path());
    let caller = guard::caller(&app, &parts.headers, wants == Wants::Json).await.unwrap_or_default();
    let frames = guard::frames(&app, &parts, &caller).unwrap_or_default();
    finish(&app, &parts, "none", &id, Instant::now(), respond(&fault(), wants, &frames, &id))
}

/// Answers a request of a route.
async fn answer(app: App, route: &'static Route, request: Request) -> Response {
    let started = Instant::now();
    let id = request_id();
    let (parts, body) = request.into_parts();
    let wants = guard::wants(parts.uri.path());
    let mut frames =
        Frames { now: app.backend.now(), program: app.options.program.clone(), ..Frames::default() };
    let mut cookies = Vec::new();
    let limit = app.options.timeout.saturating_mul(if route.name == HAND_IN { 20 } else { 1 });
    let work =
        AssertUnwindSafe(handle(&app, route, &parts, body, &id, &mut frames, &mut cookies)).catch_unwind();
    let done = match tokio::time::timeout(limit, work).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(Failure::new(Kind::Broken, format!("the handler {} panicked", route.name)).into()),
        Err(_) => Err(Fault::TooLong),
    };
    let mut response = match done {
        Ok(reply) => {
            reply.respond(Some(guard::text(&parts.headers, "if-none-match")).filter(|tag| !tag.is_empty()))
        }
        Err(Fault::NotSignedIn) if wants == Wants::Page && route.verb == Verb::Get => to_sign_in(&parts),
        Err(fault) => respond(&fault, wants, &frames, &id),
    };
    // Also with a fault: the old secret is about to end. What a handler set itself comes last, and holds.
    let own: Vec<HeaderValue> = response.headers().get_all(SET_COOKIE).iter().cloned().collect();
    response.headers_mut().remove(SET_COOKIE);
    let ours = cookies.iter().filter_map(|line| HeaderValue::from_str(line).ok());
    for line in ours.chain(own) {
        response.headers_mut().append(SET_COOKIE, line);
    }
    finish(&app, &parts, route.name, &id, started, response)
}

async fn handle(
    app: &App,
    route: &Route,
    parts: &Parts,
    body: Body,
    id: &str,
    frames: &mut Frames,
    cookies: &mut Vec<String>,
) -> Result<Reply, Fault> {
    let wants = guard::wants(parts.uri.path());
    let takes_tokens = wants == Wants::Json || route.name == "metrics";
    let mut caller = guard::caller(app, &parts.headers, takes_tokens).await?;
    let mut made = None;
    // A form for somebody who is not signed in needs a secret of its own, or others could sign a person in as themselves.
    if caller.form.is_none() && caller.who.is_none() && route.has_stranger_form() {
        caller.form = Some(session::secret()?);
        made.clone_from(&caller.form);
    }
    let (secure, names) = (app.options.secure, session::names(app.options.secure));
    *cookies = (caller.renewed.iter())
        .map(|secret| session::set(names.session, secret.reveal(), session::WEEK, secure))
        .chain(made.iter().map(|secret| session::set(names.form, secret.reveal(), 3600, secure)))
        .collect();
    *frames = guard::frames(app, parts, &caller)?;
    guard::may(route, caller.who.as_ref())?;
    let (sent, document) = if route.name == HAND_IN {
        (Sent::default(), guard::document(app, parts, body, &caller).await?)
    } else {
        (guard::sent(app, parts, body, &caller).await?, Bytes::new())
    };
    let mut head = parts.clone();
    let path = RawPathParams::from_request_parts(&mut head, &()).await;
    let path =
        path.map_err(|error| Failure::new(Kind::Invalid, format!("the address is not readable: {error}")))?;
    let pairs = guard::pairs(parts.uri.query().unwrap_or_default().as_bytes());
    clean::texts(path.iter().chain(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))))?;
    let asked = Asked {
        app: app.clone(),
        frames: frames.clone(),
        cookie: caller.cookie,
        way: guard::way(app, &parts.headers),
        wants,
        parts: path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        pairs,
        content: content(parts, &sent, &document),
        key: clean::header(&parts.headers, "idempotency-key")?.to_owned(),
        host: guard::text(&parts.headers, "host").to_owned(),
        sent,
        document,
        version: clean::header(&parts.headers, "if-match")?.trim_matches('"').to_owned(),
        client: client(app, parts),
        agent: guard::text(&parts.headers, "user-agent").to_owned(),
        id: id.to_owned(),
    };
    (route.handler)(asked).await
}

/// What a request asks, as one hash: method, address, what a form or an object said, a document. Empty without a key.
fn content(parts: &Parts, sent: &Sent, document: &Bytes) -> String {
    if guard::text(&parts.headers, "idempotency-key").is_empty() {
        return String::new();
    }
    let mut hash = Sha256::new();
    for part in [parts.method.as_str(), &parts.uri.to_string(), &sent.content()] {
        hash.update(part.as_bytes());
        hash.update(b"\0");
    }
    hash.update(document);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn to_sign_in(parts: &Parts) -> Response {
    let here = parts.uri.path_and_query().map_or("/", |address| address.as_str());
    let to = if here == "/" {
        "/sign-in".to_owned()
    } else {
        crate::pages::list::address("/sign-in", &[("next", here.to_owned())])
    };
    Reply::go(&to).respond(None)
}

/// Address of the client; the last one that our own proxy names where we stand behind one.
fn client(app: &App, parts: &Parts) -> String {
    let forwarded =
        guard::text(&parts.headers, "x-forwarded-for").rsplit(',').next().unwrap_or_default().trim();
    if app.options.behind_proxy && !forwarded.is_empty() {
        return forwarded.to_owned();
    }
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| "unknown".to_owned(), |info| info.0.ip().to_string())
}

/// The id of a request: never taken from outside, so that nobody writes into our log.
fn request_id() -> String {
    let mut bytes = [0_u8; 8];
    // Without random numbers nobody can sign in, and the log says so; an id of zeros is still an id.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn finish(
    app: &App,
    parts: &Parts,
    name: &str,
    id: &str,
    started: Instant,
    mut response: Response,
) -> Response {
    let took = started.elapsed();
    let status = response.status().as_u16();
    app.metrics.count(name, status, took);
    // The path only: words of an address may name what somebody searched for.
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let known = ROUTES.iter().find(|route| route.name == name).map_or("", |route| route.page);
    // A one-time link opens to whoever reads it in a log.
    let path = if known.contains("{secret}") { known } else { parts.uri.path() };
    tracing::info!(request = id, method = %parts.method, path, route = name, status, milliseconds, "answered");
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert("x-request-id", value);
    }
    if app.options.secure {
        response
            .headers_mut()
            .insert("strict-transport-security", HeaderValue::from_static("max-age=31536000"));
    }
    response
}
