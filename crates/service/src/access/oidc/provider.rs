//! The identity provider: what the settings say of it, what it says of itself, and the way there and back.

use std::sync::{Arc, Mutex, PoisonError};

use model::access::Role;
use serde_json::Value;
use store::Moment;

use super::Refusal;
use super::key::Keys;
use super::token::{self, Claims, Expected, Flaw};
use super::way::Way;
use crate::access::secret::Secret;
use crate::house::Fault;
use crate::outside::http::HttpOptions;
use crate::outside::http::oidc::{Line, Login, address, client_secret, query};

/// How long a description and keys are used before they are read again, in milliseconds: an hour.
const FRESH: i64 = 3_600_000;

/// What the settings say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderSettings {
    /// The issuer, letter for letter as its tokens name it.
    pub issuer: String,
    /// Who we are to it.
    pub client_id: String,
    /// A file with our secret; empty for a public client.
    pub client_secret_file: String,
    /// What people call it.
    pub name: String,
    /// The claim that holds groups.
    pub groups_claim: String,
    /// A group, and the role that it gives for all products.
    pub roles: Vec<(String, Role)>,
    /// Short name of the organisation of people who come by their groups; empty = nobody does.
    pub organisation: String,
}

/// What the provider says of itself.
#[derive(Clone, Debug)]
struct Described {
    authorisation: String,
    token: String,
    keys: String,
    /// It takes our secret in the header, which goes before a word of the form.
    takes_header: bool,
}

/// The provider. One per process: it remembers description and keys.
pub struct Provider {
    pub(super) settings: ProviderSettings,
    line: Line,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    described: Option<(Described, Moment)>,
    keys: Option<(Arc<Keys>, Moment)>,
}

/// Where a browser goes, and what it takes along.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The address at the provider.
    pub to: String,
    /// For a cookie that holds for [`super::HOLDS`].
    pub way: Secret,
}

/// What the browser brings back in the address.
pub(super) struct Returned<'a> {
    pub code: &'a str,
    /// The address that was given at the beginning.
    pub back: &'a str,
}

impl Provider {
    /// A provider by its settings. `outgoing` names the proxy, and the private hosts beside that of the issuer.
    ///
    /// # Errors
    /// When issuer or secret cannot be used.
    pub fn new(settings: ProviderSettings, outgoing: HttpOptions) -> Result<Provider, Fault> {
        let refused = |why: String| Fault::Refused(format!("sign-in by a provider: {why}"));
        let line = Line::new(&settings.issuer, outgoing).map_err(refused)?;
        let provider = Provider { settings, line, known: Mutex::default() };
        // Said at the start, not to the first who wants in.
        provider.secret().map_err(refused)?;
        Ok(provider)
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    fn secret(&self) -> Result<Option<String>, String> {
        let file = &self.settings.client_secret_file;
        if file.is_empty() { Ok(None) } else { client_secret(file).map(Some) }
    }

    /// Sends a browser on its way. `back` is our address that the provider knows, `next` where the person wanted to go,
    /// `link` the secret of a one-time link, or empty.
    ///
    /// # Errors
    /// A refusal when the provider does not answer, a fault when the system has no random bits.
    pub async fn begin(
        &self,
        back: &str,
        next: &str,
        link: &str,
        now: Moment,
    ) -> Result<Result<Begun, Refusal>, Fault> {
        let described = match self.described(now).await {
            Ok(described) => described,
            Err(why) => return Ok(Err(Refusal::Unavailable(why))),
        };
        let way = Way::new(next, link, now)?;
        let to = query(
            &described.authorisation,
            &[
                ("response_type", "code"),
                ("client_id", &self.settings.client_id),
                ("redirect_uri", back),
                ("scope", "openid profile email"),
                ("state", &way.state()),
                ("nonce", &way.nonce()),
                ("code_challenge", &way.challenge()),
                ("code_challenge_method", "S256"),
            ],
        );
        Ok(Ok(Begun { to, way: way.text() }))
    }

    /// Exchanges the code for a token and reads it.
    pub(super) async fn ask(
        &self,
        way: &Way,
        returned: &Returned<'_>,
        now: Moment,
    ) -> Result<Claims, Refusal> {
        let described = self.described(now).await.map_err(Refusal::Unavailable)?;
        let token = self.exchange(&described, way, returned).await?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client: &self.settings.client_id,
            nonce: &way.nonce(),
            now,
        };
        let keys = self.keys(&described, now, false).await?;
        let read = token::read(&token, &keys, &expected, &self.settings.groups_claim);
        let read = match read {
            // The provider has changed its keys since we read them: once more, and no oftener.
            Err(Flaw::UnknownKey) => {
                let keys = self.keys(&described, now, true).await?;
                token::read(&token, &keys, &expected, &self.settings.groups_claim)
            }
            read => read,
        };
        read.map_err(|flaw| match flaw {
            Flaw::UnknownKey => Refusal::NotBelieved("token_key"),
            Flaw::Wrong(word) => Refusal::NotBelieved(word),
        })
    }

