//! `index delta` and `index apply`: what differs between two index files, to carry instead of the whole.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use service::bundle::{delta, key};
use service::sync::state::SyncState;

use crate::commands::Global;
use crate::commands::feeds::bundle::failure;
use crate::exit::{Exit, Failure};
use crate::output::progress::Bar;
use crate::output::words;

/// Write what differs between two index files
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright index delta monday.pwx tuesday.pwx --out tuesday.pwd\n  patchwright index delta monday.pwx tuesday.pwx --out tuesday.pwk --key data/keys/bundle.key\n\nWith --key it is a signed bundle for `feeds import`, without it a bare delta for `index apply`."
)]
pub struct Delta {
    /// The index that the receiver has
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The index that the receiver shall have
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// The delta to write; replaced atomically
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The secret key that signs it (patchwright feeds key)
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// Make the new index of an old one and a delta
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright index apply monday.pwx tuesday.pwd --out tuesday.pwx\n  patchwright index apply monday.pwx tuesday.pwk --trust bundle.pub --out tuesday.pwx\n\nThe result is the file that the delta was made to, byte for byte, or nothing."
)]
pub struct Apply {
    /// The index that the delta begins from
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The delta, bare or as a signed bundle
    #[arg(value_name = "DELTA")]
    delta: PathBuf,
    /// The index to write; replaced atomically
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A public key to trust, for a signed bundle: a file, or its line of base64; repeatable
    #[arg(long, value_name = "KEY")]
    trust: Vec<String>,
}

impl Delta {
    pub(super) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let bar = Bar::new(global.quiet, "comparing");
        let (key, now) = (self.key.as_deref(), jiff::Timestamp::now());
        let written = delta::between(&self.old, &self.new, &SyncState::default(), key, &self.out, now);
        bar.clear();
        let delta::Written { report, whole, .. } = written.map_err(failure)?;
        if !global.quiet {
            let changed = usize::try_from(report.changed).unwrap_or(usize::MAX);
            let removed = usize::try_from(report.removed).unwrap_or(usize::MAX);
            writeln!(
                std::io::stdout(),
                "{}: {} new or changed, {} gone; {}, {} of the whole",
                self.out.display(),
                words::counted(changed, "vulnerability", "vulnerabilities"),
                words::count(removed),
                words::size(report.bytes),
                share(report.bytes, whole)
            )?;
        }
        Ok(Exit::Done)
    }
}

/// A share in percent with one digit.
fn share(part: u64, whole: u64) -> String {
    let tenths = part.saturating_mul(1_000).div_ceil(whole.max(1));
    format!("{}.{} %", tenths / 10, tenths % 10)
}

impl Apply {
    pub(super) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let trusted: Vec<_> =
            self.trust.iter().map(|key| key::public(key)).collect::<Result<_, _>>().map_err(failure)?;
        let bar = Bar::new(global.quiet, "applying the delta");
        let applied = delta::apply(&self.old, &self.delta, &trusted, &self.out);
        bar.clear();
        applied.map_err(failure)?;
        if !global.quiet {
            writeln!(std::io::stdout(), "{}: the index that the delta was made to", self.out.display())?;
        }
        Ok(Exit::Done)
    }
}
