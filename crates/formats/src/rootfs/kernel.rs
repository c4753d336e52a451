//! Kernel images and modules: what they say of themselves. The banner `Linux version ...` lies in the kernel itself, which
//! is packed in most images; the head of an x86 image and of a `uImage` name it beside the payload.

use super::banners::position;
use super::payload;

/// What was found in a kernel image.
#[derive(Debug, Default)]
pub struct Learnt {
    /// From `Linux version` on; empty where nothing was found.
    pub banner: String,
    /// The `.config` that was built in (`CONFIG_IKCONFIG`), as packed.
    pub config: Vec<u8>,
}

/// Characters of a banner that are kept.
const BANNER: usize = 400;

/// Looks through a kernel image and what is packed inside of it.
pub fn image(bytes: &[u8], budget: &mut u64) -> Learnt {
    let mut learnt = Learnt { banner: head(bytes).unwrap_or_default(), config: Vec::new() };
    learn(bytes, &mut learnt);
    if learnt.banner.is_empty() || learnt.config.is_empty() {
        payload::each(bytes, budget, &mut |payload| {
            let is_kernel = learn(payload, &mut learnt);
            if !is_kernel {
                return false;
            }
            true
        });
    }
    if learnt.banner.is_empty() {
        learnt.banner = uimage(bytes).unwrap_or_default();
    }
    learnt
}

/// True when the bytes are those of a kernel.
fn learn(bytes: &[u8], learnt: &mut Learnt) -> bool {
    let Some(banner) = banner(bytes) else { return false };
    // The whole banner of the kernel says more than the head of the image.
    learnt.banner = banner;
    if learnt.config.is_empty() {
        learnt.config = config(bytes).unwrap_or_default().to_vec();
    }
    true
}

/// `Linux version 6.1.55 (builder@host) (gcc ...) #1 SMP ...`, in the plain bytes of a kernel.
pub fn banner(bytes: &[u8]) -> Option<String> {
    const START: &[u8] = b"Linux version ";
    let mut rest = bytes;
    while let Some(at) = position(rest, START) {
        let found = rest.get(at..).unwrap_or_default();
        let version = found.get(START.len()..).unwrap_or_default();
        if version.first().is_some_and(u8::is_ascii_digit) && !version.starts_with(b"%") {
            return Some(line(found));
        }
        rest = version;
    }
    None
}

fn line(bytes: &[u8]) -> String {
    let printable = bytes.iter().take(BANNER).take_while(|byte| (b' '..0x7f).contains(*byte));
    printable.map(|byte| char::from(*byte)).collect::<String>().trim_end().to_owned()
}

/// The x86 boot protocol: a pointer at 0x20e to the version, counted from 0x200.
fn head(bytes: &[u8]) -> Option<String> {
    if bytes.get(0x202..0x206)? != b"HdrS" {
        return None;
    }
    let pointer = u16::from_le_bytes([*bytes.get(0x20e)?, *bytes.get(0x20f)?]);
    let text = line(bytes.get(0x200 + usize::from(pointer)..)?);
    text.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("Linux version {text}"))
}

/// The name in the head of a `uImage`: `Linux-5.10.110`.
fn uimage(bytes: &[u8]) -> Option<String> {
    if !bytes.starts_with(&[0x27, 0x05, 0x19, 0x56]) {
        return None;
    }
    let name = line(bytes.get(32..64)?);
    let version = name.split_once("Linux-").map(|(_, version)| version)?;
    version.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("Linux version {version}"))
}

/// The gzip between the two marks of `CONFIG_IKCONFIG`.
fn config(bytes: &[u8]) -> Option<&[u8]> {
    let after = bytes.get(position(bytes, b"IKCFG_ST\x1f\x8b")? + 8..)?;
    after.get(..position(after, b"IKCFG_ED")?)
}

/// `vermagic` of a module: `6.1.0-13-amd64 SMP preempt mod_unload modversions`.
pub fn vermagic(bytes: &[u8], budget: &mut u64) -> Option<String> {
    let unpacked = payload::whole(bytes, budget);
    let bytes = unpacked.as_deref().unwrap_or(bytes);
    let at = position(bytes, b"\0vermagic=").or_else(|| position(bytes, b"vermagic="))?;
    let text = line(bytes.get(at..)?.trim_ascii_start().strip_prefix(b"\0").unwrap_or(bytes.get(at..)?));
    text.strip_prefix("vermagic=").map(str::to_owned)
}

/// The version in a kernel's release: `6.6.21-yocto-standard` is 6.6.21, `6.9.0-rc3+` is 6.9.0-rc3.
pub fn version(release: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(release);
    let mut parts = 1;
    while end > 0 && parts < 3 {
        let more = release.get(end..)?.strip_prefix('.').map_or(0, digits);
        if more == 0 {
            break;
        }
        end += 1 + more;
        parts += 1;
    }
    if end == 0 || parts < 2 {
        return None;
    }
    let rest = release.get(end..)?;
    if let Some(number) = rest.strip_prefix("-rc").map(digits).filter(|number| *number > 0) {
        end += 3 + number;
    }
    release.get(..end).map(str::to_owned)
}

/// The release in a banner: what stands behind `Linux version`.
pub fn release(banner: &str) -> &str {
    banner.strip_prefix("Linux version ").and_then(|rest| rest.split_whitespace().next()).unwrap_or_default()
}

/// The version of Debian's package in a banner: `... Debian 6.1.55-1 (2023-09-29)`. There the release names the interface
/// to modules, not the version.
pub fn debian(banner: &str) -> Option<&str> {
    let (_, after) = banner.rsplit_once("Debian ")?;
    after.split_whitespace().next().filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}
