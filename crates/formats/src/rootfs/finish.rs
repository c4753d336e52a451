//! The end of reading: who owns what, which names are applets, everything in one order.

use std::collections::BTreeSet;

use super::collect::{Tree, is_busybox, is_command};
use super::owned::Owned;
use super::schema::{Is, Volume};

/// Settles what only the whole tree tells.
pub(super) fn volume(mut tree: Tree) -> Volume {
    tree.volume.remarks = tree.take_remarks();
    let applets = applets(&tree);
    let mut volume = tree.volume;
    volume.applets = applets;
    // Of a path that is handed over twice the last one is in the file system.
    last_of_each(&mut volume.documents, |document| document.path.clone());
    last_of_each(&mut volume.kernels, |kernel| kernel.path.clone());
    last_of_each(&mut volume.programs, |program| program.path.clone());
    last_of_each(&mut volume.raw, |raw| raw.path.clone());
    last_of_each(&mut volume.packages, |package| package.path.clone());
    own(&mut volume, &tree.lists);
    volume
}

fn last_of_each<T>(list: &mut Vec<T>, path: impl Fn(&T) -> String) {
    list.reverse();
    let mut seen = BTreeSet::new();
    list.retain(|item| seen.insert(path(item)));
    list.sort_by_cached_key(path);
}

fn own(volume: &mut Volume, lists: &[(String, Vec<u8>)]) {
    let module = |(release, modules): (&String, &super::schema::Modules)| {
        modules.files.first().map(|file| format!("lib/modules/{release}/{file}"))
    };
    let modules: Vec<String> = volume.modules.iter().filter_map(module).collect();
    let paths = (volume.documents.iter().map(|document| document.path.as_str()))
        .chain(volume.kernels.iter().map(|kernel| kernel.path.as_str()))
        .chain(volume.programs.iter().map(|program| program.path.as_str()))
        .chain(volume.raw.iter().map(|raw| raw.path.as_str()))
        .chain(volume.packages.iter().map(|package| package.path.as_str()))
        .chain(modules.iter().map(String::as_str));
    let mut owned = Owned::for_files(paths);
    for (owner, list) in lists {
        owned.add_list(owner, list);
    }
    for document in volume.documents.iter().filter(|document| document.is == Is::Apk) {
        owned.add_apk(&document.text);
    }
    if owned.is_known {
        volume.seen.insert("lists of files".to_owned(), lists.len().max(1) as u64);
    }
    volume.documents.iter_mut().for_each(|document| document.owner = owned.of(&document.path));
    volume.kernels.iter_mut().for_each(|kernel| kernel.owner = owned.of(&kernel.path));
    volume.programs.iter_mut().for_each(|program| program.owner = owned.of(&program.path));
    volume.raw.iter_mut().for_each(|raw| raw.owner = owned.of(&raw.path));
    volume.packages.iter_mut().for_each(|package| package.owner = owned.of(&package.path));
    for (release, modules) in &mut volume.modules {
        if let Some(first) = modules.files.first() {
            modules.owner = owned.of(&format!("lib/modules/{release}/{first}"));
        }
    }
}

/// Names under which BusyBox is called: links to a file of its name, second names of its file, and copies of it.
fn applets(tree: &Tree) -> BTreeSet<String> {
    let mut paths: BTreeSet<&str> = tree.links.iter().map(String::as_str).collect();
    let copies: BTreeSet<&str> = (tree.volume.programs.iter())
        .filter(|program| program.found.iter().any(|found| found.component == "busybox"))
        .map(|program| program.path.as_str())
        .collect();
    // The first name of a group that was handed over is the file; the others point to it.
    let groups: BTreeSet<&str> = (tree.hard.iter())
        .filter(|(path, first)| {
            is_busybox(name(path)) || is_busybox(name(first)) || copies.contains(first.as_str())
        })
        .map(|(_, first)| first.as_str())
        .collect();
    paths.extend(&groups);
    paths.extend(&copies);
    paths.extend(
        tree.hard.iter().filter(|(_, first)| groups.contains(first.as_str())).map(|(path, _)| path.as_str()),
    );
    let commands = paths.into_iter().filter(|path| is_command(path) && !is_busybox(name(path)));
    commands.map(|path| name(path).to_ascii_lowercase()).collect()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