    async fn exchange(
        &self,
        described: &Described,
        way: &Way,
        returned: &Returned<'_>,
    ) -> Result<String, Refusal> {
        let secret = self.secret().map_err(Refusal::Unavailable)?;
        let verifier = way.verifier();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", returned.code),
            ("redirect_uri", returned.back),
            ("code_verifier", verifier.as_str()),
        ];
        let login = match &secret {
            Some(secret) if described.takes_header => {
                Some(Login { name: self.settings.client_id.clone(), secret: secret.clone() })
            }
            Some(secret) => {
                form.extend([("client_id", self.settings.client_id.as_str()), ("client_secret", secret)]);
                None
            }
            None => {
                form.push(("client_id", &self.settings.client_id));
                None
            }
        };
        let answer = self.line.post(&described.token, &form, login).await.map_err(Refusal::Unavailable)?;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        match (answer.status, body["id_token"].as_str()) {
            (200, Some(token)) => Ok(token.to_owned()),
            (200, None) => Err(Refusal::NotBelieved("no_id_token")),
            // A code that was used, is over, or belongs to another browser.
            (400, _) if body["error"] == "invalid_grant" => Err(Refusal::NotBelieved("code_refused")),
            (status, _) => {
                let error = body["error"].as_str().unwrap_or("nothing more");
                let why = format!("the token endpoint answers {status} and says {error:.60?}");
                Err(Refusal::Unavailable(why))
            }
        }
    }

    async fn described(&self, now: Moment) -> Result<Described, String> {
        let known = self.known().described.clone();
        if let Some((described, read)) = known
            && is_fresh(read, now)
        {
            return Ok(described);
        }
        let place =
            format!("{}/.well-known/openid-configuration", self.settings.issuer.trim_end_matches('/'));
        let described = describe(&self.line.get(&place).await?, &self.settings.issuer)?;
        self.known().described = Some((described.clone(), now));
        Ok(described)
    }

    async fn keys(&self, described: &Described, now: Moment, anew: bool) -> Result<Arc<Keys>, Refusal> {
        let known = self.known().keys.clone();
        if let Some((keys, read)) = known
            && is_fresh(read, now)
            && !anew
        {
            return Ok(keys);
        }
        let bytes = self.line.get(&described.keys).await.map_err(Refusal::Unavailable)?;
        let keys = Arc::new(Keys::read(&bytes).map_err(Refusal::Unavailable)?);
        self.known().keys = Some((Arc::clone(&keys), now));
        Ok(keys)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

fn is_fresh(read: Moment, now: Moment) -> bool {
    read <= now && now < read.plus(FRESH)
}

/// Reads a description (OpenID Connect Discovery 1.0, 4.2). One of another issuer is none of ours.
fn describe(bytes: &[u8], issuer: &str) -> Result<Described, String> {
    let said: Value =
        serde_json::from_slice(bytes).map_err(|error| format!("the description is not JSON: {error}"))?;
    let said_issuer = said["issuer"].as_str().unwrap_or_default();
    if said_issuer != issuer {
        return Err(format!(
            "the description is of the issuer {said_issuer:?}, and the setting names {issuer:?}: both have to be the same, letter for letter"
        ));
    }
    let place = |name: &str| {
        let text = said[name].as_str().ok_or_else(|| format!("the description names no {name}"))?;
        address(text).map_err(|why| format!("{name}: {why}"))?;
        Ok::<String, String>(text.to_owned())
    };
    let methods = said["token_endpoint_auth_methods_supported"].as_array();
    Ok(Described {
        authorisation: place("authorization_endpoint")?,
        token: place("token_endpoint")?,
        keys: place("jwks_uri")?,
        // The default of the standard where nothing is said.
        takes_header: methods.is_none_or(|all| all.iter().any(|one| one == "client_secret_basic")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_of_its_issuer_and_names_encrypted_places() {
        let text = |issuer: &str, token: &str| {
            serde_json::json!({ "issuer": issuer, "authorization_endpoint": "https://id.example/auth",
                "token_endpoint": token, "jwks_uri": "https://id.example/keys" })
            .to_string()
        };
        let describe = |text: &str| describe(text.as_bytes(), "https://id.example");
        assert!(describe(&text("https://id.example", "https://id.example/token")).unwrap().takes_header);
        assert!(
            describe(&text("https://id.example/", "https://id.example/token"))
                .unwrap_err()
                .contains("letter for letter")
        );
        assert!(
            describe(&text("https://id.example", "http://id.example/token"))
                .unwrap_err()
                .contains("token_endpoint")
        );
        assert!(describe("{}").is_err() && describe("x").is_err());
    }
}
