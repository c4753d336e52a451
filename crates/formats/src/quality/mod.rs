//! SBOMs read for their quality: every field that rules ask for, as written, with its place. Nothing is repaired,
//! folded or recovered; [`crate::detect`] makes inventories.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cyclonedx;
mod spdx2;
mod spdx3;

use std::ops::ControlFlow;

use model::quality::{Party, Survey};

use crate::archives;
use crate::detect::{Kind, detect};
use crate::limits::{FormatError, Limits};
use crate::normalise::identity::usable;

/// Surveys one SBOM; an archive of SPDX 2 documents, as Yocto writes it, is one.
///
/// # Errors
/// When the bytes are no SBOM whose fields can be looked at, not a whole document, or pass a limit.
pub fn survey(bytes: &[u8], name: &str, limits: &Limits) -> Result<Survey, FormatError> {
    if bytes.len() as u64 > limits.document_bytes {
        let what = format!("it is larger than {} bytes", limits.document_bytes);
        return Err(FormatError::TooBig { name: name.to_owned(), what });
    }
    match detect(bytes, name) {
        Kind::CycloneDx => cyclonedx::survey(&checked(bytes, name, limits)?, name),
        Kind::Spdx3 => spdx3::survey(&checked(bytes, name, limits)?, name),
        Kind::Spdx2 => spdx2::survey(&[checked(bytes, name, limits)?.into_owned()], name),
        Kind::YoctoSpdx2Archive => spdx2::survey(&members(bytes, name, limits)?, name),
        Kind::NotYet(what) => Err(FormatError::NotYet { name: name.to_owned(), what }),
        Kind::Unknown if bytes.iter().all(u8::is_ascii_whitespace) => {
            Err(FormatError::Empty { name: name.to_owned() })
        }
        Kind::Unknown => Err(FormatError::Unknown { name: name.to_owned() }),
        _ => Err(FormatError::NotYet { name: name.to_owned(), what: NO_SBOM }),
    }
}

const NO_SBOM: &str = "it is no CycloneDX or SPDX document in JSON, so it has none of the fields that the rules ask \
                       for; make one of it with `patchwright sbom convert FILE --to cyclonedx-1.6`";

fn checked<'b>(
    bytes: &'b [u8],
    name: &str,
    limits: &Limits,
) -> Result<std::borrow::Cow<'b, str>, FormatError> {
    let (text, _) = crate::text::decode(bytes);
    crate::text::check_depth(&text, name, limits)?;
    Ok(text)
}

/// The SPDX 2 documents of an archive.
fn members(bytes: &[u8], name: &str, limits: &Limits) -> Result<Vec<String>, FormatError> {
    let mut texts = Vec::new();
    archives::members(bytes, name, limits, &mut |member, content| {
        if detect(content, member) == Kind::Spdx2 {
            texts.push(checked(content, member, limits)?.into_owned());
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(texts)
}

/// Adds a party that has a name or a contact.
fn push(parties: &mut Vec<Party>, name: &str, contact: &str) {
    let (name, contact) = (usable(name).unwrap_or_default(), usable(contact).unwrap_or_default());
    if !name.is_empty() || !contact.is_empty() {
        parties.push(Party { name: name.to_owned(), contact: contact.to_owned() });
    }
}

/// `SHA-512`, `sha3_512` and `SHA512` are one word each.
fn algorithm(text: &str) -> String {
    text.to_ascii_lowercase().replace(['-', '_'], "")
}
