//! Lists of compiled files: forms, roots, stems, completeness.

use formats::compiled_files;
use formats::limits::FormatError;
use model::build::{CompiledFiles, ConfigOf};

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/../../fixtures/compiled-files/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn list(bytes: &[u8]) -> CompiledFiles {
    compiled_files::read(bytes, "l").unwrap().value
}

fn paths(list: &CompiledFiles) -> String {
    list.paths.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[test]
fn objects_become_stems() {
    let list = list(&fixture("objects.txt"));
    assert_eq!(
        paths(&list),
        "arch/arm64/kernel/entry fs/jfs/jfs fs/jfs/jfs_dmap init/main kernel/sched/core mm/memory"
    );
    assert_eq!(list.of, ConfigOf::Linux);
    assert_eq!(list.incomplete, ["only 6 files; a kernel has at least 800"]);
}

#[test]
fn compile_commands() {
    let list = list(&fixture("compile_commands.json"));
    assert_eq!(paths(&list), "init/main.c kernel/sched/core.c mm/memory.c");
}

#[test]
fn build_prefixes_are_cut() {
    let read = compiled_files::read(&fixture("debug-sources.txt"), "l").unwrap();
    let want = "arch/arm64/kernel/setup.c fs/jfs/jfs_dmap.c include/linux/mm.h init/main.c kernel/sched/core.c mm/memory.c";
    assert_eq!(paths(&read.value), want);
    assert!(read.notes.iter().any(|note| note.value.contains("1 paths lie outside")), "{:?}", read.notes);
}

#[test]
fn odd_prefixes() {
    let check = |lines: &str, want: &str| assert_eq!(paths(&list(lines.as_bytes())), want, "{lines}");
    // `usr` is itself a folder of a kernel tree.
    check(
        "/usr/src/linux/init/main.c\n/usr/src/linux/mm/memory.c\n/usr/src/linux/usr/initramfs_data.S",
        "init/main.c mm/memory.c usr/initramfs_data.S",
    );
    check("../init/main.c\n../mm/memory.c", "init/main.c mm/memory.c");
    check("./fs/a.c\nfs/../fs/b.c", "fs/a.c fs/b.c");
    check("a\\b.c\nfs/x.c\nmm/y.c", "a\\b.c fs/x.c mm/y.c");
    // Sources here, made files there.
    check(
        "/s/linux/init/main.c\n/s/linux/mm/m.c\n/s/linux/fs/f.c\n/s/linux/net/n.c\n/b/out/init/v.c\n/b/out/mm/w.c\n/b/out/fs/x.c\n/b/out/net/y.c",
        "fs/f.c fs/x.c init/main.c init/v.c mm/m.c mm/w.c net/n.c net/y.c",
    );
}

#[test]
fn trees_are_told_apart() {
    let of = |lines: &str| list(lines.as_bytes()).of;
    assert_eq!(of("init/main.c\nmm/memory.c"), ConfigOf::Linux);
    assert_eq!(of("common/board_r.c\nlib/x.c"), ConfigOf::Uboot);
    assert_eq!(of("applets/applets.c\nlibbb/xfuncs.c"), ConfigOf::Busybox);
    assert_eq!(of("src/a.c\nsrc/b.c"), ConfigOf::Unknown);
}

fn whole_kernel() -> String {
    let mut text = "init/main.c\nkernel/sched/core.c\nmm/memory.c\narch/arm64/kernel/setup.c\n".to_owned();
    (0..900).for_each(|number| text.push_str(&format!("drivers/d{}/f{number}.c\n", number % 30)));
    text
}

#[test]
fn completeness_of_a_kernel() {
    assert!(list(whole_kernel().as_bytes()).incomplete.is_empty());
    assert!(list(whole_kernel().replace("mm/memory", "mm/nommu").as_bytes()).incomplete.is_empty());
    assert!(
        list(whole_kernel().replace("kernel/sched/core", "kernel/sched").as_bytes()).incomplete.is_empty()
    );
    assert!(list(whole_kernel().replace(".c\n", ".o\n").as_bytes()).incomplete.is_empty());
    for gone in ["init/main.c\n", "kernel/sched/core.c\n", "mm/memory.c\n", "arch/arm64/kernel/setup.c\n"] {
        let lacking = list(whole_kernel().replace(gone, "").as_bytes()).incomplete;
        assert_eq!(lacking.len(), 1, "{gone}: {lacking:?}");
    }
    let half: String = whole_kernel().lines().take(500).map(|line| format!("{line}\n")).collect();
    assert_eq!(list(half.as_bytes()).incomplete, ["only 500 files; a kernel has at least 800"]);
}

#[test]
fn completeness_of_u_boot_and_busybox() {
    assert!(list(b"common/board_r.c\nlib/string.c\n").incomplete.is_empty());
    assert_eq!(list(b"common/board_r.c\ncmd/x.c\n").incomplete, ["no file of lib"]);
    assert!(list(b"applets/applets.c\nlibbb/xfuncs.c\n").incomplete.is_empty());
    assert_eq!(list(b"libbb/xfuncs.c\n").incomplete, ["applets/applets.c is missing"]);
}

#[test]
fn listings_with_columns_and_foreign_lines() {
    let read =
        compiled_files::read(b"-rw-r--r-- 1 root root 12 fs/a.o\nabc123  fs/b.c\nhello\n\"fs/c.c\"\n", "l")
            .unwrap();
    assert_eq!(paths(&read.value), "fs/a fs/b.c fs/c.c");
    assert!(read.notes.iter().any(|note| note.place == "line 3"));
}

#[test]
fn what_is_no_list() {
    assert!(matches!(compiled_files::read(b"", "l"), Err(FormatError::Empty { .. })));
    assert!(matches!(compiled_files::read(b"hello", "l"), Err(FormatError::Malformed { .. })));
    assert!(matches!(compiled_files::read(b"[{\"file\":", "l"), Err(FormatError::Truncated { .. })));
    assert!(matches!(compiled_files::read(b"[1, 2]", "l"), Err(FormatError::Malformed { .. })));
    assert!(compiled_files::read(b"[\"fs/a.c\"]", "l").is_ok());
}

proptest::proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = compiled_files::read(&bytes, "l");
    }

    #[test]
    fn any_paths(lines in "((\\.\\./|\\./|/|\\.|[a-cäß]|fs/|mm/|\\.c|\\.o|\\.cmd|\\.mod|\n){0,12})") {
        let _ = compiled_files::read(lines.as_bytes(), "l");
    }
}

