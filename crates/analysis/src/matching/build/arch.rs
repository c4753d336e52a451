//! Witness: files of another architecture (matching.md 7.4). `arch/x86` serves i386 and x86_64;
//! `arch/arm` is not `arch/arm64`.

use std::sync::Arc;

use model::build::ConfigOf;

use super::expression;
use super::prepared::Prepared;
use super::sources::{File, Out, Says, State};

/// One architecture folder of a source tree.
struct Architecture {
    /// Folders below `arch/`; the first is today's.
    folders: &'static [&'static str],
    /// The option that every `.config` of it has.
    symbol: &'static str,
    /// Options that only it can have.
    more: &'static [&'static str],
    /// Machine words that mean it: a word matches when it starts with one of these.
    words: &'static [&'static str],
}

const fn row(
    folders: &'static [&'static str],
    symbol: &'static str,
    more: &'static [&'static str],
    words: &'static [&'static str],
) -> Architecture {
    Architecture { folders, symbol, more, words }
}

/// Words that start with another row's word stand above it (`arm64` before `arm`).
const LINUX: &[Architecture] = &[
    row(&["arm64"], "ARM64", &[], &["arm64", "aarch64", "armv8"]),
    row(&["arm", "arm26"], "ARM", &[], &["arm", "thumb", "xscale"]),
    row(
        &["x86", "i386", "x86_64"],
        "X86",
        &["X86_32", "X86_64"],
        &["x86", "amd64", "x64", "i386", "i486", "i586", "i686", "ia32", "core2", "corei7", "k8", "znver"],
    ),
    row(&["mips"], "MIPS", &[], &["mips"]),
    row(&["powerpc", "ppc"], "PPC", &["PPC32", "PPC64"], &["powerpc", "ppc"]),
    row(&["riscv"], "RISCV", &[], &["riscv"]),
    row(&["s390"], "S390", &[], &["s390"]),
    row(&["sparc", "sparc64"], "SPARC", &["SPARC32", "SPARC64"], &["sparc"]),
    row(&["sh", "sh64"], "SUPERH", &[], &["sh"]),
    row(&["m68k", "m68knommu"], "M68K", &[], &["m68k"]),
    row(&["microblaze"], "MICROBLAZE", &[], &["microblaze"]),
    row(&["nios2"], "NIOS2", &[], &["nios2"]),
    row(&["openrisc"], "OPENRISC", &[], &["openrisc", "or1k"]),
    row(&["xtensa"], "XTENSA", &[], &["xtensa"]),
    row(&["arc"], "ARC", &[], &["arc"]),
    row(&["loongarch"], "LOONGARCH", &[], &["loongarch"]),
    row(&["csky"], "CSKY", &[], &["csky"]),
    row(&["hexagon"], "HEXAGON", &[], &["hexagon"]),
    row(&["parisc"], "PARISC", &[], &["parisc", "hppa"]),
    row(&["alpha"], "ALPHA", &[], &["alpha"]),
    row(&["ia64"], "IA64", &[], &["ia64"]),
    row(&["um"], "UML", &[], &["um"]),
];

/// U-Boot builds 64 bit ARM in `arch/arm`.
const UBOOT: &[Architecture] = &[
    row(&["arm"], "ARM", &["ARM64"], &["arm", "aarch64"]),
    row(&["x86"], "X86", &["X86_64"], &["x86", "amd64", "i386", "i486", "i586", "i686"]),
    row(&["mips"], "MIPS", &[], &["mips"]),
    row(&["powerpc"], "PPC", &[], &["powerpc", "ppc"]),
    row(&["riscv"], "RISCV", &[], &["riscv"]),
    row(&["sh"], "SH", &[], &["sh"]),
    row(&["m68k"], "M68K", &[], &["m68k"]),
    row(&["microblaze"], "MICROBLAZE", &[], &["microblaze"]),
    row(&["nios2"], "NIOS2", &[], &["nios2"]),
    row(&["xtensa"], "XTENSA", &[], &["xtensa"]),
    row(&["arc"], "ARC", &[], &["arc"]),
    row(&["nds32"], "NDS32", &[], &["nds32"]),
    row(&["sandbox"], "SANDBOX", &[], &["sandbox"]),
];

