//! The only place of status codes. What went wrong becomes a page for people and `problem+json` (RFC 9457) for programs;
//! both name an id that is in the log.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use super::asked::{Frames, Wants};
use super::reply::{Cache, Reply};
use crate::backend::{Failure, Kind};
use crate::pages::Show;
use crate::pages::error::Error;

/// Why there is no answer: what the services say, and what the shell says before they are asked.
#[derive(Debug)]
pub enum Fault {
    /// The services failed.
    Failed(Failure),
    /// Nobody is signed in.
    NotSignedIn,
    /// The token is none of ours, or has ended.
    WrongToken,
    /// Name and password are no pair that we know.
    WrongPassword,
    /// The form did not come from a page of this session.
    NotOurForm,
    /// Too many attempts; seconds to wait.
    TooMany(u64),
    /// The body is longer than the limit, in bytes.
    TooLarge(usize),
    /// The address is there, for another method.
    WrongMethod,
    /// The decision that the program named is not the newest.
    Stale(String),
    /// It took too long.
    TooLong,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Fault {
        Fault::Failed(failure)
    }
}

/// The status of a reply that is no fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Good {
    /// The answer.
    #[default]
    Ok,
    /// A form again, with what is wrong.
    Again,
    /// What is known already.
    NotModified,
    /// Go there.
    SeeOther,
}

impl Good {
    /// The code.
    pub fn code(self) -> StatusCode {
        match self {
            Good::Ok => StatusCode::OK,
            Good::Again => StatusCode::UNPROCESSABLE_ENTITY,
            Good::NotModified => StatusCode::NOT_MODIFIED,
            Good::SeeOther => StatusCode::SEE_OTHER,
        }
    }
}

/// `problem+json`.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    hint: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Field<'a>>,
    id: &'a str,
}

#[derive(Serialize)]
struct Field<'a> {
    field: &'a str,
    says: &'a str,
}

/// What is told of a fault.
struct Told {
    code: StatusCode,
    word: &'static str,
    title: String,
    safe: &'static str,
    hint: String,
}

fn told(fault: &Fault) -> Told {
    let (code, word, title, hint) = match fault {
        Fault::Failed(failure) => return told_failure(failure),
        Fault::NotSignedIn => (
            StatusCode::UNAUTHORIZED,
            "not-signed-in",
            "You are not signed in",
            "Sign in, or send a token as `Authorization: Bearer …`.",
        ),
        Fault::WrongToken => (
            StatusCode::UNAUTHORIZED,
            "wrong-token",
            "This token is not valid here",
            "It was mistyped, has ended or was taken back; make a new one on the page of your account.",
        ),
        Fault::WrongPassword => (
            StatusCode::UNAUTHORIZED,
            "wrong-password",
            "This name and password do not fit",
            "Check both and try again.",
        ),
        Fault::NotOurForm => (
            StatusCode::FORBIDDEN,
            "not-our-form",
            "This form is no longer valid",
            "Open the page again and send it from there; programs send a token, or the header x-csrf-token.",
        ),
        Fault::TooMany(_) => {
            (StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many attempts", "Wait, then try again.")
        }
        Fault::TooLarge(_) => {
            (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "This is longer than we take", "Send less at once.")
        }
        Fault::WrongMethod => (
            StatusCode::METHOD_NOT_ALLOWED,
            "wrong-method",
            "This address does not take this method",
            "See the list of addresses in the manual.",
        ),
        Fault::Stale(_) => (
            StatusCode::PRECONDITION_FAILED,
            "stale",
            "It was changed in the meantime",
            "Read it again, then decide on what stands there now.",
        ),
        Fault::TooLong => {
            (StatusCode::SERVICE_UNAVAILABLE, "too-long", "This took too long", "Try again, or ask for less.")
        }
    };
    Told { code, word, title: title.to_owned(), safe: "Nothing was changed.", hint: hint.to_owned() }
}

fn told_failure(failure: &Failure) -> Told {
    let (code, word, safe, hint) = match failure.kind {
        Kind::NotFound => (StatusCode::NOT_FOUND, "not-found", "", "Check the address, or search for it."),
        Kind::Invalid => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Nothing was changed.",
            "Correct it and send it again.",
        ),
        Kind::Forbidden => {
            (StatusCode::FORBIDDEN, "forbidden", "Nothing was changed.", "Ask somebody who holds the role.")
        }
        Kind::Conflict => (
            StatusCode::CONFLICT,
            "conflict",
            "Nothing was changed.",
            "Read it again, then decide on what stands there now.",
        ),
        Kind::Repeated => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "repeated",
            "Nothing was changed.",
            "Use a new key for a new request.",
        ),
        Kind::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "What is stored is safe.",
            "Try again in a moment.",
        ),
        Kind::Broken => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "fault",
            "What is stored is safe.",
            "Try again; if it stays so, look up the id in the log.",
        ),
    };
    // What is broken is told to the log; people and programs outside get no inner names.
    let is_ours = failure.kind == Kind::Broken;
    let title = if is_ours { "Something failed in Patchwright".to_owned() } else { failure.says.clone() };
    let hint = if failure.hint.is_empty() || is_ours { hint.to_owned() } else { failure.hint.clone() };
    Told { code, word, title, safe, hint }
}

