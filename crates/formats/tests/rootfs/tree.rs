//! Whole trees: what is kept, who owns what, applets, platform, and that the order of files says nothing.

use formats::rootfs::schema::Why;
use model::note::NoteCode;

use super::elf::{Elf, auditable, in_line};
use super::{Thing, Tree};

const DEBIAN: &str = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n";
const STATUS: &str = "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: 3.0.11-1~deb12u2\n\n\
                      Package: curl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 7.88.1-10+deb12u4\n\n";

fn openssl(version: &str, rest: &str) -> String {
    format!("x\0OpenSSL {version} 19 Sep 2023\0{rest}\0")
}

fn debian() -> Tree {
    let openssl = openssl("3.0.11", "");
    Tree::default()
        .file("usr/lib/os-release", DEBIAN)
        .link("etc/os-release", "../usr/lib/os-release")
        .file("var/lib/dpkg/status", STATUS)
        .file(
            "var/lib/dpkg/info/libssl3:amd64.list",
            "/.\n/usr/lib/x86_64-linux-gnu/libcrypto.so.3\n/usr/lib/x86_64-linux-gnu/libssl.so.3\n",
        )
        .file("var/lib/dpkg/info/curl.list", "/.\n/bin/curl\n")
        .file("usr/lib/x86_64-linux-gnu/libcrypto.so.3", Elf::linked(&openssl, "libcrypto.so.3", &[]))
        .file("usr/bin/curl", Elf::linked("x\0curl 7.88.1 (x86_64) %s\0", "", &["libcrypto.so.3"]))
}

#[test]
fn a_package_wins_over_the_banner_of_its_file() {
    let read = debian().read();
    assert_eq!(debian().components(), ["curl 7.88.1-10+deb12u4", "openssl 3.0.11-1~deb12u2"]);
    assert!(read.notes.is_empty(), "{:?}", read.notes);
    let platform = &read.value.platform;
    assert_eq!((platform.os.as_str(), platform.arch.as_str(), platform.bits), ("linux", "x86_64", 64));
    assert_eq!((platform.distribution.as_str(), platform.inventory_complete), ("debian:12", true));
    let curl = &read.value.components[0];
    assert_eq!(
        curl.purls[0].to_string(),
        "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u4?arch=amd64&distro=debian-12"
    );
    let needs: Vec<&str> = curl.needs.iter().flatten().map(|need| need.on.as_str()).collect();
    assert_eq!(needs, ["libssl3"], "who is linked with a library needs its package");
}

#[test]
fn a_file_of_another_version_than_its_package_is_noted() {
    let tree = debian().file("usr/lib/x86_64-linux-gnu/libcrypto.so.3", Elf::with(&openssl("3.0.1", "")));
    let read = tree.read();
    assert_eq!(tree.components(), debian().components());
    let note = &read.notes[0];
    assert!(note.value.contains("says openssl 3.0.1 (\"OpenSSL 3.0.1 19 Sep 2023\")"), "{note:?}");
}

#[test]
fn a_file_of_no_package_is_a_component() {
    let tree = debian().file("opt/vendor/libcrypto.so.1.1", Elf::with("OpenSSL 1.1.1k  25 Mar 2021\0"));
    let read = tree.read();
    let own = read.value.components.iter().find(|one| one.version == "1.1.1k").expect("the vendor's copy");
    assert_eq!((own.name.as_str(), own.version_origin.word()), ("openssl", "from_file"));
    assert_eq!(own.locations, ["/opt/vendor/libcrypto.so.1.1"]);
    assert_eq!(own.cpes[0].cpe.to_23(), "cpe:2.3:a:openssl:openssl:1.1.1k:*:*:*:*:*:*:*");
    assert!(!read.value.platform.inventory_complete, "a program belongs to no package");
}

