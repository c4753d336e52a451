//! Kbuild maps: our own small trees always, Debian's kernel source where it is at hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use formats::kbuild::{self, Builder, Want};
use formats::limits::FormatError;
use model::build::{ConfigOf, KbuildMap};

fn fixture(name: &str) -> String {
    let path = format!("{}/../../fixtures/kbuild/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files of a tree fixture: each stands after a line `==> path`.
fn files(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("==> ") {
            Some(path) => files.push((path.to_owned(), String::new())),
            None if files.is_empty() => {}
            None => files.last_mut().unwrap().1.push_str(&format!("{line}\n")),
        }
    }
    files
}

fn map_of(name: &str) -> KbuildMap {
    let mut builder = Builder::new();
    for (path, text) in files(&fixture(name)) {
        builder.add(&path, text.as_bytes());
    }
    builder.finish().value
}

fn check(map: &KbuildMap, path: &str, want: &str) {
    assert_eq!(map.files.get(path).map_or("-", String::as_str), want, "{path}");
}

#[test]
fn lists_folders_and_composites() {
    let map = map_of("linux.tree");
    assert_eq!((map.of, map.version.as_str()), (ConfigOf::Linux, "6.1.7"));
    check(&map, "init/main.c", "y");
    check(&map, "init/do_mounts_rd.c", "BLK_DEV_RAM : mounts");
    check(&map, "net/core/filter.c", "NET : filter");
    check(&map, "net/ipv4/fou_nl.c", "INET && NET && NET_FOU : fou");
    check(&map, "drivers/gpu/vidi.c", "DRM_EXYNOS && VIDI : exynosdrm");
    check(&map, "drivers/bluetooth/ldisc.c", "BT && (BT_TWO || BT_UART) : hci_two hci_uart");
    check(&map, "drivers/bluetooth/two.c", "BT && BT_TWO : hci_two");
    check(&map, "drivers/usb/hcd.c", "(PCI || USB) && USB_HCD : hcd");
    check(&map, "drivers/usb/always.c", "(PCI || USB) && m : always");
    check(&map, "drivers/usb/unused.c", "-");
    check(&map, "fs/jfs/jfs_dmap.c", "JFS_FS : jfs");
    check(&map, "fs/jfs/acl.c", "JFS_FS && JFS_POSIX_ACL : jfs");
    check(&map, "lib/string.c", "y");
    check(&map, "lib/io.c", "HAS_IOMEM : io");
}

#[test]
fn conditionals_and_functions() {
    let map = map_of("linux.tree");
    check(&map, "kernel/tick-broadcast.c", "TICK_BROADCAST=y : tick_broadcast");
    check(&map, "kernel/oneshot.c", "TICK_BROADCAST=y && TICK_ONESHOT : oneshot");
    check(&map, "kernel/tick-none.c", "TICK_BROADCAST!=y : tick_none");
    check(&map, "kernel/smp.c", "SMP!=n : smp");
    check(&map, "kernel/up.c", "LATE=y && !SMP && UP=y : up");
    check(&map, "kernel/none.c", "(LATE!=y || UP!=y) && !SMP : none");
    check(&map, "kernel/either.c", "A || !A && B : either");
    check(&map, "kernel/both.c", "A!=n && B : both");
    check(&map, "kernel/without.c", "!A : without");
    check(&map, "kernel/filtered.c", "A!=n || B!=n : filtered");
    check(&map, "kernel/first.c", "LIST : first");
    // Filtered out of its list, but a list of another name still has it: taken for built.
    check(&map, "kernel/second.c", "y");
    check(&map, "kernel/deferred.c", "LATER : deferred");
    check(&map, "kernel/made.pl", "y");
    check(&map, "net/hashtables.c", "IPV6!=n && NET : hashtables");
    check(&map, "net/tunnel.c", "IPV6!=n && NET && TUNNEL : tunnel");
}

/// What only a running make could tell is taken for built.
#[test]
fn guesses_say_built() {
    let map = map_of("linux.tree");
    check(&map, "kernel/guessed.c", "y");
    check(&map, "kernel/guessed-else.c", "y");
    check(&map, "arch/arm/boot/misc.c", "y");
}

#[test]
fn architectures() {
    let map = map_of("linux.tree");
    check(&map, "arch/arm/mach-zynq/slcr.c", "ARCH_ZYNQ : slcr");
    check(&map, "arch/arm/mach-sunxi/mc.c", "ARCH_SUNXI && SUNXI_MC : mc");
    check(&map, "arch/arm64/kernel/entry.S", "y");
    check(&map, "arch/arm/lib/div.S", "y");
    // Brought in by arm64 only.
    check(&map, "virt/kvm/kvm_main.c", "ARM64 && KVM : kvm_main");
}

#[test]
fn code_inside_code() {
    let map = map_of("linux.tree");
    check(&map, "kernel/sched_rt.c", "y");
    check(&map, "lib/inflate.c", "ARM");
    check(&map, "drivers/binder/rust_binder_main.rs", "RUST_BINDER : rust_binder");
    check(&map, "drivers/binder/node.rs", "RUST_BINDER : rust_binder");
    check(&map, "drivers/binder/page.rs", "RUST_BINDER : rust_binder");
}

#[test]
fn include_graph() {
    let map = map_of("linux.tree");
    let includers = |header: &str| map.includers.get(header).map_or(String::new(), |files| files.join(" "));
    assert_eq!(includers("include/linux/kernel.h"), "init/main.c");
    assert_eq!(includers("include/linux/types.h"), "include/linux/kernel.h");
    assert_eq!(includers("init/init.h"), "init/main.c");
    assert_eq!(includers("include/linux/outer.h"), "net/core/filter.c");
    assert_eq!(includers("include/linux/rare.h"), "include/linux/outer.h");
    assert_eq!(includers("drivers/gpu/drv.h"), "drivers/gpu/drv.c drivers/gpu/vidi.c");
    assert_eq!(includers("arch/arm/include/asm/bug.h"), "arch/arm/mach-zynq/slcr.c");
    assert_eq!(includers("include/asm-generic/bug.h"), "arch/arm/mach-zynq/slcr.c");
}

#[test]
fn u_boot_and_its_first_stage() {
    let map = map_of("u-boot.tree");
    assert_eq!((map.of, map.version.as_str()), (ConfigOf::Uboot, "2022.01"));
    check(&map, "net/net.c", "NET : net");
    check(&map, "spl/net/net.c", "NET && SPL_NET : net");
    check(&map, "net/eth.c", "DM_ETH && NET : eth");
    check(&map, "spl/net/eth.c", "SPL_DM_ETH && SPL_NET : eth");
    check(&map, "net/late.c", "NET : late");
    check(&map, "spl/net/late.c", "-");
    check(&map, "cmd/nfs.c", "CMD_NFS : nfs");
    check(&map, "common/board_r.c", "y");
    check(&map, "spl/common/spl.c", "y");
    check(&map, "common/spl.c", "-");
    check(&map, "spl/lib/string.c", "SPL_LIB : string");
    // Which board it is only the configuration's text tells.
    check(&map, "board/acme/one/one.c", "-");
}

#[test]
fn busybox_by_its_comments() {
    let map = map_of("busybox.tree");
    assert_eq!((map.of, map.version.as_str()), (ConfigOf::Busybox, "1.36.1"));
    check(&map, "networking/netstat.c", "NETSTAT : netstat");
    check(&map, "networking/nslookup.c", "NSLOOKUP : nslookup");
    check(&map, "libbb/xconnect.c", "y");
    check(&map, "applets/applets.c", "y");
}

#[test]
fn the_order_of_files_does_not_matter() {
    let mut backwards = Builder::new();
    for (path, text) in files(&fixture("linux.tree")).into_iter().rev() {
        backwards.add(&path, text.as_bytes());
    }
    assert_eq!(kbuild::write(&backwards.finish().value), kbuild::write(&map_of("linux.tree")));
}

#[test]
fn text_form_there_and_back() {
    for name in ["linux.tree", "u-boot.tree", "busybox.tree"] {
        let map = map_of(name);
        let text = kbuild::write(&map);
        assert!(text.starts_with(kbuild::FIRST_LINE));
        let read = kbuild::read(text.as_bytes(), "m").unwrap();
        assert_eq!((read.value, read.notes.len()), (map, 0));
    }
}

#[test]
fn hostile_maps() {
    let text = kbuild::write(&map_of("linux.tree"));
    assert!(matches!(kbuild::read(b"", "m"), Err(FormatError::Truncated { .. })));
    assert!(matches!(kbuild::read(b"hello\n", "m"), Err(FormatError::Malformed { .. })));
    let newer = text.replacen("map 1", "map 9", 1);
    assert!(kbuild::read(newer.as_bytes(), "m").unwrap_err().to_string().contains("newer"));
    // Every cut is an error: half a map would say "not built" of nothing, but it would also say less than it can.
    for at in (0..text.len() - 1).step_by(37) {
        assert!(kbuild::read(text.get(..at).unwrap().as_bytes(), "m").is_err(), "cut at {at}");
    }
    let huge = format!("{}\ntree linux\nversion 6.1.1\nconditions 99999999999\n", kbuild::FIRST_LINE);
    assert!(kbuild::read(huge.as_bytes(), "m").is_err());
    let wrong = text.replacen("\n0 ", "\n7777 ", 1);
    let read = kbuild::read(wrong.as_bytes(), "m").unwrap();
    assert_eq!(read.notes.len(), 1);
}

#[test]
fn hostile_make_files() {
    let deep = format!("obj-y += {}a.o{}\n", "$(if y,".repeat(3000), ")".repeat(3000));
    let loops = "A = $(B)\nB = $(A)\nobj-y += $(A).o a.o\nobj-y += ./\ninclude Makefile\ninclude Kbuild\n";
    let grows = "X := $(CONFIG_A)$(CONFIG_B)$(CONFIG_C)$(CONFIG_D)$(CONFIG_E)$(CONFIG_F)$(CONFIG_G)\nobj-$(X)$(X)$(X) += a.o\nifeq ($(X)$(X),y)\nobj-y += b.o\nendif\n";
    let odd = "ifeq (\nendif\nelse\nendif\nendif\nifeq $(A\nobj-y += $(\nobj-$( += x.o\n:= y\n= z\n\\\n";
    for text in [deep.as_str(), loops, grows, odd] {
        let mut builder = Builder::new();
        builder.add("Kbuild", text.as_bytes());
        builder.add("init/main.c", b"");
        builder.add("kernel/fork.c", b"");
        builder.add("a.c", b"#include \"a.c\"\n#include \"b.c\"\n");
        builder.add("b.c", b"#include \"a.c\"\n#include");
        let _ = builder.finish();
    }
}

proptest::proptest! {
    #[test]
    fn any_make_file(text in "((obj-|y|m|\\$\\(CONFIG_[AB]\\)|\\$\\(|\\)|ifeq|endif|else|,| \\+= |:=|a\\.o|b/|\n|\t|\\\\\n|#|define|endef|:|%|\\$\\$|\\$){0,40})") {
        let mut builder = Builder::new();
        builder.add("Kbuild", text.as_bytes());
        builder.add("a.c", text.as_bytes());
        builder.add("kernel/x.rs", text.as_bytes());
        builder.add("init/b.S", b"");
        let map = builder.finish().value;
        let read = kbuild::read(kbuild::write(&map).as_bytes(), "m").unwrap();
        proptest::prop_assert_eq!(read.value, map);
    }

    #[test]
    fn any_map_text(text in "(patchwright kbuild map 1\n|tree linux\n|version 1\n|conditions 1\n|y\n|files 1\n|>a/\n|0 b\\.c\n|includers 0\n|headers 0\n|end\n|9 |\n){0,16}") {
        let _ = kbuild::read(text.as_bytes(), "m");
    }
}

// ---- the real kernel ----

/// Folders whose C files are read for the include graph; of all others names and make files suffice here.
const WITH_TEXT: &[&str] =
    &["crypto/", "include/crypto/", "drivers/nvdimm/", "drivers/dax/", "kernel/sched/", "net/l2tp/"];

fn wants_text(path: &str) -> bool {
    let is_makefile =
        !path.ends_with(".c") && !path.ends_with(".h") && !path.ends_with(".S") && !path.ends_with(".rs");
    is_makefile || WITH_TEXT.iter().any(|start| path.starts_with(start))
}

/// Debian's kernel source: a folder or the archive of the package `linux-source-6.1`.
fn kernel_tree() -> Option<PathBuf> {
    let given = std::env::var_os("PATCHWRIGHT_KERNEL_TREE").map(PathBuf::from);
    let places = [given, Some(PathBuf::from("/usr/src/linux-source-6.1.tar.xz"))];
    let tree = places.into_iter().flatten().find(|path| path.exists());
    if tree.is_none() {
        eprintln!("skipped: no kernel tree");
    }
    tree
}

fn read_folder(root: &Path, folder: &Path, builder: &mut Builder, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            read_folder(root, &path, builder, names);
        } else if kind.is_file() {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            take(&name, || std::fs::read(&path).unwrap(), builder, names);
        }
    }
}

