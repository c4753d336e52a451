//! Affected files sorted by what they are, and the judge for those that are never in a product (matching.md 7.2).

use model::build::ConfigOf;
use model::finding::{Confidence, Evidence};
use model::reason::Reason;

use super::prepared::Prepared;
use super::{Opinion, Subject};

/// `Evidence::File::result` of a file that is in the product.
pub const BUILT: &str = "built";
/// Of a file that is in a module.
pub const MODULE: &str = "module";
/// Of a file that is not built.
pub const NOT_BUILT: &str = "not built";
/// Of a file of another architecture.
pub const OTHER_ARCH: &str = "other architecture";
/// Of a file in a module that the image lacks.
pub const MODULE_ABSENT: &str = "module not in the image";
/// Of a file nobody ships on a device.
pub const NOT_SHIPPED: &str = "not shipped";
/// Of a file of which the evidence says nothing.
pub const UNKNOWN: &str = "unknown";

/// What a source file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Compiled by itself.
    Code,
    /// Included by code.
    Header,
    /// Steers the build.
    Build,
    /// Data tables (device trees, YAML).
    Data,
    /// Documentation, self tests, samples, host tools.
    NonTarget,
}

impl Class {
    /// The word used in evidence.
    pub fn word(self) -> &'static str {
        match self {
            Class::Code => "code",
            Class::Header => "header",
            Class::Build => "build",
            Class::Data => "data",
            Class::NonTarget => "non-target",
        }
    }

    /// The class of a path in a component's tree.
    pub fn of(path: &str, tree: Option<ConfigOf>) -> Class {
        if is_non_target(path, tree) {
            return Class::NonTarget;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        if is_build_file(name) {
            return Class::Build;
        }
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "c" | "S" | "s" | "rs" | "cpp" | "cc" | "cxx" | "go" | "y" | "l" | "pl" | "uc" | "asn1" => {
                Class::Code
            }
            "c_shipped" | "S_shipped" | "py" | "m" | "java" | "js" | "ts" | "php" | "rb" | "lua" | "sh" => {
                Class::Code
            }
            "h" | "hpp" | "hh" | "hxx" | "inc" | "h_shipped" => Class::Header,
            _ => Class::Data,
        }
    }
}

fn is_build_file(name: &str) -> bool {
    const WHOLE: &[&str] =
        &["Kbuild", "CMakeLists.txt", "meson.build", "configure", "configure.ac", "Platform"];
    const STARTS: &[&str] = &["Makefile", "Kconfig", "GNUmakefile", "Kbuild."];
    WHOLE.contains(&name)
        || STARTS.iter().any(|start| name.starts_with(start))
        || name.ends_with(".mk")
        || name.ends_with("_defconfig")
}

/// Documentation, samples, tests and host tools. `tools/` and `samples/` only in the trees where nobody
/// builds them for the device: another project may well ship a folder of that name.
fn is_non_target(path: &str, tree: Option<ConfigOf>) -> bool {
    let mut folders = path.split('/');
    let first = folders.next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.contains("kunit") || first == "Documentation" || (first == "doc" && tree.is_some()) {
        return true;
    }
    if matches!(first, "tests" | "test" | "testsuite" | "t" | "docs") && path.contains('/') {
        return true;
    }
    match tree {
        Some(ConfigOf::Linux) => is_kernel_non_target(path, first),
        Some(ConfigOf::Uboot) => matches!(first, "tools" | "scripts" | "examples"),
        Some(ConfigOf::Busybox) => matches!(first, "scripts" | "examples"),
        Some(ConfigOf::Unknown) | None => path.contains("/tests/") || path.contains("/testsuite/"),
    }
}

fn is_kernel_non_target(path: &str, first: &str) -> bool {
    match first {
        "samples" => true,
        "tools" => path != "tools/lib/bpf/relo_core.c",
        // The plug-ins of the compiler shape the code that is shipped.
        "scripts" => !path.starts_with("scripts/gcc-plugins/"),
        _ => path.contains("/kunit/") || path.contains("/tests/") && path.ends_with("_test.c"),
    }
}