/// A library that a program only loads leaves the text of its header in it.
#[test]
fn a_banner_compiled_from_a_header_is_no_copy() {
    let text = "built with\0OpenSSL 3.0.11 19 Sep 2023\0nginx version: nginx/1.22.1\0";
    let loads = Tree::default().file("usr/sbin/nginx", Elf::linked(text, "", &["libcrypto.so.3"]));
    assert_eq!(loads.components(), ["nginx 1.22.1"]);
    let holds = Tree::default().file("usr/sbin/nginx", Elf::with(text));
    assert_eq!(holds.components(), ["nginx 1.22.1", "openssl 3.0.11"]);
    let read = holds.read();
    assert_eq!(read.value.components[1].parents, ["file:nginx@1.22.1"]);
}

/// Inside of a distribution's package the distribution answers; in an image of the maker's own build nobody else does.
#[test]
fn copies_inside_of_packages() {
    let text = openssl("3.0.9", "curl 7.88.1 (x86_64) %s\0").replace("\0curl", "\0\0curl");
    let debian = debian().file("usr/bin/curl", Elf::with(&text));
    assert_eq!(debian.components(), ["curl 7.88.1-10+deb12u4", "openssl 3.0.11-1~deb12u2"]);
    let notes = debian.read().notes;
    assert!(
        notes[0].value.contains("a copy of openssl 3.0.9 is inside; the package curl answers"),
        "{notes:?}"
    );
    let status =
        "Package: agent\nVersion: 1.0-r0\nStatus: install user installed\nArchitecture: cortexa7\n\n";
    let own = Tree::default()
        .file("etc/os-release", "ID=poky\nVERSION_ID=4.0.9\n")
        .file("var/lib/opkg/status", status)
        .file("var/lib/opkg/info/agent.list", "/usr/bin/agent\t0100755\n")
        .file("usr/bin/agent", Elf::with(&text));
    assert_eq!(own.components(), ["agent 1.0-r0", "openssl 3.0.9"]);
    let read = own.read();
    assert_eq!(read.value.components[1].parents, ["agent"]);
    assert_eq!(
        (read.value.platform.distribution.as_str(), read.value.platform.inventory_complete),
        ("yocto", true)
    );
}

/// OpenWrt's apk packages are not Alpine's: the distribution comes from os-release.
#[test]
fn apk_packages_of_openwrt_are_not_alpines() {
    let database = "P:dropbear\nV:2024.86-r1\nA:x86_64\no:dropbear\nF:usr/sbin\nR:dropbear\n\n";
    let tree = |os: &str| {
        Tree::default()
            .file("lib/apk/db/installed", database)
            .file("usr/lib/os-release", os)
            .file("usr/sbin/dropbear", Elf::with("SSH-2.0-dropbear_2024.86\r\n"))
    };
    for (os, distribution, purl) in [
        (
            "NAME=\"OpenWrt\"\nID=\"openwrt\"\nVERSION_ID=\"25.12.0\"\n",
            "openwrt",
            "pkg:apk/openwrt/dropbear@2024.86-r1?arch=x86_64",
        ),
        (
            "ID=alpine\nVERSION_ID=3.19.1\n",
            "alpine:3.19",
            "pkg:apk/alpine/dropbear@2024.86-r1?arch=x86_64&distro=alpine-3.19",
        ),
    ] {
        let read = tree(os).read();
        assert_eq!(read.value.platform.distribution, distribution);
        assert_eq!(read.value.components.len(), 1);
        assert_eq!(read.value.components[0].purls[0].to_string(), purl);
        assert!(read.value.platform.inventory_complete);
    }
}