fn take(name: &str, text: impl FnOnce() -> Vec<u8>, builder: &mut Builder, names: &mut Vec<String>) {
    match kbuild::wants(name) {
        Want::Text if wants_text(name) => builder.add(name, &text()),
        Want::Text | Want::Name => builder.add(name, b""),
        Want::Nothing => {}
    }
    if name.ends_with(".c") {
        names.push(name.to_owned());
    }
}

fn read_archive(path: &Path, builder: &mut Builder, names: &mut Vec<String>) {
    let file = std::fs::File::open(path).unwrap();
    let mut archive = tar::Archive::new(liblzma::read::XzDecoder::new(std::io::BufReader::new(file)));
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        let Some((_, name)) = path.trim_start_matches("./").split_once('/') else { continue };
        if entry.header().entry_type().is_file() {
            let name = name.to_owned();
            let text = || {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
                bytes
            };
            take(&name, text, builder, names);
        }
    }
}

/// Conditions of the case table, compared by their values; and how many files have a condition at all.
#[test]
fn the_real_kernel() {
    let Some(place) = kernel_tree() else { return };
    let (mut builder, mut names) = (Builder::new(), Vec::new());
    if place.is_dir() {
        read_folder(&place, &place, &mut builder, &mut names);
    } else {
        read_archive(&place, &mut builder, &mut names);
    }
    let map = builder.finish().value;
    assert!(map.version.starts_with("6.1."), "{}", map.version);
    rows_agree(&map);
    share(&map, &names);
    let includers = |header: &str| map.includers.get(header).cloned().unwrap_or_default();
    let of_if_alg = ["af_alg", "algif_aead", "algif_hash", "algif_rng", "algif_skcipher"]
        .map(|name| format!("crypto/{name}.c"));
    assert_eq!(includers("include/crypto/if_alg.h"), of_if_alg);
    assert!(includers("drivers/nvdimm/nd.h").contains(&"drivers/dax/pmem.c".to_owned()));
    assert_eq!(map.files["kernel/sched/rt.c"], "y");
    assert_eq!(map.files["arch/arm/mach-zynq/slcr.c"], "ARCH_ZYNQ : slcr");
    assert_eq!(map.files["drivers/s390/cio/cio.c"], "S390 : cio");
    assert!(map.files["net/l2tp/l2tp_ppp.c"].contains("L2TP"), "{}", map.files["net/l2tp/l2tp_ppp.c"]);
}

