//! A profile with one fact changed: foreseeable misuse, and the question "what if".

use model::profile::{
    Credentials, Enabled, Filter, InteractiveUser, Isolation, LocalCode, Profile, RadioReach, Zone,
};

/// Why a change cannot be made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PatchError {
    /// The key names nothing that can be changed.
    #[error(
        "{0} names nothing in the profile that can be changed; try interface.<id>.zone, service.<id>.zone, access.<key> or condition.<name>.state"
    )]
    NoSuchKey(String),
    /// The value is none of the key's.
    #[error("{value:?} is no value of {key}; it takes {allowed}")]
    NoSuchValue {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// What the key takes.
        allowed: String,
    },
}

/// The profile with `key` set to `value` (assessment.md 1.1.8).
///
/// # Errors
/// When the key or the value is unknown.
pub fn patched(profile: &Profile, key: &str, value: &str) -> Result<Profile, PatchError> {
    let mut patched = profile.clone();
    let parts: Vec<&str> = key.split('.').collect();
    let unknown = || PatchError::NoSuchKey(key.to_owned());
    match parts.as_slice() {
        ["interface", id, field] => {
            let interface = patched.interfaces.iter_mut().find(|one| one.id == *id).ok_or_else(unknown)?;
            match *field {
                "zone" => interface.zone = word(key, value, Zone::ALL, Zone::word)?,
                "enabled" => interface.enabled = word(key, value, Enabled::ALL, Enabled::word)?,
                "inbound" => interface.inbound = Some(word(key, value, Filter::ALL, Filter::word)?),
                "outbound" => interface.outbound = Some(word(key, value, Filter::ALL, Filter::word)?),
                "radio_reach" => {
                    interface.radio_reach = Some(word(key, value, RadioReach::ALL, RadioReach::word)?);
                }
                "shared_bus" => interface.shared_bus = boolean(key, value)?,
                _ => return Err(unknown()),
            }
        }
        ["service", id, "zone"] => {
            let service = patched.services.iter_mut().find(|one| one.id == *id).ok_or_else(unknown)?;
            service.zone = Some(word(key, value, Zone::ALL, Zone::word)?);
        }
        ["access", "credentials"] => {
            patched.access.credentials = word(key, value, Credentials::ALL, Credentials::word)?;
        }
        ["access", "interactive_user"] => {
            patched.access.interactive_user = word(key, value, InteractiveUser::ALL, InteractiveUser::word)?;
        }
        ["access", "local_code"] => {
            patched.access.local_code = word(key, value, LocalCode::ALL, LocalCode::word)?;
        }
        ["access", "local_code_isolation"] => {
            patched.access.local_code_isolation = Some(word(key, value, Isolation::ALL, Isolation::word)?);
        }
        ["condition", name, "state"] => {
            let state = boolean(key, value)?;
            patched.conditions.entry((*name).to_owned()).or_default().state = state;
        }
        _ => return Err(unknown()),
    }
    Ok(patched)
}

fn word<T: Copy>(key: &str, value: &str, all: &[T], word_of: fn(T) -> &'static str) -> Result<T, PatchError> {
    let found = all.iter().copied().find(|one| word_of(*one) == value);
    found.ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|one| word_of(*one)).collect();
        no_such_value(key, value, &words.join(", "))
    })
}

fn boolean(key: &str, value: &str) -> Result<bool, PatchError> {
    value.parse().map_err(|_| no_such_value(key, value, "true, false"))
}

fn no_such_value(key: &str, value: &str, allowed: &str) -> PatchError {
    PatchError::NoSuchValue { key: key.to_owned(), value: value.to_owned(), allowed: allowed.to_owned() }
}
