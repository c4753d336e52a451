//! `feeds export`, `feeds import`, `feeds key`: a signed bundle of knowledge for a site without network.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use service::bundle::follow::{self, Followed};
use service::bundle::{self, BundleError, Import as Imported, Manifest, Refused, key};
use service::knowledge::age_days;
use service::outside::http::{HttpOptions, Network};
use service::sync::state::StateFile;

use super::{Place, of_io};
use crate::commands::Global;
use crate::exit::{Exit, Failure};
use crate::output::progress::Bar;
use crate::output::table::printable;
use crate::output::words::{self, colour};

/// Write the current index as a signed bundle
#[derive(Args)]
#[command(after_help = "Example:\n  patchwright feeds export knowledge.pwk --key data/keys/bundle.key")]
pub struct Export {
    /// The bundle to write; replaced atomically
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The secret key that signs it (patchwright feeds key)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Take a signed bundle into use, or what is new in a folder of them
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright feeds import knowledge.pwk --trust bundle.pub\n  patchwright feeds import https://example.org/knowledge/\n  patchwright feeds import /media/usb/knowledge\n\nA folder, or its address, is one that `index serve` wrote: deltas are taken where that is less to carry.\nWithout --trust, the keys in DIR/keys/trusted/*.pub are trusted. Code 1: the bundle was refused."
)]
pub struct Import {
    /// The bundle, or the folder
    #[arg(value_name = "FILE|DIR|URL")]
    from: String,
    /// A public key to trust: a file, or its line of base64; repeatable
    #[arg(long, value_name = "KEY")]
    trust: Vec<String>,
    /// Take it although it is older than what is in use
    #[arg(long)]
    allow_older: bool,
    #[command(flatten)]
    place: Place,
}

/// Make a key pair that signs bundles
#[derive(Args)]
#[command(after_help = "Example:\n  patchwright feeds key bundle --data data/")]
pub struct Key {
    /// The name of its files: NAME.key (secret, readable by you alone) and NAME.pub
    #[arg(value_name = "NAME", default_value = "bundle")]
    name: String,
    #[command(flatten)]
    place: Place,
}

impl Export {
    pub(super) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let data = self.place.directory();
        let memory = StateFile::of(&data);
        let manifest =
            bundle::export(&data, &memory, &self.key, &self.file, jiff::Timestamp::now()).map_err(failure)?;
        if !global.quiet {
            let mut out = anstream::stdout().lock();
            writeln!(out, "{}{}{}", colour::BOLD, self.file.display(), colour::END)?;
            write_manifest(&mut out, &manifest)?;
        }
        Ok(Exit::Done)
    }
}

impl Import {
    pub(super) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let data = self.place.directory();
        let trusted = match self.trust.as_slice() {
            [] => key::trusted(&data.path("keys/trusted")),
            given => given.iter().map(|key| key::public(key)).collect(),
        };
        let trusted = trusted.map_err(failure)?;
        let imported = match self.follow(&trusted, global)? {
            Some(followed) => {
                if !global.quiet {
                    write_followed(&mut anstream::stdout().lock(), &followed)?;
                }
                followed.import
            }
            None => Some(self.import(&trusted, global)?),
        };
        if let Some(import) = imported.filter(|_| !global.quiet) {
            write_import(&mut anstream::stdout().lock(), &import)?;
        }
        Ok(Exit::Done)
    }

    /// One bundle.
    fn import(&self, trusted: &[key::PublicKey], global: &Global) -> Result<Imported, Failure> {
        let bar = Bar::new(global.quiet, "importing");
        let data = self.place.directory();
        let (memory, now, file) = (StateFile::of(&data), jiff::Timestamp::now(), PathBuf::from(&self.from));
        let import = bundle::import(&data, &memory, &file, trusted, self.allow_older, now, &bar);
        bar.clear();
        import.map_err(failure)
    }

    /// A folder of bundles; `None` when it is something else.
    fn follow(&self, trusted: &[key::PublicKey], global: &Global) -> Result<Option<Followed>, Failure> {
        let is_address = ["http://", "https://"].iter().any(|scheme| self.from.starts_with(scheme));
        let folder = PathBuf::from(&self.from);
        if !is_address && !folder.is_dir() {
            return Ok(None);
        }
        let bar = Bar::new(global.quiet, "importing");
        let settings = self.place.settings()?;
        let http =
            HttpOptions { private_hosts: settings.private_hosts.clone(), proxy: settings.proxy.clone() };
        let network = Network::new(&http, &bar)
            .map_err(|error| Failure::new(Exit::Fault, format!("cannot connect to anything: {error}")))?;
        let place = match is_address {
            true => follow::Place::Address { url: self.from.clone(), transport: &network },
            false => follow::Place::Folder(folder),
        };
        let data = self.place.directory();
        let (memory, now) = (StateFile::of(&data), jiff::Timestamp::now());
        let followed = follow::follow(&data, &memory, &place, trusted, self.allow_older, now, &bar);
        bar.clear();
        Ok(Some(followed.map_err(failure)?))
    }
}