fn detail(fault: &Fault) -> String {
    match fault {
        Fault::TooMany(seconds) => format!("In {seconds} seconds there is another attempt."),
        Fault::TooLarge(most) => format!("At most {most} bytes."),
        Fault::Stale(newest) => format!("Its version is {newest}."),
        _ => String::new(),
    }
}

fn fields(fault: &Fault) -> &[(String, String)] {
    match fault {
        Fault::Failed(failure) => &failure.fields,
        _ => &[],
    }
}

/// The answer to a fault, and its line in the log.
pub fn respond(fault: &Fault, wants: Wants, frames: &Frames, id: &str) -> Response {
    let told = told(fault);
    log(fault, &told, id);
    let bytes = match wants {
        Wants::Page => page(fault, &told, frames, id),
        Wants::Json => json(fault, &told, id),
    };
    let mime = if wants == Wants::Page { "text/html; charset=utf-8" } else { "application/problem+json" };
    let mut response = Reply::bytes(mime, bytes).cached(Cache::Never).respond(None);
    *response.status_mut() = told.code;
    if let Fault::TooMany(seconds) = fault {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
    if told.code == StatusCode::UNAUTHORIZED && wants == Wants::Json {
        let is_wrong = matches!(fault, Fault::WrongToken);
        let asked = if is_wrong { "Bearer error=\"invalid_token\"" } else { "Bearer" };
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(asked));
    }
    response
}

fn log(fault: &Fault, told: &Told, id: &str) {
    match fault {
        Fault::Failed(failure) if matches!(failure.kind, Kind::Broken | Kind::Unavailable) => {
            tracing::error!(request = id, says = failure.says, "request failed");
        }
        _ => tracing::debug!(request = id, problem = told.word, "request refused"),
    }
}

fn json(fault: &Fault, told: &Told, id: &str) -> Vec<u8> {
    let detail = detail(fault);
    let errors = fields(fault).iter().map(|(field, says)| Field { field, says }).collect();
    let problem = Problem {
        r#type: format!("urn:patchwright:problem:{}", told.word),
        title: &told.title,
        status: told.code.as_u16(),
        detail: &detail,
        hint: &told.hint,
        errors,
        id,
    };
    serde_json::to_vec(&problem).unwrap_or_default()
}

fn page(fault: &Fault, told: &Told, frames: &Frames, id: &str) -> Vec<u8> {
    let mut detail = detail(fault);
    for (field, says) in fields(fault) {
        detail.push_str(&format!(" {field}: {says}."));
    }
    let view = Error {
        title: told.title.clone(),
        detail: detail.trim().to_owned(),
        safe: told.safe.to_owned(),
        hint: told.hint.clone(),
        id: id.to_owned(),
    };
    view.render(&frames.frame(&view)).unwrap_or_default().into_bytes()
}
