//! The one list of settings, in reading order. A new one is a row here and a field in [`Settings`]; its line in
//! `docs/manual/settings.md` is generated.

use std::net::SocketAddr;

use super::{LogFormat, Role, Settings};

/// A setting.
pub struct Setting {
    /// Section and key: `server.listen`.
    pub name: &'static str,
    /// How the default is written in the file.
    pub default: &'static str,
    /// What it decides, for people.
    pub about: &'static str,
    /// Its option of `serve`; empty = none.
    pub option: &'static str,
    /// It may hold a secret: its value is never shown, nor taken from the command line where it holds one.
    pub is_secret: bool,
    pub(super) take: Take,
    pub(super) show: fn(&Settings) -> String,
}

/// How a value is taken.
pub(super) enum Take {
    /// A text.
    Text(fn(&mut Settings, &str) -> Result<(), String>),
    /// `true` or `false`.
    Flag(fn(&mut Settings, bool)),
    /// A number from 0 to 65535.
    Number(fn(&mut Settings, u16) -> Result<(), String>),
    /// Several texts; in the environment and on the command line with commas between them.
    List(fn(&mut Settings, Vec<String>) -> Result<(), String>),
}

impl Setting {
    /// Its variable.
    pub fn variable(&self) -> String {
        format!("PATCHWRIGHT_{}", self.name.to_ascii_uppercase().replace('.', "_"))
    }

    /// Its section.
    pub fn section(&self) -> &'static str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// Its key in the section.
    pub fn key(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, key)| key)
    }
}

/// A row without an option or a secret.
const PLAIN: Setting = Setting {
    name: "",
    default: "\"\"",
    about: "",
    option: "",
    is_secret: false,
    take: Take::Flag(|_, _| {}),
    show: |_| String::new(),
};