#[test]
fn distributions_by_their_release_files() {
    for (path, text, distribution) in [
        ("etc/os-release", "ID=ubuntu\nVERSION_ID=\"22.04\"\n", "ubuntu:22.04"),
        ("etc/os-release", "ID=debian\nVERSION_CODENAME=trixie\n", "debian:13"),
        ("etc/os-release", "ID='fedora'\nVERSION_ID=39\n", "fedora:39"),
        ("etc/os-release", "ID=buildroot\nVERSION_ID=2024.02\n", "buildroot"),
        ("etc/os-release", "ID=raspbian\nID_LIKE=debian\nVERSION_ID=12\n", "raspbian:12"),
        ("etc/os-release", "ID=acme-os\nVERSION_ID=7\n", "acme-os:7"),
        ("etc/openwrt_release", "DISTRIB_ID='OpenWrt'\n", "openwrt"),
        ("etc/alpine-release", "3.18.4\n", "alpine:3.18"),
        ("etc/debian_version", "11.8\n", "debian:11"),
        ("etc/debian_version", "trixie/sid\n", "debian:13"),
        ("etc/build", "-----------------------\nBuild Configuration:  |\n", "yocto"),
    ] {
        let tree = Tree::default()
            .file(path, text)
            .file("bin/bash", Elf::with("@(#)Bash version 5.2.15(1) release"));
        assert_eq!(tree.read().value.platform.distribution, distribution, "{path} {text:?}");
    }
    // The maker's name for the image, and etc before usr/lib.
    let tree = Tree::default()
        .file("usr/lib/os-release", "ID=debian\nVERSION_ID=11\n")
        .file("etc/os-release", "ID=poky\nIMAGE_ID=gateway\nIMAGE_VERSION=4.2\n")
        .file("bin/bash", Elf::with("@(#)Bash version 5.2.15(1) release"));
    let read = tree.read().value;
    assert_eq!((read.product.as_str(), read.release.as_str()), ("gateway", "4.2"));
    assert_eq!(read.platform.distribution, "yocto");
}

const BUSYBOX: &str = "BusyBox v1.36.1 (2023-11-01 10:00:00 UTC)\0";

#[test]
fn applets_by_links_second_names_and_copies() {
    let links = Tree::default()
        .file("bin/busybox.nosuid", Elf::with(BUSYBOX))
        .link("bin/ls", "busybox.nosuid")
        .link("usr/bin/netstat", "../../bin/busybox")
        .link("linuxrc", "bin/busybox")
        .link("usr/share/doc/x", "/bin/busybox")
        .link("bin/sh", "bash");
    // In a tar the first name of all is the file, whichever it is.
    let hard = Tree::default()
        .file("bin/ash", Elf::with(BUSYBOX))
        .hard("bin/busybox", "bin/ash")
        .hard("bin/ls", "bin/ash");
    let copies = Tree::default().file("bin/busybox", Elf::with(BUSYBOX)).file("bin/ls", Elf::with(BUSYBOX));
    for (tree, applets) in
        [(links, vec!["linuxrc", "ls", "netstat"]), (hard, vec!["ash", "ls"]), (copies, vec!["ls"])]
    {
        let read = tree.read().value;
        assert_eq!(read.build.applets.iter().collect::<Vec<_>>(), applets);
        assert_eq!(tree.components(), ["busybox 1.36.1"]);
    }
}

#[test]
fn modules_and_configuration() {
    let magic = |release: &str| format!("x\0vermagic={release} SMP mod_unload \0y");
    let tree = Tree::default()
        .file("lib/modules/6.1.22/kernel/fs/z.ko", magic("6.1.22 of z"))
        .file("lib/modules/6.1.22/kernel/drivers/snd-usb.ko", magic("6.1.22"))
        .file("lib/modules/6.1.22/modules.dep", "kernel/fs/z.ko:\nkernel/fs/gone.ko: kernel/fs/z.ko\n")
        .file("lib/modules/6.1.22/modules.builtin", "kernel/fs/ext4/ext4.ko\n")
        .file("etc/modprobe.d/usb.conf", "blacklist usb-storage\n")
        .file(
            "boot/config-6.1.22",
            "#\n# Linux/arm 6.1.22 Kernel Configuration\n#\nCONFIG_NET=y\n# CONFIG_IPV6 is not set\n",
        );
    let volume = tree.only();
    assert_eq!(volume.modules["6.1.22"].vermagic, "6.1.22 SMP mod_unload");
    let build = tree.read().value.build;
    let modules = build.modules.expect("modules");
    assert!(modules.complete);
    assert_eq!(modules.present.iter().collect::<Vec<_>>(), ["gone", "snd_usb", "z"]);
    assert_eq!(modules.blacklisted.iter().collect::<Vec<_>>(), ["usb_storage"]);
    assert_eq!((build.configs[0].version.as_str(), build.configs[0].value("NET")), ("6.1.22", Some("y")));
    // No directory of modules: they may lie in another partition.
    let without = Tree::default().file("bin/bash", Elf::with("@(#)Bash version 5.2.15(1) release"));
    assert_eq!(without.read().value.build.modules, None);
}

