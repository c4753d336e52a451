//! Asking a server: the options of every verb that does, and what its refusals mean to whoever called.

use clap::Args;
use serde_json::Value;
use service::outside::api::{Answer, ApiError, Server};

use crate::exit::{Exit, Failure};
use crate::output::table::printable;

/// Where the token is found; it is given no other way, so that it stands in no list of processes.
const TOKEN: &str = "PATCHWRIGHT_TOKEN";
const SERVER: &str = "PATCHWRIGHT_SERVER";

/// Which server is asked, and how the answer is written.
#[derive(Args, Clone, Debug, Default)]
pub struct ServerOptions {
    /// The server; else PATCHWRIGHT_SERVER. The token is taken from PATCHWRIGHT_TOKEN
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// The server's own JSON, for machines
    #[arg(long)]
    pub json: bool,
}

impl ServerOptions {
    /// The server, ready to be asked.
    pub fn open(&self) -> Result<Server, Failure> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let address = self.server.clone().or_else(|| variable(SERVER)).ok_or_else(|| {
            Failure::new(Exit::Usage, "no server is named")
                .hint("give --server https://HOST, or set PATCHWRIGHT_SERVER")
        })?;
        let token = variable(TOKEN).ok_or_else(|| {
            Failure::new(Exit::Usage, "no token is given")
                .hint("set PATCHWRIGHT_TOKEN; a token is made on the server, on the page of your account")
        })?;
        let server = Server::new(address.trim(), &token).map_err(failure)?;
        if server.is_open_on_the_way() {
            use std::io::Write;
            let line = "the token goes to the server without encryption; use https";
            writeln!(anstream::stderr(), "\x1b[33mwarning:\x1b[0m {line}")?;
        }
        Ok(server)
    }
}

/// What a refusal means.
pub fn failure(error: ApiError) -> Failure {
    let text = error.to_string();
    match error {
        ApiError::Setting(_) => Failure::new(Exit::Usage, text),
        ApiError::Unreachable(_) => {
            Failure::new(Exit::Fault, text).hint("is the address right, and does the server run?")
        }
        ApiError::Refused(problem) => {
            let exit = match problem.status {
                404 => Exit::Unreadable,
                500.. => Exit::Fault,
                _ => Exit::Failed,
            };
            let id = if problem.status >= 500 {
                format!(" (id {} in its log)", problem.id)
            } else {
                String::new()
            };
            let text = text.lines().map(printable).collect::<Vec<_>>().join("\n");
            Failure::new(exit, text).hint(printable(&format!("{}{id}", problem.hint)))
        }
    }
}

/// A release as people name it: `gateway@4.1.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseName {
    /// The product's id.
    pub product: String,
    /// The version.
    pub version: String,
}

impl std::str::FromStr for ReleaseName {
    type Err = String;

    /// The version begins after the first `@`: versions may hold more of them, ids of products none.
    fn from_str(text: &str) -> Result<ReleaseName, String> {
        match text.split_once('@') {
            Some((product, version)) if !product.is_empty() && !version.is_empty() => {
                Ok(ReleaseName { product: product.to_owned(), version: version.to_owned() })
            }
            _ => Err("write it as PRODUCT@VERSION".to_owned()),
        }
    }
}

impl std::fmt::Display for ReleaseName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.product, self.version)
    }
}

/// The view of a release that is named by product and version.
pub fn release(server: &Server, name: &ReleaseName) -> Result<Value, Failure> {
    let product = server.get(&["products", &name.product], &[]).map_err(failure)?.body;
    let id = rows(&product, "releases")
        .find(|release| text(release, "version") == name.version)
        .map(|release| text(release, "id").to_owned())
        .ok_or_else(|| {
            let known: Vec<&str> =
                rows(&product, "releases").map(|release| text(release, "version")).take(8).collect();
            let message = format!("{} has no release {}", printable(&name.product), printable(&name.version));
            Failure::new(Exit::Unreadable, message)
                .hint(format!("the newest are {}", printable(&known.join(", "))))
        })?;
    Ok(server.get(&["releases", &id], &[]).map_err(failure)?.body)
}

/// All rows of a list, page after page, at most `most`; the first page's body with these rows in it.
pub fn list(server: &Server, path: &str, pairs: &[(&str, String)], most: usize) -> Result<Answer, Failure> {
    let mut whole = Answer::default();
    let (mut items, mut after) = (Vec::new(), String::new());
    loop {
        let limit = most.saturating_sub(items.len()).clamp(1, 100).to_string();
        let mut all: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (*key, value.as_str())).collect();
        all.push(("limit", &limit));
        if !after.is_empty() {
            all.push(("after", &after));
        }
        let mut answer = server.get(&[path], &all).map_err(failure)?;
        text(&answer.body, "next").clone_into(&mut after);
        if let Some(Value::Array(more)) = answer.body.get_mut("items").map(Value::take) {
            items.extend(more);
        }
        if whole.body.is_null() {
            whole = answer;
        }
        if after.is_empty() || items.len() >= most {
            break;
        }
    }
    whole.body["items"] = Value::Array(items);
    // The key of what comes after these rows, not after the first page.
    whole.body["next"] = Value::String(after);
    Ok(whole)
}

/// A text member; empty where there is none.
pub fn text<'v>(of: &'v Value, name: &str) -> &'v str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A number member; 0 where there is none.
pub fn number(of: &Value, name: &str) -> u64 {
    of.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// The values of a list member.
pub fn rows<'v>(of: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::ReleaseName;

    #[test]
    fn a_release_is_named_by_product_and_version() {
        let of = |text: &str| text.parse::<ReleaseName>().map(|name| (name.product, name.version));
        assert_eq!(of("gateway@4.1.0"), Ok(("gateway".into(), "4.1.0".into())));
        assert_eq!(of("gateway@4.1@rc1"), Ok(("gateway".into(), "4.1@rc1".into())));
        for bad in ["gateway", "@1", "gateway@", ""] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