/// Dumps of debug information, and the list of `debugedit -l`, whose paths end with zeroes.
#[test]
fn debug_information_names_what_was_compiled() {
    let readelf = "  Compilation Unit @ offset 0x0:\n <0><b>: Abbrev Number: 1 (DW_TAG_compile_unit)\n    <11>   DW_AT_name        : (indirect string, offset: 0x1f): fs/jfs/jfs_dmap.c\n    <15>   DW_AT_comp_dir    : /build/linux\n <1><2d>: Abbrev Number: 2 (DW_TAG_subprogram)\n    <2e>   DW_AT_name        : dbAlloc\n    <3e>   DW_AT_name        : (indirect string, offset: 0x1): mm/memory.c\n";
    let llvm = "0x0000000b: DW_TAG_compile_unit\n              DW_AT_producer (\"gcc\")\n              DW_AT_name\t(\"init/main.c\")\n              DW_AT_comp_dir (\"/build\")\n";
    let zeroes = "/usr/src/debug/linux/6.1/init/main.c\0/usr/src/debug/linux/6.1/mm/memory.c\0";
    for (text, want) in [
        (readelf, "fs/jfs/jfs_dmap.c mm/memory.c"),
        (llvm, "init/main.c"),
        (zeroes, "init/main.c mm/memory.c"),
    ] {
        assert_eq!(paths(&list(text.as_bytes())), want);
        assert_eq!(formats::detect::detect(text.as_bytes(), "x").word(), "compiled-files", "{text}");
    }
}