#[test]
fn packages_of_languages() {
    let tree = Tree::default()
        .file(
            "usr/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: requests\nVersion: 2.31.0\n\nName: no\n",
        )
        .file("usr/lib/python3/dist-packages/PyYAML-6.0.egg-info", "Name: PyYAML\nVersion: 6.0\n")
        .file("usr/lib/python3/dist-packages/broken-1.egg-info", "nothing\n")
        .folder("usr/lib/python3/dist-packages/x.egg-info")
        .file("app/node_modules/express/package.json", r#"{"name":"express","version":"4.18.2"}"#)
        .file("app/node_modules/@scope/tool/package.json", r#"{"name":"@scope/tool","version":"1.0.0"}"#)
        .file("app/node_modules/express/lib/package.json", r#"{"name":"inner","version":"9"}"#)
        .file("usr/lib/ruby/gems/3.1.0/specifications/nokogiri-1.13.10-x86_64-linux.gemspec", "x")
        .file("opt/app.jar", "PK")
        .file("opt/lib/b.jar", "PK");
    let read = tree.read();
    let purls: Vec<String> = read.value.components.iter().map(|one| one.purls[0].to_string()).collect();
    assert_eq!(
        purls,
        [
            "pkg:npm/%40scope/tool@1.0.0",
            "pkg:npm/express@4.18.2",
            "pkg:gem/nokogiri@1.13.10",
            "pkg:pypi/pyyaml@6.0",
            "pkg:pypi/requests@2.31.0"
        ]
    );
    let said: Vec<&str> = read.notes.iter().map(|note| note.value.as_str()).collect();
    assert_eq!(
        said,
        [
            "no name and version of a package",
            "2 files of kind jar are not read; give an SBOM of what made them"
        ]
    );
}

/// What a package ships is the package's; what nobody owns is read by the reader of its kind.
#[test]
fn shipped_sboms() {
    let sbom = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"zlib","version":"1.2.11","bom-ref":"z","purl":"pkg:generic/zlib@1.2.11"}]}"#;
    let tree = Tree::default().file("usr/share/sbom/app.cdx.json", sbom);
    let read = tree.read();
    assert_eq!(tree.components(), ["zlib 1.2.11"]);
    assert_eq!(read.value.components[0].locations, ["/usr/share/sbom/app.cdx.json"]);
    let owned = debian()
        .file("usr/share/sbom/app.cdx.json", sbom)
        .file("var/lib/dpkg/info/curl.list", "/bin/curl\n/usr/share/sbom/app.cdx.json\n");
    assert_eq!(owned.components(), debian().components());
}

#[test]
fn a_package_note_names_what_no_database_does() {
    let note = br#"{"type":"rpm","os":"fedora","name":"coreutils","version":"9.3-5.fc39","osCpe":"cpe:/o:fedoraproject:fedora:39"}"#;
    let elf = Elf { notes: vec![(b"FDO", 0xcafe_1a7e, note.to_vec())], ..Elf::x86_64() };
    let read = Tree::default().file("usr/bin/ls", elf.bytes()).read();
    assert_eq!(read.value.components[0].purls[0].to_string(), "pkg:rpm/fedora/coreutils@9.3-5.fc39");
}

