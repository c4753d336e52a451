//! A visitor without a browser: asks the router, keeps cookies, sends forms.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use tokio::runtime::Runtime;
use tower::ServiceExt;
use web::server::{App, Options, shell};

use crate::sample::{Content, Sample};

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Who visits; `B` is what stands behind the pages.
pub struct Visitor<B = Sample> {
    pub router: Router,
    pub sample: Arc<B>,
    pub cookies: Vec<(String, String)>,
    pub headers: Vec<(&'static str, String)>,
    pub runtime: Arc<Runtime>,
}

pub fn runtime() -> Arc<Runtime> {
    Arc::new(tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"))
}

impl Visitor {
    pub fn new(sample: Sample, options: Options) -> Visitor {
        let sample = Arc::new(sample);
        let router = shell::router(App::new(sample.clone(), options));
        Visitor::to(router, sample, runtime())
    }

    /// Somebody who is signed in.
    pub fn of(content: Content) -> Visitor {
        Visitor::new(Sample::of(content), Options::default()).signed_in()
    }

    pub fn signed_in(mut self) -> Visitor {
        let answer = self.sign_in("ada", "correct horse");
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{}", answer.body);
        self
    }
}

impl<B> Visitor<B> {
    /// Somebody before the door of a router.
    pub fn to(router: Router, sample: Arc<B>, runtime: Arc<Runtime>) -> Visitor<B> {
        Visitor { router, sample, cookies: Vec::new(), headers: Vec::new(), runtime }
    }

    pub fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let form = self.get("/sign-in");
        assert_eq!(form.status, 200);
        let proof = proof(&form.body);
        self.post("/sign-in", &[("csrf", &proof), ("name", name), ("password", password)])
    }

    pub fn get(&mut self, address: &str) -> Answer {
        self.send("GET", address, "", String::new())
    }

    /// Sends pairs as a form.
    pub fn post(&mut self, address: &str, pairs: &[(&str, &str)]) -> Answer {
        let words: Vec<(&str, String)> =
            pairs.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        let body = web::pages::list::address("", &words).trim_start_matches('?').to_owned();
        self.send("POST", address, "application/x-www-form-urlencoded", body)
    }

    pub fn send(&mut self, method: &str, address: &str, kind: &str, body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(address);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(body.into()).expect("a request");
        let router = self.router.clone();
        let (parts, body) = self.runtime.block_on(async move {
            let response: Response<Body> = router.oneshot(request).await.expect("never fails");
            let (parts, body) = response.into_parts();
            (parts, to_bytes(body, 1 << 26).await.expect("a body"))
        });
        for line in parts.headers.get_all("set-cookie") {
            self.keep(line.to_str().expect("text"));
        }
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).expect("UTF-8"),
        }
    }

    fn keep(&mut self, line: &str) {
        let (name, rest) = line.split_once('=').expect("a cookie");
        let value = rest.split(';').next().unwrap_or_default();
        self.cookies.retain(|(known, _)| known != name);
        if !line.ends_with("Max-Age=0") && !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// The proof of a page's forms.
pub fn proof(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form with a proof");
    rest.split('"').next().unwrap_or_default().to_owned()
}