/// Folders that another architecture builds too: (folder, also built by). What a map says goes first.
const SHARED: &[(&str, &str)] = &[
    ("arch/arm/xen/", "arm64"),
    ("arch/arm/include/", "arm64"),
    ("arch/arm/boot/dts/", "arm64"),
    ("arch/arm64/boot/dts/", "arm"),
    ("arch/x86/", "um"),
    ("arch/mips/boot/dts/", "mips"),
];

/// The architecture of a product: a row of the table of its tree.
#[derive(Clone, Copy)]
pub struct Machine {
    table: &'static [Architecture],
    own: &'static Architecture,
}

impl Machine {
    /// The architecture that a machine word (`aarch64`, `cortexa9hf` is none) names in a tree.
    pub fn of(word: &str, tree: ConfigOf) -> Option<Machine> {
        let table = match tree {
            ConfigOf::Uboot => UBOOT,
            _ => LINUX,
        };
        let word = word.to_ascii_lowercase();
        let own = table.iter().find(|row| row.words.iter().any(|start| word.starts_with(start)))?;
        Some(Machine { table, own })
    }

    /// Today's folder of it below `arch/`.
    pub fn folder(self) -> &'static str {
        self.own.folders.first().copied().unwrap_or_default()
    }

    /// True when the path lies in the folder of another architecture of the table.
    fn is_foreign(self, path: &str) -> bool {
        let Some(folder) = path.strip_prefix("arch/").and_then(|rest| rest.split_once('/')) else {
            return false;
        };
        let shared = SHARED.iter().any(|(start, also)| path.starts_with(start) && *also == self.folder());
        // A folder that no row knows may be anything: it is not called foreign.
        !shared
            && !self.own.folders.contains(&folder.0)
            && (self.table.iter().any(|row| row.folders.contains(&folder.0)) || is_old_folder(folder.0))
    }

    /// What an expression demands: another architecture only; this one's option by name.
    pub fn demands(self, expression: &str) -> (bool, bool) {
        let value = expression::evaluate(expression, &|name| self.symbol(name));
        (value.is_off(), expression::symbols(expression).contains(&self.own.symbol))
    }

    /// The value of an architecture's option for this machine; `None` for all other options.
    fn symbol(self, name: &str) -> Option<&'static str> {
        if self.own.symbol == name {
            return Some("y");
        }
        let foreign = self.table.iter().filter(|row| row.symbol != self.own.symbol);
        let is_foreign = foreign.into_iter().any(|row| row.symbol == name || row.more.contains(&name));
        (is_foreign && !self.own.more.contains(&name)).then_some("n")
    }
}

/// Folders of architectures that left the tree.
fn is_old_folder(folder: &str) -> bool {
    const GONE: &[&str] = &[
        "avr32",
        "blackfin",
        "c6x",
        "cris",
        "frv",
        "h8300",
        "m32r",
        "metag",
        "mn10300",
        "nds32",
        "score",
        "tile",
        "unicore32",
        "v850",
    ];
    GONE.contains(&folder)
}

/// Says whether a file belongs to other architectures only, by its path or by what its condition demands.
pub fn witness(prepared: &Prepared<'_>, file: &File<'_>) -> Says {
    let Some(machine) = prepared.machine() else { return Says::nothing() };
    let known = file.condition.as_ref().map(|text| prepared.known(text));
    let own = || format!("the product is {}", machine.folder());
    if let Some(known) = &known
        && known.is_other_arch
    {
        return Says { condition: Some(Arc::clone(known)), ..Says::told(State::Out(Out::OtherArch), own()) };
    }
    // A condition that names the own architecture comes from its own make files: arch/arm/xen on arm64.
    let is_wanted = known.is_some_and(|known| known.names_own_arch);
    if machine.is_foreign(file.path) && !is_wanted {
        return Says::told(State::Out(Out::OtherArch), own());
    }
    Says::nothing()
}