/// The affected files of one vulnerability, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorted<'s> {
    /// Files that decide: code and headers; with no code or header among them, data tables.
    pub deciding: Vec<(&'s str, Class)>,
    /// Build files, when nothing decides.
    pub build: Vec<&'s str>,
    /// Non-target files, when there is nothing else.
    pub non_target: Vec<&'s str>,
}

impl<'s> Sorted<'s> {
    /// Sorts the files of a subject as seen from a component's tree.
    pub fn of(files: &[&'s str], tree: Option<ConfigOf>, tool: Option<&str>) -> Sorted<'s> {
        let classed = files.iter().map(|file| {
            let path = file.trim().trim_start_matches("./").trim_start_matches('/');
            (path, class_for(path, tree, tool))
        });
        let classed: Vec<(&str, Class)> = classed.filter(|(path, _)| !path.is_empty()).collect();
        let of_class = |classes: &[Class]| -> Vec<(&'s str, Class)> {
            classed.iter().filter(|(_, class)| classes.contains(class)).copied().collect()
        };
        let paths = |class: Class| of_class(&[class]).into_iter().map(|(path, _)| path).collect();
        for deciding in [&[Class::Code, Class::Header][..], &[Class::Data][..]] {
            let deciding = of_class(deciding);
            if !deciding.is_empty() {
                return Sorted { deciding, ..Sorted::default() };
            }
        }
        let build: Vec<&str> = paths(Class::Build);
        if !build.is_empty() {
            return Sorted { build, ..Sorted::default() };
        }
        Sorted { non_target: paths(Class::NonTarget), ..Sorted::default() }
    }
}

/// For a tool of the kernel tree that is a component of its own (perf), its own folder is its code.
fn class_for(path: &str, tree: Option<ConfigOf>, tool: Option<&str>) -> Class {
    match tool {
        Some(tool) if is_of_tool(path, tool) => {
            let inner = path.splitn(3, '/').nth(2).unwrap_or(path);
            Class::of(inner, None)
        }
        Some(_) => Class::NonTarget,
        None => Class::of(path, tree),
    }
}

/// True when a path of the kernel tree lies in the folder of a user-space tool.
pub fn is_of_tool(path: &str, tool: &str) -> bool {
    let Some(rest) = path.strip_prefix("tools/") else { return false };
    let rest = rest.strip_prefix("power/").or_else(|| rest.strip_prefix("bpf/")).unwrap_or(rest);
    rest.strip_prefix(tool).is_some_and(|rest| rest.starts_with('/'))
}

/// Excludes what consists of documentation, self tests, samples and host tools only.
pub fn judge(prepared: &Prepared<'_>, _: &Subject<'_>, sorted: &Sorted<'_>) -> Opinion {
    if let Some(tool) = prepared.tool() {
        return own_tool(tool, sorted);
    }
    // The kernel itself compiles a file or two of tools/ (libbpf's relo_core.c); the map knows.
    let may_ship = |path: &&str| {
        prepared.is_listed(path) || (path.starts_with("tools/") && prepared.condition(path).is_some())
    };
    if sorted.non_target.is_empty() || sorted.non_target.iter().any(may_ship) {
        return Opinion::Silent;
    }
    let evidence = sorted.non_target.iter().map(|path| file(path, Class::NonTarget, NOT_SHIPPED, "", ""));
    Opinion::Excluded(Reason::ENonTargetFiles, Confidence::High, evidence.collect())
}

fn own_tool(tool: &str, sorted: &Sorted<'_>) -> Opinion {
    let proof = format!("component {tool} is in the release");
    let own = sorted.deciding.iter().map(|(path, class)| file(path, *class, BUILT, "", &proof));
    let own: Vec<Evidence> = own.collect();
    if own.is_empty() { Opinion::Silent } else { Opinion::Kept(Vec::new(), own, None) }
}

/// One line of file evidence.
pub fn file(path: &str, class: Class, result: &str, expression: &str, proof: &str) -> Evidence {
    Evidence::File {
        path: path.to_owned(),
        class: class.word().to_owned(),
        result: result.to_owned(),
        expression: expression.to_owned(),
        proof: proof.to_owned(),
    }
}