/// All settings.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "server.listen",
        default: "\"127.0.0.1:8080\"",
        about: "Address and port to listen on. Port 0 takes any free one; it is printed.",
        option: "--listen",
        take: Take::Text(|settings, text| {
            settings.listen = address(text)?;
            Ok(())
        }),
        show: |settings| settings.listen.to_string(),
        ..PLAIN
    },
    Setting {
        name: "server.base_url",
        about: "Where people reach the server, such as `https://patchwright.example`: links in messages begin with it. Empty = where it listens.",
        option: "--base-url",
        take: Take::Text(|settings, text| {
            settings.base_url = base_url(text)?;
            Ok(())
        }),
        show: |settings| settings.base_url.clone(),
        ..PLAIN
    },
    Setting {
        name: "server.behind_proxy",
        default: "false",
        about: "A proxy of your own stands before the server and names the client in the last part of `X-Forwarded-For`. Without such a proxy anybody could choose his address by that header.",
        option: "--behind-proxy",
        take: Take::Flag(|settings, flag| settings.behind_proxy = flag),
        show: |settings| settings.behind_proxy.to_string(),
        ..PLAIN
    },
    Setting {
        name: "server.tls_certificate",
        about: "PEM file of the certificate, followed by those between it and the root. Empty = no TLS.",
        option: "--tls-certificate",
        take: Take::Text(|settings, text| {
            text.clone_into(&mut settings.tls_certificate);
            Ok(())
        }),
        show: |settings| settings.tls_certificate.clone(),
        ..PLAIN
    },
    Setting {
        name: "server.tls_key",
        about: "PEM file of the private key of the certificate.",
        option: "--tls-key",
        take: Take::Text(|settings, text| {
            text.clone_into(&mut settings.tls_key);
            Ok(())
        }),
        show: |settings| settings.tls_key.clone(),
        ..PLAIN
    },
    Setting {
        name: "server.roles",
        default: "[\"pages\", \"jobs\"]",
        about: "What this node takes on: `pages` (pages and API), `jobs` (jobs, feeds, messages). `/health` and `/metrics` answer everywhere.",
        option: "--roles",
        take: Take::List(|settings, words| {
            settings.roles = roles(&words)?;
            Ok(())
        }),
        show: |settings| format!("{:?}", settings.roles),
        ..PLAIN
    },
    Setting {
        name: "server.node",
        about: "Name of the node in leases, the same after each start and different on each node. Empty = name of the machine and a mark of the data directory.",
        take: Take::Text(|settings, text| {
            settings.node = node(text)?;
            Ok(())
        }),
        show: |settings| settings.node.clone(),
        ..PLAIN
    },
    Setting {
        name: "server.document_megabytes",
        default: "128",
        about: "Longest document that is taken in, in megabytes.",
        take: Take::Number(|settings, number| {
            settings.document_megabytes = at_least_one(number)?;
            Ok(())
        }),
        show: |settings| settings.document_megabytes.to_string(),
        ..PLAIN
    },
    Setting {
        name: "sign_in.oidc_issuer",
        about: "The issuer of an identity provider (OpenID Connect), letter for letter as it names itself: `https://id.example/realms/acme`. Its host may be in a private network. Empty = people sign in by password only.",
        take: Take::Text(|settings, text| {
            settings.oidc.issuer = issuer(text)?;
            Ok(())
        }),
        show: |settings| settings.oidc.issuer.clone(),
        ..PLAIN
    },
    Setting {
        name: "sign_in.oidc_client_id",
        about: "Who this server is to the provider.",
        take: Take::Text(|settings, text| {
            text.clone_into(&mut settings.oidc.client_id);
            Ok(())
        }),
        show: |settings| settings.oidc.client_id.clone(),
        ..PLAIN
    },
    Setting {
        name: "sign_in.oidc_client_secret_file",
        about: "A file that holds the client secret; it is read each time. Empty = the provider asks for none.",
        take: Take::Text(|settings, text| {
            text.clone_into(&mut settings.oidc.client_secret_file);
            Ok(())
        }),
        show: |settings| settings.oidc.client_secret_file.clone(),
        ..PLAIN
    },
    Setting {
        name: "sign_in.oidc_name",
        default: "\"single sign-on\"",
        about: "What people call the provider: the button says *Sign in with* it.",
        take: Take::Text(|settings, text| {
            settings.oidc.name = named(text)?;
            Ok(())
        }),
        show: |settings| settings.oidc.name.clone(),
        ..PLAIN
    },
    Setting {
        name: "sign_in.oidc_claim",
        default: "\"groups\"",
        about: "The claim of the ID token that holds groups; with dots for what lies deeper: `realm_access.roles`.",
        take: Take::Text(|settings, text| {
            settings.oidc.groups_claim = named(text)?;
            Ok(())
        }),
        show: |settings| settings.oidc.groups_claim.clone(),
        ..PLAIN
    },
    Setting {
        name: "sign_in.oidc_roles",
        default: "[]",
        about: "Groups and the role each gives for all products: `[\"security=lead\", \"developers=triager\"]`. Whoever is in one of them gets an account at the first sign-in, and the roles of the groups at each.",
        take: Take::List(|settings, rows| {
            settings.oidc.roles = group_roles(&rows)?;
            Ok(())
        }),
        show: |settings| {
            let rows = settings.oidc.roles.iter().map(|(group, role)| format!("{group}={}", role.word()));
            rows.collect::<Vec<_>>().join(",")
        },
        ..PLAIN
    },
    Setting {
        name: "sign_in.oidc_organisation",
        about: "Short name of the organisation of those who get an account by their groups.",
        take: Take::Text(|settings, text| {
            text.clone_into(&mut settings.oidc.organisation);
            Ok(())
        }),
        show: |settings| settings.oidc.organisation.clone(),
        ..PLAIN
    },
    Setting {
        name: "store.database",
        about: "`sqlite:FILE` or `postgres://USER@HOST/DATABASE`; several nodes share a PostgreSQL. Empty = the file `patchwright.db` in the data directory. A URL with a password belongs into the environment or a file.",
        option: "--database",
        is_secret: true,
        take: Take::Text(|settings, text| {
            settings.database = database(text)?;
            Ok(())
        }),
        ..PLAIN
    },
    Setting {
        name: "store.database_file",
        about: "A file that holds the URL of the database, in place of `store.database`.",
        take: Take::Text(|settings, text| {
            text.clone_into(&mut settings.database_file);
            Ok(())
        }),
        show: |settings| settings.database_file.clone(),
        ..PLAIN
    },
    Setting {
        name: "store.documents",
        about: "Documents as received: a folder, or `s3://BUCKET/PREFIX?endpoint=URL&region=NAME` with the key in the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`). Empty = `blobs` in the data directory. Several nodes need one place that all of them reach.",
        take: Take::Text(|settings, text| {
            text.clone_into(&mut settings.documents);
            Ok(())
        }),
        show: |settings| settings.documents.clone(),
        ..PLAIN
    },
    Setting {
        name: "log.format",
        default: "\"auto\"",
        about: "`text`, `json` (one object for each event), or `auto`: text at a terminal, JSON elsewhere. The log goes to standard error.",
        option: "--log",
        take: Take::Text(|settings, text| {
            settings.log = log_format(text)?;
            Ok(())
        }),
        show: |settings| format!("{:?}", settings.log),
        ..PLAIN
    },
    Setting {
        name: "log.level",
        default: "\"info\"",
        about: "`error`, `warn`, `info`, `debug` or `trace`; also for parts: `info,service=debug`.",
        take: Take::Text(|settings, text| {
            text.clone_into(&mut settings.log_level);
            Ok(())
        }),
        show: |settings| settings.log_level.clone(),
        ..PLAIN
    },
    Setting {
        name: "knowledge.every_hours",
        default: "6",
        about: "Hours between two visits to a feed; `every_hours` of a feed in `feeds.toml` goes before it. 0 = only when somebody asks.",
        take: Take::Number(|settings, number| {
            settings.every_hours = number;
            Ok(())
        }),
        show: |settings| settings.every_hours.to_string(),
        ..PLAIN
    },
    Setting {
        name: "alerts.private_hosts",
        default: "[]",
        about: "Hosts in private networks that webhooks and chat messages may go to. All other private addresses are refused.",
        take: Take::List(|settings, hosts| {
            settings.private_hosts = hosts;
            Ok(())
        }),
        show: |settings| settings.private_hosts.join(","),
        ..PLAIN
    },
    Setting {
        name: "alerts.proxy",
        about: "Proxy for webhooks and chat messages. Empty = what `HTTPS_PROXY` names, else none.",
        is_secret: true,
        take: Take::Text(|settings, text| {
            text.clone_into(&mut settings.proxy);
            Ok(())
        }),
        ..PLAIN
    },
];

