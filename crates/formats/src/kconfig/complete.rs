//! Is it a whole `.config`? (matching.md 7.4) Only then does a missing option mean that it is off.

use model::build::ConfigOf;

use super::Lines;
use super::header::Header;

/// A whole file has more options than this.
const SYMBOLS: usize = 300;

/// A file with at least this many section titles is written by Kconfig and must have the last sections too.
const TITLES: usize = 10;

/// Options of which each kernel `.config` has one.
const ARCHITECTURES: &[&str] = &[
    "ALPHA",
    "ARC",
    "ARM",
    "ARM64",
    "AVR32",
    "BLACKFIN",
    "C6X",
    "CRIS",
    "CSKY",
    "FRV",
    "H8300",
    "HEXAGON",
    "IA64",
    "LOONGARCH",
    "M32R",
    "M68K",
    "METAG",
    "MICROBLAZE",
    "MIPS",
    "MN10300",
    "NDS32",
    "NIOS2",
    "OPENRISC",
    "PARISC",
    "PPC",
    "PPC32",
    "PPC64",
    "RISCV",
    "S390",
    "SANDBOX",
    "SCORE",
    "SH",
    "SPARC",
    "SUPERH",
    "TILE",
    "UML",
    "UNICORE32",
    "X86",
    "X86_32",
    "X86_64",
    "XTENSA",
];

/// What keeps a file from being whole; empty = it is whole.
pub(super) fn lacking(header: &Header<'_>, lines: &Lines, text: &str) -> Vec<String> {
    let mut lacking: Vec<String> = Vec::new();
    if header.of == ConfigOf::Unknown {
        lacking.push(match header.other {
            "" => "no header tells what it configures: a defconfig or fragment".to_owned(),
            other => format!("it is the configuration of {other} itself, not of kernel, U-Boot or BusyBox"),
        });
    }
    let mut ask = |is_there: bool, what: &str| {
        if !is_there {
            lacking.push(what.to_owned());
        }
    };
    ask(header.is_generated, "no line says that it was generated");
    ask(header.of == ConfigOf::Unknown || !header.version.is_empty(), "the header has no version");
    ask(lines.on > 0, "no option is on");
    ask(lines.off > 0, "no line says `is not set`");
    let is_on = |name: &&str| lines.symbols.get(*name).is_some_and(|value| value == "y");
    let wants_arch = matches!(header.of, ConfigOf::Linux | ConfigOf::Uboot);
    ask(!wants_arch || ARCHITECTURES.iter().any(is_on), "no architecture is on");
    if lines.symbols.len() <= SYMBOLS {
        lacking.push(format!("only {} options; a whole file has more than {SYMBOLS}", lines.symbols.len()));
    }
    if lines.is_cut {
        lacking.push("the last line is cut".to_owned());
    }
    lacking.extend(missing_section(header.of, text));
    lacking
}

/// A file that was cut between two lines lacks the last sections that Kconfig always writes.
fn missing_section(of: ConfigOf, text: &str) -> Option<String> {
    let is_new = text.lines().any(|line| line.starts_with("# end of "));
    let needed: &[&str] = match of {
        // Since 5.2 each menu is closed by a comment, and the last menu is always the same.
        ConfigOf::Linux if is_new => &["# end of Kernel hacking"],
        ConfigOf::Linux => &["# Kernel hacking", "# Library routines"],
        ConfigOf::Busybox => &["# System Logging Utilities"],
        ConfigOf::Uboot | ConfigOf::Unknown => &[],
    };
    if !is_new && titles(text) < TITLES {
        return None;
    }
    let missing = needed.iter().find(|title| !text.lines().any(|line| line.trim_end() == **title))?;
    Some(format!("the section `{}` is missing: the file seems to be cut", missing.trim_start_matches("# ")))
}

/// Section titles: a comment between two bare `#` lines.
fn titles(text: &str) -> usize {
    let mut lines = text.lines().map(str::trim);
    let mut count = 0;
    while let Some(line) = lines.next() {
        if line == "#" && lines.next().is_some_and(|title| title.len() > 2) && lines.next() == Some("#") {
            count += 1;
        }
    }
    count
}
