//! Where settings come from: the file, the environment, the command line.

use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::list::{SETTINGS, Setting, Take};
use super::{LogFormat, Role, Settings};

/// Where a setting was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a file, with line and column from 1.
    File {
        /// The file.
        name: String,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// In a variable of the environment.
    Variable(String),
    /// On the command line.
    Option(String),
    /// Several settings that do not go together.
    Together,
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// Where it was given.
    pub place: Place,
    /// What is wrong, without secrets.
    pub why: String,
}

impl SettingError {
    pub(super) fn together(why: &str) -> SettingError {
        SettingError { place: Place::Together, why: why.to_owned() }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::File { name, line, column } => write!(f, "{name}:{line}:{column}: {}", self.why),
            Place::Variable(name) | Place::Option(name) => write!(f, "{name}: {}", self.why),
            Place::Together => f.write_str(&self.why),
        }
    }
}

impl std::error::Error for SettingError {}

impl Settings {
    /// All defaults.
    pub(super) fn standard() -> Result<Settings, SettingError> {
        let mut settings = Settings {
            listen: std::net::SocketAddr::from(([127, 0, 0, 1], 8080)),
            base_url: String::new(),
            behind_proxy: false,
            tls_certificate: String::new(),
            tls_key: String::new(),
            roles: vec![Role::Pages, Role::Jobs],
            node: String::new(),
            document_megabytes: 128,
            database: String::new(),
            database_file: String::new(),
            documents: String::new(),
            log: LogFormat::Auto,
            log_level: String::new(),
            every_hours: 6,
            private_hosts: Vec::new(),
            proxy: String::new(),
            oidc: Default::default(),
        };
        // The list is what the manual shows; what is written there is what holds.
        for setting in SETTINGS {
            let text = format!("[{}]\n{} = {}\n", setting.section(), setting.key(), setting.default);
            file(&mut settings, "default", &text)?;
        }
        Ok(settings)
    }
}

/// Takes the settings of a file.
pub(super) fn file(settings: &mut Settings, name: &str, text: &str) -> Result<(), SettingError> {
    let at = |offset: usize, why: String| SettingError { place: place(name, text, offset), why };
    let root = DeTable::parse(text).map_err(|error| {
        at(error.span().map_or(0, |span| span.start), error.message().replace('\n', ", "))
    })?;
    for (section, value) in root.into_inner() {
        let offset = section.span().start;
        let section = section.into_inner();
        if !SETTINGS.iter().any(|setting| setting.section() == section) {
            return Err(at(offset, format!("there is no section {section:?}; there are {}", sections())));
        }
        let DeValue::Table(table) = value.into_inner() else {
            return Err(at(offset, format!("{section} is a section: write [{section}] and its keys below")));
        };
        for (key, value) in table {
            let offset = key.span().start;
            let name = format!("{section}.{}", key.into_inner());
            let setting = find(&name).ok_or_else(|| at(offset, unknown(&name)))?;
            take_value(settings, setting, value).map_err(|why| at(offset, format!("{name}: {why}")))?;
        }
    }
    Ok(())
}

fn take_value(settings: &mut Settings, setting: &Setting, value: Spanned<DeValue<'_>>) -> Result<(), String> {
    match (&setting.take, value.into_inner()) {
        (Take::Text(take), DeValue::String(text)) => take(settings, &text),
        (Take::Flag(take), DeValue::Boolean(flag)) => {
            take(settings, flag);
            Ok(())
        }
        (Take::Number(take), DeValue::Integer(number)) => take(settings, whole(number.as_str())?),
        (Take::List(take), DeValue::Array(items)) => {
            let texts = items.into_iter().map(|item| match item.into_inner() {
                DeValue::String(text) => Ok(text.into_owned()),
                _ => Err("takes texts in quotation marks".to_owned()),
            });
            take(settings, texts.collect::<Result<_, _>>()?)
        }
        (Take::Text(_), _) => Err("takes a text in quotation marks".to_owned()),
        (Take::Flag(_), _) => Err("takes true or false".to_owned()),
        (Take::Number(_), _) => Err("takes a whole number".to_owned()),
        (Take::List(_), _) => Err("takes a list: [\"one\", \"two\"]".to_owned()),
    }
}

