//! What is known of headers, and of code that is compiled inside other code (matching.md 7.2): such a file is
//! in the product when one of its transitive includers is.

use std::borrow::Cow;

use model::reason::Reason;
use rustc_hash::FxHashSet;

use super::files::Class;
use super::kernel_config;
use super::prepared::Prepared;
use super::sources::{self, File, Out, Says, State};

/// Files a walk through the graph looks at before it gives up.
const WALK: usize = 50_000;

/// What is known of a code file: the witnesses' word, or that of its includers where it is never compiled by
/// itself (`#include "rt.c"`).
pub fn of_code(prepared: &Prepared<'_>, path: &str, class: Class) -> Says {
    let says = sources::heard(prepared, path, class);
    let may_be_included = match says.state {
        // A file whose options are on and that the list lacks may be compiled within another.
        State::Out(Out::NotListed) => true,
        State::Unknown(reason) => reason == Reason::EFileUnmapped,
        _ => false,
    };
    if !may_be_included || class != Class::Code {
        return says;
    }
    match includers(prepared, path) {
        Some(files) if !files.is_empty() => by_includers(prepared, path),
        // Without a graph such code is taken for a local header: it follows its folder.
        _ if prepared.is_kernel() && is_included_code(path) => by_folder(prepared, path),
        _ => says,
    }
}

/// Code of the kernel that is never, or not only, compiled by itself (found by the include graph of 6.1).
fn is_included_code(path: &str) -> bool {
    const STARTS: &[&str] = &[
        "arch/x86/boot/",
        "drivers/atm/",
        "drivers/gpu/host1x/hw/",
        "drivers/md/raid1-10.c",
        "drivers/mtd/ubi/fastmap-wl.c",
        "drivers/net/ethernet/8390/",
        "drivers/net/wan/hd6457",
        "drivers/net/wireless/intersil/hostap/",
        "drivers/scsi/NCR5380.c",
        "drivers/staging/wlan-ng/",
        "drivers/usb/host/ehci-",
        "drivers/usb/host/fotg210-",
        "drivers/usb/host/ohci-",
        "drivers/usb/host/uhci-",
        "fs/binfmt_elf.c",
        "fs/minix/itree_common.c",
        "fs/nfs/nfs42xdr.c",
        "kernel/locking/",
        "kernel/sched/",
        "kernel/trace/trace_selftest.c",
        "lib/decompress_",
        "lib/vdso/",
        "lib/xz/",
        "lib/zlib_",
        "lib/zstd/",
        "mm/percpu-",
        "net/netfilter/nf_conntrack_h323_types.c",
        "sound/isa/",
        "sound/pci/",
        "sound/usb/mixer_maps.c",
        "sound/usb/usx2y/",
    ];
    let is_compat = path.starts_with("sound/core/") && path.ends_with("_compat.c");
    is_compat || STARTS.iter().any(|start| path.starts_with(start))
}

/// What is known of a header.
pub fn of_header(prepared: &Prepared<'_>, path: &str) -> Says {
    let foreign = by_arch(prepared, path);
    if prepared.is_named(path) {
        return Says::told(State::Listed, "named in the list of compiled files");
    }
    if foreign.state != State::Silent {
        return foreign;
    }
    match includers(prepared, path) {
        Some(files) if !files.is_empty() => by_includers(prepared, path),
        _ if is_global(path) => lacking(prepared),
        _ => by_folder(prepared, path),
    }
}

fn by_arch(prepared: &Prepared<'_>, path: &str) -> Says {
    super::arch::witness(prepared, &File { path, class: Class::Header, condition: None })
}

fn includers<'p>(prepared: &'p Prepared<'_>, path: &str) -> Option<Vec<Cow<'p, str>>> {
    super::renames::names(path).find_map(|name| {
        let files = prepared.choice()?.includers(prepared.facts().kbuild, &name)?;
        (!files.is_empty()).then_some(files)
    })
}

/// `include/**` and `arch/*/include/**` serve everybody.
fn is_global(path: &str) -> bool {
    let rest = match path.strip_prefix("arch/") {
        Some(rest) => rest.split_once('/').map_or("", |(_, rest)| rest),
        None => path,
    };
    rest.starts_with("include/")
}

/// Evidence is there, but says nothing of this header.
fn lacking(prepared: &Prepared<'_>) -> Says {
    let reason = match () {
        () if prepared.has_complete_list() || !prepared.configs().is_empty() => Reason::EHeaderOnly,
        () if prepared.has_unusable_list() => Reason::EListIncomplete,
        () if prepared.has_unusable_config() => Reason::EConfigIncomplete,
        () => return Says::nothing(),
    };
    Says::state(State::Unknown(reason))
}

