//! Is the list whole? (matching.md 7.3) Only then does a missing file mean that it is not built.

use std::collections::BTreeSet;

use model::build::ConfigOf;

use super::has;

/// A kernel compiles at least this many files.
const FILES: usize = 800;

/// What keeps a list from being whole; empty = it is whole.
pub(super) fn lacking(of: ConfigOf, paths: &BTreeSet<String>) -> Vec<String> {
    match of {
        ConfigOf::Linux => kernel(paths),
        ConfigOf::Uboot => uboot(paths),
        ConfigOf::Busybox => busybox(paths),
        ConfigOf::Unknown => vec!["the paths are of no known source tree".to_owned()],
    }
}

fn kernel(paths: &BTreeSet<String>) -> Vec<String> {
    let mut lacking = missing(paths, &[&["init/main.c"], &["kernel/sched/core.c", "kernel/sched.c"]]);
    lacking.extend(missing(paths, &[&["mm/memory.c", "mm/nommu.c"]]));
    let in_arch = |path: &String| {
        let mut parts = path.split('/');
        parts.next() == Some("arch") && parts.nth(1) == Some("kernel") && parts.next().is_some()
    };
    if !paths.iter().any(in_arch) {
        lacking.push("no file of arch/*/kernel".to_owned());
    }
    let files = paths.iter().filter(|path| !path.ends_with(".h")).count();
    if files < FILES {
        lacking.push(format!("only {files} files; a kernel has at least {FILES}"));
    }
    lacking
}

fn uboot(paths: &BTreeSet<String>) -> Vec<String> {
    let paths_of = |start: &str| paths.iter().any(|path| path.starts_with(start));
    let mut lacking = missing(paths, &[&["common/main.c", "common/board_r.c"]]);
    if !paths_of("lib/") {
        lacking.push("no file of lib".to_owned());
    }
    lacking
}

fn busybox(paths: &BTreeSet<String>) -> Vec<String> {
    let mut lacking = missing(paths, &[&["applets/applets.c"]]);
    if !paths.iter().any(|path| path.starts_with("libbb/")) {
        lacking.push("no file of libbb".to_owned());
    }
    lacking
}

/// One file of each group must be there.
fn missing(paths: &BTreeSet<String>, groups: &[&[&str]]) -> Vec<String> {
    let lacks = groups.iter().filter(|group| !group.iter().any(|file| has(paths, file)));
    lacks.map(|group| format!("{} is missing", group.join(" or "))).collect()
}