/// Variables of other parts of the program begin like ours and are none.
const OTHERS: &[&str] = &["PATCHWRIGHT_FEEDS_", "PATCHWRIGHT_TEST_"];

/// Takes the variables that begin like one of our sections.
pub(super) fn environment(
    settings: &mut Settings,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<(), SettingError> {
    let mut ours: Vec<(String, String)> = variables.filter(|(name, _)| is_ours(name)).collect();
    ours.sort();
    for (name, value) in ours {
        let wrong = |why: String| SettingError { place: Place::Variable(name.clone()), why };
        let setting = SETTINGS.iter().find(|setting| setting.variable() == name);
        let setting = setting.ok_or_else(|| wrong(nearest(&name, Setting::variable)))?;
        take_text(settings, setting, &value).map_err(wrong)?;
    }
    Ok(())
}

fn is_ours(name: &str) -> bool {
    if OTHERS.iter().any(|other| name.starts_with(other)) {
        return false;
    }
    let Some(rest) = name.strip_prefix("PATCHWRIGHT_") else { return false };
    SETTINGS.iter().any(|setting| {
        let section = setting.section().to_ascii_uppercase();
        rest.strip_prefix(&section).is_some_and(|rest| rest.starts_with('_'))
    })
}

/// Takes a setting of the command line.
pub(super) fn given(settings: &mut Settings, name: &str, value: &str) -> Result<(), SettingError> {
    let wrong = |option: &str, why: String| SettingError { place: Place::Option(option.to_owned()), why };
    let setting = find(name).ok_or_else(|| wrong(name, unknown(name)))?;
    if setting.is_secret && has_password(value) {
        let why = format!(
            "holds a password, which everybody on this machine could read; give it in {} or in the file",
            setting.variable()
        );
        return Err(wrong(setting.option, why));
    }
    take_text(settings, setting, value).map_err(|why| wrong(setting.option, why))
}

/// `scheme://user:password@host`, or a parameter of that name.
fn has_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || url.contains("password=")
}

fn take_text(settings: &mut Settings, setting: &Setting, text: &str) -> Result<(), String> {
    match &setting.take {
        Take::Text(take) => take(settings, text),
        Take::Flag(take) => {
            let flag = text.parse().map_err(|_| format!("{text:?} is neither true nor false"))?;
            take(settings, flag);
            Ok(())
        }
        Take::Number(take) => take(settings, whole(text)?),
        Take::List(take) => {
            let texts = text.split(',').map(|part| part.trim().to_owned());
            take(settings, texts.filter(|part| !part.is_empty()).collect())
        }
    }
}

fn whole(text: &str) -> Result<u16, String> {
    text.replace('_', "").parse().map_err(|_| format!("{text} is no whole number from 0 to 65535"))
}

fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

fn unknown(name: &str) -> String {
    nearest(name, |setting| setting.name.to_owned())
}

/// Says that a name is unknown, and which ones there are beside it.
fn nearest(name: &str, names: impl Fn(&Setting) -> String) -> String {
    // `server.listen`, or `PATCHWRIGHT_SERVER_LISTEN`: what stands before the key.
    let section = |name: &str| match name.split_once('.') {
        Some((section, _)) => section.to_owned(),
        None => name.split('_').take(2).collect::<Vec<_>>().join("_"),
    };
    let all: Vec<String> = SETTINGS.iter().map(names).collect();
    let near: Vec<&String> = all.iter().filter(|one| section(one) == section(name)).collect();
    let shown: Vec<&str> =
        if near.is_empty() { all.iter().collect() } else { near }.into_iter().map(String::as_str).collect();
    format!("there is no setting {name}; there are {}", shown.join(", "))
}

fn sections() -> String {
    let mut names: Vec<&str> = SETTINGS.iter().map(Setting::section).collect();
    names.dedup();
    names.join(", ")
}

fn place(name: &str, text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Place::File { name: name.to_owned(), line, column }
}