/// Walks up the graph until something compiled is found.
fn by_includers(prepared: &Prepared<'_>, path: &str) -> Says {
    let mut seen: FxHashSet<String> = FxHashSet::default();
    let mut open = vec![path.to_owned()];
    let mut worst: Option<(Says, String)> = None;
    while let Some(file) = open.pop() {
        for includer in includers(prepared, &file).unwrap_or_default() {
            if seen.len() > WALK {
                return lacking(prepared);
            }
            if !seen.insert(includer.to_string()) {
                continue;
            }
            match of_includer(prepared, &includer) {
                Includer::Goes(on) => open.extend(on.then(|| includer.into_owned())),
                Includer::Says(says) if in_product(says.state) => return through(says, &includer),
                Includer::Says(says) => worst = Some(worse(worst, says, &includer)),
            }
        }
    }
    worst.map_or_else(|| lacking(prepared), |(says, includer)| through(says, &includer))
}

/// What an includer's state says of what it includes.
fn through(says: Says, includer: &str) -> Says {
    let proof = match says.proof.is_empty() {
        true => format!("included by {includer}"),
        false => format!("included by {includer}, {}", says.proof),
    };
    Says { proof: proof.into(), ..says }
}

enum Includer {
    /// Includes only: its own includers decide, unless it is another architecture's.
    Goes(bool),
    /// Compiled by itself.
    Says(Says),
}

fn of_includer(prepared: &Prepared<'_>, path: &str) -> Includer {
    if Class::of(path, None) == Class::Header {
        return Includer::Goes(by_arch(prepared, path).state == State::Silent);
    }
    let says = sources::heard(prepared, path, Class::Code);
    let is_included =
        matches!(says.state, State::Out(Out::NotListed) | State::Unknown(Reason::EFileUnmapped))
            && includers(prepared, path).is_some_and(|files| !files.is_empty());
    if is_included { Includer::Goes(true) } else { Includer::Says(says) }
}

fn in_product(state: State) -> bool {
    matches!(state, State::Built | State::Listed)
}

/// Of includers that are not surely in the product, the one that says least counts: a module before an
/// undecided file before one that is out.
fn worse(known: Option<(Says, String)>, says: Says, includer: &str) -> (Says, String) {
    let rank = |state: State| match state {
        State::Out(why) => (0, Some(why)),
        State::Silent | State::Unknown(_) => (1, None),
        State::Module { blacklisted: true } => (2, None),
        State::Module { blacklisted: false } => (3, None),
        State::Built | State::Listed => (4, None),
    };
    let says = match says.state {
        State::Silent | State::Unknown(_) => Says::state(State::Unknown(Reason::EHeaderOnly)),
        _ => says,
    };
    match known {
        Some(known) if rank(known.0.state) >= rank(says.state) => known,
        _ => (says, includer.to_owned()),
    }
}

/// A local header without a graph follows its folder: no code of the folder built, header not built.
fn by_folder(prepared: &Prepared<'_>, path: &str) -> Says {
    let folder = served_folder(path);
    if folder.is_empty() {
        return lacking(prepared);
    }
    let by_config = by_conditions(prepared, folder);
    if prepared.is_folder_listed(folder) {
        return Says::told(State::Listed, format!("files of {folder} are compiled")).joined(by_config);
    }
    if prepared.has_complete_list() {
        return Says::told(
            State::Out(Out::NotListed),
            format!("no file of {folder} is in the complete list"),
        );
    }
    by_config
}

/// The conditions of all files of a folder.
fn by_conditions(prepared: &Prepared<'_>, folder: &str) -> Says {
    if prepared.configs().is_empty() {
        return lacking(prepared);
    }
    let conditions = prepared.conditions_below(folder);
    let mut worst: Option<(Says, String)> = None;
    for condition in &conditions {
        let says = kernel_config::of_condition(prepared, condition);
        if in_product(says.state) {
            return says;
        }
        worst = Some(worse(worst, says, folder));
    }
    worst.map_or_else(|| lacking(prepared), |(says, _)| says)
}

/// The folder whose code a local header serves: `…/amd/include/x.h` serves `…/amd`.
fn served_folder(path: &str) -> &str {
    let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for inner in ["/include/", "/inc/"] {
        if let Some(start) = path.find(inner) {
            let outer = path.get(..start).unwrap_or_default();
            if outer.len() < folder.len() {
                folder = outer;
            }
        }
    }
    folder
}
