//! Answers as values: what a handler returns, and how it becomes bytes and headers.

use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::errors::Good;

/// Who may keep an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cache {
    /// The person's browser, asking each time.
    #[default]
    Ask,
    /// Nobody.
    Never,
    /// Everybody, for ever: the name changes with the content.
    Forever,
}

/// An answer.
pub struct Reply {
    status: Good,
    body: Body,
    tag: String,
    cache: Cache,
    headers: Vec<(HeaderName, String)>,
}

impl Reply {
    /// Of bytes.
    pub fn bytes(mime: &str, bytes: Vec<u8>) -> Reply {
        Reply {
            status: Good::Ok,
            body: Body::from(bytes),
            tag: String::new(),
            cache: Cache::Ask,
            headers: vec![(header::CONTENT_TYPE, mime.to_owned())],
        }
    }

    /// Of a stream.
    pub fn stream(mime: &str, file: &str, body: Body) -> Reply {
        let mut reply = Reply::bytes(mime, Vec::new())
            .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\""));
        reply.body = body;
        reply.cache = Cache::Never;
        reply
    }

    /// JSON with a tag of its content.
    pub fn json(bytes: Vec<u8>) -> Reply {
        let hash = Sha256::digest(&bytes);
        let tag: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let mut reply = Reply::bytes("application/json", bytes);
        reply.tag = format!("\"{tag}\"");
        reply
    }

    /// Go there. The address is one of our own.
    pub fn go(to: &str) -> Reply {
        let mut reply = Reply::bytes("text/plain; charset=utf-8", Vec::new())
            .header(header::LOCATION, ours(to).to_owned());
        reply.status = Good::SeeOther;
        reply.cache = Cache::Never;
        reply
    }

    /// Go to an address of somebody else: of the identity provider that the settings name, and to no other.
    pub fn away(to: &str) -> Reply {
        let mut reply = Reply::go("/");
        reply.headers.retain(|(name, _)| *name != header::LOCATION);
        reply.header(header::LOCATION, to.to_owned())
    }

    /// A form again, with what is wrong.
    pub fn again(mut self) -> Reply {
        self.status = Good::Again;
        self.cache = Cache::Never;
        self
    }

    /// Who may keep it.
    pub fn cached(mut self, cache: Cache) -> Reply {
        self.cache = cache;
        self
    }

    /// With the version of what was answered, which `If-Match` names.
    pub fn tagged(mut self, tag: &str) -> Reply {
        self.tag = format!("\"{tag}\"");
        self
    }

    /// With a header.
    pub fn header(mut self, name: HeaderName, value: String) -> Reply {
        self.headers.push((name, value));
        self
    }

    /// With a cookie, as `session::set` writes it.
    pub fn cookie(self, line: String) -> Reply {
        self.header(header::SET_COOKIE, line)
    }

    /// The response; `known` is the tag that the asker has already.
    pub fn respond(self, known: Option<&str>) -> Response {
        let is_known = !self.tag.is_empty() && known.is_some_and(|known| fits(known, &self.tag));
        let (status, body) =
            if is_known { (Good::NotModified, Body::empty()) } else { (self.status, self.body) };
        let mut response = Response::new(body);
        *response.status_mut() = status.code();
        let cache = match self.cache {
            Cache::Ask => "private, no-cache",
            Cache::Never => "no-store",
            Cache::Forever => "public, max-age=31536000, immutable",
        };
        let mut headers = self.headers;
        headers.push((header::CACHE_CONTROL, cache.to_owned()));
        if !self.tag.is_empty() {
            headers.push((header::ETAG, self.tag));
        }
        for (name, value) in headers {
            // A value that no header can carry is left out: line breaks in it would be headers of somebody else.
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

/// True where one of the tags of `If-None-Match` is this one.
fn fits(known: &str, tag: &str) -> bool {
    known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

/// The address where it is one of our own; else the first page. `//host` and `/\host` are addresses of other hosts.
pub fn ours(address: &str) -> &str {
    let is_ours = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && !address.chars().any(char::is_control);
    if is_ours { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_are_gone_to() {
        for good in ["/", "/findings?class=immediate", "/releases/a%2Fb"] {
            assert_eq!(ours(good), good);
        }
        for bad in [
            "",
            "https://example.org",
            "//example.org",
            "/\\example.org",
            "javascript:x",
            "/a\r\nSet-Cookie: x",
        ] {
            assert_eq!(ours(bad), "/", "{bad:?}");
        }
    }

    #[test]
    fn known_tags_are_known() {
        assert!(fits("\"a\", W/\"b\"", "\"b\"") && fits("*", "\"x\"") && !fits("\"a\"", "\"b\""));
    }
}