fn write_followed(out: &mut dyn Write, followed: &Followed) -> std::io::Result<()> {
    if followed.taken.is_empty() {
        let made = printable(&followed.listing.made_at);
        return writeln!(out, "nothing new: the knowledge made {made} is in use already");
    }
    for file in &followed.taken {
        writeln!(out, "took {}, {}", printable(&file.name), words::size(file.bytes))?;
    }
    Ok(())
}

fn write_import(out: &mut dyn Write, import: &Imported) -> std::io::Result<()> {
    writeln!(out, "signed by {}", import.key_id)?;
    write_manifest(out, &import.manifest)?;
    match &import.generation {
        Some(generation) if generation.before == 0 => {
            writeln!(out, "in use as generation {}; there was nothing before", generation.number)
        }
        Some(generation) => {
            let changed = generation.delta.changes.len();
            writeln!(
                out,
                "in use as generation {}; {} differ",
                generation.number,
                words::counted(changed, "vulnerability", "vulnerabilities")
            )
        }
        None => writeln!(out, "this knowledge is in use already"),
    }
}

impl Key {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let made = key::generate(&self.place.directory().path("keys"), &self.name).map_err(failure)?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "key {}", made.id)?;
        writeln!(out, "secret: {} (keep it here)", made.secret.display())?;
        writeln!(out, "public: {} (carry it to whoever imports)", made.public.display())?;
        Ok(Exit::Done)
    }
}

/// Age and source of everything in a bundle.
fn write_manifest(out: &mut dyn Write, manifest: &Manifest) -> std::io::Result<()> {
    let now = jiff::Timestamp::now();
    writeln!(
        out,
        "generation {} of {}, made by {}",
        manifest.generation,
        printable(&manifest.made_at),
        printable(&manifest.builder)
    )?;
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["feed", "records", "as of", "age", "source"]);
    for feed in &manifest.feeds {
        table.add_row([
            printable(&feed.id),
            words::count(usize::try_from(feed.records).unwrap_or(usize::MAX)),
            feed.as_of.get(..10).unwrap_or("no date").to_owned(),
            words::age(age_days(&feed.as_of, now)),
            printable(&feed.source),
        ]);
    }
    writeln!(out, "{table}")
}

pub(crate) fn failure(error: BundleError) -> Failure {
    let hint = match &error {
        BundleError::Refused(Refused::Tampered(_)) => {
            "fetch it again from where it was made; what is in use stays"
        }
        BundleError::Refused(Refused::UnknownKey { .. }) => {
            "if you trust its maker, get the public key by another way and give --trust KEY"
        }
        BundleError::Refused(Refused::Older(_)) => "if this is what you want, say --allow-older",
        BundleError::Refused(Refused::OtherBase(_)) => "take the whole bundle instead",
        BundleError::Fetch(_) => {
            "look at the address; a host in a private network needs private_hosts in feeds.toml"
        }
        BundleError::Key(_) => "make one with: patchwright feeds key",
        _ => "",
    };
    let failure = match error {
        BundleError::Io(error) => of_io(error),
        BundleError::Refused(_) | BundleError::Fetch(_) => Failure::new(Exit::Failed, error.to_string()),
        BundleError::Key(_) => Failure::new(Exit::Unreadable, error.to_string()),
        BundleError::Index(_) => Failure::new(Exit::CannotJudge, error.to_string()),
        BundleError::Sync(_) => Failure::new(Exit::Fault, error.to_string()),
    };
    failure.hint(hint)
}