fn issuer(text: &str) -> Result<String, String> {
    if text.contains(['?', '#']) {
        return Err("an issuer has neither ? nor #".to_owned());
    }
    if !text.is_empty() {
        crate::outside::http::oidc::address(text)?;
    }
    Ok(text.to_owned())
}

fn named(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("cannot be empty; leave the setting out for its default".to_owned()),
        text => Ok(text.to_owned()),
    }
}

/// Names of groups may hold `=`: the last one counts.
fn group_roles(rows: &[String]) -> Result<Vec<(String, model::access::Role)>, String> {
    let row = |row: &String| {
        let pair = row.rsplit_once('=').map(|(group, word)| (group.trim(), word.trim()));
        let (group, word) = pair
            .filter(|(group, _)| !group.is_empty())
            .ok_or_else(|| format!("{row:?} is no pair: write \"group=role\""))?;
        let role = model::access::Role::parse(word).ok_or_else(|| {
            let words: Vec<&str> = crate::access::table::COLUMNS.iter().map(|role| role.word()).collect();
            format!("there is no role {word:?}; there are {}", words.join(", "))
        })?;
        Ok((group.to_owned(), role))
    };
    rows.iter().map(row).collect()
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("{text:?} is no address and port; write 127.0.0.1:8080, 0.0.0.0:8080 or [::]:8080")
    })
}

fn base_url(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_fit = |rest: &str| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    };
    match rest {
        _ if text.is_empty() => Ok(String::new()),
        Some(rest) if is_fit(rest) => Ok(text.to_owned()),
        _ => Err(format!(
            "{text:?} is no base URL; write https://patchwright.example, with no path after the host"
        )),
    }
}

fn roles(words: &[String]) -> Result<Vec<Role>, String> {
    let mut roles = Vec::new();
    for word in words {
        roles.push(match word.as_str() {
            "pages" => Role::Pages,
            "jobs" => Role::Jobs,
            "device" => return Err("the role device needs a part that this version does not have".to_owned()),
            _ => return Err(format!("there is no role {word:?}; there are pages and jobs")),
        });
    }
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() { Err("a node needs a role: pages, jobs".to_owned()) } else { Ok(roles) }
}

fn node(text: &str) -> Result<String, String> {
    let is_fit =
        text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    if is_fit {
        Ok(text.to_owned())
    } else {
        Err("a node is named by letters, digits, '.', '-' and '_'".to_owned())
    }
}

fn at_least_one(number: u16) -> Result<u16, String> {
    if number == 0 { Err("0 is none; write at least 1".to_owned()) } else { Ok(number) }
}

/// The text itself is not repeated: it may hold a password.
fn database(text: &str) -> Result<String, String> {
    let is_known = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme));
    if is_known || text.is_empty() {
        return Ok(text.to_owned());
    }
    Err("a database is named by a URL: sqlite:FILE, or postgres://USER@HOST/DATABASE".to_owned())
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "auto" => Ok(LogFormat::Auto),
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("there is no log format {text:?}; there are auto, text and json")),
    }
}