/// The same tree in another order gives the same facts, byte for byte.
#[test]
fn the_order_of_files_says_nothing() {
    let mut tree = debian()
        .file("lib/modules/6.1.22/kernel/b.ko", "\0vermagic=6.1.22 b\0")
        .file("lib/modules/6.1.22/kernel/a.ko", "\0vermagic=6.1.22 a\0")
        .file("boot/u-boot.bin", "U-Boot 2023.01 (Jun 22 2023 - 08:38:07 +0000)\0")
        .file("boot/Image", "Linux version 6.1.22 (x@y) #1 SMP\n")
        .file("opt/agent", Elf { body: in_line("go1.21.4", "path\tx/y\n"), ..Elf::x86_64() }.bytes())
        .file("opt/tool", Elf { sections: vec![(".dep-v0", auditable())], ..Elf::x86_64() }.bytes())
        .file("usr/bin/sqlite3", Elf::with("sqlite_master\x003.40.1\x003.39.0\0"))
        .link("bin/ls", "busybox")
        .hard("bin/b", "usr/bin/curl");
    let json = tree.facts().to_json();
    tree.0.reverse();
    assert_eq!(tree.facts().to_json(), json);
    tree.0.rotate_left(5);
    assert_eq!(tree.facts().to_json(), json);
    let volume = tree.only();
    let ambiguous: Vec<_> = volume.remarks.iter().filter(|remark| remark.why == Why::Ambiguous).collect();
    assert_eq!(ambiguous[0].value, "sqlite 3.39.0, 3.40.1", "two versions are none");
}

/// Partitions: A and B hold the same, the loader lies beside them.
#[test]
fn several_file_systems() {
    let mut tree = Tree::default()
        .volume("boot")
        .file("Image", "Linux version 6.1.55 (x@y) #1 SMP\n")
        .file("u-boot.bin", "U-Boot SPL 2021.07 (Jan 01 2022)\0U-Boot 2021.07 (Jan 01 2022)\0");
    for slot in ["rootfs-a", "rootfs-b"] {
        let root = debian().file("lib/modules/6.1.55/kernel/a.ko", "x").0;
        tree = tree.volume(slot);
        tree.0.extend(root);
    }
    let read = tree.read();
    assert_eq!(
        tree.components(),
        ["curl 7.88.1-10+deb12u4", "linux 6.1.55", "openssl 3.0.11-1~deb12u2", "u-boot 2021.07"]
    );
    let linux = &read.value.components[1];
    assert_eq!(
        linux.locations,
        ["boot:/Image", "rootfs-a:/lib/modules/6.1.55", "rootfs-b:/lib/modules/6.1.55"]
    );
    assert!(read.value.platform.inventory_complete);
    assert_eq!(read.value.components[3].role.word(), "bootloader");
}

#[test]
fn nothing_found_is_an_error_that_says_what_was_looked_for() {
    let tree = Tree::default().file("usr/bin/strange", Elf::with("x")).file("etc/motd", "hello");
    let json = tree.facts().to_json();
    let error = crate::summary::refused(json.as_bytes(), "root");
    assert_eq!(error.code(), NoteCode::UnknownKind);
    let text = error.to_string();
    assert!(text.contains("no component was found in 2 files, 1 of them programs"), "{text}");
    // Beside something that is known, the unknown is counted.
    let notes = tree.file("bin/bash", Elf::with("@(#)Bash version 5.2.15(1) release")).read().notes;
    assert_eq!(
        notes[0].value,
        "1 of 2 programs belong to no package, and nothing names them: usr/bin/strange"
    );
}

#[test]
fn a_banner_of_a_kernel_in_a_program_is_no_kernel() {
    let tree = Tree::default()
        .file("usr/bin/probe", Elf::with("Linux version 2.6.32 (x) \0"))
        .file("bin/bash", Elf::with("@(#)Bash version 5.2.15(1) release"));
    assert_eq!(tree.components(), ["bash 5.2.15"]);
    assert!(matches!(tree.0[0].1, Thing::File(_)));
}