fn rows_agree(map: &KbuildMap) {
    let rows = testkit::shared::table(include_str!("../../../fixtures/cases/kernel-config-cases.tsv"));
    let (mut compared, mut wrong) = (0, Vec::new());
    let checked = rows.iter().filter(|row| row["note"].contains("checked against 6.1"));
    for row in checked.filter(|row| !row["expression"].is_empty()) {
        for file in row["files"].split('|').filter(|file| [".c", ".S"].iter().any(|end| file.ends_with(end)))
        {
            if file.starts_with("tools/") {
                continue;
            }
            let stem = file.rsplit('/').next().unwrap().rsplit_once('.').unwrap().0;
            let by_stem = row["expression"]
                .split(';')
                .find_map(|part| part.trim().strip_prefix(stem)?.strip_prefix(':'));
            let want = by_stem.unwrap_or(&row["expression"]).trim();
            let got = map.files.get(file).map_or("", String::as_str).split(" : ").next().unwrap();
            compared += 1;
            if !same_values(want, got) {
                wrong.push(format!("{} {file}: want {want}, got {got}", row["id"]));
            }
        }
    }
    testkit::quality(
        "kernel-config-cases.tsv against the tree",
        compared - wrong.len(),
        compared,
        "expressions",
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(compared, 32);
}

/// Equal for every value `n` and `y` of the options; case-table expressions do not tell `X` from `X=y`.
fn same_values(a: &str, b: &str) -> bool {
    let mut options: Vec<String> = [a, b].iter().flat_map(|text| names(text)).collect();
    options.sort();
    options.dedup();
    !b.is_empty()
        && (0..1_u32 << options.len()).all(|bits| {
            let is_on = |name: &str| {
                options.iter().position(|known| known == name).is_some_and(|at| bits >> at & 1 == 1)
            };
            value(&mut tokens(a).as_slice(), &is_on) == value(&mut tokens(b).as_slice(), &is_on)
        })
}

fn tokens(text: &str) -> Vec<String> {
    let spaced = text
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace("!=", "≠")
        .replace('!', " ! ")
        .replace('≠', "!=");
    spaced.split_whitespace().map(str::to_owned).collect()
}

fn names(text: &str) -> Vec<String> {
    let words = tokens(text).into_iter().map(|word| word.split(['=', '!']).next().unwrap().to_owned());
    words
        .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .collect()
}

fn value(tokens: &mut &[String], is_on: &dyn Fn(&str) -> bool) -> bool {
    let mut any = false;
    loop {
        let mut all = true;
        loop {
            all &= one(tokens, is_on);
            if tokens.first().is_none_or(|word| word != "&&") {
                break;
            }
            *tokens = &tokens[1..];
        }
        any |= all;
        if tokens.first().is_none_or(|word| word != "||") {
            return any;
        }
        *tokens = &tokens[1..];
    }
}

fn one(tokens: &mut &[String], is_on: &dyn Fn(&str) -> bool) -> bool {
    let (first, rest) = tokens.split_first().unwrap();
    *tokens = rest;
    match first.as_str() {
        "!" => !one(tokens, is_on),
        "(" => {
            let inner = value(tokens, is_on);
            *tokens = &tokens[1..];
            inner
        }
        "y" | "m" => true,
        "n" => false,
        word => match (word.strip_suffix("=y"), word.strip_suffix("!=n"), word.strip_suffix("!=y")) {
            (_, _, Some(name)) => !is_on(name),
            (_, Some(name), _) | (Some(name), _, _) => is_on(name),
            _ => is_on(word),
        },
    }
}

/// Files that nothing builds remain: host programs, dead code, sources of asm-offsets.
fn share(map: &KbuildMap, names: &[String]) {
    const TOPS: &[&str] = &[
        "drivers", "fs", "net", "kernel", "mm", "crypto", "block", "sound", "arch", "lib", "security",
        "init", "ipc",
    ];
    let mut by_top: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for name in names {
        let top = name.split('/').next().unwrap();
        if let Some(top) = TOPS.iter().find(|known| **known == top) {
            let count = by_top.entry(top).or_default();
            count.0 += usize::from(map.files.contains_key(name));
            count.1 += 1;
        }
    }
    let (mapped, all) = by_top.values().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    println!("{mapped} of {all} C files have a condition: {by_top:?}");
    testkit::quality("kbuild map of linux-source-6.1", mapped, all, "C files with a condition");
    assert!(mapped * 100 > all * 98, "{mapped} of {all}");
    assert!(names.len() > 25_000);
}
